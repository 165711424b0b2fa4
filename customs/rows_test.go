package customs

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const factsAll = `{"kind":"DECL","initiative":"USER","message":"STATUS","role":"FOLLOWUP","currentUser":"u1",` +
	`"users":[{"id":"u0","profiles":["z1","z2"]},{"id":"u1","profiles":["p1","p2"]},{"id":"u2","profiles":[]}],` +
	`"clientPost":{"main":"10000010","border":""},"settings":{"post":"10000020","format":"5.1.0","spec":"3.3.0"},` +
	`"reference":{"user":"u1","profile":"p2","main":"10000030","border":"10000040","format":"5.0.8","spec":"3.2.0"}}`

// base returns good facts for a test to change.
func base(t testing.TB, kind Kind, initiative Initiative, message Message, role Role) Facts {
	t.Helper()
	f, err := ParseFacts([]byte(factsAll))
	if err != nil {
		t.Fatal(err)
	}
	f.Kind, f.Initiative, f.Message, f.Role = kind, initiative, message, role
	return f
}

// rowCase is one row: what changes, the answers, and the decision in short.
type rowCase struct {
	name    string
	kind    Kind
	init    Initiative
	message Message // for DECL; else MSG
	role    Role
	change  func(*Facts)
	opt     *Options
	answers []Answer
	want    string // outcome rules | prompts | user/profile | main,border | format | persist | switch
}

func noProfile(f *Facts)  { f.Users[1].Profiles = nil }
func oneProfile(f *Facts) { f.Users[1].Profiles = []string{"p1"} }
func absent(f *Facts)     { f.Reference = nil }
func noIDsAtAll(f *Facts) { f.Reference.User, f.Reference.Profile = "", "p2" }
func ownLost(f *Facts)    { f.Reference.Profile = "gone" }
func foreign(f *Facts)    { f.Reference.User, f.Reference.Profile = "u0", "z2" }
func foreignLost(f *Facts) {
	f.Reference.User, f.Reference.Profile = "u0", "gone"
}
func noUser(f *Facts)             { f.Reference.User = "gone" }
func noCode(f *Facts)             { f.Reference.Posts = Posts{} }
func noVersions(f *Facts)         { f.Reference.Versions = Versions{} }
func noClient(f *Facts)           { f.Client = Posts{} }
func noSettingsPost(f *Facts)     { f.Settings.Post = "" }
func noSettingsVersions(f *Facts) { f.Settings.Versions = Versions{} }

func all(changes ...func(*Facts)) func(*Facts) {
	return func(f *Facts) {
		for _, c := range changes {
			c(f)
		}
	}
}

func short(s *Step) string {
	d := &s.Decision
	text := fmt.Sprintf("%v %s | %s | %s/%s | %s,%s | %s | %v", s.Outcome, strings.Join(d.Rules, " "), join(d.Prompts), d.User, d.Profile, d.Main, d.Border, d.Format, d.Persist)
	if d.SwitchTo != "" {
		text += " | -> " + d.SwitchTo
	}
	if s.Err != nil {
		text = fmt.Sprintf("%v %s | %s | %s", s.Outcome, strings.Join(d.Rules, " "), join(d.Prompts), s.Err.Code())
	}
	return text
}

func join(ids []PromptID) string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = string(id)
	}
	return strings.Join(list, " ")
}

func (c *rowCase) run(t *testing.T) {
	t.Helper()
	message := c.message
	if message == 0 {
		message = MessageOther
	}
	f := base(t, c.kind, c.init, message, c.role)
	if c.change != nil {
		c.change(&f)
	}
	step := Resolve(f, c.answers, c.opt)
	if got := short(&step); got != c.want {
		t.Errorf("got  %s\nwant %s", got, c.want)
	}
}

func runRows(t *testing.T, cases []rowCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(t) })
	}
}

