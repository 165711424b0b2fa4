package flagfile

import (
	"slices"
	"strings"
)

// AppendBinary appends the file as it is stored: windows-1251 unless it was read
// with a UTF-8 mark. It never fails.
func (f *File) AppendBinary(dst []byte) ([]byte, error) {
	if f.utf8 {
		dst = append(dst, bom...)
	}
	for _, l := range f.lines {
		dst = append(append(dst, l.raw...), l.end...)
	}
	return dst, nil
}

// Bytes is the file as it is stored.
func (f *File) Bytes() []byte {
	b, _ := f.AppendBinary(nil)
	return b
}

// Text is the file for people: UTF-8, a line feed after every line.
func (f *File) Text() string {
	var b strings.Builder
	for _, l := range f.lines {
		b.WriteString(f.decode(l.raw) + "\n")
	}
	return b.String()
}

// Clone is an independent copy.
func (f *File) Clone() *File {
	c := *f
	c.lines, c.warnings = slices.Clone(f.lines), slices.Clone(f.warnings)
	return &c
}

// Set gives a key a value. An existing key keeps its place (the first of several
// is changed, the one that counts); a new one goes to the end of its section,
// before ready, which stays the last line (FL3); a new section to the end of the
// file. Names and values have to be of one line and of windows-1251.
func (f *File) Set(section, key, value string) error {
	path := section + ", " + key
	if err := checkName(section, "[];", path); err != nil {
		return err
	}
	if err := checkName(key, "=", path); err != nil {
		return err
	}
	if key == "" || key[0] == '[' || key[0] == ';' {
		return fail(CodeName, path, "name", key)
	}
	if strings.ContainsAny(value, "\r\n") {
		return fail(CodeLineBreak, path)
	}
	if value != "" && strings.ContainsRune(blanks, rune(value[0])) {
		return fail(CodeOuterBlank, path)
	}
	raw, bad, ok := encode1251(key + "=" + value)
	if !ok {
		return fail(CodeCharacter, path, "char", string(bad))
	}
	if f.utf8 {
		raw = key + "=" + value
	}
	f.put(line{raw: raw, end: "\r\n", section: fold(section), key: fold(key), value: value}, section)
	f.load()
	return nil
}

func checkName(name, forbidden, path string) error {
	if strings.Trim(name, blanks) != name || strings.ContainsAny(name, "\r\n"+forbidden) {
		return fail(CodeName, path, "name", name)
	}
	if _, bad, ok := encode1251(name); !ok {
		return fail(CodeCharacter, path, "char", string(bad))
	}
	return nil
}

func (f *File) put(l line, section string) {
	if i := f.index(l.section, l.key); i >= 0 {
		l.end = f.lines[i].end
		f.lines[i] = l
		return
	}
	if l.key != "ready" {
		if i := f.index(l.section, "ready"); i >= 0 {
			f.lines = slices.Insert(f.lines, i, l)
			return
		}
	}
	at := -1 // behind the last line of the section's first block that is not blank
	for i, old := range f.lines {
		if old.section == l.section && (old.header || old.key != "" || strings.Trim(old.raw, blanks) != "") {
			if at >= 0 && at != i && old.header {
				break
			}
			at = i + 1
		} else if at >= 0 && old.header {
			break
		}
	}
	if at < 0 {
		f.endLine(len(f.lines))
		at = 0
		if l.section != "" {
			header, _, _ := encode1251("[" + section + "]")
			f.lines = append(f.lines, line{raw: header, end: "\r\n", section: l.section, header: true})
			at = len(f.lines)
		}
	}
	f.endLine(at)
	f.lines = slices.Insert(f.lines, at, l)
}

// endLine makes sure that the line before position i ends.
func (f *File) endLine(i int) {
	if i > 0 && f.lines[i-1].end == "" {
		f.lines[i-1].end = "\r\n"
	}
}

func (f *File) index(section, key string) int {
	return slices.IndexFunc(f.lines, func(l line) bool { return l.key == key && l.section == section })
}

// Delete removes a key, all lines of it.
func (f *File) Delete(section, key string) {
	section, key = fold(section), fold(key)
	f.lines = slices.DeleteFunc(f.lines, func(l line) bool { return l.key == key && l.section == section })
	f.load()
}

// windows1251 turns a file that was read as UTF-8 into what flag files are; a
// character that is lost becomes ? and is listed.
func (f *File) windows1251() (lost []rune) {
	if !f.utf8 {
		return nil
	}
	for i := range f.lines {
		l := &f.lines[i]
		raw, gone := replace1251(l.raw)
		l.raw, l.value = raw, decode1251([]byte(replaced(l.value)))
		lost = append(lost, gone...)
	}
	f.utf8 = false
	f.load()
	return lost
}

func replaced(s string) string {
	raw, _ := replace1251(s)
	return raw
}
