package customs

import (
	"slices"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// PromptID names a question (3.1): P1 to P7.
type PromptID string

// The prompts.
const (
	P1 PromptID = "P1" // choose a profile of Prompt.User
	P2 PromptID = "P2" // choose a user
	P3 PromptID = "P3" // switch to the account of Prompt.User?
	P4 PromptID = "P4" // ChoiceCurrent or ChoiceOther
	P5 PromptID = "P5" // notice: data is lacking
	P6 PromptID = "P6" // send a history request instead?
	P7 PromptID = "P7" // enter the posts
)

// Choices of P4.
const (
	ChoiceCurrent = "current" // go on as the current user
	ChoiceOther   = "other"   // choose another user; P2 follows
)

// Prompt is a question as a value: a dialog, a web form and a test can all ask it.
type Prompt struct {
	// ID says which question.
	ID PromptID
	// Row is the rule that asks, "U9".
	Row string
	// User is whose profiles are listed (P1), whose account is meant (P3), or the
	// current user (P4).
	User string
	// Choices are the ids to choose from (P1, P2, P4). Do not change them.
	Choices []string
	// Defaults fill the form of P7: the client's codes, else the settings'.
	Defaults Posts
	// MainOnly says that P7 asks for no border post.
	MainOnly bool
	// Problem says why the question is asked again, nil at first.
	Problem *Error
}

// AnswerKind is what an answer does. Zero is unset.
type AnswerKind uint8

// Kinds of answers.
const (
	AnswerCancel      AnswerKind = iota + 1 // cancels any prompt
	AnswerChoice                            // P1, P2, P4
	AnswerYes                               // P3, P6
	AnswerNo                                // P3, P6
	AnswerAcknowledge                       // P5
	AnswerPosts                             // P7
)

var answerNames = []string{"", "cancel", "choose", "yes", "no", "ok", "posts"}

// String returns cancel, choose, yes, no, ok or posts.
func (k AnswerKind) String() string { return enumString(answerNames, uint8(k), "AnswerKind") }

// MarshalText returns String.
func (k AnswerKind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (k *AnswerKind) UnmarshalText(text []byte) error { return parseEnum(answerNames, text, k) }

// Answer is the answer to one prompt; make it with Choose, Yes, No,
// Acknowledge, EnterPosts or Cancel. The zero value answers nothing: the prompt
// is asked again.
type Answer struct {
	// Kind says which of the others counts.
	Kind AnswerKind
	// Choice is one of Prompt.Choices.
	Choice string
	// Posts are the codes entered.
	Posts Posts
}

// Choose answers P1, P2 or P4.
func Choose(id string) Answer { return Answer{Kind: AnswerChoice, Choice: id} }

// Yes answers P3 or P6.
func Yes() Answer { return Answer{Kind: AnswerYes} }

// No answers P3 or P6; the sending is cancelled.
func No() Answer { return Answer{Kind: AnswerNo} }

// Acknowledge answers P5.
func Acknowledge() Answer { return Answer{Kind: AnswerAcknowledge} }

// EnterPosts answers P7; the border post may be empty.
func EnterPosts(main, border string) Answer {
	return Answer{Kind: AnswerPosts, Posts: Posts{main, border}}
}

// Cancel answers any prompt; the sending is cancelled and nothing is stored.
func Cancel() Answer { return Answer{Kind: AnswerCancel} }

// Check says why an answer does not fit the prompt (gap 33, C13); nil if it fits.
// The error is an *Error; Resolve asks again by itself.
func (p *Prompt) Check(a Answer) error {
	if err := p.check(a); err != nil {
		return err
	}
	return nil
}

func (p *Prompt) check(a Answer) *Error {
	if a.Kind == AnswerCancel {
		return nil
	}
	want := AnswerChoice
	switch p.ID {
	case P3, P6:
		if a.Kind == AnswerNo {
			return nil
		}
		want = AnswerYes
	case P5:
		want = AnswerAcknowledge
	case P7:
		want = AnswerPosts
	}
	switch {
	case a.Kind != want:
		return newError(CodeAnswerKind, "", fault.Arg{Name: "prompt", Value: p.ID})
	case want == AnswerChoice && !slices.Contains(p.Choices, a.Choice):
		return newError(CodeAnswerUnknown, "", fault.Arg{Name: "answer", Value: a.Choice, Secret: true})
	case want == AnswerPosts:
		return p.checkPosts(a.Posts.clean())
	}
	return nil
}

func (p *Prompt) checkPosts(posts Posts) *Error {
	if p.MainOnly && posts.Border != "" {
		return newError(CodeAnswerKind, "border", fault.Arg{Name: "prompt", Value: p.ID})
	}
	return checkUsed(posts)
}

// Text returns the question for a person in Russian ("ru") or English.
func (p *Prompt) Text(lang string) string {
	text := promptEN[p.ID]
	if lang == "ru" {
		text = promptRU[p.ID]
	}
	if p.ID == P7 && p.MainOnly {
		if text = "Enter the code of the customs post."; lang == "ru" {
			text = "Введите код таможенного поста."
		}
	}
	return fault.Fill(text, []fault.Arg{{Name: "user", Value: p.User}}, lang, false)
}

// ChoiceText returns how a choice is shown: ids as they are, the choices of P4
// in words.
func (p *Prompt) ChoiceText(choice, lang string) string {
	if p.ID != P4 {
		return choice
	}
	ru := lang == "ru"
	switch {
	case choice == ChoiceCurrent && ru:
		return "Продолжить от имени текущего пользователя (" + p.User + ")"
	case choice == ChoiceCurrent:
		return "Go on as the current user (" + p.User + ")"
	case choice == ChoiceOther && ru:
		return "Выбрать другого пользователя"
	case choice == ChoiceOther:
		return "Choose another user"
	}
	return choice
}

var promptEN = map[PromptID]string{
	P1: "Choose a profile of user {user}.",
	P2: "Choose the user to send as.",
	P3: "The document belongs to user {user}. Switch to that account?",
	P4: "The user of the document is not known any more. Who goes on with the exchange?",
	P5: "Data of the reference sending is lacking.",
	P6: "Send a request for the history of the procedure instead?",
	P7: "Enter the codes of the main and the border post (the border post may stay empty).",
}

var promptRU = map[PromptID]string{
	P1: "Выберите профиль пользователя {user}.",
	P2: "Выберите пользователя для отправки.",
	P3: "Чужой документ: первичная отправка выполнена пользователем {user}. Переключиться на его учётную запись?",
	P4: "Пользователь документа не распознан (удалён). От чьего имени продолжить обмен?",
	P5: "Недостаточно данных опорного сообщения.",
	P6: "Выполнить запрос истории процедуры?",
	P7: "Введите коды основного и приграничного постов (приграничный можно не указывать).",
}
