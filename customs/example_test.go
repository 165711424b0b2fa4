package customs_test

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/customs"
)

func Example() {
	facts := customs.Facts{
		Kind: customs.KindDECL, Initiative: customs.InitiativeUser, Message: customs.MessageStatus,
		CurrentUser: "ivanov",
		Users:       []customs.User{{ID: "ivanov", Profiles: []string{"main", "spare"}}},
		Settings:    customs.Settings{Post: "10000020", Versions: customs.Versions{Format: "5.1.0", Spec: "3.3.0"}},
		Reference:   &customs.Reference{User: "ivanov", Profile: "deleted", Posts: customs.Posts{Main: "10000030"}, Versions: customs.Versions{Format: "5.0.8", Spec: "3.2.0"}},
	}
	var answers []customs.Answer
	step := customs.Resolve(facts, answers, nil)
	for step.Outcome == customs.OutcomeNeedAnswer {
		fmt.Println(step.Prompt.Text("en"))
		if step.Prompt.ID == customs.P5 {
			answers = append(answers, customs.Acknowledge())
		} else {
			answers = append(answers, customs.Choose(step.Prompt.Choices[1]))
		}
		step = customs.Resolve(facts, answers, nil)
	}
	d := step.Decision
	fmt.Println(d.User, d.Profile, d.Main, d.Format, d.Spec, d.Persist)
	for _, why := range d.Explain("en") {
		fmt.Println(why.ID, why.Text)
	}
	// Output:
	// Data of the reference sending is lacking.
	// Choose a profile of user ivanov.
	// ivanov spare 10000030 5.0.8 3.2.0 update
	// PH3 a status or history request within a known protocol leans on its reference
	// U12 the reference is the current user's own, but its profile is gone: a notice, then a choice
	// C7 the post of the reference holds for the whole protocol
	// V2 within the protocol all messages follow the versions of the primary one
	// S3 user and profile of the reference are replaced by the refined ones
}

func ExampleRun() {
	store := &customs.MemStore{}
	store.SetUsers([]customs.User{{ID: "ivanov", Profiles: []string{"main"}}})
	host := &customs.Host{
		Users: store, References: store,
		Prompter: customs.PrompterFunc(func(_ context.Context, p customs.Prompt) (customs.Answer, error) {
			return customs.Choose(p.Choices[0]), nil // a dialog in real life
		}),
		Send: func(_ context.Context, d *customs.Decision) error {
			fmt.Println("sent by", d.User, "with", d.Profile, "to", d.Main)
			return nil
		},
	}
	sending, err := customs.Run(context.Background(), customs.Request{
		Protocol: "6f8c1e52", Kind: customs.KindDECL, Initiative: customs.InitiativeUser, Message: customs.MessageOpen, CurrentUser: "ivanov",
		Client:   customs.Posts{Main: "10000010"},
		Settings: customs.Settings{Versions: customs.Versions{Format: "5.1.0", Spec: "3.3.0"}},
	}, host)
	fmt.Println(sending.Step.Decision.Rules, err)
	// Output:
	// sent by ivanov with main to 10000010
	// [PH1 U1 C1 V1 S1] <nil>
}
