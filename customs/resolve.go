package customs

import (
	"github.com/obmen-go/obmen/customs/internal/fault"
)

// Resolve decides as far as the answers reach: a pure, total function without
// I/O, clock or stored state, safe for concurrent use.
//
// Start without answers. On OutcomeNeedAnswer ask Step.Prompt, append the answer and
// call again with the same facts. An answer that does not fit is asked again
// with the reason, and the next one in the list answers that. Answers beyond
// the last question are ignored. A nil opt means the defaults.
func Resolve(f Facts, answers []Answer, opt *Options) Step {
	if opt == nil {
		opt = &defaults
	}
	m := machine{answers: answers}
	m.step.Decision.Rules = make([]string, 0, maxRules)
	if err := f.check(); err != nil {
		m.fire("G3")
		m.step.Outcome, m.step.Err = OutcomeFailed, err
		return m.step
	}
	m.s = newSituation(&f, opt)
	if m.decide() {
		m.step.Outcome = OutcomeDone
	}
	return m.step
}

// defaults are never written to; a pointer to them saves an allocation.
var defaults Options

// maxRules is phase, user, post, C12, version and three rows of persistence.
const maxRules = 8

type machine struct {
	s       situation
	answers []Answer
	next    int // the first answer that is not used yet
	step    Step
}

// decide runs the parts of the table in their order (3.3); it returns false
// when the step is not Done.
func (m *machine) decide() bool {
	s, d := &m.s, &m.step.Decision
	phase := find(phaseRows, s)
	d.Phase = phase.then.phase
	s.phase = 1 << d.Phase
	m.fire(phase.id)
	if guard := find(guardRows, s); guard != nil {
		m.fire(guard.id)
		return m.fail(newError(guard.then.code, ""))
	}
	user, post, versions := find(userRows, s), find(postRows, s), find(versionRows, s)
	if s.facts.Reference != nil && s.facts.Reference.Unreadable {
		m.note(NoteReferenceUnreadable, "")
	}
	if post.id == "C9" {
		return m.offerHistory(post)
	}
	if !m.possible(user, post, versions) {
		return false
	}
	m.fire(user.id)
	if !m.chooseUser(user) {
		return false
	}
	m.fire(post.id)
	if !m.choosePosts(post) {
		return false
	}
	m.fire(versions.id)
	m.takeVersions(versions)
	m.store(user, versions)
	return true
}

// possible fails on what no answer can change, before anything is asked.
func (m *machine) possible(user, post, versions *row) bool {
	s := &m.s
	if user.then.code != "" || user.id == "U2" && nobodyHasProfiles(s.users) {
		m.fire(user.id)
		return m.fail(noProfiles(s.users[s.current].ID))
	}
	if err := m.impossiblePost(post); err != nil {
		m.fire(user.id)
		m.fire(post.id)
		if err.Code() == CodePostCodeInvalid {
			m.fire("C13")
		}
		return m.fail(err)
	}
	if versions.then.code != "" {
		m.fire(user.id)
		m.fire(post.id)
		m.fire(versions.id)
		return m.fail(newError(versions.then.code, ""))
	}
	return true
}

func (m *machine) impossiblePost(post *row) *Error {
	s := &m.s
	switch {
	case post.id == "C5" && s.opt.AskPost:
		return nil
	case post.then.code != "":
		return newError(post.then.code, "")
	case post.id == "C3" && s.opt.StrictPI && s.facts.Client.clean() != (Posts{}):
		return newError(CodePostIgnored, "clientPost")
	case post.then.post == postAsked:
		return nil
	}
	return checkUsed(s.postsOf(post.then.post))
}

func nobodyHasProfiles(users []User) bool {
	for i := range users {
		if len(users[i].Profiles) > 0 {
			return false
		}
	}
	return true
}

func noProfiles(user string) *Error {
	return newError(CodeNoProfiles, "", fault.Arg{Name: "user", Value: user, Secret: true})
}

// offerHistory is C9: the message is not sent, a HISTORY request may be.
func (m *machine) offerHistory(post *row) bool {
	m.fire(post.id)
	if _, ok := m.ask(Prompt{ID: P5, Row: post.id}); !ok {
		return false
	}
	if _, ok := m.ask(Prompt{ID: P6, Row: post.id}); !ok {
		return false
	}
	m.step.Decision.Substitute = MessageHistory
	m.fire("S9")
	m.step.Outcome = OutcomeSubstitute
	return false
}

