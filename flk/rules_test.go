package flk

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	answerID = "64311220260302100000"
	askedID  = "11264320260301120000"
)

var testPerson = Sender{Surname: "Иванова", Name: "Анна", Phone: "+7 495 123-45-67"}

// good is a protocol without any finding in the strict profile.
func good() *Protocol {
	entry := ErrorEntry{Mean: "12", Code: "E01", Text: "Неверный ИНН", Position: "/file/statement[1]/inn"}
	return &Protocol{
		Header: Header{File: File{ID: answerID, InfoType: InfoType, Version: Version}, Sender: testPerson},
		Documents: []*Document{{
			ID: "4a831b75-ce0b-40f9-ac69-be7e4b164f72",
			Source: SourceFile{FileID: askedID, Received: "01.03.2026", InfoType: SourceInfoType, Result: ResultPartial,
				All: "3", OK: "2", FileName: askedID},
			Errors: []ErrorEntry{entry},
		}},
	}
}

// ruleCase breaks one rule; lenient is the severity there, by default the strict one.
type ruleCase struct {
	name, rule, code, path string
	strict, lenient        Severity
	spoil                  func(p *Protocol)
}

var (
	e, w, o = SeverityError, SeverityWarning, Severity(0)
	long    = func(n int) string { return strings.Repeat("я", n) }
)

func src(p *Protocol) *SourceFile { return &p.Documents[0].Source }
func ent(p *Protocol) *ErrorEntry { return &p.Documents[0].Errors[0] }

