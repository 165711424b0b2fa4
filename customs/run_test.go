package customs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
)

// scripted is a host with everything in memory; answers are given in order.
type scripted struct {
	MemStore
	Host
	sent    int
	asked   []PromptID
	answers []Answer
}

func newScripted(ref *Reference, answers ...Answer) *scripted {
	h := &scripted{answers: answers}
	h.SetUsers([]User{{"u0", []string{"z1", "z2"}}, {"u1", []string{"p1", "p2"}}})
	if ref != nil {
		_ = h.Save(context.Background(), "A", *ref, 0)
	}
	h.Host = Host{Users: &h.MemStore, References: &h.MemStore,
		Prompter: PrompterFunc(func(_ context.Context, p Prompt) (Answer, error) {
			h.asked = append(h.asked, p.ID)
			if len(h.answers) == 0 {
				return Answer{}, errors.New("no answer left")
			}
			a := h.answers[0]
			h.answers = h.answers[1:]
			return a, nil
		}),
		Authorize: func(context.Context, string, string) error { return nil },
		Send:      func(context.Context, *Decision) error { h.sent++; return nil }}
	return h
}

func (h *scripted) stored(t testing.TB) *Reference {
	t.Helper()
	ref, _, err := load(t.Context(), &h.MemStore, "A")
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

func request(kind Kind, initiative Initiative, message Message) Request {
	return Request{Protocol: "A", Kind: kind, Initiative: initiative, Message: message, Role: RoleFollowUp, CurrentUser: "u1",
		Settings: Settings{"10000020", Versions{"5.1.0", "3.3.0"}}}
}

func good() *Reference {
	return &Reference{User: "u1", Profile: "p1", Posts: Posts{"10000030", ""}, Versions: Versions{"5.0.8", "3.2.0"}}
}

// conversations are the longest ones, which together ask every prompt.
func conversations() map[string]struct {
	ref     *Reference
	req     Request
	answers []Answer
} {
	type c = struct {
		ref     *Reference
		req     Request
		answers []Answer
	}
	gone := &Reference{User: "gone", Profile: "x"}
	lost := &Reference{User: "u0", Profile: "gone"}
	own := &Reference{User: "u1", Profile: "gone"}
	return map[string]c{
		"P4 P2 P1 P7": {gone, request(KindDECL, InitiativeUser, MessageStatus), []Answer{Choose(ChoiceOther), Choose("u0"), Choose("z1"), EnterPosts("10000050", "10000060")}},
		"P3 P1 P7":    {lost, request(KindDECL, InitiativeUser, MessageStatus), []Answer{Yes(), Choose("z1"), EnterPosts("10000050", "")}},
		"P5 P1 P7":    {own, request(KindDECL, InitiativeUser, MessageStatus), []Answer{Acknowledge(), Choose("p2"), EnterPosts("10000050", "")}},
		"P5 P6":       {own, request(KindDECL, InitiativeUser, MessageOther), []Answer{Acknowledge(), Yes()}},
		"P2 P1 P7":    {nil, request(KindDECL, InitiativeUser, MessageHistory), []Answer{Choose("u0"), Choose("z2"), EnterPosts("10000050", "")}},
	}
}

// TestCancelEverywhere cancels every prompt of every conversation in each way:
// nothing is sent and the store stays as it was.
func TestCancelEverywhere(t *testing.T) {
	for name, c := range conversations() {
		for n := range c.answers {
			for _, how := range []string{"cancel", "context", "error", "end"} {
				t.Run(fmt.Sprintf("%s at %d by %s", name, n+1, how), func(t *testing.T) {
					h := newScripted(c.ref, c.answers[:n]...)
					before := h.stored(t)
					ctx, cancel := context.WithCancel(t.Context())
					defer cancel()
					inner := h.Prompter
					h.Prompter = PrompterFunc(func(ctx context.Context, p Prompt) (Answer, error) {
						if len(h.answers) > 0 {
							return inner.Ask(ctx, p)
						}
						switch how {
						case "cancel":
							return Cancel(), nil
						case "context":
							cancel()
							return c.answers[n], nil
						case "error":
							return Answer{}, errors.New("the dialog is gone")
						}
						return inner.Ask(ctx, p)
					})
					sending, err := Run(ctx, c.req, &h.Host)
					step := sending.Step
					e, ok := errors.AsType[*Error](err)
					if !ok || e.Code() != CodeCancelled || !e.SafeToRetry() || step.Outcome != OutcomeCancelled || step.Decision.Persist != ActionNone {
						t.Fatalf("%v %v", step.Outcome, err)
					}
					if after := h.stored(t); h.sent != 0 || fmt.Sprint(before) != fmt.Sprint(after) {
						t.Errorf("sent %d, stored %v", h.sent, after)
					}
				})
			}
		}
		t.Run(name+" in full", func(t *testing.T) {
			h := newScripted(c.ref, c.answers...)
			sending, err := Run(t.Context(), c.req, &h.Host)
			step := sending.Step
			if err != nil || join(h.asked) != name {
				t.Fatalf("%v, asked %v", err, h.asked)
			}
			if want := name == "P5 P6"; (step.Outcome == OutcomeSubstitute) != want || (h.sent == 0) != want {
				t.Errorf("%v, sent %d", step.Outcome, h.sent)
			}
		})
	}
}

func TestRunFailures(t *testing.T) {
	boom := errors.New("boom")
	history := func() *scripted { c := conversations()["P2 P1 P7"]; return newScripted(nil, c.answers...) }
	req := conversations()["P2 P1 P7"].req
	for _, c := range []struct {
		name, code string
		safe       bool
		sent       int
		change     func(h *scripted)
	}{
		{"the users cannot be read", CodeStoreFailed, true, 0, func(h *scripted) { h.Host.Users = brokenUsers{boom} }},
		{"the reference cannot be read", CodeStoreFailed, true, 0, func(h *scripted) { h.References = &brokenRefs{load: boom} }},
		{"the account is not authorised", CodeSwitchRefused, true, 0, func(h *scripted) { h.Authorize = func(context.Context, string, string) error { return boom } }},
		{"nobody authorises", CodeSwitchRefused, true, 0, func(h *scripted) { h.Authorize = nil }},
		{"nobody answers", CodeCancelled, true, 0, func(h *scripted) { h.Prompter = nil }},
		{"nobody sends", CodeHostIncomplete, true, 0, func(h *scripted) { h.Send = nil }},
		{"no users", CodeHostIncomplete, true, 0, func(h *scripted) { h.Host.Users = nil }},
		{"no references", CodeHostIncomplete, true, 0, func(h *scripted) { h.References = nil }},
		{"the sending fails", CodeSendFailed, true, 0, func(h *scripted) { h.Send = func(context.Context, *Decision) error { return boom } }},
		{"the sending may have happened", CodeSendUnknown, false, 0, func(h *scripted) {
			h.Send = func(context.Context, *Decision) error { return fmt.Errorf("post: %w", afterSend(CodeNotStored, boom)) }
		}},
		{"the reference cannot be stored", CodeNotStored, false, 1, func(h *scripted) { h.References = &brokenRefs{inner: &h.MemStore, save: boom} }},
		{"the reference changes each time", CodeNotStored, false, 1, func(h *scripted) { h.References = &brokenRefs{inner: &h.MemStore, save: ErrConflict} }},
		{"answers without end", CodeTooManyAnswers, true, 0, func(h *scripted) {
			h.Prompter = PrompterFunc(func(context.Context, Prompt) (Answer, error) { return Choose("nonsense"), nil })
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := history()
			c.change(h)
			_, err := Run(t.Context(), req, &h.Host)
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Code() != c.code || e.SafeToRetry() != c.safe || h.sent != c.sent || h.stored(t) != nil {
				t.Errorf("%v, sent %d, stored %v", err, h.sent, h.stored(t))
			}
			if ok && (strings.Contains(e.Error(), "u0") || e.Message("ru") == "" || e.Message("en") == "") {
				t.Errorf("texts %q %q", e.Error(), e.Message("ru"))
			}
		})
	}
	t.Run("CUSTOMS-NOT-STORED the message is out: Commit again, with what the store said below", func(t *testing.T) {
		h := history()
		refs := &brokenRefs{inner: &h.MemStore, save: boom}
		h.References = refs
		sending, err := Run(t.Context(), req, &h.Host)
		inner, ok := errors.AsType[*Error](errors.Unwrap(err))
		if code(err) != CodeNotStored || !ok || inner.Code() != CodeStoreFailed || !errors.Is(err, boom) {
			t.Fatal(err)
		}
		if a, err := sending.Commit(t.Context()); code(err) != CodeNotStored || a != ActionNone {
			t.Fatal(a, err)
		}
		refs.save = nil
		a, err := sending.Commit(t.Context())
		if ref := h.stored(t); err != nil || a != ActionCreate || ref == nil || ref.Main != "10000050" || h.sent != 1 {
			t.Error(a, err, ref, h.sent)
		}
	})
	t.Run("a context that ends while the message is sent loses no reference", func(t *testing.T) {
		h := history()
		ctx, cancel := context.WithCancel(t.Context())
		send := h.Send
		h.Send = func(ctx context.Context, d *Decision) error { cancel(); return send(ctx, d) }
		if _, err := Run(ctx, req, &h.Host); err != nil || h.stored(t) == nil {
			t.Error(err)
		}
	})
	t.Run("refining sends nothing: it may be tried again", func(t *testing.T) {
		h := newScripted(good())
		_, err := RefineStored(t.Context(), &brokenRefs{inner: &h.MemStore, save: boom}, "A", Versions{"6.0.0", "4.0.0"})
		if e, ok := errors.AsType[*Error](err); !ok || e.Code() != CodeStoreFailed || !e.SafeToRetry() {
			t.Error(err)
		}
	})
	t.Run("no host", func(t *testing.T) {
		if s, err := Run(t.Context(), req, nil); code(err) != CodeHostIncomplete || s == nil {
			t.Error(err)
		}
		if s, err := Prepare(t.Context(), req, nil); code(err) != CodeHostIncomplete || s == nil {
			t.Error(err)
		}
	})
	t.Run("no protocol id", func(t *testing.T) {
		if _, err := Run(t.Context(), Request{}, &history().Host); code(err) != CodeProtocolMissing {
			t.Error(err)
		}
	})
}

type brokenUsers struct{ err error }

func (b brokenUsers) Users(context.Context) ([]User, error) { return nil, b.err }

type brokenRefs struct {
	inner      ReferenceStore
	load, save error
}

func (b *brokenRefs) Load(ctx context.Context, protocol string) (Reference, uint64, error) {
	if b.load != nil {
		return Reference{}, 7, b.load
	}
	return b.inner.Load(ctx, protocol)
}

func (b *brokenRefs) Save(ctx context.Context, protocol string, ref Reference, version uint64) error {
	if b.save != nil {
		return b.save
	}
	return b.inner.Save(ctx, protocol, ref, version)
}

// TestRace: two sendings of one protocol decide on the same state and store one
// after the other; the second finds a conflict, reads again and ends right.
func TestRace(t *testing.T) {
	prepare := func(t *testing.T, h *scripted, req Request, answers ...Answer) *Sending {
		t.Helper()
		h.answers = answers
		s, err := Prepare(t.Context(), req, &h.Host)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	commit := func(t *testing.T, s *Sending, want Action) {
		t.Helper()
		if got, err := s.Commit(t.Context()); err != nil || got != want {
			t.Fatalf("%v %v, want %v", got, err, want)
		}
	}
	lost := good()
	lost.Profile = "gone"
	t.Run("S7 a fallback gives way to what a person chose meanwhile", func(t *testing.T) {
		h := newScripted(lost)
		auto := prepare(t, h, request(KindSVH, InitiativeAuto, MessageOther))
		person := prepare(t, h, request(KindSVH, InitiativeUser, MessageOther), Acknowledge(), Choose("p2"))
		commit(t, person, ActionUpdate)
		commit(t, auto, ActionNone)
		if ref := h.stored(t); ref.Profile != "p2" {
			t.Errorf("%+v", ref)
		}
	})
	t.Run("S2 the first registered request counts", func(t *testing.T) {
		h := newScripted(nil)
		first := prepare(t, h, request(KindDECL, InitiativeUser, MessageHistory), Choose("u1"), Choose("p1"), EnterPosts("10000050", ""))
		second := prepare(t, h, request(KindDECL, InitiativeUser, MessageStatus), Choose("u1"), Choose("p2"), EnterPosts("10000060", ""))
		commit(t, first, ActionCreate)
		commit(t, second, ActionUpdate) // S3: the ids; posts and versions stay
		if ref := h.stored(t); ref.Profile != "p2" || ref.Main != "10000050" {
			t.Errorf("%+v", ref)
		}
		commit(t, second, ActionNone) // harmless
	})
	t.Run("S5 two acknowledgements make one reference", func(t *testing.T) {
		h := newScripted(nil)
		a, b := prepare(t, h, request(KindSVH, InitiativeAuto, MessageOther)), prepare(t, h, request(KindSVH, InitiativeAuto, MessageOther))
		commit(t, a, ActionCreate)
		commit(t, b, ActionNone)
		if ref := h.stored(t); !ref.Recovered || ref.Profile != "p1" {
			t.Errorf("%+v", ref)
		}
	})
	t.Run("S5 a fallback gives way to a reference that a person made meanwhile", func(t *testing.T) {
		h := newScripted(nil)
		auto := prepare(t, h, request(KindSVH, InitiativeAuto, MessageOther))
		person := prepare(t, h, request(KindSVH, InitiativeUser, MessageOther), Choose("u1"), Choose("p2"))
		commit(t, person, ActionCreate)
		commit(t, auto, ActionNone)
		if ref := h.stored(t); ref.Profile != "p2" {
			t.Errorf("%+v", ref)
		}
	})
	t.Run("gap 24 concurrent acknowledgements: one retries, both end right", func(t *testing.T) {
		for range 50 {
			h := newScripted(lost)
			gate := &gatedRefs{ReferenceStore: &h.MemStore, wait: make(chan struct{})}
			h.References = gate
			var wg sync.WaitGroup
			sendings := []*Sending{prepare(t, h, request(KindSVH, InitiativeAuto, MessageOther)), prepare(t, h, request(KindSVH, InitiativeAuto, MessageOther))}
			gate.arm()
			actions := make([]Action, 2)
			for i, s := range sendings {
				wg.Go(func() {
					var err error
					if actions[i], err = s.Commit(t.Context()); err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			slices.Sort(actions)
			if ref := h.stored(t); ref.Profile != "p1" || actions[0] != ActionNone || actions[1] != ActionUpdate || gate.conflicts != 1 {
				t.Fatalf("%v %+v, %d conflicts", actions, ref, gate.conflicts)
			}
		}
	})
	t.Run("S10 refining against concurrent changes", func(t *testing.T) {
		h := newScripted(good())
		var wg sync.WaitGroup
		for i := range 4 {
			wg.Go(func() {
				if _, err := RefineStored(t.Context(), &h.MemStore, "A", Versions{"6.0." + fmt.Sprint(i), "4.0.0"}); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if ref := h.stored(t); !strings.HasPrefix(ref.Format, "6.0.") || ref.Profile != "p1" {
			t.Errorf("%+v", ref)
		}
		if a, err := RefineStored(t.Context(), &h.MemStore, "B", Versions{"6", "4"}); a != ActionNone || err != nil {
			t.Errorf("a protocol without a reference: %v %v", a, err)
		}
	})
}

// gatedRefs lets the first two loads after arm meet, so that both see one version.
type gatedRefs struct {
	ReferenceStore
	mu        sync.Mutex
	loads     int
	armed     bool
	conflicts int
	wait      chan struct{}
}

func (g *gatedRefs) arm() { g.armed = true }

func (g *gatedRefs) Load(ctx context.Context, protocol string) (Reference, uint64, error) {
	ref, version, err := g.ReferenceStore.Load(ctx, protocol)
	g.mu.Lock()
	if g.armed {
		if g.loads++; g.loads == 2 {
			close(g.wait)
		}
	}
	hold := g.armed && g.loads <= 2
	g.mu.Unlock()
	if hold {
		<-g.wait
	}
	return ref, version, err
}

func (g *gatedRefs) Save(ctx context.Context, protocol string, ref Reference, version uint64) error {
	err := g.ReferenceStore.Save(ctx, protocol, ref, version)
	if errors.Is(err, ErrConflict) {
		g.mu.Lock()
		g.conflicts++
		g.mu.Unlock()
	}
	return err
}
