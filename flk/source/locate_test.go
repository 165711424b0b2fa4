package source_test

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/flk/source"
)

const text = `<file file_id="X">
<p:doc id="7"><inn kind="a">1</inn></p:doc>
<doc><id>8</id><box><inn>2</inn></box></doc>
</file>`

func ExampleLocate() {
	index, err := source.Locate(strings.NewReader(text), &source.Options{Positions: []string{"/file/doc[2]/box/inn"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	at, _ := index.At("/file/doc[2]/box/inn")
	fmt.Println(at, "statement", at.Statement, "of", index.Statements)
	// Output: 3:21 statement 2 of 2
}

func TestPositions(t *testing.T) {
	want := map[string]source.Location{
		"/file/doc[1]/inn/@kind": {Line: 2, Column: 26, Statement: 1}, "/x:file/doc[2]/id/text()": {Line: 3, Column: 6, Statement: 2},
		"//id": {Line: 3, Column: 6, Statement: 2}, "/file/*[2]": {Line: 3, Column: 1, Statement: 2},
		"/*[local-name()='file'][1]/*[local-name()='doc'][2]/box": {Line: 3, Column: 16, Statement: 2},
		"строка 3": {Line: 3, Statement: 2}, "2:5": {Line: 2, Column: 5, Statement: 1}, "Строка 3, столбец 9": {Line: 3, Column: 9, Statement: 2},
		"1:3": {Line: 1, Column: 3},
	}
	var all []string
	for p := range want {
		all = append(all, p)
	}
	missing := []string{"/file/doc[3]", "inn", "/file/doc[last()]", "", "//"}
	x, err := source.Locate(strings.NewReader(text), &source.Options{Positions: append(all, missing...), IDs: []string{"7", "8", "9"}})
	require.NoError(t, err)
	for p, w := range want {
		got, ok := x.At(p)
		require.True(t, ok, p)
		require.Equal(t, w, got, p)
	}
	for _, p := range missing {
		_, ok := x.At(p)
		require.False(t, ok, p)
	}
	require.Equal(t, "X", x.FileID)
	n, _ := x.StatementOf("8")
	require.Equal(t, 2, n)
	x, err = source.Locate(strings.NewReader(text), &source.Options{Statements: "//inn"})
	require.NoError(t, err)
	require.Equal(t, 2, x.Statements)
	_, err = source.Locate(strings.NewReader(text), &source.Options{Statements: "doc"})
	require.ErrorContains(t, err, "doc")
	_, err = source.Locate(strings.NewReader("<a>"), nil)
	require.Error(t, err)
}

func FuzzLocate(f *testing.F) {
	f.Add(text, "/file/doc[2]/box/inn")
	f.Add(text, "//*[local-name()='a'][1]/@b")
	f.Fuzz(func(t *testing.T, xml, position string) {
		source.Locate(strings.NewReader(xml), &source.Options{Positions: []string{position}})
		source.Locate(strings.NewReader(xml), &source.Options{Statements: position})
	})
}

func TestReasons(t *testing.T) {
	prose := regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)
	for _, text := range []string{"", "<a>", "<a></b>", "<!DOCTYPE a><a/>", "<a>&x;</a>", "<?xml version='1.0' encoding='EBCDIC'?><a/>", "<a>\xd2</a>", "<a>\x01</a>",
		strings.Repeat("<a>", 1000)} {
		_, err := source.Locate(strings.NewReader(text), nil)
		own, ok := errors.AsType[*source.Error](err)
		if !ok || own.Path() == "" || prose.MatchString(own.Message("ru")) || strings.Contains(own.Message("ru")+own.Message("en"), "()") {
			t.Errorf("%q: %v, %q", text, err, own.Message("ru"))
			continue
		}
		if !strings.Contains(own.Message("ru"), "строка ") || !strings.Contains(own.Message("en"), "line ") {
			t.Errorf("no place: %q %q", own.Message("ru"), own.Message("en"))
		}
	}
}
