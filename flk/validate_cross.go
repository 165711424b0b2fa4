package flk

import (
	"hash/maphash"
	"path"
	"strings"
	"time"
)

// cross judges the rules between leaves.
func (v *Validator) cross(d *Document, base string, n int) {
	s := &d.Source
	at := base + ".source_file"
	v.counts(d, at, n)
	if (s.ErrorCode == "") != (s.ErrorText == "") {
		v.report("X9", CodeX9, at+".error_code", n, s.mark.Pos)
	}
	v.sameCountries("X10", s.FileID, at+".file_id", n, s.marks[0].Pos)
	if v.began {
		v.answer(s, at, n)
	} else if len(v.late) < maxLate {
		v.late = append(v.late, lateSource{n, *s})
	}
	if s.FileName != "" && s.FileID != "" && !strings.HasPrefix(s.FileName, string(s.FileID)) {
		v.report("X14", CodeX14, at+".file_name", n, s.marks[8].Pos, arg{Name: "value", Value: s.FileName}, arg{Name: "source", Value: string(s.FileID)})
	}
	v.unique(d, base, n)
	v.statements(d, at, n)
	v.repeats(d, base, n)
	v.sameSource(s, at, n)
	v.join(s, at, n)
}

// counts judges X1 to X8: the result against the counts and the errors.
func (v *Validator) counts(d *Document, at string, n int) {
	s := &d.Source
	all, known := s.All.Int()
	ok, known2 := s.OK.Int()
	args := []arg{{Name: "ok", Value: string(s.OK)}, {Name: "all", Value: string(s.All)}}
	pos := s.marks[3].Pos
	report := func(rule, code, leaf string, args ...arg) { v.report(rule, code, at+"."+leaf, n, pos, args...) }
	reason := len(d.Errors) > 0 || s.ErrorCode != "" || s.ErrorText != ""
	counted := known && known2
	if counted && ok > all {
		v.report("X1", CodeX1, at+".docs_count_ok", n, s.marks[5].Pos, args...)
	}
	switch s.Result {
	case ResultFull:
		if counted && ok != all {
			report("X2", CodeX2, "processing_result", args...)
		}
		if reason {
			report("X3", CodeX3, "processing_result")
		}
	case ResultNone:
		if known2 && ok != 0 {
			report("X4", CodeX4, "processing_result", args[:1]...)
		}
		if !reason {
			report("X5", CodeX5, "processing_result")
		}
	case ResultPartial:
		if counted && (ok == 0 || ok >= all) {
			report("X6", CodeX6, "processing_result", args...)
		}
		if len(d.Errors) == 0 {
			report("X7", CodeX7, "processing_result")
		}
	}
	if known && all == 0 && s.Result != ResultNone {
		v.report("X8", CodeX8, at+".docs_count_all", n, s.marks[4].Pos)
	}
}

// sameCountries is the second half of X10.
func (v *Validator) sameCountries(rule string, id FileID, at string, n int, pos Pos) {
	if sender := id.Sender(); sender != "" && sender == id.Receiver() {
		v.report(rule, CodeX10Same, at, n, pos, arg{Name: "value", Value: string(id)})
	}
}

// answer judges X10 to X13: the protocol's file_id against the source file's.
func (v *Validator) answer(s *SourceFile, at string, n int) {
	own := v.header.File.ID
	args := []arg{{Name: "answer", Value: string(own)}, {Name: "source", Value: string(s.FileID)}}
	if own.Sender() != "" && s.FileID.Sender() != "" &&
		(own.Sender() != s.FileID.Receiver() || own.Receiver() != s.FileID.Sender()) {
		v.report("X10", CodeX10, at+".file_id", n, s.marks[0].Pos, args...)
	}
	answered, ok := own.Time()
	made, ok2 := s.FileID.Time()
	if ok && ok2 && answered.Before(made) {
		v.report("X11", CodeX11, at+".file_id", n, s.marks[0].Pos, args...)
	}
	if received, known := s.Received.Time(); known {
		if ok2 && received.Before(made.Truncate(24*time.Hour)) {
			v.report("X12", CodeX12Before, at+".recieve_date", n, s.marks[1].Pos, args[1])
		}
		if ok && received.After(answered) {
			v.report("X12", CodeX12After, at+".recieve_date", n, s.marks[1].Pos, args[0])
		}
	}
	if own != "" && own == s.FileID {
		v.report("X13", CodeX13, at+".file_id", n, s.marks[0].Pos, arg{Name: "value", Value: string(own)})
	}
}

// unique judges X15. Case does not matter in a GUID; a fingerprint of 64 bits
// with a random seed stands for it.
func (v *Validator) unique(d *Document, base string, n int) {
	if d.ID == "" || v.limited {
		return
	}
	var lower [guidLength]byte
	id := lower[:0]
	if len(d.ID) == guidLength {
		for i := range len(d.ID) {
			c := d.ID[i]
			if c >= 'A' && c <= 'F' {
				c |= 0x20
			}
			id = append(id, c)
		}
	} else {
		id = []byte(d.ID)
	}
	_, found, full := v.ids.Add(maphash.Bytes(v.seed, id), 0)
	if full {
		v.full()
	}
	if found {
		v.report("X15", CodeX15, base+".id_document", n, d.marks[0].Pos, arg{Name: "value", Value: d.ID})
	}
}

