package customs

import "slices"

// situation is the facts as the table sees them: one bit set per dimension.
type situation struct {
	kind, initiative, message, role, phase, ref, count, flags bits

	facts   *Facts
	opt     *Options
	users   []User    // Facts.Users without the profiles that cannot be used
	current int       // index of the current user in users
	owner   int       // index of the reference's user in users, or -1
	known   Reference // the parts of the reference that count
	exists  bool      // there is a reference
}

// Flags of a situation.
const (
	refPost          bits = 1 << iota // RC: the reference has a main post
	refVersions                       // RV: the reference has both versions
	clientPost                        // the client gave a main post
	settingsPost                      // the settings hold a post
	settingsVersions                  // the settings hold both versions
	idsChanged                        // final user or profile differ from the reference
	fallback                          // an automatic message fell back on the current user
	postsAsked                        // P7 was answered
	versionsPinned                    // V3 applied
)

func newSituation(f *Facts, opt *Options) situation {
	s := situation{facts: f, opt: opt, users: usable(f.Users, opt), owner: -1, exists: f.Reference != nil,
		kind: 1 << f.Kind, initiative: 1 << f.Initiative, message: 1 << f.Message, role: 1 << f.Role}
	s.current = s.find(f.CurrentUser)
	s.count = 1 << min(len(s.users[s.current].Profiles), 2)
	s.readReference()
	client, settings := f.Client.clean(), f.Settings
	s.set(refPost, s.known.Main != "")
	s.set(refVersions, s.known.Versions.complete())
	s.set(clientPost, client.Main != "")
	s.set(settingsPost, !blank(settings.Post))
	s.set(settingsVersions, settings.Versions.clean().complete())
	return s
}

func (s *situation) set(flag bits, on bool) {
	if on {
		s.flags |= flag
	}
}

func (s *situation) find(user string) int {
	for i := range s.users {
		if s.users[i].ID == user {
			return i
		}
	}
	return -1
}

// readReference normalises the reference (3.1): what is stale or blank is
// missing, and the ids fall into one of seven states.
func (s *situation) readReference() {
	r := s.facts.Reference
	if r == nil {
		s.ref = 1 << StateAbsent
		return
	}
	if !r.Unreadable {
		s.known = Reference{User: present(r.User), Profile: present(r.Profile), Posts: r.Posts.clean(), Versions: r.Versions.clean()}
		if s.opt.Stale != nil {
			s.dropStale(s.opt.Stale(*r))
		}
	}
	s.ref = 1 << s.classify()
}

func (s *situation) dropStale(stale Stale) {
	if stale.IDs {
		s.known.User, s.known.Profile = "", ""
	}
	if stale.Posts {
		s.known.Posts = Posts{}
	}
	if stale.Versions {
		s.known.Versions = Versions{}
	}
}

func (s *situation) classify() State {
	if s.facts.Kind == KindEAD || s.known.User == "" {
		return StateNoIDs
	}
	s.owner = s.find(s.known.User)
	if s.owner < 0 {
		return StateForNoUser
	}
	ok := s.known.Profile != "" && slices.Contains(s.users[s.owner].Profiles, s.known.Profile)
	switch {
	case s.owner == s.current && ok:
		return StateOwnOK
	case s.owner == s.current:
		return StateOwnLost
	case ok:
		return StateForOK
	}
	return StateForLost
}

// usable returns the users with the profiles that can be used (gap 32). It
// copies only if a hook is set.
func usable(users []User, opt *Options) []User {
	if opt.Usable == nil {
		return users
	}
	users = slices.Clone(users)
	for i, u := range users {
		users[i].Profiles = slices.DeleteFunc(slices.Clone(u.Profiles), func(p string) bool { return !opt.Usable(u.ID, p) })
	}
	return users
}

// Classify returns the state of the reference's ids under the facts (3.1), or
// zero if the facts are invalid.
func Classify(f Facts, opt *Options) State {
	if f.check() != nil {
		return 0
	}
	if opt == nil {
		opt = &defaults
	}
	s := newSituation(&f, opt)
	for state := StateAbsent; state <= StateForNoUser; state++ {
		if s.ref == 1<<state {
			return state
		}
	}
	return 0
}
