package customs

import (
	"errors"
	"fmt"
	"strings"

	"github.com/obmen-go/obmen/customs/internal/fault"
	"github.com/obmen-go/obmen/customs/internal/strictjson"
)

// Facts is all that a decision depends on (3.1), besides the answers and the
// Options. Ids are compared byte by byte (gap 23, gap 34); an empty or blank
// string is a missing value.
type Facts struct {
	// Kind, Initiative and Message say what is sent. Role replaces Message for
	// every kind but DECL, which ignores it.
	Kind       Kind       `json:"kind"`
	Initiative Initiative `json:"initiative"`
	Message    Message    `json:"message"`
	Role       Role       `json:"role"`
	// CurrentUser is the id of the user who works now: one of Users.
	CurrentUser string `json:"currentUser"`
	// Users are all users in the order in which they are offered.
	Users []User `json:"users"`
	// Client is what the client program passed.
	Client Posts `json:"clientPost"`
	// Settings are those of the sending program.
	Settings Settings `json:"settings"`
	// Reference is the reference sending of the protocol, nil if there is none.
	Reference *Reference `json:"reference"`
	// Retry marks an OPEN or initiating message repeated under the id of its own
	// protocol after a lost reply (gap 29): the reference is kept, not replaced.
	Retry bool `json:"retry,omitempty"`
}

// User is a user and the ids of the profiles in the order of configuration.
type User struct {
	// ID is immutable.
	ID string `json:"id"`
	// Profiles may be empty.
	Profiles []string `json:"profiles"`
}

// Posts are the customs posts of an exchange, eight digits each.
type Posts struct {
	// Main is the inner post; without it a border post alone counts as nothing.
	Main string `json:"main"`
	// Border is the border post, needed for remote release only (gap 17).
	Border string `json:"border"`
}

// Versions are the album format version and the exchange specification
// version, "5.1.0" and "3.3.0". They go as a pair (gap 15).
type Versions struct {
	// Format and Spec are kept as they are written.
	Format string `json:"format"`
	Spec   string `json:"spec"`
}

// Settings are the exchange settings of the sending program.
type Settings struct {
	// Post is the post code for sendings that pass none.
	Post string `json:"post"`
	// Versions are the versions for new protocols.
	Versions
}

// Reference holds the reference parameters of a protocol, kept at its primary
// message.
type Reference struct {
	// User and Profile are the ids that sent the primary message.
	User    string `json:"user"`
	Profile string `json:"profile"`
	Posts
	Versions
	// Recovered marks a reference made from a later message (S5).
	Recovered bool `json:"recovered,omitempty"`
	// Unreadable marks a record that could not be decoded (gap 14a): the rest is
	// ignored.
	Unreadable bool `json:"unreadable,omitempty"`
}

func blank(s string) bool { return strings.TrimSpace(s) == "" }

func present(s string) string {
	if blank(s) {
		return ""
	}
	return s
}

func (p Posts) clean() Posts { return Posts{present(p.Main), present(p.Border)} }

func (v Versions) clean() Versions { return Versions{present(v.Format), present(v.Spec)} }

func (v Versions) complete() bool { return v.Format != "" && v.Spec != "" }

// factsJSON is Facts with its enumerations still as text: an error can name them.
type factsJSON struct {
	Kind        string     `json:"kind"`
	Initiative  string     `json:"initiative"`
	Message     string     `json:"message"`
	Role        string     `json:"role"`
	CurrentUser string     `json:"currentUser"`
	Users       []User     `json:"users"`
	ClientPost  Posts      `json:"clientPost"`
	Settings    Settings   `json:"settings"`
	Reference   *Reference `json:"reference"`
	Retry       bool       `json:"retry"`
}

// MaxFacts is the longest JSON text of facts that ParseFacts reads, in bytes:
// some tens of thousands of users.
const MaxFacts = 4 << 20

