package gateway

// happening is what the device did, or failed to do.
type happening int

const (
	gotACK     happening = iota // taken; to ENQ: an answer waits or is being prepared
	gotNAK                      // refused; to ENQ: idle
	gotAnswer                   // a whole message that answers the request under way
	gotOther                    // a whole message that does not
	gotDamaged                  // a whole frame whose checksum does not hold
	gotLong                     // a message longer than the limit
	gotNoise                    // a byte that begins nothing
	expired                     // the state's limit
	cut                         // a message stopped in the middle
	hungUp                      // the connection ended
	happenings                  // how many there are
)

// table says what to do in which state when something happens. What it does not
// name is dropped and counted; a device that hangs up is then dialled again.
type table [Stopped + 1][happenings]func(*arbiter, item)

// customRURules: request, ACK, answer. Nobody acknowledges the answer.
var customRURules = table{
	Waiting: {
		gotACK:     (*arbiter).acknowledged,
		gotNAK:     (*arbiter).refusedFirst,
		gotAnswer:  (*arbiter).hold,
		gotDamaged: (*arbiter).damagedEarly,
		gotLong:    (*arbiter).tooLong,
		gotNoise:   (*arbiter).noise,
		expired:    (*arbiter).noACK,
		cut:        (*arbiter).cutOff,
		hungUp:     (*arbiter).gone,
	},
	Refused: { // silence must follow the NAK, else it was for noise before the request
		gotACK:     (*arbiter).acknowledged,
		gotAnswer:  (*arbiter).doubt,
		gotOther:   (*arbiter).doubt,
		gotDamaged: (*arbiter).doubt,
		gotLong:    (*arbiter).doubt,
		gotNoise:   (*arbiter).doubt,
		expired:    (*arbiter).refused,
		cut:        (*arbiter).doubt,
		hungUp:     (*arbiter).gone,
	},
	Answering: {
		gotAnswer:  (*arbiter).answered,
		gotOther:   (*arbiter).interim,
		gotDamaged: (*arbiter).damaged,
		gotLong:    (*arbiter).tooLong,
		expired:    (*arbiter).noAnswer,
		cut:        (*arbiter).cutOff,
		hungUp:     (*arbiter).gone,
	},
}

// standardRules: Shtrih-M v1. ENQ before each request, ACK after each answer.
var standardRules = table{
	Asking: {
		gotACK:     (*arbiter).holdsAnswer,
		gotNAK:     (*arbiter).isIdle,
		gotAnswer:  (*arbiter).dropAnswer,
		gotOther:   (*arbiter).dropAnswer,
		gotDamaged: (*arbiter).dropAnswer,
		expired:    (*arbiter).askAgain,
		cut:        (*arbiter).askAgain,
		hungUp:     (*arbiter).gone,
	},
	Waiting: {
		gotACK:     (*arbiter).acknowledged,
		gotNAK:     (*arbiter).checkRefusal,
		gotAnswer:  (*arbiter).unacknowledged,
		gotDamaged: (*arbiter).fetch,
		expired:    (*arbiter).noACK,
		cut:        (*arbiter).fetch,
		hungUp:     (*arbiter).gone,
	},
	Refused: { // ENQ was sent: idle means refused, else the NAK was for noise
		gotACK:     (*arbiter).acknowledged,
		gotNAK:     (*arbiter).refused,
		gotAnswer:  (*arbiter).unacknowledged,
		gotDamaged: (*arbiter).fetch,
		expired:    (*arbiter).doubt,
		cut:        (*arbiter).fetch,
		hungUp:     (*arbiter).gone,
	},
	Answering: {
		gotAnswer:  (*arbiter).confirmed,
		gotDamaged: (*arbiter).fetch,
		expired:    (*arbiter).noAnswer,
		cut:        (*arbiter).fetch,
		hungUp:     (*arbiter).gone,
	},
	Fetching: {
		gotACK:     (*arbiter).fetchable,
		gotNAK:     (*arbiter).unfetchable,
		gotAnswer:  (*arbiter).confirmed,
		gotDamaged: (*arbiter).fetch,
		expired:    (*arbiter).unfetchable,
		cut:        (*arbiter).fetch,
		hungUp:     (*arbiter).gone,
	},
}

// numberedRules: Shtrih-M v2. A sync tells the number; then requests count up.
var numberedRules = table{
	Asking: {
		gotAnswer: (*arbiter).synced,
		gotOther:  (*arbiter).synced,
		expired:   (*arbiter).askAgain,
		cut:       (*arbiter).askAgain,
		hungUp:    (*arbiter).gone,
	},
	Answering: {
		gotAnswer:  (*arbiter).answered,
		gotOther:   (*arbiter).otherNumber,
		gotDamaged: (*arbiter).fetch,
		expired:    (*arbiter).noAnswer,
		cut:        (*arbiter).fetch,
		hungUp:     (*arbiter).gone,
	},
	Fetching: {
		gotAnswer:  (*arbiter).answered,
		gotOther:   (*arbiter).otherNumber,
		gotDamaged: (*arbiter).fetch,
		expired:    (*arbiter).unfetchable,
		cut:        (*arbiter).fetch,
		hungUp:     (*arbiter).gone,
	},
}

// rawRules: bytes, then silence.
var rawRules = table{
	Waiting: {
		gotAnswer: (*arbiter).gather,
		gotLong:   (*arbiter).tooLong,
		expired:   (*arbiter).noACK,
		hungUp:    (*arbiter).gone,
	},
	Answering: {
		gotAnswer: (*arbiter).gather,
		gotLong:   (*arbiter).tooLong,
		expired:   (*arbiter).fellSilent,
		hungUp:    (*arbiter).gone,
	},
}
