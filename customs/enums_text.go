package customs

// String returns DECL, SVH, EAD, PI or OTHER, or the empty string for unset.
func (k Kind) String() string { return enumString(kindNames, uint8(k), "Kind") }

// MarshalText returns String.
func (k Kind) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (k *Kind) UnmarshalText(text []byte) error { return parseEnum(kindNames, text, k) }

// String returns USER or AUTO, or the empty string for unset.
func (i Initiative) String() string { return enumString(initiativeNames, uint8(i), "Initiative") }

// MarshalText returns String.
func (i Initiative) MarshalText() ([]byte, error) { return []byte(i.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (i *Initiative) UnmarshalText(text []byte) error { return parseEnum(initiativeNames, text, i) }

// String returns OPEN, STATUS, HISTORY or MSG, or the empty string for unset.
func (m Message) String() string { return enumString(messageNames, uint8(m), "Message") }

// MarshalText returns String.
func (m Message) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (m *Message) UnmarshalText(text []byte) error { return parseEnum(messageNames, text, m) }

// String returns INITIATING or FOLLOWUP, or the empty string for unset.
func (r Role) String() string { return enumString(roleNames, uint8(r), "Role") }

// MarshalText returns String.
func (r Role) MarshalText() ([]byte, error) { return []byte(r.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (r *Role) UnmarshalText(text []byte) error { return parseEnum(roleNames, text, r) }

// String returns PRIMARY, BOOTSTRAP or SECONDARY, or the empty string for unset.
func (p Phase) String() string { return enumString(phaseNames, uint8(p), "Phase") }

// MarshalText returns String.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (p *Phase) UnmarshalText(text []byte) error { return parseEnum(phaseNames, text, p) }

// String returns a name like OWN_LOST, or the empty string for unset.
func (s State) String() string { return enumString(stateNames, uint8(s), "State") }

// MarshalText returns String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (s *State) UnmarshalText(text []byte) error { return parseEnum(stateNames, text, s) }

// String returns DONE, ASK, SUBSTITUTE, CANCELLED or ERROR, or the empty string for unset.
func (o Outcome) String() string { return enumString(outcomeNames, uint8(o), "Outcome") }

// MarshalText returns String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (o *Outcome) UnmarshalText(text []byte) error { return parseEnum(outcomeNames, text, o) }

// String returns none, create or update.
func (a Action) String() string { return enumString(actionNames, uint8(a), "Action") }

// MarshalText returns String.
func (a Action) MarshalText() ([]byte, error) { return []byte(a.String()), nil }

// UnmarshalText accepts what String returns for known values; the error is an *Error.
func (a *Action) UnmarshalText(text []byte) error { return parseEnum(actionNames, text, a) }
