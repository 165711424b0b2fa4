package xmlscan

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// ours lists the tokens of a document, one a line; text is joined.
func ours(r io.Reader) (string, error) {
	s := New(r, Limits{})
	var b, text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			fmt.Fprintf(&b, "text %q\n", text.String())
			text.Reset()
		}
	}
	for {
		kind, err := s.Next()
		if err != nil {
			return "", err
		}
		switch kind {
		case EOF:
			return b.String(), nil
		case Start:
			flush()
			fmt.Fprintf(&b, "<%s", s.Name())
			for _, a := range s.Attrs() {
				fmt.Fprintf(&b, " %s=%q", a.Name, a.Value)
			}
			b.WriteByte('\n')
		case End:
			flush()
			fmt.Fprintf(&b, "</%s\n", s.Name())
		case Text:
			text.Write(s.Text())
		}
	}
}

// theirs lists the tokens of encoding/xml the same way. Attributes of it keep
// white space that XML 1.0 section 3.3.3 makes blanks.
func theirs(data []byte) (string, error) {
	d := xml.NewDecoder(bytes.NewReader(data))
	var b, text strings.Builder
	flush := func() {
		if text.Len() > 0 {
			fmt.Fprintf(&b, "text %q\n", text.String())
			text.Reset()
		}
	}
	depth := 0
	for {
		tok, err := d.Token()
		if err == io.EOF {
			return b.String(), nil
		}
		if err != nil {
			return "", err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			flush()
			depth++
			fmt.Fprintf(&b, "<%s", tok.Name.Local)
			for _, a := range tok.Attr {
				fmt.Fprintf(&b, " %s=%q", a.Name.Local, a.Value)
			}
			b.WriteByte('\n')
		case xml.EndElement:
			flush()
			depth--
			fmt.Fprintf(&b, "</%s\n", tok.Name.Local)
		case xml.CharData:
			if depth > 0 {
				text.Write(tok)
			}
		}
	}
}

var blanksToSpace = strings.NewReplacer(`\t`, " ", `\n`, " ", `\r`, " ")

// FuzzAgainstStd: what both accept has the same tokens. What encoding/xml accepts
// and this package does not is refused on purpose, each with its own kind.
func FuzzAgainstStd(f *testing.F) {
	for _, s := range []string{
		"<a/>", "<a b='1' c=\"2\">x&amp;&#65;&#x42;<![CDATA[<]]]]><!-- - -->y</a>", "<?xml version=\"1.0\"?><p:a xmlns:p='u'>\r\n\r</p:a >",
		"<a>]]&gt;</a>", "<a b='>'>&lt;</a>", "<ы>я</ы>", "<a><b></b></a>", "<a>&nope;</a>", "<a b='1' b='2'/>", "<a/><b/>", "<!DOCTYPE a><a/>", "x<a/>", "<a b='\t\n&#10;'/>",
		"\xef\xbb\xbf<a/>", "<a>\x01</a>", "<a>\xff</a>", "<a>&#0;</a>", "<?p q?><a/>", "<a/><!-- x -- y -->",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		got, err := ours(bytes.NewReader(data))
		slow, slowErr := ours(iotest.OneByteReader(bytes.NewReader(data)))
		if (err == nil) != (slowErr == nil) || got != slow {
			t.Fatalf("byte by byte differs: %v and %v\n%s\n%s", err, slowErr, got, slow)
		}
		if bytes.Contains(data, []byte("encoding")) || bytes.IndexByte(data, 0) >= 0 || bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
			return // encoding/xml leaves encodings to its user
		}
		want, stdErr := theirs(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")))
		switch {
		case err == nil && stdErr == nil:
			if blanksToSpace.Replace(got) != blanksToSpace.Replace(want) {
				t.Fatalf("tokens differ\nours:\n%s\nencoding/xml:\n%s", got, want)
			}
		case err == nil:
			// encoding/xml follows an older list of name characters.
			if !strings.Contains(stdErr.Error(), "invalid XML name") && !strings.Contains(stdErr.Error(), "xmlns") {
				t.Fatalf("accepted, but encoding/xml says %v", stdErr)
			}
		case stdErr == nil:
			e := err.(*Error)
			switch e.Kind {
			case KindSyntax, KindDoctype, KindEmpty, KindDepth, KindAttrs, KindBytes, KindCharacter:
			default:
				t.Fatalf("refused with %v, but encoding/xml accepts", err)
			}
		}
	})
}
