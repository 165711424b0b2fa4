package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/obmen-go/obmen/customs"
)

// clerk answers the questions of the act and shows them as they stand on the screen.
type clerk struct {
	s       *stage
	answers []customs.Answer
	said    []string
}

func (c *clerk) Ask(_ context.Context, p customs.Prompt) (customs.Answer, error) {
	c.s.shown("%s", p.Text("ru"))
	for i, choice := range p.Choices {
		c.s.shown("  %d) %s", i+1, p.ChoiceText(choice, "ru"))
	}
	if p.Problem != nil {
		c.s.shown("! %s", p.Problem.Message("ru"))
	}
	if len(c.answers) == 0 {
		return customs.Answer{}, fmt.Errorf("no answer for %s", p.ID)
	}
	a, said := c.answers[0], c.said[0]
	c.answers, c.said = c.answers[1:], c.said[1:]
	c.s.say("декларант отвечает: %s", said)
	return a, nil
}

var _ customs.Prompter = (*clerk)(nil)

// playCustoms sends within a protocol whose reference lost half of its content.
func playCustoms(ctx context.Context, s *stage) error {
	const protocol = "6f8c1e52-90b0-4c55-9f5e-2f1a7d3c0b11"
	store := &customs.MemStore{}
	store.SetUsers([]customs.User{
		{ID: "иванов", Profiles: []string{"ЭП Иванов", "ЭП Иванов (резерв)"}},
		{ID: "петрова", Profiles: []string{"ЭП Петрова"}},
	})
	// The protocol was opened by a user who is gone; its posts and versions are lost.
	err := store.Save(ctx, protocol, customs.Reference{User: "сидоров", Profile: "ЭП Сидоров"}, 0)
	if err != nil {
		return err
	}
	sent := 0
	host := &customs.Host{Users: store, References: store,
		Authorize: func(_ context.Context, current, other string) error {
			s.say("вход под учётной записью %q вместо %q подтверждён паролем", other, current)
			return nil
		},
		Send: func(_ context.Context, d *customs.Decision) error {
			sent++
			s.say("отправлено: %s, %s → пост %s, приграничный %s, версии %s/%s", d.User, d.Profile, d.Main, d.Border, d.Format, d.Spec)
			return nil
		}}
	req := customs.Request{Protocol: protocol, Kind: customs.KindDECL, Initiative: customs.InitiativeUser, Message: customs.MessageOther, CurrentUser: "иванов",
		Settings: customs.Settings{Post: "10000020", Versions: customs.Versions{Format: "5.1.0", Spec: "3.3.0"}}}
	ask := func(said string, a customs.Answer, rest ...any) *clerk {
		c := &clerk{s: s, said: []string{said}, answers: []customs.Answer{a}}
		for i := 0; i+1 < len(rest); i += 2 {
			c.said, c.answers = append(c.said, rest[i].(string)), append(c.answers, rest[i+1].(customs.Answer))
		}
		return c
	}

	s.scene("Декларация в протоколе, от которого остался только удалённый пользователь")
	host.Prompter = ask("понятно", customs.Acknowledge(), "да", customs.Yes())
	sending, err := customs.Run(ctx, req, host)
	if err != nil {
		return err
	}
	step := &sending.Step
	explain(s, step)
	if err := errors.Join(expect("outcome", step.Outcome, customs.OutcomeSubstitute), expect("sent", sent, 0)); err != nil {
		return err
	}

	s.scene("Вместо декларации уходит запрос истории процедуры")
	req.Message = step.Decision.Substitute
	host.Prompter = ask("выбрать другого", customs.Choose(customs.ChoiceOther), "петрова", customs.Choose("петрова"),
		"ЭП Петрова", customs.Choose("ЭП Петрова"), "100000", customs.EnterPosts("100000", ""), "10000050 и 10000060", customs.EnterPosts("10000050", "10000060"))
	if sending, err = customs.Run(ctx, req, host); err != nil {
		return err
	}
	step = &sending.Step
	explain(s, step)
	if err := expect("rules", strings.Join(step.Decision.Rules, " "), "PH3 U18 C8 V3 S3 S8 S11"); err != nil {
		return err
	}

	s.scene("Ответ на запрос истории открывает настоящие версии протокола")
	real := customs.Versions{Format: "5.0.8", Spec: "3.2.0"}
	if _, err := customs.RefineStored(ctx, store, protocol, real); err != nil {
		return err
	}
	s.say("в опорном сообщении теперь версии %s/%s", real.Format, real.Spec)

	s.scene("Отложенная декларация уходит без вопросов")
	req.Message, req.CurrentUser = customs.MessageOther, "петрова"
	host.Prompter = nil
	if sending, err = customs.Run(ctx, req, host); err != nil {
		return err
	}
	step = &sending.Step
	explain(s, step)
	d := &step.Decision
	return errors.Join(
		expect("rules", strings.Join(d.Rules, " "), "PH4 U8 C7 V2 S4"),
		expect("posts", d.Posts, customs.Posts{Main: "10000050", Border: "10000060"}),
		expect("versions", d.Versions, real),
		expect("sent", sent, 2))
}

func explain(s *stage, step *customs.Step) {
	for _, r := range step.Decision.Explain("ru") {
		s.say("%-4s %s", r.ID, r.Text)
	}
	for _, n := range step.Decision.Notes {
		s.say("!    %s", n.Text("ru"))
	}
}
