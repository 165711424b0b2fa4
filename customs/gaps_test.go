package customs

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestGaps holds each resolution of 3.7 that a program can hold.
func TestGaps(t *testing.T) {
	runRows(t, []rowCase{
		{"gap 1 a first history request asks and becomes the reference", DECL, USER, HISTORY, 0, absent, nil, []Answer{Choose("u1"), Choose("p2"), EnterPosts("10000050", "")},
			"DONE PH2 U9 C8 V3 S2 S8 | P2 P1 P7 | u1/p2 | 10000050, | 5.1.0 | create"},
		{"gap 2 the archive asks although there is one choice", EAD, USER, 0, INITIATING, func(f *Facts) { f.Users = []User{{"u1", []string{"p1"}}} }, nil, nil,
			"ASK PH5 U2 | P2 | / | , |  | none"},
		{"gap 2 SkipSingle leaves it out", EAD, USER, 0, INITIATING, func(f *Facts) { f.Users = []User{{"u1", []string{"p1"}}} }, &Options{SkipSingle: true}, nil,
			"DONE PH5 U2 C1 V1 S6 |  | u1/p1 | 10000010, | 5.1.0 | none"},
		{"gap 3 the archive stores nothing", EAD, USER, 0, INITIATING, absent, nil, []Answer{Choose("u1"), Choose("p1")}, "DONE PH5 U2 C1 V1 S6 | P2 P1 | u1/p1 | 10000010, | 5.1.0 | none"},
		{"gap 4 stored versions are ignored by other kinds", SVH, USER, 0, FOLLOWUP, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"gap 5 a person's archive follow-up goes like an acknowledgement", EAD, USER, 0, FOLLOWUP, nil, nil, nil, "DONE PH6 U6 C1 V4 S6 |  | u1/p1 | 10000010, | 5.1.0 | none"},
		{"gap 6 an acknowledgement in a foreign document", DECL, AUTO, MSG, 0, foreign, nil, nil, "DONE PH4 U19 C7 V2 S4 |  | u0/z2 | 10000030,10000040 | 5.0.8 | none"},
		{"gap 7 a declined switch cancels", SVH, USER, 0, FOLLOWUP, foreign, nil, []Answer{No()}, "CANCELLED PH6 U16 S9 | P3 | / | , |  | none"},
		{"gap 8 no profile at all", SVH, AUTO, 0, FOLLOWUP, all(absent, noProfile), nil, nil, "ERROR PH6 U11 S9 |  | CUSTOMS-NO-PROFILES"},
		{"gap 9 empty settings", PI, USER, 0, INITIATING, noSettingsPost, nil, nil, "ERROR PH5 U5 C4 S9 |  | CUSTOMS-POST-UNAVAILABLE"},
		{"gap 10 other kinds: client, then settings", OTHER, USER, 0, INITIATING, all(noClient, oneProfile), nil, nil, "DONE PH5 U4 C2 V1 S1 |  | u1/p1 | 10000020, | 5.1.0 | create"},
		{"gap 11 a declaration never takes the settings' post later on", DECL, USER, STATUS, 0, all(noCode, noClient), nil, nil, "ASK PH3 U8 C8 | P7 | / | , |  | none"},
		{"gap 12 StrictPI refuses the client's post", PI, USER, 0, INITIATING, nil, &Options{StrictPI: true}, nil, "ERROR PH5 U5 C3 S9 |  | CUSTOMS-POST-IGNORED"},
		{"gap 13 PI later on takes the reference's post first", PI, USER, 0, FOLLOWUP, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"gap 14 stale ids are NOIDS", SVH, AUTO, 0, FOLLOWUP, nil, &Options{Stale: func(Reference) Stale { return Stale{IDs: true} }}, nil, "DONE PH6 U10 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 14 stale posts and versions", DECL, USER, STATUS, 0, nil, &Options{Stale: func(Reference) Stale { return Stale{Posts: true, Versions: true} }}, []Answer{EnterPosts("10000050", "")},
			"DONE PH3 U8 C8 V3 S8 S11 | P7 | u1/p2 | 10000050, | 5.1.0 | update"},
		{"gap 14a an unreadable record is a reference without content", SVH, AUTO, 0, FOLLOWUP, func(f *Facts) { f.Reference.Unreadable = true }, nil, nil, "DONE PH6 U10 C1 V4 S7 |  | u1/p1 | 10000010, | 5.1.0 | update"},
		{"gap 15 a user without a profile", SVH, AUTO, 0, FOLLOWUP, func(f *Facts) { f.Reference.Profile = " " }, nil, nil, "DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 15 a main post without a border", SVH, AUTO, 0, FOLLOWUP, func(f *Facts) { f.Reference.Border = "" }, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030, | 5.1.0 | none"},
		{"gap 15 half a pair of versions", DECL, USER, MSG, 0, func(f *Facts) { f.Reference.Spec = "" }, nil, nil, "DONE PH4 U8 C7 V3 S11 |  | u1/p2 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 16 the original is not sent with the history request", DECL, USER, MSG, 0, noCode, nil, []Answer{Acknowledge(), Yes()}, "SUBSTITUTE PH4 C9 S9 | P5 P6 | / | , |  | none"},
		{"gap 17 the border post may stay empty", DECL, USER, STATUS, 0, noCode, nil, []Answer{EnterPosts("10000050", "  ")}, "DONE PH3 U8 C8 V2 S8 | P7 | u1/p2 | 10000050, | 5.0.8 | update"},
		{"gap 18 asked posts are stored", DECL, USER, STATUS, 0, noCode, nil, []Answer{EnterPosts("10000050", "")}, "DONE PH3 U8 C8 V2 S8 | P7 | u1/p2 | 10000050, | 5.0.8 | update"},
		{"gap 20 the switch is an output", SVH, USER, 0, FOLLOWUP, foreign, nil, []Answer{Yes()}, "DONE PH6 U16 C7 V4 S4 | P3 | u0/z2 | 10000030,10000040 | 5.1.0 | none | -> u0"},
		{"gap 23 ids are compared byte by byte", SVH, AUTO, 0, FOLLOWUP, func(f *Facts) { f.Reference.Profile = "P2" }, nil, nil, "DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 25 a lost own profile asks like a lost one", SVH, USER, 0, FOLLOWUP, ownLost, nil, []Answer{Acknowledge()}, "ASK PH6 U12 | P5 P1 | / | , |  | none"},
		{"gap 26 a storage status without an opening is no bootstrap", SVH, USER, STATUS, FOLLOWUP, absent, nil, []Answer{Choose("u1"), Choose("p1")}, "DONE PH6 U9 C1 V4 S5 | P2 P1 | u1/p1 | 10000010, | 5.1.0 | create"},
		{"gap 27 a single user is still asked", SVH, USER, 0, FOLLOWUP, all(absent, func(f *Facts) { f.Users = f.Users[1:2] }), nil, nil, "ASK PH6 U9 | P2 | / | , |  | none"},
		{"gap 28 the refusal comes before user and posts", DECL, USER, MSG, 0, absent, nil, nil, "ASK PH4 C9 | P5 | / | , |  | none"},
		{"gap 32 a profile that cannot sign is lost", SVH, AUTO, 0, FOLLOWUP, nil, &Options{Usable: func(_, p string) bool { return p != "p2" }}, nil, "DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 32 and is not offered", OTHER, USER, 0, INITIATING, nil, &Options{Usable: func(_, p string) bool { return p != "p1" }}, nil, "DONE PH5 U4 C1 V1 S1 |  | u1/p2 | 10000010, | 5.1.0 | create"},
		{"gap 34 a renamed user keeps the id", SVH, AUTO, 0, FOLLOWUP, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
	})
	t.Run("gap 12 the ignored post is a note", func(t *testing.T) {
		wantNotes(t, base(t, PI, AUTO, MSG, FOLLOWUP), noCode, nil, Note{NoteClientPostIgnored, "10000010"})
	})
	t.Run("gap 14a a note tells of the unreadable record", func(t *testing.T) {
		wantNotes(t, base(t, SVH, AUTO, MSG, FOLLOWUP), func(f *Facts) { f.Reference.Unreadable = true }, nil, Note{NoteReferenceUnreadable, ""})
	})
	t.Run("gap 14a a store that fails is an error, never a deficit", func(t *testing.T) {
		h := newScripted(nil)
		h.References = &brokenRefs{load: errors.New("disk")}
		_, err := Run(t.Context(), request(SVH, AUTO, MSG), &h.Host)
		if e, ok := errors.AsType[*Error](err); !ok || e.Code() != CodeStoreFailed || !e.SafeToRetry() || h.sent != 0 {
			t.Error(err)
		}
		h.References = &brokenRefs{load: ErrUnreadable, save: ErrConflict}
		if step, _ := Run(t.Context(), request(SVH, AUTO, MSG), &h.Host); !slices.Contains(step.Decision.Rules, "S7") {
			t.Errorf("an unreadable record: %v", step.Decision.Rules)
		}
	})
	t.Run("gap 19 a restored protocol warns that its versions are assumed", func(t *testing.T) {
		f := base(t, DECL, USER, HISTORY, 0)
		f.Reference = nil
		if step := converseWith(f, nil, true); !step.Decision.VersionsAssumed {
			t.Error("no warning")
		}
		f.Message = OPEN
		if step := converseWith(f, nil, true); step.Decision.VersionsAssumed {
			t.Error("an opening knows its versions")
		}
	})
	t.Run("gap 21 another account needs the host's consent", func(t *testing.T) {
		ref := good()
		ref.User, ref.Profile = "u0", "z1"
		h := newScripted(ref, Yes())
		from, to := "", ""
		h.Authorize = func(_ context.Context, a, b string) error { from, to = a, b; return errors.New("wrong password") }
		if _, err := Run(t.Context(), request(SVH, USER, MSG), &h.Host); code(err) != CodeSwitchRefused || h.sent != 0 || from != "u1" || to != "u0" {
			t.Error(err, from, to)
		}
	})
	t.Run("gap 22 box 54 is compared by an optional checker", func(t *testing.T) {
		if CompareBox54(Person{Surname: "Иванов", Name: "Пётр"}, Person{Surname: "Петров", Name: "Пётр"}).OK() {
			t.Error("two surnames are one")
		}
	})
	t.Run("gap 29 a repeated opening keeps its protocol", func(t *testing.T) {
		h := newScripted(good(), Choose("p2"))
		req := request(DECL, USER, OPEN)
		if _, err := Run(t.Context(), req, &h.Host); code(err) != CodeProtocolTaken || len(h.asked) != 0 {
			t.Fatal(err, h.asked)
		}
		req.Retry = true
		step, err := Run(t.Context(), req, &h.Host)
		if _, version, _ := h.Load(t.Context(), "A"); err != nil || step.Decision.Persist != Update || version != 2 || h.stored(t).Profile != "p2" {
			t.Error(step.Decision, err)
		}
	})
	t.Run("gap 30 retired versions stand, with a note", func(t *testing.T) {
		wantNotes(t, base(t, DECL, USER, MSG, 0), nil, &Options{Retired: func(v Versions) bool { return v.Format == "5.0.8" }}, Note{NoteVersionRetired, "5.0.8/3.2.0"})
	})
	t.Run("gap 31 an inactive post stays, with a note", func(t *testing.T) {
		list, err := ReadPostList(strings.NewReader("10000030\tпост\tclosed\n"))
		if err != nil {
			t.Fatal(err)
		}
		wantNotes(t, base(t, DECL, USER, MSG, 0), nil, &Options{Directory: list}, Note{NotePostInactive, "10000030"}, Note{NotePostUnknown, "10000040"})
	})
	t.Run("gap 33 an answer outside the list is asked again with the reason", func(t *testing.T) {
		step := Resolve(base(t, DECL, USER, OPEN, 0), []Answer{Choose("z1")}, nil)
		if step.Outcome != NeedAnswer || step.Prompt.Problem.Code() != CodeAnswerUnknown || join(step.Decision.Prompts) != "P1" {
			t.Errorf("%v %v", step.Outcome, step.Prompt.Problem)
		}
		step = Resolve(base(t, DECL, USER, OPEN, 0), []Answer{Yes(), {}, Choose("p2")}, nil)
		if step.Outcome != Done || step.Decision.Profile != "p2" {
			t.Errorf("%v", step.Outcome)
		}
	})
}

func wantNotes(t *testing.T, f Facts, change func(*Facts), opt *Options, want ...Note) {
	t.Helper()
	if change != nil {
		change(&f)
	}
	step := Resolve(f, nil, opt)
	if step.Outcome != Done || !slices.Equal(step.Decision.Notes, want) {
		t.Errorf("%v %v", step.Outcome, step.Decision.Notes)
	}
	for _, n := range step.Decision.Notes {
		if n.Text("ru") == "" || n.Text("en") == n.Text("ru") || strings.Contains(n.String(), "{") {
			t.Errorf("note %v", n)
		}
	}
}