func TestPhaseRows(t *testing.T) {
	posts := EnterPosts("10000050", "10000060")
	runRows(t, []rowCase{
		{"PH1 an opening is primary, its old reference ignored", KindDECL, InitiativeUser, MessageOpen, 0, nil, nil, []Answer{Choose("p2")},
			"DONE PH1 U1 C1 V1 S1 | P1 | u1/p2 | 10000010, | 5.1.0 | create"},
		{"PH2 the first status request becomes the reference", KindDECL, InitiativeUser, MessageStatus, 0, absent, nil, []Answer{Choose("u0"), Choose("z1"), posts},
			"DONE PH2 U9 C8 V3 S2 S8 | P2 P1 P7 | u0/z1 | 10000050,10000060 | 5.1.0 | create"},
		{"PH3 a history request leans on the reference", KindDECL, InitiativeUser, MessageHistory, 0, nil, nil, nil,
			"DONE PH3 U8 C7 V2 S4 |  | u1/p2 | 10000030,10000040 | 5.0.8 | none"},
		{"PH4 any other message leans on the reference", KindDECL, InitiativeUser, MessageOther, 0, nil, nil, nil,
			"DONE PH4 U8 C7 V2 S4 |  | u1/p2 | 10000030,10000040 | 5.0.8 | none"},
		{"PH5 the role alone makes a message primary", KindSVH, InitiativeUser, MessageStatus, RoleInitiating, nil, nil, []Answer{Choose("p1")},
			"DONE PH5 U5 C1 V1 S1 | P1 | u1/p1 | 10000010, | 5.1.0 | create"},
		{"PH6 the role alone makes a message a later one", KindSVH, InitiativeUser, MessageOpen, RoleFollowUp, nil, nil, nil,
			"DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"G1 an automatic opening", KindDECL, InitiativeAuto, MessageOpen, 0, nil, nil, nil, "ERROR PH1 G1 S9 |  | CUSTOMS-PRIMARY-BY-USER"},
		{"G1 an automatic bootstrap", KindDECL, InitiativeAuto, MessageStatus, 0, absent, nil, nil, "ERROR PH2 G1 S9 |  | CUSTOMS-PRIMARY-BY-USER"},
		{"G2 an automatic message without a good reference", KindDECL, InitiativeAuto, MessageOther, 0, ownLost, nil, nil, "ERROR PH4 G2 S9 |  | CUSTOMS-AUTO-IMPOSSIBLE"},
		{"G3 the current user is unknown", KindDECL, InitiativeUser, MessageOpen, 0, func(f *Facts) { f.CurrentUser = "x" }, nil, nil, "ERROR G3 |  | CUSTOMS-FACTS-INVALID"},
	})
}

func TestUserRows(t *testing.T) {
	runRows(t, []rowCase{
		{"U0 no profile for the opening", KindDECL, InitiativeUser, MessageOpen, 0, noProfile, nil, nil, "ERROR PH1 U0 S9 |  | CUSTOMS-NO-PROFILES"},
		{"U1 asked even with one profile and SkipSingle", KindDECL, InitiativeUser, MessageOpen, 0, oneProfile, &Options{SkipSingle: true}, nil,
			"ASK PH1 U1 | P1 | / | , |  | none"},
		{"U2 user and profile each time, nothing remembered", KindEAD, InitiativeUser, 0, RoleInitiating, nil, nil, []Answer{Choose("u0"), Choose("z2")},
			"DONE PH5 U2 C1 V1 S6 | P2 P1 | u0/z2 | 10000010, | 5.1.0 | none"},
		{"U2 nobody has a profile", KindEAD, InitiativeUser, 0, RoleInitiating, func(f *Facts) { f.Users = []User{{ID: "u1"}, {ID: "u2"}} }, nil, nil,
			"ERROR PH5 U2 S9 |  | CUSTOMS-NO-PROFILES"},
		{"U2 a user without profiles is offered and fails", KindEAD, InitiativeUser, 0, RoleInitiating, nil, nil, []Answer{Choose("u2")},
			"ERROR PH5 U2 S9 | P2 | CUSTOMS-NO-PROFILES"},
		{"U3 no profile", KindPI, InitiativeUser, 0, RoleInitiating, noProfile, nil, nil, "ERROR PH5 U3 S9 |  | CUSTOMS-NO-PROFILES"},
		{"U4 the only profile", KindOther, InitiativeUser, 0, RoleInitiating, oneProfile, nil, nil, "DONE PH5 U4 C1 V1 S1 |  | u1/p1 | 10000010, | 5.1.0 | create"},
		{"U5 several profiles", KindOther, InitiativeUser, 0, RoleInitiating, nil, nil, []Answer{Choose("p2")}, "DONE PH5 U5 C1 V1 S1 | P1 | u1/p2 | 10000010, | 5.1.0 | create"},
		{"U6 the first profile for the archive", KindEAD, InitiativeAuto, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U6 C1 V4 S6 |  | u1/p1 | 10000010, | 5.1.0 | none"},
		{"U7 no profile for the archive", KindEAD, InitiativeAuto, 0, RoleFollowUp, noProfile, nil, nil, "ERROR PH6 U7 S9 |  | CUSTOMS-NO-PROFILES"},
		{"U8 the own reference", KindSVH, InitiativeAuto, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"U9 no ids: user, then profile", KindSVH, InitiativeUser, 0, RoleFollowUp, noIDsAtAll, nil, []Answer{Choose("u0"), Choose("z1")},
			"DONE PH6 U9 C7 V4 S3 | P2 P1 | u0/z1 | 10000030,10000040 | 5.1.0 | update"},
		{"U10 no ids: an acknowledgement falls back", KindPI, InitiativeAuto, 0, RoleFollowUp, noIDsAtAll, nil, nil, "DONE PH6 U10 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"U11 no ids, no profile", KindPI, InitiativeAuto, 0, RoleFollowUp, all(absent, noProfile), nil, nil, "ERROR PH6 U11 S9 |  | CUSTOMS-NO-PROFILES"},
		{"U12 the own profile is gone", KindDECL, InitiativeUser, MessageOther, 0, ownLost, nil, []Answer{Acknowledge(), Choose("p2")},
			"DONE PH4 U12 C7 V2 S3 | P5 P1 | u1/p2 | 10000030,10000040 | 5.0.8 | update"},
		{"U13 the own profile is gone, no other", KindDECL, InitiativeUser, MessageOther, 0, all(ownLost, noProfile), nil, nil, "ERROR PH4 U13 S9 |  | CUSTOMS-NO-PROFILES"},
		{"U14 the own profile is gone, an acknowledgement falls back", KindOther, InitiativeAuto, 0, RoleFollowUp, ownLost, nil, nil,
			"DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"U15 the own profile is gone, nothing to fall back on", KindOther, InitiativeAuto, 0, RoleFollowUp, all(ownLost, noProfile), nil, nil, "ERROR PH6 U15 S9 |  | CUSTOMS-NO-PROFILES"},
		{"U16 a switch to the owner", KindDECL, InitiativeUser, MessageOther, 0, foreign, nil, []Answer{Yes()}, "DONE PH4 U16 C7 V2 S4 | P3 | u0/z2 | 10000030,10000040 | 5.0.8 | none | -> u0"},
		{"U17 a switch to the owner, then a profile", KindDECL, InitiativeUser, MessageOther, 0, foreignLost, nil, []Answer{Yes(), Choose("z1")},
			"DONE PH4 U17 C7 V2 S3 | P3 P1 | u0/z1 | 10000030,10000040 | 5.0.8 | update | -> u0"},
		{"U17 the owner has no profile", KindDECL, InitiativeUser, MessageOther, 0, func(f *Facts) { f.Reference.User = "u2" }, nil, []Answer{Yes()}, "ERROR PH4 U17 S9 | P3 | CUSTOMS-NO-PROFILES"},
		{"U18 go on as the current user", KindDECL, InitiativeUser, MessageOther, 0, noUser, nil, []Answer{Choose(ChoiceCurrent), Choose("p1")},
			"DONE PH4 U18 C7 V2 S3 | P4 P1 | u1/p1 | 10000030,10000040 | 5.0.8 | update"},
		{"U18 another user", KindDECL, InitiativeUser, MessageOther, 0, noUser, nil, []Answer{Choose(ChoiceOther), Choose("u1"), Choose("u0"), Choose("z1")},
			"DONE PH4 U18 C7 V2 S3 | P4 P2 P1 | u0/z1 | 10000030,10000040 | 5.0.8 | update"},
		{"U18 the profile is always asked", KindDECL, InitiativeUser, MessageOther, 0, all(noUser, oneProfile), &Options{SkipSingle: true}, []Answer{Choose(ChoiceCurrent)},
			"ASK PH4 U18 | P4 P1 | / | , |  | none"},
		{"U19 an acknowledgement under the owner, no switch", KindSVH, InitiativeAuto, 0, RoleFollowUp, foreign, nil, nil, "DONE PH6 U19 C7 V4 S4 |  | u0/z2 | 10000030,10000040 | 5.1.0 | none"},
		{"U20 a foreign acknowledgement falls back", KindSVH, InitiativeAuto, 0, RoleFollowUp, noUser, nil, nil, "DONE PH6 U20 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"U21 nothing to fall back on", KindSVH, InitiativeAuto, 0, RoleFollowUp, all(foreignLost, noProfile), nil, nil, "ERROR PH6 U21 S9 |  | CUSTOMS-NO-PROFILES"},
	})
}

func TestPostRows(t *testing.T) {
	border := func(main, border string) func(*Facts) { return func(f *Facts) { f.Client = Posts{main, border} } }
	runRows(t, []rowCase{
		{"C1 the client's main and border", KindEAD, InitiativeAuto, 0, RoleFollowUp, border("10000011", "10000012"), nil, nil, "DONE PH6 U6 C1 V4 S6 |  | u1/p1 | 10000011,10000012 | 5.1.0 | none"},
		{"C2 the settings' post", KindOther, InitiativeAuto, 0, RoleFollowUp, all(noCode, noClient), nil, nil, "DONE PH6 U8 C2 V4 S4 |  | u1/p2 | 10000020, | 5.1.0 | none"},
		{"C3 PI takes the settings' post", KindPI, InitiativeAuto, 0, RoleFollowUp, noCode, nil, nil, "DONE PH6 U8 C3 V4 S4 |  | u1/p2 | 10000020, | 5.1.0 | none"},
		{"C4 PI without a post in the settings", KindPI, InitiativeAuto, 0, RoleFollowUp, all(noCode, noSettingsPost), nil, nil, "ERROR PH6 U8 C4 S9 |  | CUSTOMS-POST-UNAVAILABLE"},
		{"C5 no source, a person", KindSVH, InitiativeUser, 0, RoleInitiating, all(noClient, noSettingsPost), nil, nil, "ERROR PH5 U5 C5 S9 |  | CUSTOMS-POST-UNAVAILABLE"},
		{"C5 asked by option, main only", KindSVH, InitiativeUser, 0, RoleInitiating, all(noClient, noSettingsPost, oneProfile), &Options{AskPost: true},
			[]Answer{EnterPosts("10000050", "10000060"), EnterPosts("10000050", "")}, "DONE PH5 U4 C5 V1 S1 | P7 | u1/p1 | 10000050, | 5.1.0 | create"},
		{"C6 no source, nobody to ask", KindSVH, InitiativeAuto, 0, RoleFollowUp, all(noCode, noClient, noSettingsPost), &Options{AskPost: true}, nil, "ERROR PH6 U8 C6 S9 |  | CUSTOMS-POST-UNAVAILABLE"},
		{"C7 the reference's posts", KindSVH, InitiativeUser, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"C8 both posts are asked", KindDECL, InitiativeUser, MessageHistory, 0, noCode, nil, []Answer{EnterPosts("10000050", "")}, "DONE PH3 U8 C8 V2 S8 | P7 | u1/p2 | 10000050, | 5.0.8 | update"},
		{"C9 a history request instead, before every other error", KindDECL, InitiativeUser, MessageOther, 0, all(absent, noProfile, noSettingsVersions), nil, []Answer{Acknowledge(), Yes()},
			"SUBSTITUTE PH4 C9 S9 | P5 P6 | / | , |  | none"},
		{"C9 declined", KindDECL, InitiativeUser, MessageOther, 0, noCode, nil, []Answer{Acknowledge(), No()}, "CANCELLED PH4 C9 S9 | P5 P6 | / | , |  | none"},
		{"C11 an acknowledgement cannot ask", KindDECL, InitiativeAuto, MessageStatus, 0, noCode, nil, nil, "ERROR PH3 U8 C11 S9 |  | CUSTOMS-NEEDS-INTERACTION"},
		{"C12 border equals main", KindSVH, InitiativeUser, 0, RoleFollowUp, func(f *Facts) { f.Reference.Border = f.Reference.Main }, nil, nil,
			"DONE PH6 U8 C7 C12 V4 S4 |  | u1/p2 | 10000030,10000030 | 5.1.0 | none"},
		{"C13 a five-digit code of the client", KindOther, InitiativeUser, 0, RoleInitiating, border("10000", ""), nil, nil, "ERROR PH5 U5 C1 C13 S9 |  | CUSTOMS-POST-INVALID"},
		{"C13 the reference's border code", KindSVH, InitiativeUser, 0, RoleFollowUp, func(f *Facts) { f.Reference.Border = "1000004O" }, nil, nil, "ERROR PH6 U8 C7 C13 S9 |  | CUSTOMS-POST-INVALID"},
		{"C13 the settings' code", KindPI, InitiativeAuto, 0, RoleFollowUp, all(noCode, func(f *Facts) { f.Settings.Post = " 10000020" }), nil, nil, "ERROR PH6 U8 C3 C13 S9 |  | CUSTOMS-POST-INVALID"},
		{"C13 an answer is asked again", KindDECL, InitiativeUser, MessageHistory, 0, noCode, nil, []Answer{EnterPosts("1", ""), EnterPosts("10000050", "x"), EnterPosts("", "10000050"), EnterPosts("10000050", "10000051")},
			"DONE PH3 U8 C8 V2 S8 | P7 | u1/p2 | 10000050,10000051 | 5.0.8 | update"},
	})
	t.Run("C13 an unused malformed code is only a note", func(t *testing.T) {
		f := base(t, KindSVH, InitiativeUser, MessageOther, RoleFollowUp)
		f.Client.Main, f.Settings.Post = "10000", "x"
		step := Resolve(f, nil, nil)
		if want := []Note{{NoteUnusedPostInvalid, "10000"}, {NoteUnusedPostInvalid, "x"}}; step.Outcome != OutcomeDone || !slices.Equal(step.Decision.Notes, want) {
			t.Errorf("%v %v", step.Outcome, step.Decision.Notes)
		}
	})
}

func TestVersionRows(t *testing.T) {
	runRows(t, []rowCase{
		{"V1 a primary message takes the settings'", KindDECL, InitiativeUser, MessageOpen, 0, nil, nil, []Answer{Choose("p1")}, "DONE PH1 U1 C1 V1 S1 | P1 | u1/p1 | 10000010, | 5.1.0 | create"},
		{"V2 the reference's, settings empty", KindDECL, InitiativeUser, MessageOther, 0, noSettingsVersions, nil, nil, "DONE PH4 U8 C7 V2 S4 |  | u1/p2 | 10000030,10000040 | 5.0.8 | none"},
		{"V3 the reference has none", KindDECL, InitiativeUser, MessageOther, 0, noVersions, nil, nil, "DONE PH4 U8 C7 V3 S11 |  | u1/p2 | 10000030,10000040 | 5.1.0 | update"},
		{"V4 other kinds ignore the reference", KindOther, InitiativeUser, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"V6 the settings are empty", KindOther, InitiativeUser, 0, RoleFollowUp, noSettingsVersions, nil, nil, "ERROR PH6 U8 C7 V6 S9 |  | CUSTOMS-VERSION-UNAVAILABLE"},
		{"V6 before any prompt", KindDECL, InitiativeUser, MessageOpen, 0, func(f *Facts) { f.Settings.Spec = " " }, nil, nil, "ERROR PH1 U1 C1 V6 S9 |  | CUSTOMS-VERSION-UNAVAILABLE"},
	})
	t.Run("V5 a query without sending", func(t *testing.T) {
		settings, ref := Settings{Versions: Versions{"5.1.0", "3.3.0"}}, &Reference{Versions: Versions{"5.0.8", "3.2.0"}}
		if v, err := ResolveVersions(settings, ref, nil); err != nil || v != ref.Versions {
			t.Error(v, err)
		}
		if v, err := ResolveVersions(settings, &Reference{Versions: Versions{Format: "5.0.8"}}, nil); err != nil || v != settings.Versions {
			t.Error(v, err)
		}
		if v, err := ResolveVersions(settings, nil, nil); err != nil || v != settings.Versions {
			t.Error(v, err)
		}
		_, err := ResolveVersions(Settings{}, nil, nil)
		if e, ok := errors.AsType[*Error](err); !ok || e.Code() != CodeVersionUnavailable {
			t.Error(err)
		}
	})
}

func TestStoreRows(t *testing.T) {
	runRows(t, []rowCase{
		{"S1 a primary message creates", KindPI, InitiativeUser, 0, RoleInitiating, oneProfile, nil, nil, "DONE PH5 U4 C3 V1 S1 |  | u1/p1 | 10000020, | 5.1.0 | create"},
		{"S2 the first request creates", KindDECL, InitiativeUser, MessageHistory, 0, absent, nil, []Answer{Choose("u1"), Choose("p1"), EnterPosts("10000050", "")},
			"DONE PH2 U9 C8 V3 S2 S8 | P2 P1 P7 | u1/p1 | 10000050, | 5.1.0 | create"},
		{"S3 changed ids update", KindSVH, InitiativeUser, 0, RoleFollowUp, ownLost, nil, []Answer{Acknowledge(), Choose("p1")}, "DONE PH6 U12 C7 V4 S3 | P5 P1 | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"S4 nothing changed", KindSVH, InitiativeUser, 0, RoleFollowUp, nil, nil, nil, "DONE PH6 U8 C7 V4 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
		{"S5 no reference: create", KindSVH, InitiativeAuto, 0, RoleFollowUp, absent, nil, nil, "DONE PH6 U10 C1 V4 S5 |  | u1/p1 | 10000010, | 5.1.0 | create"},
		{"S5 option none", KindSVH, InitiativeAuto, 0, RoleFollowUp, absent, &Options{NoRecovery: true}, nil, "DONE PH6 U10 C1 V4 S5 |  | u1/p1 | 10000010, | 5.1.0 | none"},
		{"S6 the archive stores nothing", KindEAD, InitiativeAuto, 0, RoleFollowUp, absent, nil, nil, "DONE PH6 U6 C1 V4 S6 |  | u1/p1 | 10000010, | 5.1.0 | none"},
		{"S7 a fallback is stored", KindSVH, InitiativeAuto, 0, RoleFollowUp, ownLost, nil, nil, "DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | update"},
		{"S7 option off", KindSVH, InitiativeAuto, 0, RoleFollowUp, ownLost, &Options{KeepOnAutoFallback: true}, nil, "DONE PH6 U14 C7 V4 S7 |  | u1/p1 | 10000030,10000040 | 5.1.0 | none"},
		{"S8 the asked posts are stored with changed ids", KindDECL, InitiativeUser, MessageStatus, 0, all(ownLost, noCode), nil, []Answer{Acknowledge(), Choose("p1"), EnterPosts("10000050", "")},
			"DONE PH3 U12 C8 V2 S3 S8 | P5 P1 P7 | u1/p1 | 10000050, | 5.0.8 | update"},
		{"S9 cancelled", KindDECL, InitiativeUser, MessageOpen, 0, nil, nil, []Answer{Cancel()}, "CANCELLED PH1 U1 S9 | P1 | / | , |  | none"},
		{"S11 the versions are stored with all else", KindDECL, InitiativeUser, MessageStatus, 0, all(ownLost, noCode, noVersions), nil, []Answer{Acknowledge(), Choose("p1"), EnterPosts("10000050", "")},
			"DONE PH3 U12 C8 V3 S3 S8 S11 | P5 P1 P7 | u1/p1 | 10000050, | 5.1.0 | update"},
		{"S11 option off", KindDECL, InitiativeUser, MessageOther, 0, noVersions, &Options{NoVersionPin: true}, nil, "DONE PH4 U8 C7 V3 S4 |  | u1/p2 | 10000030,10000040 | 5.1.0 | none"},
	})
	t.Run("S10 a history reply reveals the versions", func(t *testing.T) {
		ref := Reference{User: "u1", Versions: Versions{"5.1.0", "3.3.0"}}
		got, changed := Refine(ref, Versions{"5.0.8", "3.2.0"})
		if !changed || got.Versions != (Versions{"5.0.8", "3.2.0"}) || got.User != "u1" {
			t.Error(got, changed)
		}
		if _, changed := Refine(ref, Versions{Format: "5.0.8"}); changed {
			t.Error("half a pair changed the reference")
		}
		if _, changed := Refine(ref, ref.Versions); changed {
			t.Error("the same pair is no change")
		}
	})
}

func TestPromptRows(t *testing.T) {
	for _, c := range []struct {
		name    string
		facts   Facts
		change  func(*Facts)
		answers []Answer
		want    Prompt
	}{
		{"P1 the profiles of the chosen user", base(t, KindSVH, InitiativeUser, MessageOther, RoleFollowUp), noIDsAtAll, []Answer{Choose("u0")}, Prompt{ID: P1, Row: "U9", User: "u0", Choices: []string{"z1", "z2"}}},
		{"P2 all users in order, those without profiles too", base(t, KindSVH, InitiativeUser, MessageOther, RoleFollowUp), noIDsAtAll, nil, Prompt{ID: P2, Row: "U9", Choices: []string{"u0", "u1", "u2"}}},
		{"P2 without the current user after P4", base(t, KindSVH, InitiativeUser, MessageOther, RoleFollowUp), noUser, []Answer{Choose(ChoiceOther)}, Prompt{ID: P2, Row: "U18", Choices: []string{"u0", "u2"}}},
		{"P3 the account of the owner", base(t, KindSVH, InitiativeUser, MessageOther, RoleFollowUp), foreign, nil, Prompt{ID: P3, Row: "U16", User: "u0"}},
		{"P4 go on or choose", base(t, KindSVH, InitiativeUser, MessageOther, RoleFollowUp), noUser, nil, Prompt{ID: P4, Row: "U18", User: "u1", Choices: []string{ChoiceCurrent, ChoiceOther}}},
		{"P5 the notice", base(t, KindSVH, InitiativeUser, MessageOther, RoleFollowUp), ownLost, nil, Prompt{ID: P5, Row: "U12"}},
		{"P6 after the notice", base(t, KindDECL, InitiativeUser, MessageOther, 0), noCode, []Answer{Acknowledge()}, Prompt{ID: P6, Row: "C9"}},
		{"P7 with the client's codes", base(t, KindDECL, InitiativeUser, MessageStatus, 0), noCode, nil, Prompt{ID: P7, Row: "C8", Defaults: Posts{Main: "10000010"}}},
		{"P7 with the settings' code", base(t, KindDECL, InitiativeUser, MessageStatus, 0), all(noCode, noClient), nil, Prompt{ID: P7, Row: "C8", Defaults: Posts{Main: "10000020"}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.change(&c.facts)
			step := Resolve(c.facts, c.answers, nil)
			got := step.Prompt
			if step.Outcome != OutcomeNeedAnswer || fmt.Sprint(got) != fmt.Sprint(c.want) {
				t.Errorf("%v %+v", step.Outcome, got)
			}
			for _, lang := range []string{"ru", "en"} {
				if text := got.Text(lang); text == "" || strings.Contains(text, "{") {
					t.Errorf("%s text %q", lang, text)
				}
			}
		})
	}
}

// twoEnglishWords finds English prose in a Russian text.
var twoEnglishWords = regexp.MustCompile(`[a-z]{2,} [a-z]{2,}`)

func TestFactsInvalid(t *testing.T) {
	swap := func(old, with string) string { return strings.Replace(factsAll, old, with, 1) }
	for name, text := range map[string]string{
		"not JSON":              `{"kind":`,
		"an array":              `[]`,
		"two objects":           factsAll + `{}`,
		"unknown kind":          swap(`"DECL"`, `"decl"`),
		"missing initiative":    swap(`"initiative":"USER",`, ``),
		"unknown message":       swap(`"STATUS"`, `"PING"`),
		"unknown role":          strings.Replace(swap(`"FOLLOWUP"`, `"X"`), `"DECL"`, `"SVH"`, 1),
		"missing role":          strings.Replace(swap(`"role":"FOLLOWUP",`, ``), `"DECL"`, `"SVH"`, 1),
		"blank current user":    swap(`"currentUser":"u1"`, `"currentUser":" "`),
		"current user unknown":  swap(`"currentUser":"u1"`, `"currentUser":"u9"`),
		"a user twice":          swap(`"id":"u0"`, `"id":"u1"`),
		"a profile twice":       swap(`"p2"]`, `"p1"]`),
		"unknown member":        swap(`"kind"`, `"x":1,"kind"`),
		"a member twice":        swap(`"kind"`, `"kind":"SVH","kind"`),
		"another case":          swap(`"kind"`, `"Kind"`),
		"a number for a string": swap(`"10000020"`, `10000020`),
		"a string for a list":   swap(`["p1","p2"]`, `"p1"`),
	} {
		t.Run("G3 "+name, func(t *testing.T) {
			_, err := ParseFacts([]byte(text))
			e, ok := errors.AsType[*Error](err)
			if !ok || e.Code() != CodeFactsInvalid && e.Code() != CodeFactsUnreadable {
				t.Fatalf("error %v", err)
			}
			if twoEnglishWords.MatchString(e.Message("ru")) || !strings.HasPrefix(e.Message("ru"), e.Path()) {
				t.Errorf("%q at %q", e.Message("ru"), e.Path())
			}
		})
	}
	t.Run("G3 facts are read back as they were written, all their members", func(t *testing.T) {
		f := base(t, KindSVH, InitiativeAuto, MessageOther, 0)
		f.Role, f.Retry, f.Client = RoleFollowUp, true, Posts{"10000010", "10000011"}
		f.Reference = &Reference{"u", "p", Posts{"10000030", "10000040"}, Versions{"5.0.8", "3.2.0"}, true, true}
		text, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		if back, err := ParseFacts(text); err != nil || !reflect.DeepEqual(back, f) {
			t.Errorf("%s\n%+v %v", text, back, err)
		}
		ref, err := json.Marshal(good())
		if want := `{"user":"u1","profile":"p1","main":"10000030","border":"","format":"5.0.8","spec":"3.2.0"}`; err != nil || string(ref) != want {
			t.Errorf("%s %v", ref, err)
		}
	})
	t.Run("G3 the role of DECL is ignored", func(t *testing.T) {
		if _, err := ParseFacts([]byte(swap(`"FOLLOWUP"`, `"X"`))); err != nil {
			t.Error(err)
		}
	})
	t.Run("G3 among many ids", func(t *testing.T) {
		f := base(t, KindDECL, InitiativeUser, MessageOpen, 0)
		for i := range 100 {
			f.Users = append(f.Users, User{ID: fmt.Sprint("n", i)})
		}
		if err := f.Check(); err != nil {
			t.Fatal(err)
		}
		f.Users[60].ID = "n3"
		if e, ok := errors.AsType[*Error](f.Check()); !ok || e.Path() != "users[61].id" {
			t.Errorf("%v", f.Check())
		}
	})
}

func TestTable(t *testing.T) {
	path := filepath.Join("testdata", "table.md")
	if os.Getenv("OBMEN_UPDATE") == "1" {
		if err := os.WriteFile(path, []byte(Table()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil || string(want) != Table() {
		t.Errorf("the table differs from %s (OBMEN_UPDATE=1 rewrites it): %v", path, err)
	}
	for _, part := range tableParts {
		for _, r := range part.rows {
			if r.en == "" || r.ru == "" || RuleText(r.id, "ru") != r.ru || RuleText(r.id, "en") != r.en {
				t.Errorf("row %s lacks a text", r.id)
			}
		}
	}
}

// TestClassify: the state of the ids (3.1); the archive reads none.
func TestClassify(t *testing.T) {
	for want, change := range map[State]func(*Facts){StateAbsent: absent, StateNoIDs: noIDsAtAll, StateOwnOK: func(*Facts) {}, StateOwnLost: ownLost, StateForOK: foreign, StateForLost: foreignLost, StateForNoUser: noUser} {
		f := base(t, KindSVH, InitiativeUser, MessageOther, RoleFollowUp)
		change(&f)
		if got := Classify(f, nil); got != want {
			t.Errorf("%v, want %v", got, want)
		}
		if f.Kind = KindEAD; f.Reference != nil && Classify(f, nil) != StateNoIDs {
			t.Errorf("EAD: %v", Classify(f, nil))
		}
	}
	if Classify(Facts{}, nil) != 0 {
		t.Error("invalid facts have a state")
	}
}