func (m *machine) chooseUser(r *row) bool {
	s, d := &m.s, &m.step.Decision
	user := s.current
	if r.then.user == userOfReference {
		user = s.owner
	}
	for _, id := range r.then.ask {
		ok := true
		switch id {
		case P1:
			if len(s.users[user].Profiles) == 0 {
				return m.fail(noProfiles(s.users[user].ID))
			}
			always := r.id == "U1" || r.id == "U18"
			d.Profile, ok = m.choose(Prompt{ID: P1, Row: r.id, User: s.users[user].ID, Choices: s.users[user].Profiles}, always)
		case P2:
			user, ok = m.chooseOther(r.id, -1)
		case P3:
			_, ok = m.ask(Prompt{ID: P3, Row: r.id, User: s.users[user].ID})
			d.SwitchTo = s.users[user].ID
		case P4:
			user, ok = m.replaceUser(r.id)
		case P5:
			_, ok = m.ask(Prompt{ID: P5, Row: r.id})
		}
		if !ok {
			d.clear()
			return false
		}
	}
	d.User = s.users[user].ID
	switch r.then.profile {
	case profileFirst:
		d.Profile = s.users[user].Profiles[0]
	case profileOfReference:
		d.Profile = s.known.Profile
	}
	return true
}

// chooseOther is P2: all users in their order, without one of them if except >= 0.
func (m *machine) chooseOther(rule string, except int) (user int, ok bool) {
	ids := make([]string, 0, len(m.s.users))
	for i := range m.s.users {
		if i != except {
			ids = append(ids, m.s.users[i].ID)
		}
	}
	id, ok := m.choose(Prompt{ID: P2, Row: rule, Choices: ids}, false)
	return m.s.find(id), ok
}

// replaceUser is P4, and P2 if another user is wanted. Without another user the
// only choice is to go on (decision).
func (m *machine) replaceUser(rule string) (user int, ok bool) {
	s := &m.s
	choices := []string{ChoiceCurrent, ChoiceOther}
	if len(s.users) == 1 {
		choices = choices[:1]
	}
	choice, ok := m.choose(Prompt{ID: P4, Row: rule, User: s.users[s.current].ID, Choices: choices}, false)
	if ok && choice == ChoiceOther {
		return m.chooseOther(rule, s.current)
	}
	return s.current, ok
}

// choose asks for one of a list; SkipSingle answers for a list with one entry.
func (m *machine) choose(p Prompt, always bool) (string, bool) {
	if m.s.opt.SkipSingle && !always && len(p.Choices) == 1 {
		return p.Choices[0], true
	}
	a, ok := m.ask(p)
	return a.Choice, ok
}

func (s *situation) postsOf(source postSource) Posts {
	switch source {
	case postOfClient:
		return s.facts.Client.clean()
	case postOfSettings:
		return Posts{Main: present(s.facts.Settings.Post)}
	case postOfReference:
		return s.known.Posts
	}
	return Posts{}
}

func (m *machine) choosePosts(r *row) bool {
	s, d := &m.s, &m.step.Decision
	source := r.then.post
	posts := s.postsOf(source)
	if source == postAsked || r.id == "C5" {
		defaults := s.facts.Client.clean()
		if defaults.Main == "" {
			defaults = Posts{Main: present(s.facts.Settings.Post)}
		}
		a, ok := m.ask(Prompt{ID: P7, Row: r.id, Defaults: defaults, MainOnly: r.id == "C5"})
		if !ok {
			d.clear()
			return false
		}
		posts = a.Posts.clean()
		s.flags |= postsAsked
	}
	if posts.Border != "" && posts.Border == posts.Main {
		m.fire("C12")
		m.note(NoteBorderEqualsMain, posts.Border)
	}
	d.Posts = posts
	m.notePosts(r, posts)
	return true
}

