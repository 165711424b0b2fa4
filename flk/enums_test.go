package flk

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEnums(t *testing.T) {
	for typ, e := range map[string]struct {
		known int
		at    func(i int) fmt.Stringer
		into  encoding.TextUnmarshaler
	}{
		"Severity":   {3, func(i int) fmt.Stringer { return Severity(i) }, new(Severity)},
		"Profile":    {2, func(i int) fmt.Stringer { return Profile(i) }, new(Profile)},
		"Kind":       {4, func(i int) fmt.Stringer { return Kind(i) }, new(Kind)},
		"DateLayout": {2, func(i int) fmt.Stringer { return DateLayout(i) }, new(DateLayout)},
		"Encoding":   {6, func(i int) fmt.Stringer { return Encoding(i) }, new(Encoding)},
		"Style":      {2, func(i int) fmt.Stringer { return Style(i) }, new(Style)},
	} {
		t.Run(typ, func(t *testing.T) {
			seen := map[string]bool{}
			for i := range e.known {
				text, err := json.Marshal(e.at(i))
				require.NoError(t, err)
				require.False(t, seen[string(text)], "%s twice", text)
				seen[string(text)] = true
				require.NoError(t, json.Unmarshal(text, e.into))
				again, err := json.Marshal(e.into)
				require.NoError(t, err)
				require.Equal(t, string(text), string(again))
			}
			require.Equal(t, typ+"(200)", e.at(200).String())
			own, ok := errors.AsType[*Error](e.into.UnmarshalText([]byte("nonsense")))
			require.True(t, ok)
			require.Equal(t, CodeValue, own.Code())
		})
	}
	require.Equal(t, "Group(9)", Group(9).String())
}

// TestReasonsInRussian holds that a Russian text has no English in it but names.
func TestReasonsInRussian(t *testing.T) {
	prose := regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)
	for _, text := range []string{
		"<a/><b/>", "< >", "<a:b:c/>", "<a =1/>", "<a b='1'c='2'/>", "<a b:c:d='1'/>", "<a b/>", "<a b=1/>", "<a b='<'/>", "<a b='1' b='1'/>",
		"<a b='1", "</a>", "<flk></fl>", "x<a/>", "<flk>]]></flk>", "<a><![X</a>", "<a/>x", "<a><!-x</a>", "<a><!-- -- --></a>", "<a><? ?></a>",
		"<a><?xml version='1.0'?></a>", "<?xml version='1.1'?><a/>", "<a>&</a>", "<a>& b</a>", "<a>&#x;</a>", "<a>&#1;</a>",
		"<flk>&lol;</flk>", "<flk", "<!-- x", "", "<?xml version='1.0' encoding='EBCDIC'?><flk/>", "<flk>\xd2</flk>",
	} {
		_, err := Decode(strings.NewReader(text), nil)
		own, ok := errors.AsType[*Error](err)
		require.True(t, ok, "%q: %v", text, err)
		require.NotRegexp(t, prose, own.Message("ru"), "%q", text)
		require.NotContains(t, own.Message("ru")+own.Message("en"), ": )", "%q", text)
	}
}

func TestFindingsErrorKeepsTheContract(t *testing.T) {
	p := good()
	p.Documents[0].ID = ""
	p.Sender.Name = ""
	err := Validate(p, nil).Err()
	whole, ok := errors.AsType[*FindingsError](err)
	require.True(t, ok)
	first, ok := errors.AsType[*Finding](err)
	require.True(t, ok, "the findings are below")
	require.Equal(t, CodeInvalid, whole.Code())
	require.Equal(t, first.Path(), whole.Path())
	require.Equal(t, "flk: "+first.String(), first.Error())
	require.Contains(t, whole.Message("ru"), "ошибок: 2")
	require.Contains(t, whole.Message("ru"), first.Message("ru"))
	require.Contains(t, whole.Message("en"), "errors: 2")
	require.NotContains(t, whole.Message("en"), "..")
	empty := &FindingsError{Findings: &Findings{}}
	require.Empty(t, empty.Path())
	require.NotEmpty(t, empty.Message("ru"))
}

func TestWritingCodes(t *testing.T) {
	p := good()
	p.Sender.Name = "日"
	for code, o := range map[string]*WriterOptions{
		CodeUnencodable:   {Encoding: EncodingWindows1251, RefuseReferences: true},
		CodeWriteEncoding: {Encoding: EncodingOther},
	} {
		own, ok := errors.AsType[*Error](Encode(io.Discard, p, o))
		require.True(t, ok)
		require.Equal(t, code, own.Code())
	}
}
