package scenario

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/obmen-go/obmen/customs"
	"github.com/obmen-go/obmen/customs/internal/fault"
	"github.com/obmen-go/obmen/customs/internal/strictjson"
)

// Limits of a file.
const (
	MaxFile  = 16 << 20 // bytes
	MaxSteps = 10_000
)

// Scenario is a conversation. Make it with Parse or write it down in code.
type Scenario struct {
	// Name and Source say what is played and after which document.
	Name   string `json:"name"`
	Source string `json:"source"`
	// Users, CurrentUser and Settings hold from the start.
	Users       []customs.User `json:"users"`
	CurrentUser string         `json:"currentUser"`
	Settings    *Settings      `json:"settings"`
	// Steps are played in order.
	Steps []Step `json:"steps"`
}

// Settings are customs.Settings as they stand in a file.
type Settings struct {
	// Post, Format and Spec may be empty.
	Post   string `json:"post"`
	Format string `json:"format"`
	Spec   string `json:"spec"`
}

// Step is one sending.
type Step struct {
	// Title says what happens; Quote is the paragraph of the source it plays.
	Title string `json:"title"`
	Quote string `json:"quote"`
	// Protocol is the procedure's name within the scenario.
	Protocol string `json:"protocol"`
	// Kind to Retry are as in customs.Request.
	Kind       customs.Kind       `json:"kind"`
	Initiative customs.Initiative `json:"initiative"`
	Message    customs.Message    `json:"message"`
	Role       customs.Role       `json:"role"`
	ClientPost customs.Posts      `json:"clientPost"`
	Retry      bool               `json:"retry"`
	// Users, CurrentUser and Settings replace those before, if they are given.
	Users       []customs.User `json:"users"`
	CurrentUser string         `json:"currentUser"`
	Settings    *Settings      `json:"settings"`
	// Reference replaces the stored reference; Lost removes it.
	Reference *Reference `json:"reference"`
	Lost      bool       `json:"lost"`
	// Answers are given in order; each prompt must find its own.
	Answers []Answer `json:"answers"`
	// Expect is compared with the decision.
	Expect Expect `json:"expect"`
}

// Reference is a stored reference as it stands in a file.
type Reference struct {
	// Every member may be empty.
	User    string `json:"user"`
	Profile string `json:"profile"`
	Main    string `json:"main"`
	Border  string `json:"border"`
	Format  string `json:"format"`
	Spec    string `json:"spec"`
}

// Answer is a person's answer as it stands in a file.
type Answer struct {
	// Prompt is the question that this answers.
	Prompt customs.PromptID `json:"prompt"`
	// Choose answers P1, P2 and P4; Main and Border answer P7.
	Choose string `json:"choose"`
	Main   string `json:"main"`
	Border string `json:"border"`
	// Do is yes, no, ok or cancel.
	Do string `json:"do"`
}

// Expect holds what a decision must be; a nil member is not compared.
type Expect struct {
	// Outcome to Error are as in the output of customs-resolve -batch; Error is
	// the code alone.
	Outcome    *string  `json:"outcome"`
	Phase      *string  `json:"phase"`
	Rules      []string `json:"rules"`
	Prompts    []string `json:"prompts"`
	User       *string  `json:"user"`
	Profile    *string  `json:"profile"`
	Main       *string  `json:"main"`
	Border     *string  `json:"border"`
	Format     *string  `json:"format"`
	Spec       *string  `json:"spec"`
	Persist    *string  `json:"persist"`
	SwitchTo   *string  `json:"switchTo"`
	Substitute *string  `json:"substitute"`
	Error      *string  `json:"error"`
	// Stored is the reference after the step.
	Stored *Reference `json:"stored"`
}