var ruleCases = []ruleCase{
	{"F1 identifier of 19 characters", "F1", CodeLength, "file.file_id", e, e, func(p *Protocol) { p.File.ID = FileID(answerID[:19]) }},
	{"F1 lower-case country", "F1", CodeFileIDShape, "file.file_id", e, e, func(p *Protocol) { p.File.ID = FileID("rus" + answerID[3:]) }},
	{"F1 month 13", "F1", CodeFileIDTime, "file.file_id", e, e, func(p *Protocol) { p.File.ID = "64311220261302100000" }},
	{"F1 second 60", "F1", CodeFileIDTime, "file.file_id", e, e, func(p *Protocol) { p.File.ID = "64311220260302100060" }},
	{"F2 another type", "F2", CodeValue, "file.info_type", e, e, func(p *Protocol) { p.File.InfoType = "ТС" }},
	{"F2 Latin letters", "F2", CodeLookalike, "file.info_type", e, e, func(p *Protocol) { p.File.InfoType = "TCФЛК" }},
	{"F2 UTF-8 read as windows-1251", "F2", CodeMojibake, "file.info_type", e, e, func(p *Protocol) { p.File.InfoType = "РўРЎР¤Р›Рљ" }},
	{"F3 another version", "F3", CodeValue, "file.version", e, e, func(p *Protocol) { p.File.Version = "2.00" }},
	{"F4 blanks alone", "F4", CodeBlank, "sender.surname", e, e, func(p *Protocol) { p.Sender.Surname = "  " }},
	{"F4 absent", "F4", CodeMissing, "sender.surname", e, e, func(p *Protocol) { p.Sender.Surname = "" }},
	{"F5 61 characters", "F5", CodeTooLong, "sender.name", e, e, func(p *Protocol) { p.Sender.Name = long(61) }},
	{"F6 61 characters", "F6", CodeTooLong, "sender.patronymic", e, e, func(p *Protocol) { p.Sender.Patronymic = long(61) }},
	{"F6 blanks around", "F6", CodeSpaces, "sender.patronymic", e, w, func(p *Protocol) { p.Sender.Patronymic = " Петровна" }},
	{"F7 no telephone number", "F7", CodePhone, "sender.phone", w, w, func(p *Protocol) { p.Sender.Phone = "звонить" }},
	{"F7 absent", "F7", CodeMissing, "sender.phone", e, e, func(p *Protocol) { p.Sender.Phone = "" }},
	{"F8 no address", "F8", CodeEmail, "sender.email", w, w, func(p *Protocol) { p.Sender.Email = "anna" }},
	{"F8 46 characters", "F8", CodeTooLong, "sender.email", e, e, func(p *Protocol) { p.Sender.Email = strings.Repeat("a", 40) + "@b.org" }},
	{"F9 braces", "F9", CodeLength, "documents[1].id_document", e, e, func(p *Protocol) { p.Documents[0].ID = "{" + p.Documents[0].ID + "}" }},
	{"F9 no hexadecimal digit", "F9", CodeGUID, "documents[1].id_document", e, e, func(p *Protocol) { p.Documents[0].ID = "g" + p.Documents[0].ID[1:] }},
	{"F10 February 30", "F10", CodeFileIDTime, "documents[1].source_file.file_id", e, e, func(p *Protocol) {
		src(p).FileID = "11264320260230120000"
		src(p).FileName = string(src(p).FileID)
	}},
	{"F11 February 29 of 2026", "F11", CodeDate, "documents[1].source_file.recieve_date", e, e, func(p *Protocol) { src(p).Received = "29.02.2026" }},
	{"F11 a time part", "F11", CodeDate, "documents[1].source_file.recieve_date", e, e, func(p *Protocol) { src(p).Received = "2026-03-01T00:00:00" }},
	{"F12 another type", "F12", CodeValue, "documents[1].source_file.info_type", e, e, func(p *Protocol) { src(p).InfoType = "XX" }},
	{"F13 result 04", "F13", CodeValue, "documents[1].source_file.processing_result", e, e, func(p *Protocol) { src(p).Result = "04" }},
	{"F14 a sign", "F14", CodeNumber, "documents[1].source_file.docs_count_all", e, e, func(p *Protocol) { src(p).All = "+3" }},
	{"F14 eight digits", "F14", CodeTooLong, "documents[1].source_file.docs_count_all", e, e, func(p *Protocol) { src(p).All = "12345678" }},
	{"F15 leading zeros", "F15", CodeLeadingZeros, "documents[1].source_file.docs_count_ok", w, w, func(p *Protocol) { src(p).OK = "02" }},
	{"F16 11 characters", "F16", CodeTooLong, "documents[1].source_file.error_code", e, e, func(p *Protocol) { src(p).ErrorCode, src(p).ErrorText = long(11), "текст" }},
	{"F17 256 characters", "F17", CodeTooLong, "documents[1].source_file.error_text", e, e, func(p *Protocol) { src(p).ErrorCode, src(p).ErrorText = "1", long(256) }},
	{"F18 a path", "F18", CodeSeparator, "documents[1].source_file.file_name", w, w, func(p *Protocol) {
		src(p).FileName = "a/b"
	}},
	{"F18 21 characters", "F18", CodeTooLong, "documents[1].source_file.file_name", e, e, func(p *Protocol) { src(p).FileName = askedID + "1" }},
	{"F19 1001 characters", "F19", CodeTooLong, "documents[1].errors[1].error_mean", e, e, func(p *Protocol) { ent(p).Mean = long(1001) }},
	{"F20 absent", "F20", CodeMissing, "documents[1].errors[1].error_code", e, e, func(p *Protocol) { ent(p).Code = "" }},
	{"F21 256 characters", "F21", CodeTooLong, "documents[1].errors[1].error_text", e, e, func(p *Protocol) { ent(p).Text = long(256) }},
	{"F21 a control character", "F21", CodeControl, "documents[1].errors[1].error_text", e, e, func(p *Protocol) { ent(p).Text = "а\tб" }},
	{"F22 a GUID of 36", "F22", CodeLastID, "documents[1].errors[1].last_succeeded_id", e, w, func(p *Protocol) { ent(p).LastSucceededID = p.Documents[0].ID }},
	{"F22 34 characters", "F22", CodeTooLong, "documents[1].errors[1].last_succeeded_id", e, e, func(p *Protocol) { ent(p).LastSucceededID = long(34) }},
	{"F23 256 characters", "F23", CodeTooLong, "documents[1].errors[1].error_position", e, e, func(p *Protocol) { ent(p).Position = long(256) }},

	{"X1 more ok than all", "X1", CodeX1, "documents[1].source_file.docs_count_ok", e, e, func(p *Protocol) { src(p).OK = "4" }},
	{"X2 01 with a part", "X2", CodeX2, "documents[1].source_file.processing_result", e, w, func(p *Protocol) { src(p).Result, p.Documents[0].Errors = ResultFull, nil }},
	{"X3 01 with errors", "X3", CodeX3, "documents[1].source_file.processing_result", w, w, func(p *Protocol) { src(p).Result, src(p).OK = ResultFull, "3" }},
	{"X4 02 with ok", "X4", CodeX4, "documents[1].source_file.processing_result", e, w, func(p *Protocol) { src(p).Result = ResultNone }},
	{"X5 02 without a reason", "X5", CodeX5, "documents[1].source_file.processing_result", w, w, func(p *Protocol) {
		src(p).Result, src(p).OK, p.Documents[0].Errors = ResultNone, "0", nil
	}},
	{"X6 03 with all", "X6", CodeX6, "documents[1].source_file.processing_result", e, w, func(p *Protocol) { src(p).OK = "3" }},
	{"X7 03 without entries", "X7", CodeX7, "documents[1].source_file.processing_result", w, w, func(p *Protocol) { p.Documents[0].Errors = nil }},
	{"X8 nothing taken in without 02", "X8", CodeX8, "documents[1].source_file.docs_count_all", w, w, func(p *Protocol) {
		src(p).Result, src(p).All, src(p).OK, p.Documents[0].Errors = ResultFull, "0", "0", nil
	}},
	{"X9 a code without a text", "X9", CodeX9, "documents[1].source_file.error_code", w, w, func(p *Protocol) { src(p).ErrorCode = "1" }},
	{"X10 not reversed", "X10", CodeX10, "documents[1].source_file.file_id", w, w, func(p *Protocol) { p.File.ID = "64339820260302100000" }},
	{"X10 to itself", "X10", CodeX10Same, "file.file_id", e, w, func(p *Protocol) { p.File.ID = "11211220260302100000" }},
	{"X11 answer older", "X11", CodeX11, "documents[1].source_file.file_id", w, w, func(p *Protocol) { p.File.ID = "64311220260301110000" }},
	{"X12 received before", "X12", CodeX12Before, "documents[1].source_file.recieve_date", w, w, func(p *Protocol) { src(p).Received = "28.02.2026" }},
	{"X12 received after", "X12", CodeX12After, "documents[1].source_file.recieve_date", w, w, func(p *Protocol) { src(p).Received = "2026-03-03" }},
	{"X13 the same identifier", "X13", CodeX13, "documents[1].source_file.file_id", e, e, func(p *Protocol) { p.File.ID = askedID }},
	{"X14 another name", "X14", CodeX14, "documents[1].source_file.file_name", w, o, func(p *Protocol) { src(p).FileName = "file" }},
	{"X15 twice", "X15", CodeX15, "documents[2].id_document", e, w, func(p *Protocol) {
		d := *p.Documents[0]
		d.ID = strings.ToUpper(d.ID)
		p.Documents = append(p.Documents, &d)
	}},
	{"X16 more statements than failed", "X16", CodeX16, "documents[1].source_file.docs_count_ok", w, o, func(p *Protocol) {
		second := *ent(p)
		second.Position = "/file/statement[2]/inn"
		p.Documents[0].Errors = append(p.Documents[0].Errors, second)
	}},
	{"X17 the same entry", "X17", CodeX17, "documents[1].errors[2]", w, w, func(p *Protocol) {
		p.Documents[0].Errors = append(p.Documents[0].Errors, *ent(p))
	}},
	{"X18 other counts", "X18", CodeX18, "documents[2].source_file.file_id", e, w, func(p *Protocol) {
		d := *p.Documents[0]
		d.ID, d.Source.All = "4a831b75-ce0b-40f9-ac69-be7e4b164f73", "4"
		p.Documents = append(p.Documents, &d)
	}},
	{"common no documents", "common", CodeNoDocuments, "documents", e, e, func(p *Protocol) { p.Documents = nil }},
	{"common an unknown leaf", "common", CodeUnknownLeaf, "documents[1].errors[1].colour", e, w, func(p *Protocol) { ent(p).Unknown = []Unknown{{Name: "colour", Value: "red"}} }},
}