// notePosts remarks on codes that are not used and on what the directory says.
func (m *machine) notePosts(r *row, used Posts) {
	s := &m.s
	client := s.facts.Client.clean()
	switch {
	case r.id == "C3" && client.Main != "":
		m.note(NoteClientPostIgnored, client.Main)
	case client.Main == "" && client.Border != "":
		m.note(NoteBorderWithoutMain, client.Border)
	}
	if r.then.post != postOfClient {
		m.noteUnused(client.Main)
		m.noteUnused(client.Border)
	}
	if r.then.post != postOfSettings {
		m.noteUnused(present(s.facts.Settings.Post))
	}
	if r.then.post != postOfReference {
		m.noteUnused(s.known.Main)
		m.noteUnused(s.known.Border)
	}
	m.lookUp(used.Main)
	if used.Border != used.Main {
		m.lookUp(used.Border)
	}
}

func (m *machine) noteUnused(code string) {
	if code != "" && !ValidPostCode(code) {
		m.note(NoteUnusedPostInvalid, code)
	}
}

func (m *machine) lookUp(code string) {
	if m.s.opt.Directory == nil || code == "" {
		return
	}
	switch _, active, known := m.s.opt.Directory.Post(code); {
	case !known:
		m.note(NotePostUnknown, code)
	case !active:
		m.note(NotePostInactive, code)
	}
}

func (m *machine) takeVersions(r *row) {
	s, d := &m.s, &m.step.Decision
	d.Versions = s.facts.Settings.Versions
	if r.then.versions == versionsOfReference {
		d.Versions = s.known.Versions
	}
	if s.opt.Retired != nil && s.opt.Retired(d.Versions) {
		m.note(NoteVersionRetired, d.Format+"/"+d.Spec)
	}
}

// store runs 3.6. All else is known now.
func (m *machine) store(user, versions *row) {
	s, d := &m.s, &m.step.Decision
	d.seen = s.known
	if s.exists {
		d.stored = *s.facts.Reference
	}
	s.set(idsChanged, d.User != s.known.User || d.Profile != s.known.Profile)
	d.fallback = user.id == "U10" || user.id == "U14" || user.id == "U20"
	d.saveFallback = !s.opt.KeepOnAutoFallback
	s.set(fallback, d.fallback)
	s.set(versionsPinned, versions.id == "V3" && s.exists && !s.opt.NoVersionPin)
	if r := find(storeRows, s); r != nil {
		m.fire(r.id)
		d.Persist = r.then.store
		switch {
		case r.id == "S1" && s.facts.Retry && s.exists:
			d.Persist = ActionUpdate // gap 29: the same protocol
		case r.id == "S5":
			d.Recovered = !s.opt.NoRecovery
			if s.opt.NoRecovery {
				d.Persist = ActionNone
			}
		case r.id == "S7" && s.opt.KeepOnAutoFallback:
			d.Persist = ActionNone
		}
	}
	for i := range extraRows {
		if r := &extraRows[i]; r.match(s) {
			m.fire(r.id)
			if d.Persist == ActionNone {
				d.Persist = r.then.store
			}
		}
	}
	d.VersionsAssumed = d.Persist != ActionNone && versions.id == "V3"
}

func (m *machine) fire(id string) { m.step.Decision.Rules = append(m.step.Decision.Rules, id) }

func (m *machine) note(id, value string) {
	m.step.Decision.Notes = append(m.step.Decision.Notes, Note{id, value})
}

func (m *machine) fail(err *Error) bool {
	m.step.Decision.clear()
	m.fire("S9")
	m.step.Outcome, m.step.Err = OutcomeFailed, err
	return false
}

// ask takes the next answers until one fits, or stops the machine at the prompt.
func (m *machine) ask(p Prompt) (Answer, bool) {
	d := &m.step.Decision
	if d.Prompts == nil {
		d.Prompts = make([]PromptID, 0, 4)
	}
	d.Prompts = append(d.Prompts, p.ID)
	for ; m.next < len(m.answers); m.next++ {
		a := m.answers[m.next]
		if err := p.check(a); err != nil {
			p.Problem = err
			continue
		}
		m.next++
		if a.Kind == AnswerCancel || a.Kind == AnswerNo {
			m.fire("S9")
			m.step.Outcome = OutcomeCancelled
			return a, false
		}
		return a, true
	}
	m.step.Outcome, m.step.Prompt = OutcomeNeedAnswer, p
	return Answer{}, false
}

// clear removes what was decided so far: only Done decides.
func (d *Decision) clear() {
	d.User, d.Profile, d.SwitchTo, d.Posts, d.Versions = "", "", "", Posts{}, Versions{}
}
