package ecr

import "strconv"

// Outcome is what is known about the effect of an exchange (rule E11).
type Outcome int

// The outcomes. Zero means that none was set.
const (
	// NotSent: no byte of the request was written; the command did not run.
	NotSent Outcome = iota + 1
	// Rejected: the device refused the frame (NAK); the command did not run.
	Rejected
	// Unknown: bytes were written and no complete answer came: the command may
	// have run or not. Ask the device before anything is repeated.
	Unknown
	// Answered: the device answered, with success or with an error code.
	Answered
)

var outcomeNames = [...]string{NotSent: "not-sent", Rejected: "rejected", Unknown: "unknown", Answered: "answered"}

// String returns the name of the outcome, or Outcome(N) for a value that is none.
func (o Outcome) String() string { return nameOf("Outcome", int(o), outcomeNames[:]) }

// MarshalText writes the name.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (o *Outcome) UnmarshalText(text []byte) error {
	n, err := valueOf(Phrase{EN: "outcome", RU: "исход"}, string(text), outcomeNames[:])
	*o = Outcome(n)
	return err
}

// SafeToRetry says whether the command can not have run: true for NotSent and
// Rejected only.
func (o Outcome) SafeToRetry() bool { return o == NotSent || o == Rejected }

// Phase is the part of an exchange in which it failed (rule E12).
type Phase int

// The phases, in the order of an exchange. Zero means that none was set.
const (
	PhaseQueue     Phase = iota + 1 // waiting for the exchange before this one
	PhaseConnect                    // dialling the device
	PhaseSettle                     // clearing a serial line after an unknown outcome
	PhaseWrite                      // writing the request
	PhaseACK                        // waiting for ACK or NAK
	PhaseAnswer                     // waiting for the answer's first byte
	PhaseInterByte                  // waiting for the next byte of a frame that has begun
)

var phaseNames = [...]string{
	PhaseQueue: "queue", PhaseConnect: "connect", PhaseSettle: "settle", PhaseWrite: "write",
	PhaseACK: "wait for ACK", PhaseAnswer: "wait for answer", PhaseInterByte: "inter-byte",
}

// String returns the name of the phase, or Phase(N) for a value that is none.
func (p Phase) String() string { return nameOf("Phase", int(p), phaseNames[:]) }

var phaseRU = [...]string{
	PhaseQueue: "очередь", PhaseConnect: "подключение", PhaseSettle: "очистка линии", PhaseWrite: "передача команды",
	PhaseACK: "ожидание подтверждения", PhaseAnswer: "ожидание ответа", PhaseInterByte: "приём кадра",
}

// Words is the phase in a language.
func (p Phase) Words(lang string) string {
	if lang == "ru" && p > 0 && int(p) < len(phaseRU) {
		return phaseRU[p]
	}
	return p.String()
}

// MarshalText writes the name.
func (p Phase) MarshalText() ([]byte, error) { return []byte(p.String()), nil }

// UnmarshalText reads a name that MarshalText wrote.
func (p *Phase) UnmarshalText(text []byte) error {
	n, err := valueOf(Phrase{EN: "phase", RU: "этап"}, string(text), phaseNames[:])
	*p = Phase(n)
	return err
}

// nameOf is total: a value from elsewhere never panics.
func nameOf(typ string, n int, names []string) string {
	if n > 0 && n < len(names) {
		return names[n]
	}
	if n == 0 {
		return "unset"
	}
	return typ + "(" + strconv.Itoa(n) + ")"
}

func valueOf(what Phrase, text string, names []string) (int, error) {
	if text == "unset" {
		return 0, nil
	}
	for n := 1; n < len(names); n++ {
		if names[n] == text {
			return n, nil
		}
	}
	return 0, unknownName(what, text)
}

func unknownName(what Phrase, text string) error {
	return fail(CodeName, Details{Args: []Arg{{Name: "what", Value: what}, {Name: "value", Value: text}}})
}
