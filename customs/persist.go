package customs

import "slices"

// Apply returns the reference as it is to be stored after a successful send, and
// what to do with it. stored is the reference now, nil if there is none: it may
// have changed since the decision was made (gap 24), so Apply decides again what
// is left to store and can be called with each newer state.
//
// A reference that was registered meanwhile stays (S2, S5): the ids of this
// sending then go in as S3 says. An automatic fallback gives way to ids that
// others have refined meanwhile (S7). Posts and versions that are there by now
// are kept (S8, S11: the first registered counts).
func (d *Decision) Apply(stored *Reference) (Reference, Action) {
	if d.Persist == ActionNone {
		return Reference{}, ActionNone
	}
	whole := Reference{User: d.User, Profile: d.Profile, Posts: d.Posts, Versions: d.Versions, Recovered: d.Recovered}
	if stored == nil {
		return whole, ActionCreate
	}
	if *stored == whole {
		return whole, ActionNone
	}
	if slices.Contains(d.Rules, "S1") {
		return whole, ActionUpdate // gap 29: the same protocol again
	}
	next := *stored
	if stored.Unreadable {
		next = Reference{}
	}
	if d.replacesIDs(next) {
		next.User, next.Profile = d.User, d.Profile
	}
	if slices.Contains(d.Rules, "S8") && d.mayFill(next.Main, d.seen.Main) {
		next.Posts = d.Posts
	}
	if slices.Contains(d.Rules, "S11") && (!next.Versions.clean().complete() || next.Versions == d.stored.Versions) {
		next.Versions = d.Versions
	}
	if next == *stored {
		return *stored, ActionNone
	}
	return next, ActionUpdate
}

// mayFill reports whether a stored code may be replaced: it is missing, or it is
// still the one that was found stale.
func (d *Decision) mayFill(now, counted string) bool {
	return blank(now) || counted == "" && now == d.stored.Main
}

func (d *Decision) replacesIDs(now Reference) bool {
	if now.User == d.User && now.Profile == d.Profile {
		return false
	}
	for _, rule := range d.Rules {
		switch rule {
		case "S2", "S3":
			return true
		case "S5":
			return !d.fallback
		case "S7":
			return now.User == d.stored.User && now.Profile == d.stored.Profile && d.saveFallback
		}
	}
	return false
}

// Refine is S10: the reply to a HISTORY request reveals the real versions of the
// procedure. It returns the reference with them and whether that changes
// anything. An incomplete pair changes nothing (gap 15).
func Refine(ref Reference, revealed Versions) (Reference, bool) {
	revealed = revealed.clean()
	if !revealed.complete() || ref.Versions == revealed {
		return ref, false
	}
	ref.Versions = revealed
	return ref, true
}

// ResolveVersions is V5: the client prepares a declaration or further documents
// and asks for the versions without sending. They are those of the reference,
// or else the settings'. The error is an *Error (V6).
func ResolveVersions(settings Settings, ref *Reference, opt *Options) (Versions, error) {
	if opt == nil {
		opt = &defaults
	}
	f := Facts{Kind: KindDECL, Initiative: InitiativeUser, Message: MessageOther, Settings: settings, Reference: ref,
		CurrentUser: "-", Users: []User{{ID: "-"}}}
	s := newSituation(&f, opt)
	s.phase = 1 << PhaseSecondary
	switch r := find(versionRows, &s); r.then.versions {
	case versionsOfReference:
		return s.known.Versions, nil
	case versionsOfSettings:
		return settings.Versions, nil
	}
	return Versions{}, newError(CodeVersionUnavailable, "")
}