// full says once that X15 and X18 stop.
func (v *Validator) full() {
	if !v.limited {
		v.limited = true
		v.report("X15", CodeTrackingLimit, "documents", 0, Pos{}, arg{Name: "limit", Value: number(v.o.MaxTracked)})
	}
}

// statements judges X16 where every error names its statement by position.
func (v *Validator) statements(d *Document, at string, n int) {
	s := &d.Source
	all, known := s.All.Int()
	ok, known2 := s.OK.Int()
	if !known || !known2 || ok > all || len(d.Errors) <= all-ok {
		return
	}
	clear(v.groups)
	for i := range d.Errors {
		key := statementOf(d.Errors[i].Position)
		if key == "" {
			return
		}
		v.groups[key] = true
	}
	if len(v.groups) > all-ok {
		v.report("X16", CodeX16, at+".docs_count_ok", n, s.marks[5].Pos,
			arg{Name: "groups", Value: number(len(v.groups))}, arg{Name: "failed", Value: number(all - ok)})
	}
}

// statementOf cuts an XPath behind the first numbered step below the root; ""
// if it has none.
func statementOf(xpath string) string {
	rest, ok := strings.CutPrefix(xpath, "/")
	if !ok {
		return ""
	}
	step := strings.IndexByte(rest, '/')
	if step < 0 {
		return ""
	}
	open := strings.IndexByte(rest[step:], '[')
	if open < 0 {
		return ""
	}
	end := strings.IndexByte(rest[step+open:], ']')
	if end < 2 || !digits(rest[step+open+1:step+open+end]) {
		return ""
	}
	return rest[:step+open+end]
}

// repeats judges X17 within the document.
func (v *Validator) repeats(d *Document, base string, n int) {
	if len(d.Errors) < 2 {
		return
	}
	clear(v.entries)
	var h maphash.Hash
	h.SetSeed(v.seed)
	for i := range d.Errors {
		e := &d.Errors[i]
		h.Reset()
		for _, s := range [...]string{e.Code, e.Position, e.Mean} {
			h.WriteString(s)
			h.WriteByte(0xFF) // no part of valid text
		}
		if first, found := v.entries[h.Sum64()]; found {
			v.report("X17", CodeX17, groupPath(GroupError, base, i), n, e.mark.Pos,
				arg{Name: "first", Value: number(first + 1)}, arg{Name: "second", Value: number(i + 1)})
			continue
		}
		v.entries[h.Sum64()] = i
	}
}

// sameSource judges X18.
func (v *Validator) sameSource(s *SourceFile, at string, n int) {
	if s.FileID == "" || v.limited {
		return
	}
	if s.FileID != v.lastID {
		v.lastID, v.lastKey = FileID(strings.Clone(string(s.FileID))), maphash.String(v.seed, string(s.FileID))
	}
	var h maphash.Hash
	h.SetSeed(v.seed)
	h.WriteString(string(s.All) + "/" + string(s.OK) + "/" + string(s.Result))
	told := h.Sum64() &^ 0xFFFFFFFF
	before, found, full := v.sources.Add(v.lastKey, told|uint64(uint32(n)))
	if full {
		v.full()
	}
	if found && before&^0xFFFFFFFF != told {
		v.report("X18", CodeX18, at+".file_id", n, s.marks[0].Pos,
			arg{Name: "value", Value: string(s.FileID)}, arg{Name: "first", Value: number(int(uint32(before)))})
	}
}

// join judges X19 against the source file itself.
func (v *Validator) join(s *SourceFile, at string, n int) {
	source := v.o.Source
	if source == nil {
		return
	}
	if source.FileID != "" && source.FileID != string(s.FileID) {
		v.report("X19", CodeX19FileID, at+".file_id", n, s.marks[0].Pos,
			arg{Name: "value", Value: string(s.FileID)}, arg{Name: "source", Value: source.FileID})
	}
	if source.FileName != "" && !SameFileName(s.FileName, source.FileName) {
		v.report("X19", CodeX19FileName, at+".file_name", n, s.marks[8].Pos,
			arg{Name: "value", Value: s.FileName}, arg{Name: "source", Value: source.FileName})
	}
	if all, ok := s.All.Int(); ok && source.Count > 0 && all != source.Count {
		v.report("X19", CodeX19Count, at+".docs_count_all", n, s.marks[4].Pos,
			arg{Name: "value", Value: string(s.All)}, arg{Name: "source", Value: number(source.Count)})
	}
}

// SameFileName compares the name in a protocol with that of a file, whose
// extension may be missing: 20 characters hold a file_id but no ".xml" behind it.
// Case does not matter, because some file systems change it.
func SameFileName(named, file string) bool {
	return strings.EqualFold(named, file) || strings.EqualFold(named, strings.TrimSuffix(file, path.Ext(file)))
}
