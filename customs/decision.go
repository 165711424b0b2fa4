package customs

import (
	"fmt"
	"strings"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// Step is where a resolution stands after the answers so far.
type Step struct {
	// Outcome says which of the others counts.
	Outcome Outcome
	// Decision is complete for OutcomeDone and OutcomeSubstitute. Otherwise it holds the phase,
	// and the rules, prompts and notes up to this point.
	Decision Decision
	// Prompt is the question to answer, for OutcomeNeedAnswer.
	Prompt Prompt
	// Err is the reason, for OutcomeFailed.
	Err *Error
}

// Decision says who sends, to which post, in which version, what is stored
// afterwards, and why.
type Decision struct {
	// Phase is how the message stands to its protocol; zero if G3 fired.
	Phase Phase
	// User and Profile are the ids to send under.
	User, Profile string
	// Posts go into the envelope (envelope.MessageKind makes the border's value).
	Posts
	// Versions go into the envelope.
	Versions
	// Rules are the rows that fired, in the order phase, guard, user, post,
	// version, persistence. Explain puts them into words.
	Rules []string
	// Prompts are the questions that were asked, each once, in order.
	Prompts []PromptID
	// Persist is what Commit stores once the send has succeeded.
	Persist Action
	// SwitchTo is the account that the person agreed to switch to (P3), or "". The
	// host decides whether it stays the current user (gap 20).
	SwitchTo string
	// Substitute is the message to resolve and send in place of this one, for the
	// outcome OutcomeSubstitute; the original is deferred and never sent by itself (gap 16).
	Substitute Message
	// Notes are remarks that change nothing.
	Notes []Note
	// Recovered says that the reference is made from a later message (S5).
	Recovered bool
	// VersionsAssumed warns that the protocol existed before its reference: the
	// versions of the settings may differ from its real ones (gap 19). See Refine.
	VersionsAssumed bool

	seen         Reference // the parts of the reference that counted
	stored       Reference // the reference as it was stored
	fallback     bool      // an automatic message fell back on the current user
	saveFallback bool      // and S7 may store that
}

// Note is a remark on a decision.
type Note struct {
	// ID is stable, one of the Note constants.
	ID string
	// Value is what the note is about: a code, a pair of versions, or "".
	Value string
}

// Ids of the notes.
const (
	NoteClientPostIgnored   = "ClientPostIgnored"   // C3: PI takes the settings' post
	NoteBorderWithoutMain   = "BorderWithoutMain"   // the client gave a border post alone
	NoteBorderEqualsMain    = "BorderEqualsMain"    // C12
	NoteUnusedPostInvalid   = "UnusedPostInvalid"   // C13: a code that is not used is malformed
	NotePostInactive        = "PostInactive"        // gap 31: the directory says the post is closed
	NotePostUnknown         = "PostUnknown"         // gap 31: the directory does not list the post
	NoteVersionRetired      = "VersionRetired"      // gap 30: the versions are past their end date
	NoteReferenceUnreadable = "ReferenceUnreadable" // gap 14a: the reference cannot be decoded
)

var noteEN = map[string]string{
	NoteClientPostIgnored:   "the client's post code {value} is ignored: preliminary information takes it from the settings",
	NoteBorderWithoutMain:   "the client's border post {value} is ignored: the main post is missing",
	NoteBorderEqualsMain:    "the border post {value} equals the main post",
	NoteUnusedPostInvalid:   "post code {value} is not eight digits; it is not used here",
	NotePostInactive:        "post {value} is inactive in the directory",
	NotePostUnknown:         "post {value} is not in the directory",
	NoteVersionRetired:      "versions {value} are past their end date",
	NoteReferenceUnreadable: "the reference cannot be decoded and counts as one without content",
}

var noteRU = map[string]string{
	NoteClientPostIgnored:   "код поста {value}, переданный клиентом, не учтён: для ПИ код берётся из настроек",
	NoteBorderWithoutMain:   "код приграничного поста {value}, переданный клиентом, не учтён: нет основного",
	NoteBorderEqualsMain:    "приграничный пост {value} совпадает с основным",
	NoteUnusedPostInvalid:   "код поста {value} не состоит из восьми цифр; здесь он не используется",
	NotePostInactive:        "пост {value} в справочнике не действует",
	NotePostUnknown:         "поста {value} нет в справочнике",
	NoteVersionRetired:      "срок действия версий {value} истёк",
	NoteReferenceUnreadable: "опорное сообщение не читается и считается пустым",
}

// Text returns the note as a sentence in Russian ("ru") or English, without a stop.
func (n Note) Text(lang string) string {
	texts := noteEN
	if lang == "ru" {
		texts = noteRU
	}
	return fault.Fill(texts[n.ID], []fault.Arg{{Name: "value", Value: n.Value}}, lang, false)
}

// String returns "ID: text" in English.
func (n Note) String() string { return n.ID + ": " + n.Text("en") }

// Rule describes a row of the table.
type Rule struct {
	// ID is the row, "U9".
	ID string
	// Text says what the row means.
	Text string
}

// Explain puts the rules of a decision into words, in Russian ("ru") or
// English: why this profile, this post, these versions, and what is stored.
func (d *Decision) Explain(lang string) []Rule {
	list := make([]Rule, 0, len(d.Rules))
	for _, id := range d.Rules {
		list = append(list, Rule{id, RuleText(id, lang)})
	}
	return list
}

// Explain resolves and returns the reasons as text, a line per row and note.
func Explain(f Facts, answers []Answer, opt *Options, lang string) string {
	step := Resolve(f, answers, opt)
	var b strings.Builder
	for _, r := range step.Decision.Explain(lang) {
		fmt.Fprintf(&b, "%s: %s\n", r.ID, r.Text)
	}
	for _, n := range step.Decision.Notes {
		fmt.Fprintf(&b, "! %s\n", n.Text(lang))
	}
	switch step.Outcome {
	case OutcomeNeedAnswer:
		fmt.Fprintf(&b, "%s? %s\n", step.Prompt.ID, step.Prompt.Text(lang))
	case OutcomeFailed:
		fmt.Fprintf(&b, "%s\n", step.Err.Message(lang))
	}
	return b.String()
}

// RuleText returns what a row of the table means, in Russian ("ru") or English;
// "" for an unknown id.
func RuleText(id, lang string) string {
	for _, part := range tableParts {
		for i := range part.rows {
			if r := &part.rows[i]; r.id == id {
				if lang == "ru" {
					return r.ru
				}
				return r.en
			}
		}
	}
	return ""
}
