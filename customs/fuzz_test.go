package customs

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"
)

// FuzzFacts: no text makes a panic or a foreign error, and every decision on
// facts that parse ends within a few answers in one of its outcomes.
func FuzzFacts(f *testing.F) {
	f.Add([]byte(factsAll), true)
	f.Add([]byte(`{"kind":"EAD","initiative":"AUTO","message":"MSG","role":"FOLLOWUP","currentUser":"a","users":[{"id":"a"}],"reference":{}}`), false)
	f.Add([]byte(`{"users":[[]]}`), false)
	f.Fuzz(func(t *testing.T, text []byte, agree bool) {
		facts, err := ParseFacts(text)
		if err != nil {
			if _, ok := errors.AsType[*Error](err); !ok {
				t.Fatalf("foreign error %v", err)
			}
			return
		}
		again, err := json.Marshal(facts)
		if back, err2 := ParseFacts(again); err != nil || err2 != nil || !reflect.DeepEqual(back, facts) {
			t.Fatalf("%s: %v %v", again, err, err2)
		}
		step := converseWith(facts, nil, agree)
		if step.Outcome < OutcomeDone || step.Outcome == OutcomeNeedAnswer || step.Outcome > OutcomeFailed || len(step.Decision.Prompts) > 4 {
			t.Fatalf("%v after %v", step.Outcome, step.Decision.Prompts)
		}
		if step.Outcome == OutcomeDone && (step.Decision.User == "" || step.Decision.Profile == "" || !ValidPostCode(step.Decision.Main)) {
			t.Fatalf("incomplete %+v", step.Decision)
		}
		if Explain(facts, nil, nil, "ru") == "" {
			t.Fatal("no reasons")
		}
	})
}