// alsoX names what cannot be broken alone: the rules that follow from another.
var alsoX = map[string][]string{
	"X13 the same identifier": {"X10", "X11"}, "X10 to itself": {"X10"}, "F18 a path": {"X14"},
	"X1 more ok than all": {"X6"}, "F1 lower-case country": {"X10"},
	"X3 01 with errors": {"X16"}, "X6 03 with all": {"X16"},
}

func TestRules(t *testing.T) {
	for _, profile := range []Profile{Strict, Lenient} {
		require.Empty(t, Validate(good(), &ValidatorOptions{Profile: profile}).List, "the good protocol")
	}
	for _, c := range ruleCases {
		t.Run(c.name, func(t *testing.T) {
			for profile, want := range map[Profile]Severity{Strict: c.strict, Lenient: c.lenient} {
				p := good()
				c.spoil(p)
				found := Validate(p, &ValidatorOptions{Profile: profile})
				var hit *Finding
				for i := range found.List {
					f := &found.List[i]
					switch {
					case f.Code() == c.code && f.Path() == c.path:
						hit = f
					case !slices.Contains(alsoX[c.name], f.Rule):
						t.Errorf("%v: also %v", profile, f)
					}
				}
				if want == 0 {
					require.Nil(t, hit, "%v", profile)
					continue
				}
				require.NotNil(t, hit, "%v: not found in %v", profile, found.List)
				require.Equal(t, c.rule, hit.Rule)
				require.Equal(t, want, hit.Severity, "%v", profile)
				require.NotContains(t, hit.Message("ru")+hit.Message("en"), "{", "a placeholder is left")
				require.Regexp(t, `^[А-ЯЁа-яё0-9]`, hit.Message("ru"))
				require.Regexp(t, `^[A-Za-z0-9].*\.$`, hit.Message("en"))
			}
		})
	}
}