// Parse reads a scenario file. Unknown, repeated and differently cased members
// are refused. Errors are *Error.
func Parse(text []byte) (*Scenario, error) {
	if len(text) > MaxFile {
		return nil, unreadable("", fault.Textf("longer than %d bytes", "длиннее %d байт", MaxFile))
	}
	s := &Scenario{}
	if err := strictjson.Unmarshal(text, s); err != nil {
		if e, ok := errors.AsType[*strictjson.Error](err); ok {
			return nil, unreadable(e.Path, e.Reason)
		}
		return nil, unreadable("", fault.Textf("%[1]v", "%[1]v", err))
	}
	if len(s.Steps) == 0 || len(s.Steps) > MaxSteps {
		return nil, unreadable("steps", fault.Textf("%d steps; 1 to %d are allowed", "шагов: %d, допустимо от 1 до %d", len(s.Steps), MaxSteps))
	}
	for i := range s.Steps {
		for j := range s.Steps[i].Answers {
			if _, ok := s.Steps[i].Answers[j].answer(); !ok {
				return nil, unreadable(fmt.Sprintf("steps[%d].answers[%d]", i+1, j+1), fault.Textf("no answer, or more than one", "ответа нет, или их несколько"))
			}
		}
	}
	return s, nil
}

func unreadable(path string, reason fault.Text) *Error {
	return newError(CodeUnreadable, path, fault.Arg{Name: "reason", Value: reason})
}

func (a *Answer) answer() (customs.Answer, bool) {
	var list []customs.Answer
	if a.Choose != "" {
		list = append(list, customs.Choose(a.Choose))
	}
	if a.Main != "" || a.Border != "" {
		list = append(list, customs.EnterPosts(a.Main, a.Border))
	}
	switch a.Do {
	case "yes":
		list = append(list, customs.Yes())
	case "no":
		list = append(list, customs.No())
	case "ok":
		list = append(list, customs.Acknowledge())
	case "cancel":
		list = append(list, customs.Cancel())
	case "":
	default:
		return customs.Answer{}, false
	}
	if len(list) != 1 {
		return customs.Answer{}, false
	}
	return list[0], true
}

// Played is a step that was played.
type Played struct {
	// Step is the step of the scenario.
	Step *Step
	// Result is what customs.Run returned, Err its error: a refusal by a rule is
	// a result too.
	Result customs.Step
	Err    error
	// Stored is the reference afterwards, nil if there is none.
	Stored *customs.Reference
	// Unexpected lists where the decision is not the expected one.
	Unexpected []error
}

// Play runs the scenario and calls each with every step; it stops when each
// returns false. Differences from what is expected are in Played and come back
// joined as well. A nil each is allowed.
func (s *Scenario) Play(ctx context.Context, opt *customs.Options, each func(*Played) bool) error {
	var store customs.MemStore
	now := Step{Users: s.Users, CurrentUser: s.CurrentUser, Settings: s.Settings}
	var all []error
	for i := range s.Steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		step := &s.Steps[i]
		now.adopt(step)
		store.SetUsers(now.Users)
		if err := step.place(ctx, &store); err != nil {
			return err
		}
		p := step.play(ctx, &now, &store, opt, fmt.Sprintf("steps[%d]", i+1))
		all = append(all, p.Unexpected...)
		if each != nil && !each(p) {
			break
		}
	}
	return errors.Join(all...)
}

func (s *Step) adopt(next *Step) {
	if next.Users != nil {
		s.Users = next.Users
	}
	if next.CurrentUser != "" {
		s.CurrentUser = next.CurrentUser
	}
	if next.Settings != nil {
		s.Settings = next.Settings
	}
}

// place puts or removes the reference as the step says.
func (s *Step) place(ctx context.Context, store *customs.MemStore) error {
	if s.Lost || s.Reference != nil {
		store.Delete(s.Protocol)
	}
	if s.Reference == nil {
		return nil
	}
	r := s.Reference
	return store.Save(ctx, s.Protocol, customs.Reference{User: r.User, Profile: r.Profile,
		Posts: customs.Posts{Main: r.Main, Border: r.Border}, Versions: customs.Versions{Format: r.Format, Spec: r.Spec}}, 0)
}

