package customs

import (
	_ "embed"
	"fmt"
	"io"
	"strings"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// MessageKind is what a message code stands for (4.1).
type MessageKind struct {
	// Code is the code, or a prefix that ends with *.
	Code string
	// Kind and Message are what the rules look at. Kind is zero for a
	// technological acknowledgement, which belongs to the kind of its procedure.
	Kind    Kind
	Message Message
	// Acknowledgement marks a technological acknowledgement.
	Acknowledgement bool
	// Meaning is an English note.
	Meaning string
}

// KindTable knows message codes. The zero value knows none; it is safe for
// concurrent use once read.
type KindTable struct {
	exact    map[string]MessageKind
	prefixes []MessageKind // longest first
}

//go:embed kinds.tsv
var kindsData string

// DefaultKinds returns the table that comes with the package. The codes were
// gathered from public code of 2014 to 2026: check them against the service's
// current specification, and read a table of your own with ReadKinds if they differ.
func DefaultKinds() *KindTable {
	t, err := ReadKinds(strings.NewReader(kindsData))
	if err != nil {
		return &KindTable{} // a test reads the table that is built in
	}
	return t
}

// MaxKinds is the size of a table that ReadKinds reads, in bytes.
const MaxKinds = 1 << 20

// ReadKinds reads a table: lines of code, kind (or ACK), message and meaning,
// separated by tabs; blank lines and lines that begin with # are skipped. A code
// that ends with * is a prefix. Errors are *Error with the line.
func ReadKinds(r io.Reader) (*KindTable, error) {
	text, err := io.ReadAll(io.LimitReader(r, MaxKinds+1))
	if err != nil {
		return nil, kindsUnreadable("", fault.Textf("reading failed", "ошибка чтения")).because(err)
	}
	if len(text) > MaxKinds {
		return nil, kindsUnreadable("", fault.Textf("longer than %d bytes", "длиннее %d байт", MaxKinds))
	}
	t := &KindTable{exact: map[string]MessageKind{}}
	n := 0
	for line := range strings.Lines(string(text)) {
		n++
		line = strings.TrimRight(line, "\r\n")
		if blank(line) || strings.HasPrefix(line, "#") {
			continue
		}
		if reason := t.add(strings.Split(line, "\t")); reason != (fault.Text{}) {
			return nil, kindsUnreadable(fmt.Sprintf("line %d", n), reason)
		}
	}
	return t, nil
}

func kindsUnreadable(path string, reason fault.Text) *Error {
	return newError(CodeKindsUnreadable, path, fault.Arg{Name: "reason", Value: reason})
}

func (t *KindTable) add(cells []string) (reason fault.Text) {
	if len(cells) < 3 || len(cells) > 4 || blank(cells[0]) {
		return fault.Textf("not code, kind, message and meaning", "нужны код, вид, сообщение и пояснение")
	}
	k := MessageKind{Code: cells[0], Acknowledgement: cells[1] == "ACK"}
	if !k.Acknowledgement && (k.Kind.UnmarshalText([]byte(cells[1])) != nil || k.Kind == 0) {
		return fault.Textf("unknown kind %q", "неизвестный вид %q", cells[1])
	}
	if k.Message.UnmarshalText([]byte(cells[2])) != nil || k.Message == 0 {
		return fault.Textf("unknown message %q", "неизвестное сообщение %q", cells[2])
	}
	if len(cells) == 4 {
		k.Meaning = cells[3]
	}
	if t.has(k.Code) {
		return fault.Textf("the code stands twice", "код повторяется")
	}
	if !strings.HasSuffix(k.Code, "*") {
		t.exact[k.Code] = k
		return fault.Text{}
	}
	i := 0
	for i < len(t.prefixes) && len(t.prefixes[i].Code) >= len(k.Code) {
		i++
	}
	t.prefixes = append(t.prefixes[:i], append([]MessageKind{k}, t.prefixes[i:]...)...)
	return fault.Text{}
}

func (t *KindTable) has(code string) bool {
	if _, ok := t.exact[code]; ok {
		return true
	}
	for _, p := range t.prefixes {
		if p.Code == code {
			return true
		}
	}
	return false
}

// Lookup returns what a code stands for: its own line, else that of the longest
// prefix. An unknown code is OTHER and MSG, with known false.
func (t *KindTable) Lookup(code string) (k MessageKind, known bool) {
	if k, ok := t.exact[code]; ok {
		return k, true
	}
	for _, k := range t.prefixes {
		if strings.HasPrefix(code, strings.TrimSuffix(k.Code, "*")) {
			return k, true
		}
	}
	return MessageKind{Code: code, Kind: KindOther, Message: MessageOther}, false
}