func TestSourceJoin(t *testing.T) {
	facts := SourceFacts{FileID: askedID, FileName: askedID + ".xml", Count: 3}
	require.Empty(t, Validate(good(), &ValidatorOptions{Source: &facts}).List)
	for code, spoil := range map[string]func(*SourceFacts){
		CodeX19FileID:   func(f *SourceFacts) { f.FileID = answerID },
		CodeX19FileName: func(f *SourceFacts) { f.FileName = "other.xml" },
		CodeX19Count:    func(f *SourceFacts) { f.Count = 4 },
	} {
		t.Run("X19 "+code, func(t *testing.T) {
			bad := facts
			spoil(&bad)
			found := Validate(good(), &ValidatorOptions{Source: &bad})
			require.Len(t, found.List, 1)
			require.Equal(t, code, found.List[0].Code())
		})
	}
}

// TestRuleBorders holds rules at the values where they begin and end.
func TestRuleBorders(t *testing.T) {
	codes := func(p *Protocol, profile Profile) []string {
		var list []string
		for _, f := range Validate(p, &ValidatorOptions{Profile: profile}).List {
			list = append(list, f.Code())
		}
		return list
	}
	t.Run("X16 several errors of as many statements as failed", func(t *testing.T) {
		p := good()
		second := *ent(p)
		second.Code = "E02"
		p.Documents[0].Errors = append(p.Documents[0].Errors, second)
		require.Empty(t, codes(p, Strict), "two errors of one statement, and one failed")
	})
	t.Run("X16 positions that name no statement are not counted", func(t *testing.T) {
		for _, position := range []string{"/file", "/file/statement/inn", "/[1]", "строка 5"} {
			p := good()
			second := *ent(p)
			second.Position = position
			p.Documents[0].Errors = append(p.Documents[0].Errors, second)
			require.Empty(t, codes(p, Strict), position)
		}
	})
	t.Run("X18 counts of different source files are their own", func(t *testing.T) {
		p := good()
		for i, id := range []FileID{"11264320260301120001", askedID} {
			d := *p.Documents[0]
			d.ID = d.ID[:len(d.ID)-1] + fmt.Sprint(i)
			d.Source.FileID, d.Source.FileName = id, string(id)
			if id != askedID {
				d.Source.All, d.Source.OK = "5", "4"
			}
			p.Documents = append(p.Documents, &d)
		}
		require.Empty(t, codes(p, Strict), "a, b, a again with a's counts")
		p.Documents[2].Source.All = "4"
		require.Equal(t, []string{CodeX18}, codes(p, Strict), "a again with other counts")
	})
	t.Run("X19 fewer and more than the source holds", func(t *testing.T) {
		for count, want := range map[int]int{2: 1, 3: 0, 4: 1, 0: 0} {
			found := Validate(good(), &ValidatorOptions{Source: &SourceFacts{Count: count}})
			require.Len(t, found.List, want, "%d in the source", count)
		}
	})
	t.Run("F7 five digits are a telephone number, four are not", func(t *testing.T) {
		for phone, want := range map[string]int{"1-23-45": 0, "1-23-4": 1, "12345 доб. 1": 0, "12345 #": 0, "call me": 1} {
			p := good()
			p.Header.Sender.Phone = phone
			require.Len(t, codes(p, Strict), want, phone)
		}
	})
	t.Run("F13 a blank beside a value is one complaint in strict", func(t *testing.T) {
		p := good()
		src(p).Result = " 03"
		require.Equal(t, []string{CodeSpaces}, codes(p, Strict))
	})
}

