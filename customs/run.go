package customs

import (
	"context"
	"errors"
	"time"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// Request is a message that the host is about to send.
type Request struct {
	// Protocol is the id of the procedure, ProccessID in the envelope.
	Protocol string
	// Kind to Retry are as in Facts.
	Kind       Kind
	Initiative Initiative
	Message    Message
	Role       Role
	// CurrentUser is the id of the user who works now.
	CurrentUser string
	// Client is what the client program passed.
	Client Posts
	// Settings are those of the sending program.
	Settings Settings
	// Retry marks a primary message repeated in its own protocol (gap 29).
	Retry bool
}

// Prompter puts a question to a person.
type Prompter interface {
	// Ask returns the answer. An error counts as Cancel; it stays visible through
	// errors.Is if it is one of the standard library's.
	Ask(ctx context.Context, p Prompt) (Answer, error)
}

// PrompterFunc makes a Prompter of a function.
type PrompterFunc func(ctx context.Context, p Prompt) (Answer, error)

// Ask calls the function.
func (f PrompterFunc) Ask(ctx context.Context, p Prompt) (Answer, error) { return f(ctx, p) }

var _ Prompter = PrompterFunc(nil)

// Host is what the program that sends brings along.
type Host struct {
	// Users and References are required; MemStore serves for both.
	Users      UserStore
	References ReferenceStore
	// Prompter asks the person. Without one every question is cancelled.
	Prompter Prompter
	// Authorize confirms that the person may send as another user: password,
	// signature (gap 21). It is called for every user that a person picks and who
	// is not the current one (P2, P3, P4); nil refuses. An error refuses.
	Authorize func(ctx context.Context, current, other string) error
	// Send sends the message. After an error nothing is stored: CodeSendFailed, or
	// CodeSendUnknown if the error has a SafeToRetry method that returns false.
	// Send is required by Run, not by Prepare.
	Send func(ctx context.Context, d *Decision) error
	// Options are those of Resolve; nil means the defaults.
	Options *Options
}

// Limits of a run.
const (
	// MaxAnswers is how many answers a run takes in all: the longest conversation
	// has four questions, the rest are wrong answers.
	MaxAnswers = 100
	// MaxSaves is how often Commit tries to store against concurrent changes.
	MaxSaves = 32
)

// StoreTime is how long Run goes on storing when its context ends while the
// message is on its way.
const StoreTime = 10 * time.Second

// Run resolves a message with its questions, authorises another user's account,
// sends, and stores what the sending changed. Until Send has succeeded nothing
// is stored, and any cancel or error ends the run.
//
// The step of the returned Sending, which is never nil, is OutcomeDone, or
// OutcomeSubstitute: then nothing was sent, and the caller runs a HISTORY request
// of its own. Errors are *Error. After CodeNotStored the message is sent already:
// call Commit until it succeeds, never Run again. After CodeSendUnknown find out
// whether it was sent, and then Commit or Run again.
func Run(ctx context.Context, req Request, host *Host) (*Sending, error) {
	if host == nil || host.Send == nil {
		return &Sending{}, newError(CodeHostIncomplete, "Host.Send")
	}
	s, err := Prepare(ctx, req, host)
	if err != nil || s.Step.Outcome == OutcomeSubstitute {
		return s, err
	}
	if err := host.Send(ctx, &s.Step.Decision); err != nil {
		return s, sendFailed(err)
	}
	// The message is out: an end of ctx must not lose its reference.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), StoreTime)
	defer cancel()
	_, err = s.Commit(ctx)
	return s, err
}

func sendFailed(cause error) *Error {
	if safe, ok := errors.AsType[interface {
		error
		SafeToRetry() bool
	}](cause); ok && !safe.SafeToRetry() {
		return afterSend(CodeSendUnknown, cause)
	}
	return newError(CodeSendFailed, "").because(cause)
}

// Sending is a decision with its send. It is made by Prepare and Run.
type Sending struct {
	// Step is what was decided.
	Step Step
	// Answers are the person's, in order: with the same facts they give the same
	// decision.
	Answers []Answer

	protocol string
	refs     ReferenceStore
}

// Prepare is Run without the sending: the host sends by itself and then calls
// Commit. A cancelled prompt or context gives CodeCancelled. The returned Sending
// is never nil.
func Prepare(ctx context.Context, req Request, host *Host) (*Sending, error) {
	if err := host.check(); err != nil {
		return &Sending{}, err
	}
	s := &Sending{protocol: req.Protocol, refs: host.References}
	if blank(req.Protocol) {
		return s, newError(CodeProtocolMissing, "")
	}
	facts, err := gather(ctx, req, host)
	if err != nil {
		return s, err
	}
	if err := s.converse(ctx, facts, host); err != nil {
		return s, err
	}
	if s.Step.Outcome == OutcomeSubstitute {
		return s, nil
	}
	d := &s.Step.Decision
	if len(d.Prompts) > 0 && d.User != req.CurrentUser {
		if err := authorize(ctx, host, req.CurrentUser, d.User); err != nil {
			return s, err
		}
	}
	return s, nil
}

func (h *Host) check() error {
	switch {
	case h == nil || h.Users == nil:
		return newError(CodeHostIncomplete, "Host.Users")
	case h.References == nil:
		return newError(CodeHostIncomplete, "Host.References")
	}
	return nil
}

// gather reads the stores. A store that fails is an error, never a lack of data
// (gap 14a).
func gather(ctx context.Context, req Request, host *Host) (Facts, error) {
	f := Facts{Kind: req.Kind, Initiative: req.Initiative, Message: req.Message, Role: req.Role,
		CurrentUser: req.CurrentUser, Client: req.Client, Settings: req.Settings, Retry: req.Retry}
	users, err := host.Users.Users(ctx)
	if err != nil {
		return f, storeFailed(fault.Text{EN: "users", RU: "пользователи"}, err)
	}
	f.Users = users
	f.Reference, _, err = load(ctx, host.References, req.Protocol)
	return f, err
}

func load(ctx context.Context, refs ReferenceStore, protocol string) (*Reference, uint64, error) {
	ref, version, err := refs.Load(ctx, protocol)
	switch {
	case err == nil:
		return &ref, version, nil
	case errors.Is(err, ErrNotFound):
		return nil, 0, nil
	case errors.Is(err, ErrUnreadable):
		return &Reference{Unreadable: true}, version, nil
	}
	return nil, 0, storeFailed(fault.Text{EN: "references", RU: "опорные сообщения"}, err)
}

func storeFailed(what fault.Text, cause error) *Error {
	return newError(CodeStoreFailed, "", fault.Arg{Name: "what", Value: what}).because(cause)
}

// converse asks until the machine needs no more answers.
func (s *Sending) converse(ctx context.Context, f Facts, host *Host) error {
	for {
		s.Step = Resolve(f, s.Answers, host.Options)
		prompt := s.Step.Prompt
		if s.Step.Decision.Phase == PhasePrimary && f.Kind != KindEAD && f.Reference != nil && !f.Retry {
			return newError(CodeProtocolTaken, "", fault.Arg{Name: "protocol", Value: s.protocol})
		}
		switch s.Step.Outcome {
		case OutcomeNeedAnswer:
		case OutcomeCancelled:
			return cancelled(s.Step.Decision.Prompts[len(s.Step.Decision.Prompts)-1], nil)
		case OutcomeFailed:
			return s.Step.Err
		default:
			return nil
		}
		if len(s.Answers) == MaxAnswers {
			return newError(CodeTooManyAnswers, "", fault.Arg{Name: "tries", Value: MaxAnswers}, fault.Arg{Name: "prompt", Value: prompt.ID})
		}
		answer, err := ask(ctx, host, prompt)
		if err != nil {
			answer = Cancel()
		}
		s.Answers = append(s.Answers, answer)
		if err != nil {
			s.Step = Resolve(f, s.Answers, host.Options)
			return cancelled(prompt.ID, err)
		}
	}
}

func ask(ctx context.Context, host *Host, p Prompt) (Answer, error) {
	if err := ctx.Err(); err != nil {
		return Answer{}, err
	}
	if host.Prompter == nil {
		return Cancel(), nil
	}
	a, err := host.Prompter.Ask(ctx, p)
	if err == nil {
		err = ctx.Err() // an answer that came after the end does not count
	}
	return a, err
}

func cancelled(prompt PromptID, cause error) *Error {
	return newError(CodeCancelled, "", fault.Arg{Name: "prompt", Value: prompt}).because(cause)
}

func authorize(ctx context.Context, host *Host, current, other string) error {
	refused := newError(CodeSwitchRefused, "", fault.Arg{Name: "user", Value: other, Secret: true})
	if host.Authorize == nil {
		return refused
	}
	if err := host.Authorize(ctx, current, other); err != nil {
		return refused.because(err)
	}
	if err := ctx.Err(); err != nil {
		return refused.because(err)
	}
	return nil
}

// Commit stores what the sending changed and returns what it did. Call it once
// the message is sent; calling it again is harmless. When others change the
// reference at the same time, Commit reads it again and stores what is left. The
// error is an *Error with CodeNotStored and SafeToRetry false, because the message
// is out; it unwraps to what the store said.
func (s *Sending) Commit(ctx context.Context) (Action, error) {
	d := &s.Step.Decision
	if s.Step.Outcome != OutcomeDone || d.Persist == ActionNone {
		return ActionNone, nil
	}
	done, err := change(ctx, s.refs, s.protocol, d.Apply)
	if err != nil {
		return ActionNone, afterSend(CodeNotStored, err)
	}
	return done, nil
}

// RefineStored is Refine on a stored reference (S10). A protocol without a
// reference stays without. Errors are *Error; trying again is harmless.
func RefineStored(ctx context.Context, refs ReferenceStore, protocol string, revealed Versions) (Action, error) {
	return change(ctx, refs, protocol, func(stored *Reference) (Reference, Action) {
		if stored == nil || stored.Unreadable {
			return Reference{}, ActionNone
		}
		ref, changed := Refine(*stored, revealed)
		if !changed {
			return ref, ActionNone
		}
		return ref, ActionUpdate
	})
}

// change applies a change with the version check of gap 24.
func change(ctx context.Context, refs ReferenceStore, protocol string, apply func(*Reference) (Reference, Action)) (Action, error) {
	for range MaxSaves {
		stored, version, err := load(ctx, refs, protocol)
		if err != nil {
			return ActionNone, err
		}
		next, action := apply(stored)
		if action == ActionNone {
			return ActionNone, nil
		}
		err = refs.Save(ctx, protocol, next, version)
		if err == nil {
			return action, nil
		}
		if !errors.Is(err, ErrConflict) {
			return ActionNone, storeFailed(fault.Text{EN: "references", RU: "опорные сообщения"}, err)
		}
	}
	return ActionNone, newError(CodeStoreContended, "", fault.Arg{Name: "tries", Value: MaxSaves})
}

// afterSend is an error that came when the message was out, or may have been.
func afterSend(code string, cause error) *Error {
	e := newError(code, "").because(cause)
	e.safe = false
	return e
}
