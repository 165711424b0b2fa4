package customs

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"maps"
	"strings"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// ValidPostCode reports whether the code may stand in an envelope: exactly eight
// ASCII digits (C13, 4.3). There is no check digit and no rule for prefixes.
func ValidPostCode(code string) bool { return len(code) == 8 && digits(code) }

// ValidDocumentPostCode reports whether the code may stand inside a document:
// five or eight digits (4.3).
func ValidDocumentPostCode(code string) bool {
	return (len(code) == 5 || len(code) == 8) && digits(code)
}

func digits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}

// CheckPostCode is ValidPostCode with an *Error that shows the code.
func CheckPostCode(code string) error {
	if err := checkCode("", code); err != nil {
		return err
	}
	return nil
}

func checkCode(path, code string) *Error {
	if ValidPostCode(code) {
		return nil
	}
	return newError(CodePostCodeInvalid, path, fault.Arg{Name: "post", Value: fmt.Sprintf("%q", code)})
}

func checkUsed(p Posts) *Error {
	if err := checkCode("main", p.Main); err != nil {
		return err
	}
	if p.Border == "" {
		return nil
	}
	return checkCode("border", p.Border)
}

// Directory looks customs posts up. It must be safe for concurrent use and
// answer from memory: decisions call it.
type Directory interface {
	// Post returns the name of a post and whether it is active now; known is
	// false for a code that is not listed.
	Post(code string) (name string, active, known bool)
}

// DirectoryFunc makes a Directory of a function.
type DirectoryFunc func(code string) (name string, active, known bool)

// Post calls the function.
func (f DirectoryFunc) Post(code string) (name string, active, known bool) { return f(code) }

// PostList is a Directory in memory. The zero value lists nothing.
type PostList struct{ posts map[string]listedPost }

type listedPost struct {
	name   string
	closed bool
}

// Post looks a code up.
func (l *PostList) Post(code string) (name string, active, known bool) {
	p, ok := l.posts[code]
	return p.name, ok && !p.closed, ok
}

// Len returns how many posts are listed.
func (l *PostList) Len() int { return len(l.posts) }

// Limits of a list of posts: the classifier has some thousand entries.
const (
	MaxPosts    = 100_000 // entries
	maxPostLine = 4096    // bytes in a line
)

// ReadPostList reads a list of posts: a line "code TAB name", and a third column
// "closed" for a post that works no more. Blank lines and lines that begin with
// # are skipped. No public list is machine-readable, so whoever deploys brings
// one made from the classifier (4.3). Errors are *Error with the line.
func ReadPostList(r io.Reader) (*PostList, error) {
	l := &PostList{posts: map[string]listedPost{}}
	lines := bufio.NewScanner(r)
	lines.Buffer(nil, maxPostLine)
	n := 1
	for ; lines.Scan(); n++ {
		text := strings.TrimRight(strings.TrimPrefix(lines.Text(), "\ufeff"), "\r")
		if blank(text) || strings.HasPrefix(text, "#") {
			continue
		}
		code, rest, _ := strings.Cut(text, "\t")
		name, state, _ := strings.Cut(rest, "\t")
		var reason fault.Text
		switch _, twice := l.posts[code]; {
		case !ValidPostCode(code):
			reason = fault.Textf("the code is not eight digits", "код не состоит из восьми цифр")
		case twice:
			reason = fault.Textf("the code stands twice", "код повторяется")
		case state != "" && state != "closed":
			reason = fault.Textf(`the third column is not "closed"`, "в третьем столбце не «closed»")
		case len(l.posts) == MaxPosts:
			reason = fault.Textf("more than %d posts", "больше %d постов", MaxPosts)
		}
		if reason != (fault.Text{}) {
			return nil, unreadableList(n, reason)
		}
		l.posts[code] = listedPost{name, state != ""}
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, unreadableList(n, fault.Textf("the line is longer than %d bytes", "строка длиннее %d байт", maxPostLine))
	} else if err != nil {
		return nil, unreadableList(n, fault.Textf("reading failed", "ошибка чтения")).because(err)
	}
	return l, nil
}

func unreadableList(line int, reason fault.Text) *Error {
	return newError(CodeDirectoryFailed, fmt.Sprintf("line %d", line), fault.Arg{Name: "reason", Value: reason})
}

// All returns a copy of the codes with their names.
func (l *PostList) All() map[string]string {
	all := make(map[string]string, len(l.posts))
	for code, p := range maps.All(l.posts) {
		all[code] = p.name
	}
	return all
}

var (
	_ Directory = DirectoryFunc(nil)
	_ Directory = (*PostList)(nil)
)