// TestEveryRuleIsTested holds the list of the rules against the cases.
func TestEveryRuleIsTested(t *testing.T) {
	seen := map[string]bool{"X19": true} // TestSourceJoin
	for _, c := range ruleCases {
		seen[c.rule] = true
	}
	for i := 1; i <= 23; i++ {
		require.True(t, seen[fmt.Sprintf("F%d", i)], "F%d", i)
	}
	for i := 1; i <= 19; i++ {
		require.True(t, seen[fmt.Sprintf("X%d", i)], "X%d", i)
	}
}

// TestRulesOfText breaks what exists only in the XML text.
func TestRulesOfText(t *testing.T) {
	var b bytes.Buffer
	require.NoError(t, Encode(&b, good(), nil))
	text := b.String()
	for _, c := range []struct {
		name, old, new, code string
		strict, lenient      Severity
		at                   Pos
	}{
		{"F11 the other spelling", "recieve_date", "receive_date", CodeSpelling, e, w, Pos{20, 23}},
		{"F21 white space around", "<error_text>", "<error_text>\n ", CodeSpaces, e, w, Pos{0, 0}},
		{"common a repeated leaf", "<version>", "<version>2.0</version><version>", CodeRepeated, e, e, Pos{0, 0}},
		{"common an unknown container", "<id_document>", "<box><id_document>", CodeUnknownGroup, e, w, Pos{0, 0}},
		{"common stray text", "<document>", "<document>text", CodeStrayText, e, w, Pos{0, 0}},
		{"common another layout", "source_file>", "file_source>", CodeUnknownGroup, e, w, Pos{0, 0}},
		{"common another root", "flk>", "root>", CodeUnknownLayout, e, w, Pos{2, 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			changed := strings.ReplaceAll(text, c.old, c.new)
			if c.code == CodeUnknownGroup && strings.Contains(c.new, "<box>") {
				changed = strings.Replace(changed, "</id_document>", "</id_document></box>", 1)
			}
			for profile, want := range map[Profile]Severity{Strict: c.strict, Lenient: c.lenient} {
				p, err := Decode(strings.NewReader(changed), &ReaderOptions{Profile: profile})
				require.NoError(t, err)
				found := Validate(p, &ValidatorOptions{Profile: profile})
				i := slices.IndexFunc(found.List, func(f Finding) bool { return f.Code() == c.code })
				require.GreaterOrEqual(t, i, 0, "%v: %v", profile, found.List)
				require.Equal(t, want, found.List[i].Severity)
				if require.NotZero(t, found.List[i].Pos); c.at.Line > 0 {
					require.Equal(t, c.at, found.List[i].Pos)
				}
			}
		})
	}
}

func TestFindingsAreBounded(t *testing.T) {
	p := good()
	for range 50 {
		d := *p.Documents[0]
		p.Documents = append(p.Documents, &d)
	}
	found := Validate(p, &ValidatorOptions{MaxFindings: 10})
	require.Len(t, found.List, 10)
	require.Equal(t, 50, found.ByRule["X15"])
	require.Error(t, found.Err())
	require.Len(t, found.Err().(*FindingsError).Unwrap(), 10)

	found = Validate(p, &ValidatorOptions{MaxTracked: 1, Profile: Lenient})
	require.Equal(t, 50, found.ByRule["X15"])
	p.Documents[1].ID = "4a831b75-ce0b-40f9-ac69-be7e4b164f99"
	found = Validate(p, &ValidatorOptions{MaxTracked: 1})
	require.Equal(t, 1, found.ByRule["X15"], "warned once, then stopped")
}

func TestPersonalDataIsMasked(t *testing.T) {
	p := good()
	p.Sender.Phone, p.Sender.Email = "тайна телефона", "тайна почты"
	var text strings.Builder
	text.WriteString(fmt.Sprintf("%v %+v %#v %v", p.Sender, p, p.Sender, p.Sender.LogValue()))
	for _, f := range Validate(p, nil).List {
		text.WriteString(f.String() + f.Message("ru") + f.Message("en"))
	}
	require.NotRegexp(t, regexp.MustCompile("Иванова|тайна"), text.String())
}
