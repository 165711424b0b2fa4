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
		{"gap 1 a first history request asks and becomes the reference", KindDECL, InitiativeUser, MessageHistory, 0, absent, nil, []Answer{Choose("u1"), Choose("p2"), EnterPosts("10000050", "")},
			"DONE PH2 U9 C8 V3 S2 S8 | P2 P1 P7 | u1/p2 | 10000050, | 5.1.0 | create"},
		{"gap 2 the archive asks although there is one choice", KindEAD, InitiativeUser, 0, RoleInitiating, func(f *Facts) { f.Users = []User{{"u1", []string{"p1"}}} }, nil, nil,
			"ASK PH5 U2 | P2 | / | , |  | none"},
		{"gap 2 SkipSingle leaves it out", KindEAD, InitiativeUser, 0, RoleInitiating, func(f *Facts) { f.Users = []User{{"u1", []string{"p1"}}} }, &Options{SkipSingle: true}, nil,
			"DONE PH5 U2 C1 V1 S6 |  | u1/p1 | 10000010, | 5.1.0 | none"},
		{"gap 3 the archive stores nothing", KindEAD, InitiativeUser, 0, RoleInitiating, absent, nil, []Answer{Choose("u1"), Choose("p1")}, "DONE PH5 U2 C1 V1 S6 | P2 P1 | u1/p1 | 10000010, | 5.1.0 | none"},
		{"gap 4 stored versions are ignored by other kinds", KindSVH, InitiativeUser, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"gap 5 a person's archive follow-up goes like an acknowledgement", KindEAD, InitiativeUser, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U6 C1 V4 S6 |  | u1/p1 | 10000010, | 5.1.0 | none"},
		{"gap 6 an acknowledgement in a foreign document", KindDECL, InitiativeAuto, MessageOther, 0, foreign, nil, nil, "DONE PH4 U19 C7 V2 S4 |  | u0/z2 | 10000030,10000040 | 5.0.8 | none"},
		{"gap 7 a declined switch cancels", KindSVH, InitiativeUser, 0, RoleFollowUp, foreign, nil, []Answer{No()}, "CANCELLED PH6 U16 S9 | P3 | / | , |  | none"},
		{"gap 8 no profile at all", KindSVH, InitiativeAuto, 0, RoleFollowUp, all(absent, noProfile), nil, nil, "ERROR PH6 U11 S9 |  | CUSTOMS-NO-PROFILES"},
		{"gap 9 empty settings", KindPI, InitiativeUser, 0, RoleInitiating, noSettingsPost, nil, nil, "ERROR PH5 U5 C4 S9 |  | CUSTOMS-POST-UNAVAILABLE"},
		{"gap 10 other kinds: client, then settings", KindOther, InitiativeUser, 0, RoleInitiating, all(noClient, oneProfile), nil, nil, "DONE PH5 U4 C2 V1 S1 |  | u1/p1 | 10000020, | 5.1.0 | create"},
		{"gap 11 a declaration never takes the settings' post later on", KindDECL, InitiativeUser, MessageStatus, 0, all(noCode, noClient), nil, nil, "ASK PH3 U8 C8 | P7 | / | , |  | none"},
		{"gap 12 StrictPI refuses the client's post", KindPI, InitiativeUser, 0, RoleInitiating, nil, &Options{StrictPI: true}, nil, "ERROR PH5 U5 C3 S9 |  | CUSTOMS-POST-IGNORED"},
		{"gap 13 PI later on takes the reference's post first", KindPI, InitiativeUser, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"gap 14 stale ids are NOIDS", KindSVH, InitiativeAuto, 0, RoleFollowUp, nil, &Options{Stale: func(Reference) Stale { return Stale{IDs: true} }}, nil, "DONE PH6 U10 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 14 stale posts and versions", KindDECL, InitiativeUser, MessageStatus, 0, nil, &Options{Stale: func(Reference) Stale { return Stale{Posts: true, Versions: true} }}, []Answer{EnterPosts("10000050", "")},
			"DONE PH3 U8 C8 V3 S8 S11 | P7 | u1/p2 | 10000050, | 5.1.0 | update"},
		{"gap 14a an unreadable record is a reference without content", KindSVH, InitiativeAuto, 0, RoleFollowUp, func(f *Facts) { f.Reference.Unreadable = true }, nil, nil, "DONE PH6 U10 C1 V4 S7 |  | u1/p1 | 10000010, | 5.1.0 | update"},
		{"gap 15 a user without a profile", KindSVH, InitiativeAuto, 0, RoleFollowUp, func(f *Facts) { f.Reference.Profile = " " }, nil, nil, "DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 15 a main post without a border", KindSVH, InitiativeAuto, 0, RoleFollowUp, func(f *Facts) { f.Reference.Border = "" }, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030, | 5.1.0 | none"},
		{"gap 15 half a pair of versions", KindDECL, InitiativeUser, MessageOther, 0, func(f *Facts) { f.Reference.Spec = "" }, nil, nil, "DONE PH4 U8 C7 V3 S11 |  | u1/p2 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 16 the original is not sent with the history request", KindDECL, InitiativeUser, MessageOther, 0, noCode, nil, []Answer{Acknowledge(), Yes()}, "SUBSTITUTE PH4 C9 S9 | P5 P6 | / | , |  | none"},
		{"gap 17 the border post may stay empty", KindDECL, InitiativeUser, MessageStatus, 0, noCode, nil, []Answer{EnterPosts("10000050", "  ")}, "DONE PH3 U8 C8 V2 S8 | P7 | u1/p2 | 10000050, | 5.0.8 | update"},
		{"gap 18 asked posts are stored", KindDECL, InitiativeUser, MessageStatus, 0, noCode, nil, []Answer{EnterPosts("10000050", "")}, "DONE PH3 U8 C8 V2 S8 | P7 | u1/p2 | 10000050, | 5.0.8 | update"},
		{"gap 20 the switch is an output", KindSVH, InitiativeUser, 0, RoleFollowUp, foreign, nil, []Answer{Yes()}, "DONE PH6 U16 C7 V4 S4 | P3 | u0/z2 | 10000030,10000040 | 5.1.0 | none | -> u0"},
		{"gap 23 ids are compared byte by byte", KindSVH, InitiativeAuto, 0, RoleFollowUp, func(f *Facts) { f.Reference.Profile = "P2" }, nil, nil, "DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 25 a lost own profile asks like a lost one", KindSVH, InitiativeUser, 0, RoleFollowUp, ownLost, nil, []Answer{Acknowledge()}, "ASK PH6 U12 | P5 P1 | / | , |  | none"},
		{"gap 26 a storage status without an opening is no bootstrap", KindSVH, InitiativeUser, MessageStatus, RoleFollowUp, absent, nil, []Answer{Choose("u1"), Choose("p1")}, "DONE PH6 U9 C1 V4 S5 | P2 P1 | u1/p1 | 10000010, | 5.1.0 | create"},
		{"gap 27 a single user is still asked", KindSVH, InitiativeUser, 0, RoleFollowUp, all(absent, func(f *Facts) { f.Users = f.Users[1:2] }), nil, nil, "ASK PH6 U9 | P2 | / | , |  | none"},
		{"gap 28 the refusal comes before user and posts", KindDECL, InitiativeUser, MessageOther, 0, absent, nil, nil, "ASK PH4 C9 | P5 | / | , |  | none"},
		{"gap 32 a profile that cannot sign is lost", KindSVH, InitiativeAuto, 0, RoleFollowUp, nil, &Options{Usable: func(_, p string) bool { return p != "p2" }}, nil, "DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"gap 32 and is not offered", KindOther, InitiativeUser, 0, RoleInitiating, nil, &Options{Usable: func(_, p string) bool { return p != "p1" }}, nil, "DONE PH5 U4 C1 V1 S1 |  | u1/p2 | 10000010, | 5.1.0 | create"},
		{"gap 34 a renamed user keeps the id", KindSVH, InitiativeAuto, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
	})
	t.Run("gap 12 the ignored post is a note", func(t *testing.T) {
		wantNotes(t, base(t, KindPI, InitiativeAuto, MessageOther, RoleFollowUp), noCode, nil, Note{NoteClientPostIgnored, "10000010"})
	})
	t.Run("gap 14a a note tells of the unreadable record", func(t *testing.T) {
		wantNotes(t, base(t, KindSVH, InitiativeAuto, MessageOther, RoleFollowUp), func(f *Facts) { f.Reference.Unreadable = true }, nil, Note{NoteReferenceUnreadable, ""})
	})
	t.Run("gap 14a a store that fails is an error, never a deficit", func(t *testing.T) {
		h := newScripted(nil)
		h.References = &brokenRefs{load: errors.New("disk")}
		_, err := Run(t.Context(), request(KindSVH, InitiativeAuto, MessageOther), &h.Host)
		if e, ok := errors.AsType[*Error](err); !ok || e.Code() != CodeStoreFailed || !e.SafeToRetry() || h.sent != 0 {
			t.Error(err)
		}
		h.References = &brokenRefs{load: ErrUnreadable, save: ErrConflict}
		if sending, _ := Run(t.Context(), request(KindSVH, InitiativeAuto, MessageOther), &h.Host); !slices.Contains(sending.Step.Decision.Rules, "S7") {
			t.Errorf("an unreadable record: %v", sending.Step.Decision.Rules)
		}
	})
	t.Run("gap 19 a restored protocol warns that its versions are assumed", func(t *testing.T) {
		f := base(t, KindDECL, InitiativeUser, MessageHistory, 0)
		f.Reference = nil
		if step := converseWith(f, nil, true); !step.Decision.VersionsAssumed {
			t.Error("no warning")
		}
		f.Message = MessageOpen
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
		if _, err := Run(t.Context(), request(KindSVH, InitiativeUser, MessageOther), &h.Host); code(err) != CodeSwitchRefused || h.sent != 0 || from != "u1" || to != "u0" {
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
		req := request(KindDECL, InitiativeUser, MessageOpen)
		if _, err := Run(t.Context(), req, &h.Host); code(err) != CodeProtocolTaken || len(h.asked) != 0 {
			t.Fatal(err, h.asked)
		}
		req.Retry = true
		sending, err := Run(t.Context(), req, &h.Host)
		step := sending.Step
		if _, version, _ := h.Load(t.Context(), "A"); err != nil || step.Decision.Persist != ActionUpdate || version != 2 || h.stored(t).Profile != "p2" {
			t.Error(step.Decision, err)
		}
	})
	t.Run("gap 30 retired versions stand, with a note", func(t *testing.T) {
		wantNotes(t, base(t, KindDECL, InitiativeUser, MessageOther, 0), nil, &Options{Retired: func(v Versions) bool { return v.Format == "5.0.8" }}, Note{NoteVersionRetired, "5.0.8/3.2.0"})
	})
	t.Run("gap 31 an inactive post stays, with a note", func(t *testing.T) {
		list, err := ReadPostList(strings.NewReader("10000030\tпост\tclosed\n"))
		if err != nil {
			t.Fatal(err)
		}
		wantNotes(t, base(t, KindDECL, InitiativeUser, MessageOther, 0), nil, &Options{Directory: list}, Note{NotePostInactive, "10000030"}, Note{NotePostUnknown, "10000040"})
	})
	t.Run("gap 33 an answer outside the list is asked again with the reason", func(t *testing.T) {
		step := Resolve(base(t, KindDECL, InitiativeUser, MessageOpen, 0), []Answer{Choose("z1")}, nil)
		if step.Outcome != OutcomeNeedAnswer || step.Prompt.Problem.Code() != CodeAnswerUnknown || join(step.Decision.Prompts) != "P1" {
			t.Errorf("%v %v", step.Outcome, step.Prompt.Problem)
		}
		step = Resolve(base(t, KindDECL, InitiativeUser, MessageOpen, 0), []Answer{Yes(), {}, Choose("p2")}, nil)
		if step.Outcome != OutcomeDone || step.Decision.Profile != "p2" {
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
	if step.Outcome != OutcomeDone || !slices.Equal(step.Decision.Notes, want) {
		t.Errorf("%v %v", step.Outcome, step.Decision.Notes)
	}
	for _, n := range step.Decision.Notes {
		if n.Text("ru") == "" || n.Text("en") == n.Text("ru") || strings.Contains(n.String(), "{") {
			t.Errorf("note %v", n)
		}
	}
}
