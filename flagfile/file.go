package flagfile

import (
	"bytes"
	"slices"
	"strings"
	"unicode/utf8"

	"gopkg.in/ini.v1"
)

// MaxSize bounds a flag file in bytes. Real ones have a few hundred; the bound
// keeps a wrong file from filling the memory.
const MaxSize = 1 << 20

// Main is the only section that the document uses.
const Main = "main"

// File is a flag file with everything that stands in it: the order of the lines,
// comments, unknown keys and sections, even the kinds of line ends. A file that
// was not changed is written back byte for byte (FL1).
//
// The zero File is empty and ready to use. A File is not safe for concurrent
// change; any number of goroutines may read it.
type File struct {
	lines    []line
	utf8     bool
	table    *ini.File
	warnings []Warning
}

// line is one line as it came. Only lines with a key are looked up.
type line struct {
	raw     string // in the encoding of the file, without its end
	end     string // CRLF, LF, CR, or nothing at the end of the file
	section string // folded name of the section it belongs to; "" before the first
	header  bool
	key     string // folded; "" for headers, comments and what is no key=value
	value   string
}

// Warning is something odd that does not hinder reading.
type Warning struct {
	// Line is the number of the line, from 1; 0 for the whole file.
	Line int
	// Text says in English what is odd.
	Text string
}

const bom = "\xEF\xBB\xBF"

// Parse reads a flag file: windows-1251, or UTF-8 if it begins with that mark,
// which is a warning. Lines may end in CRLF, LF or CR. Nothing but a file that is
// too large or saved as UTF-16 is an error: what is no key=value is kept as it is.
func Parse(data []byte) (*File, error) {
	if len(data) > MaxSize {
		return nil, fail(CodeTooLarge, "", "limit", MaxSize)
	}
	// "яю" in windows-1251 looks like the mark of UTF-16: only a zero byte in the
	// first character tells them apart.
	if len(data) >= 4 && (data[0] == 0xFF && data[1] == 0xFE && data[3] == 0 || data[0] == 0xFE && data[1] == 0xFF && data[2] == 0) {
		return nil, fail(CodeUTF16, "")
	}
	f := &File{}
	if rest, ok := bytes.CutPrefix(data, []byte(bom)); ok {
		f.warn(0, "the file begins with a UTF-8 mark; flag files are windows-1251")
		if f.utf8 = utf8.Valid(rest); f.utf8 {
			data = rest
		} else {
			f.warn(0, "in spite of its UTF-8 mark the file is not UTF-8: read as windows-1251")
		}
	}
	section := ""
	for n := 1; len(data) > 0; n++ {
		var l line
		l, data = cutLine(data)
		f.classify(&l, n, section)
		section = l.section
		f.lines = append(f.lines, l)
	}
	f.load()
	return f, nil
}

func cutLine(data []byte) (line, []byte) {
	i := bytes.IndexAny(data, "\r\n")
	if i < 0 {
		return line{raw: string(data)}, nil
	}
	end := 1
	if data[i] == '\r' && i+1 < len(data) && data[i+1] == '\n' {
		end = 2
	}
	return line{raw: string(data[:i]), end: string(data[i : i+end])}, data[i+end:]
}

const blanks = " \t"

func (f *File) classify(l *line, n int, section string) {
	l.section = section
	text := l.raw
	if n == 1 && !f.utf8 {
		text = strings.TrimPrefix(text, bom)
	}
	text = f.decode(text)
	trimmed := strings.Trim(text, blanks)
	switch {
	case trimmed == "" || trimmed[0] == ';':
	case trimmed[0] == '[':
		name, _, closed := strings.Cut(trimmed[1:], "]")
		if !closed {
			f.warn(n, "a section name without ] is passed over")
			return
		}
		l.header, l.section = true, fold(name)
	default:
		key, value, ok := strings.Cut(text, "=")
		if key = fold(key); !ok || key == "" {
			f.warn(n, "a line that is no key=value is passed over")
			return
		}
		l.key, l.value = key, strings.TrimLeft(value, blanks)
	}
}

func (f *File) decode(raw string) string {
	if f.utf8 {
		return raw
	}
	return decode1251([]byte(raw))
}

func (f *File) warn(n int, text string) { f.warnings = append(f.warnings, Warning{n, text}) }

// fold makes names comparable: they are case-insensitive, outer blanks do not count (FL1).
func fold(name string) string { return strings.ToLower(strings.Trim(name, blanks)) }

// guard stands around every name and value while ini.v1 reads them. Without it
// quotes, backquotes, outer blanks, comment signs, the name DEFAULT and the key
// "-" would all mean something to ini.v1.
const guard = "\uE000"

func guarded(s string) string { return guard + s + guard }

var loadOptions = ini.LoadOptions{
	IgnoreContinuation:         true,
	IgnoreInlineComment:        true,
	PreserveSurroundedQuote:    true,
	AllowShadows:               true,
	AllowDuplicateShadowValues: true,
	KeyValueDelimiters:         "=",
	ChildSectionDelimiter:      "\x00",
}

// load gives the keys to ini.v1, one guarded line each: the look-ups are its own.
func (f *File) load() {
	var text strings.Builder
	section, open := "", false
	for _, l := range f.lines {
		if l.key == "" {
			continue
		}
		if !open || l.section != section {
			section, open = l.section, true
			text.WriteString("[" + iniName(section) + "]\n")
		}
		text.WriteString(iniName(l.key) + "=" + guarded(l.value) + "\n")
	}
	table, err := ini.LoadSources(loadOptions, []byte(text.String()))
	if err != nil {
		// Guarded lines leave ini.v1 nothing to refuse; the fuzz test holds that.
		// Should a later version find something, its look-ups are simply empty.
		table = ini.Empty(loadOptions)
		f.warn(0, "the file cannot be read as INI")
	}
	f.table = table
}

// iniName guards a name. A byte that ini.v1 would treat as a delimiter cannot be
// in it: a key ends at the first =, a section at the first ].
func iniName(name string) string { return guarded(strings.ReplaceAll(name, "\x00", guard)) }

// Get returns a value. Section and key are case-insensitive; the first of
// several equal keys counts; blanks after = are not part of the value, blanks at
// its end are.
func (f *File) Get(section, key string) (value string, ok bool) {
	if f.table == nil {
		return "", false
	}
	s, err := f.table.GetSection(iniName(fold(section)))
	if err != nil || !s.HasKey(iniName(fold(key))) {
		return "", false
	}
	value = s.Key(iniName(fold(key))).Value()
	return strings.TrimSuffix(strings.TrimPrefix(value, guard), guard), true
}

// Has says whether a key has exactly this value, outer blanks apart.
func (f *File) Has(section, key, value string) bool {
	got, ok := f.Get(section, key)
	return ok && strings.Trim(got, blanks) == value
}

// Keys lists the keys of a section, folded to lower case, in the order of the
// file and each once. Keys before the first section are under "".
func (f *File) Keys(section string) []string {
	section = fold(section)
	var keys []string
	for _, l := range f.lines {
		if l.key != "" && l.section == section && !slices.Contains(keys, l.key) {
			keys = append(keys, l.key)
		}
	}
	return keys
}

// Warnings lists what was odd when the file was read.
func (f *File) Warnings() []Warning { return slices.Clone(f.warnings) }

// Ready says whether ready=1 is there: without it the file is still being
// written and has to be left alone (FL3).
func (f *File) Ready() bool { return f.Has(Main, "ready", "1") }

// Processed says whether the office has dealt with the file (FL5).
func (f *File) Processed() bool { return f.Has(Main, "processed", "1") }
