package config

import (
	"bytes"
	"regexp"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"

	"github.com/obmen-go/obmen/ecr"
)

// script is how a file's characters are written.
type script struct {
	name  string
	mark  string // byte order mark, as it stands in the file
	codec encoding.Encoding
}

var (
	markUTF8  = "\xEF\xBB\xBF"
	markLE    = "\xFF\xFE"
	markBE    = "\xFE\xFF"
	plainUTF8 = script{name: "UTF-8"}
	cp1251    = script{name: "windows-1251", codec: charmap.Windows1251}

	declared = regexp.MustCompile(`^\s*<\?xml[^>]*?encoding\s*=\s*["']([^"']*)["']`)
)

// decode makes UTF-8 of a file (rule E40): a byte order mark decides, then the
// declaration; what is no UTF-8 then is taken as windows-1251, with a warning.
func decode(data []byte) (text string, s script, warning, err *ecr.Error) {
	s = plainUTF8
	switch {
	case bytes.HasPrefix(data, []byte(markUTF8)):
		s.mark = markUTF8
	case bytes.HasPrefix(data, []byte(markLE)):
		s = script{"UTF-16", markLE, unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)}
	case bytes.HasPrefix(data, []byte(markBE)):
		s = script{"UTF-16", markBE, unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)}
	default:
		if m := declared.FindSubmatch(data); m != nil && strings.EqualFold(string(m[1]), cp1251.name) {
			s = cp1251
		} else if !utf8.Valid(data) {
			s = cp1251
			warning = fail(CodeGuessed, 1)
		}
	}
	body := data[len(s.mark):]
	if s.codec == nil {
		text = string(body)
	} else if b, e := s.codec.NewDecoder().Bytes(body); e == nil {
		text = string(b)
	}
	if back, e := s.encode(text); e != nil || !bytes.Equal(back, data) || !utf8.ValidString(text) {
		return "", s, nil, fail(CodeEncoding, 1, arg("encoding", s.name))
	}
	return text, s, warning, nil
}

// encode writes a text as the file it came from was written.
func (s script) encode(text string) ([]byte, *ecr.Error) {
	if s.codec == nil {
		return []byte(s.mark + text), nil
	}
	b, err := s.codec.NewEncoder().Bytes([]byte(text))
	if err != nil {
		return nil, fail(CodeEncoding, 0, arg("encoding", s.name))
	}
	return append([]byte(s.mark), b...), nil
}
