package customs

import (
	"fmt"
	"slices"
	"strings"

	"github.com/obmen-go/obmen/customs/internal/fault"
)

// Kind is the kind of exchange (3.1). Zero is unset.
type Kind uint8

// Kinds of exchange.
const (
	DECL  Kind = iota + 1 // declaration, декларирование
	SVH                   // temporary storage, DO-1 and DO-2
	EAD                   // the declarant's electronic archive, ЭАД
	PI                    // preliminary information, ПИ
	OTHER                 // any other kind
)

var kindNames = []string{"", "DECL", "SVH", "EAD", "PI", "OTHER"}

// Initiative is who started the sending (3.1). Zero is unset.
type Initiative uint8

// Initiatives.
const (
	USER Initiative = iota + 1 // a person
	AUTO                       // an automatic technological acknowledgement
)

var initiativeNames = []string{"", "USER", "AUTO"}

// Message is what is sent, as far as the rules look (3.1). Zero is unset.
type Message uint8

// Messages.
const (
	OPEN    Message = iota + 1 // request to open the procedure
	STATUS                     // request for the status of the procedure
	HISTORY                    // request for the history of the procedure
	MSG                        // any other message
)

var messageNames = []string{"", "OPEN", "STATUS", "HISTORY", "MSG"}

// Role is the place of a message in a scenario of a kind other than DECL, by
// the caller's definition (3.1). Zero is unset, which DECL allows.
type Role uint8

// Roles.
const (
	INITIATING Role = iota + 1 // the primary message of the scenario
	FOLLOWUP                   // any later one
)

var roleNames = []string{"", "INITIATING", "FOLLOWUP"}

// Phase is how the message stands to its protocol (3.2). Zero is unset.
type Phase uint8

// Phases.
const (
	PRIMARY   Phase = iota + 1 // opens the protocol and becomes its reference
	BOOTSTRAP                  // a status or history request that becomes the missing reference
	SECONDARY                  // leans on the reference
)

var phaseNames = []string{"", "PRIMARY", "BOOTSTRAP", "SECONDARY"}

// State is the normalised state of the ids of a reference (3.1). Zero is unset.
type State uint8

// States of a reference.
const (
	ABSENT    State = iota + 1 // there is no reference
	NOIDS                      // it names no user
	OWNOK                      // OWN_OK: the current user's, profile known
	OWNLOST                    // OWN_LOST: the current user's, profile missing or unknown
	FOROK                      // FOR_OK: another known user's, profile known
	FORLOST                    // FOR_LOST: another known user's, profile missing or unknown
	FORNOUSER                  // FOR_NOUSER: its user is unknown
)

var stateNames = []string{"", "ABSENT", "NOIDS", "OWN_OK", "OWN_LOST", "FOR_OK", "FOR_LOST", "FOR_NOUSER"}

// Outcome is how far a resolution came. Zero is unset.
type Outcome uint8

// Outcomes.
const (
	Done       Outcome = iota + 1 // the decision is complete
	NeedAnswer                    // Step.Prompt must be answered
	Substitute                    // send a HISTORY request instead (C9)
	Cancelled                     // a prompt was cancelled
	Failed                        // Step.Err says why
)

var outcomeNames = []string{"", "DONE", "ASK", "SUBSTITUTE", "CANCELLED", "ERROR"}

// Action is what is stored once the send has succeeded (3.6). Zero is none.
type Action uint8

// Actions.
const (
	None   Action = iota // nothing is stored
	Create               // a reference is made from this sending
	Update               // the reference is changed
)

var actionNames = []string{"none", "create", "update"}

func enumString(names []string, i uint8, typ string) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("%s(%d)", typ, i)
}

func parseEnum[T ~uint8](names []string, text []byte, into *T) error {
	i := slices.Index(names, string(text))
	if i < 0 {
		allowed := strings.Join(slices.DeleteFunc(slices.Clone(names), func(s string) bool { return s == "" }), ", ")
		return newError(CodeUnknownValue, "", fault.Arg{Name: "value", Value: fmt.Sprintf("%q", text)}, fault.Arg{Name: "allowed", Value: allowed})
	}
	*into = T(i)
	return nil
}