// ParseFacts reads facts from a JSON object:
//
//	{"kind":"DECL","initiative":"USER","message":"OPEN","role":"INITIATING",
//	 "currentUser":"u1","users":[{"id":"u1","profiles":["p1","p2"]}],
//	 "clientPost":{"main":"10000010","border":""},
//	 "settings":{"post":"10000020","format":"5.1.0","spec":"3.3.0"},
//	 "reference":{"user":"u1","profile":"p1","main":"10000030","border":"","format":"5.0.8","spec":"3.2.0"}}
//
// It reads what encoding/json writes of Facts: "retry" and the reference's
// "recovered" and "unreadable" may stand there too.
// A missing or null reference is absent; one with all members empty exists.
// Unknown, repeated and differently cased members are refused (decision): a
// misspelt fact would else count as missing without a word. The facts are
// checked (G3); errors are *Error.
func ParseFacts(text []byte) (Facts, error) {
	if len(text) > MaxFacts {
		return Facts{}, newError(CodeFactsUnreadable, "", fault.Reason("longer than %d bytes", "длиннее %d байт", MaxFacts))
	}
	var in factsJSON
	if err := strictjson.Unmarshal(text, &in); err != nil {
		return Facts{}, unreadable(err)
	}
	f := Facts{CurrentUser: in.CurrentUser, Users: in.Users, Client: in.ClientPost,
		Settings: in.Settings, Reference: in.Reference, Retry: in.Retry}
	for _, m := range []struct {
		path, text string
		parse      func([]byte) error
	}{
		{"kind", in.Kind, f.Kind.UnmarshalText},
		{"initiative", in.Initiative, f.Initiative.UnmarshalText},
		{"message", in.Message, f.Message.UnmarshalText},
		{"role", in.Role, f.Role.UnmarshalText},
	} {
		if m.path == "role" && f.Kind == KindDECL {
			continue // ignored there, whatever it says
		}
		if err := m.parse([]byte(m.text)); err != nil {
			return Facts{}, invalid(m.path, "%s %q is unknown", "%s %q неизвестно", m.path, m.text)
		}
	}
	if err := f.Check(); err != nil {
		return Facts{}, err
	}
	return f, nil
}

func unreadable(err error) *Error {
	e, ok := errors.AsType[*strictjson.Error](err)
	if !ok {
		return newError(CodeFactsUnreadable, "").because(err)
	}
	return newError(CodeFactsUnreadable, e.Path, fault.Arg{Name: "reason", Value: e.Reason})
}

func invalid(path, en, ru string, args ...any) *Error {
	return newError(CodeFactsInvalid, path, fault.Reason(en, ru, args...))
}

// Check says whether the facts can be decided on at all (G3); the error is an
// *Error with the place. Resolve checks by itself.
func (f *Facts) Check() error {
	if err := f.check(); err != nil {
		return err
	}
	return nil
}

func (f *Facts) check() *Error {
	switch {
	case f.Kind < KindDECL || f.Kind > KindOther:
		return invalid("kind", "the kind is missing or unknown", "вид сообщения не указан или неизвестен")
	case f.Initiative < InitiativeUser || f.Initiative > InitiativeAuto:
		return invalid("initiative", "the initiative is missing or unknown", "инициатива не указана или неизвестна")
	case f.Message < MessageOpen || f.Message > MessageOther:
		return invalid("message", "the message is missing or unknown", "сообщение не указано или неизвестно")
	case f.Kind != KindDECL && (f.Role < RoleInitiating || f.Role > RoleFollowUp):
		return invalid("role", "the role is missing or unknown", "роль не указана или неизвестна")
	case blank(f.CurrentUser):
		return invalid("currentUser", "the current user is missing", "текущий пользователь не указан")
	}
	if i, ok := repeated(len(f.Users), func(i int) string { return f.Users[i].ID }); ok {
		return invalid(fmt.Sprintf("users[%d].id", i+1), "the user id is empty or stands twice", "идентификатор пользователя пуст или повторяется")
	}
	known := false
	for u := range f.Users {
		known = known || f.Users[u].ID == f.CurrentUser
		if i, ok := repeated(len(f.Users[u].Profiles), func(i int) string { return f.Users[u].Profiles[i] }); ok {
			return invalid(fmt.Sprintf("users[%d].profiles[%d]", u+1, i+1), "the profile id is empty or stands twice", "идентификатор профиля пуст или повторяется")
		}
	}
	if !known {
		return invalid("currentUser", "the current user is not one of the users", "текущего пользователя нет среди пользователей")
	}
	return nil
}

// fewIDs is the length up to which comparing each with each is faster than a map.
const fewIDs = 16

// repeated finds the first id that is blank or stands before it already.
func repeated(n int, id func(int) string) (int, bool) {
	var seen map[string]bool
	if n > fewIDs {
		seen = make(map[string]bool, n)
	}
	for i := range n {
		s := id(i)
		if blank(s) || seen[s] {
			return i, true
		}
		if seen != nil {
			seen[s] = true
			continue
		}
		for j := range i {
			if id(j) == s {
				return i, true
			}
		}
	}
	return 0, false
}