func (s *Step) play(ctx context.Context, now *Step, store *customs.MemStore, opt *customs.Options, path string) *Played {
	p := &Played{Step: s}
	next := 0
	host := &customs.Host{Users: store, References: store, Options: opt,
		Prompter: customs.PrompterFunc(func(_ context.Context, prompt customs.Prompt) (customs.Answer, error) {
			if next == len(s.Answers) || s.Answers[next].Prompt != prompt.ID {
				p.Unexpected = append(p.Unexpected, newError(CodeAnswers, path, fault.Reason("%s is asked, no answer for it follows", "задан вопрос %s, а ответа на него дальше нет", prompt.ID)))
				return customs.Cancel(), nil
			}
			next++
			a, _ := s.Answers[next-1].answer()
			return a, nil
		}),
		Authorize: func(context.Context, string, string) error { return nil },
		Send:      func(context.Context, *customs.Decision) error { return nil },
	}
	req := customs.Request{Protocol: s.Protocol, Kind: s.Kind, Initiative: s.Initiative, Message: s.Message, Role: s.Role,
		CurrentUser: now.CurrentUser, Client: s.ClientPost, Retry: s.Retry}
	if now.Settings != nil {
		req.Settings = customs.Settings{Post: now.Settings.Post, Versions: customs.Versions{Format: now.Settings.Format, Spec: now.Settings.Spec}}
	}
	sending, err := customs.Run(ctx, req, host)
	p.Result, p.Err = sending.Step, err
	if next < len(s.Answers) {
		p.Unexpected = append(p.Unexpected, newError(CodeAnswers, path, fault.Reason("%s is answered, but not asked", "ответ на %s есть, а вопроса не было", s.Answers[next].Prompt)))
	}
	if ref, _, err := store.Load(ctx, s.Protocol); err == nil {
		p.Stored = &ref
	}
	p.compare(path)
	return p
}

func (p *Played) compare(path string) {
	d, e := &p.Result.Decision, &p.Step.Expect
	differ := func(member, got, want string) {
		if got != want {
			p.Unexpected = append(p.Unexpected, newError(CodeUnexpected, path, fault.Arg{Name: "member", Value: member},
				fault.Arg{Name: "got", Value: fmt.Sprintf("%q", got)}, fault.Arg{Name: "want", Value: fmt.Sprintf("%q", want)}))
		}
	}
	code := ""
	if err, ok := errors.AsType[*customs.Error](p.Err); ok && err.Code() != customs.CodeCancelled {
		code = err.Code()
	}
	for _, m := range []struct {
		name, got string
		want      *string
	}{
		{"outcome", p.Result.Outcome.String(), e.Outcome}, {"phase", d.Phase.String(), e.Phase},
		{"user", d.User, e.User}, {"profile", d.Profile, e.Profile}, {"main", d.Main, e.Main}, {"border", d.Border, e.Border},
		{"format", d.Format, e.Format}, {"spec", d.Spec, e.Spec}, {"persist", d.Persist.String(), e.Persist},
		{"switchTo", d.SwitchTo, e.SwitchTo}, {"substitute", d.Substitute.String(), e.Substitute}, {"error", code, e.Error},
	} {
		if m.want != nil {
			differ(m.name, m.got, *m.want)
		}
	}
	if e.Rules != nil && !slices.Equal(d.Rules, e.Rules) {
		differ("rules", strings.Join(d.Rules, " "), strings.Join(e.Rules, " "))
	}
	if e.Prompts != nil {
		var asked []string
		for _, id := range d.Prompts {
			asked = append(asked, string(id))
		}
		differ("prompts", strings.Join(asked, " "), strings.Join(e.Prompts, " "))
	}
	if e.Stored != nil {
		stored := Reference{}
		if r := p.Stored; r != nil {
			stored = Reference{r.User, r.Profile, r.Main, r.Border, r.Format, r.Spec}
		}
		differ("stored", fmt.Sprintf("%+v", stored), fmt.Sprintf("%+v", *e.Stored))
	}
}
