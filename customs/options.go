package customs

// Options change what the source leaves open. The zero value, or nil, is the
// behaviour of the rules as they are written. Hooks must be pure and safe for
// concurrent use.
type Options struct {
	// Stale says which parts of a reference are out of date (gap 14); such a part
	// counts as missing. It defaults to nothing.
	Stale func(Reference) Stale
	// Usable says whether a profile can sign and send (gap 32). One that cannot
	// counts as deleted, in the lists and in the reference. It defaults to yes.
	Usable func(user, profile string) bool
	// Retired says whether versions are past their end date (gap 30): the
	// decision stands and gets a note. It defaults to no.
	Retired func(Versions) bool
	// Directory knows the customs posts (gap 31). It defaults to none: nothing is
	// looked up.
	Directory Directory
	// SkipSingle leaves out a list with one entry (gaps 2 and 27), but never P1 of
	// U1 and U18, where the person has to look at the profile.
	SkipSingle bool
	// AskPost makes C5 ask for the main post instead of failing.
	AskPost bool
	// StrictPI makes a client's post code for PI an error instead of a note (gap 12).
	StrictPI bool
	// KeepOnAutoFallback stores nothing when an unattended sending fell back on
	// another profile (S7): its guess would overwrite a better value.
	KeepOnAutoFallback bool
	// NoRecovery creates no reference from a later message (S5).
	NoRecovery bool
	// NoVersionPin stores no versions in a reference that lacks them (S11).
	NoVersionPin bool
}

// Stale names the parts of a reference that count as missing (gap 14).
type Stale struct {
	// IDs are user and profile, Posts both codes, Versions the pair.
	IDs, Posts, Versions bool
}
