package gateway

import "github.com/obmen-go/obmen/ecr"

// State is what the device side is doing.
type State int

// The states, in running order. Zero means that none was set.
const (
	Down       State = iota + 1 // no connection; requests are refused
	Released                    // no connection until the next request (ReleasePort)
	Connecting                  // dialling
	Settling                    // connected; a serial line is being cleared of old answers
	Idle                        // connected, nothing under way
	Asking                      // Shtrih-M: asking the device whether it is idle
	Waiting                     // a request was written, no ACK yet
	Refused                     // NAK came: making sure that it was for this request
	Answering                   // acknowledged, the answer is awaited
	Fetching                    // Shtrih-M: asking for a damaged answer again
	Stopped                     // the gateway has ended
)

var stateNames = [...]string{
	Down: "down", Released: "released", Connecting: "connecting", Settling: "settling", Idle: "idle",
	Asking: "asking", Waiting: "waiting", Refused: "refused", Answering: "answering", Fetching: "fetching",
	Stopped: "stopped",
}

// String returns the name of the state, or State(N) for a value that is none.
func (s State) String() string { return nameOf("State", int(s), stateNames[:]) }

// MarshalText writes the name, of zero nothing.
func (s State) MarshalText() ([]byte, error) { return textOf(s), nil }

// UnmarshalText reads a name that MarshalText wrote; another is an error with
// [ecr.CodeName].
func (s *State) UnmarshalText(text []byte) error {
	n, err := valueOf(ecr.Phrase{EN: "state", RU: "состояние"}, string(text), stateNames[:])
	*s = State(n)
	return err
}

// Connected says whether there is a connection to the device, or none is needed
// now because the last attempt went well (Released).
func (s State) Connected() bool { return s == Released || s >= Settling && s <= Fetching }

// Busy says whether an exchange is under way.
func (s State) Busy() bool { return s >= Asking && s <= Fetching }

// Failure is a kind of trouble that the gateway counts (rule E31).
type Failure int

// The kinds. Zero is none.
const (
	ConnectFailed   Failure = iota + 1 // an attempt to reach the device failed
	DeviceGone                         // the device hung up
	WriteFailed                        // a request could not be written whole
	NoACK                              // neither ACK nor NAK within the limit
	NoAnswer                           // acknowledged, no answer within the limit
	AnswerCut                          // the answer stopped in the middle
	AnswerLong                         // the answer is longer than the limit
	AnswerDamaged                      // the answer's checksum does not hold; forwarded as it is where the protocol allows
	Doubtful                           // what came may mean two things; taken as a lost answer
	LostACK                            // an answer without its ACK
	StaleInput                         // bytes from the device that belong to no exchange, dropped
	DeviceNAK                          // the device refused a request
	RefusedDown                        // refused: no connection to the device
	RefusedQueue                       // refused: waited longer than the limit
	RefusedStopping                    // refused: the gateway is being stopped
	StopCut                            // the gateway was ended during an exchange
	Malformed                          // a client's bytes are no request
	Repeated                           // a request that came again and was not executed again
	OutOfTurn                          // v2: a number out of turn, answered with the last answer
	ClientGone                         // a client left before its answer
	ClientSlow                         // a client did not take its answer within the limit
	ClientSurplus                      // more clients than the limit
)

var failureNames = [...]string{
	ConnectFailed: "connect-failed", DeviceGone: "device-gone", WriteFailed: "write-failed", NoACK: "no-ack",
	NoAnswer: "no-answer", AnswerCut: "answer-cut", AnswerLong: "answer-long", AnswerDamaged: "answer-damaged",
	Doubtful: "doubtful", LostACK: "lost-ack", StaleInput: "stale-input", DeviceNAK: "device-nak",
	RefusedDown: "refused-down", RefusedQueue: "refused-queue", RefusedStopping: "refused-stopping",
	StopCut: "stop-cut", Malformed: "malformed", Repeated: "repeated", OutOfTurn: "out-of-turn", ClientGone: "client-gone",
	ClientSlow: "client-slow", ClientSurplus: "client-surplus",
}

// Failures lists all kinds, for a monitor that shows each from the start.
func Failures() []Failure {
	list := make([]Failure, 0, len(failureNames)-1)
	for f := ConnectFailed; int(f) < len(failureNames); f++ {
		list = append(list, f)
	}
	return list
}

// String returns the name of the kind, or Failure(N) for a value that is none.
func (f Failure) String() string { return nameOf("Failure", int(f), failureNames[:]) }

// MarshalText writes the name, of zero nothing.
func (f Failure) MarshalText() ([]byte, error) { return textOf(f), nil }

// UnmarshalText reads a name that MarshalText wrote; another is an error with
// [ecr.CodeName].
func (f *Failure) UnmarshalText(text []byte) error {
	n, err := valueOf(ecr.Phrase{EN: "failure", RU: "вид сбоя"}, string(text), failureNames[:])
	*f = Failure(n)
	return err
}
