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
	KindDECL  Kind = iota + 1 // declaration, декларирование
	KindSVH                   // temporary storage, DO-1 and DO-2
	KindEAD                   // the declarant's electronic archive, ЭАД
	KindPI                    // preliminary information, ПИ
	KindOther                 // any other kind
)

var kindNames = []string{"", "DECL", "SVH", "EAD", "PI", "OTHER"}

// Initiative is who started the sending (3.1). Zero is unset.
type Initiative uint8

// Initiatives.
const (
	InitiativeUser Initiative = iota + 1 // a person
	InitiativeAuto                       // an automatic technological acknowledgement
)

var initiativeNames = []string{"", "USER", "AUTO"}

// Message is what is sent, as far as the rules look (3.1). Zero is unset.
type Message uint8

// Messages.
const (
	MessageOpen    Message = iota + 1 // request to open the procedure
	MessageStatus                     // request for the status of the procedure
	MessageHistory                    // request for the history of the procedure
	MessageOther                      // any other message
)

var messageNames = []string{"", "OPEN", "STATUS", "HISTORY", "MSG"}

// Role is the place of a message in a scenario of a kind other than DECL, by
// the caller's definition (3.1). Zero is unset, which DECL allows.
type Role uint8

// Roles.
const (
	RoleInitiating Role = iota + 1 // the primary message of the scenario
	RoleFollowUp                   // any later one
)

var roleNames = []string{"", "INITIATING", "FOLLOWUP"}

// Phase is how the message stands to its protocol (3.2). Zero is unset.
type Phase uint8

// Phases.
const (
	PhasePrimary   Phase = iota + 1 // opens the protocol and becomes its reference
	PhaseBootstrap                  // a status or history request that becomes the missing reference
	PhaseSecondary                  // leans on the reference
)

var phaseNames = []string{"", "PRIMARY", "BOOTSTRAP", "SECONDARY"}

// State is the normalised state of the ids of a reference (3.1). Zero is unset.
type State uint8

// States of a reference.
const (
	StateAbsent    State = iota + 1 // there is no reference
	StateNoIDs                      // it names no user
	StateOwnOK                      // OWN_OK: the current user's, profile known
	StateOwnLost                    // OWN_LOST: the current user's, profile missing or unknown
	StateForOK                      // FOR_OK: another known user's, profile known
	StateForLost                    // FOR_LOST: another known user's, profile missing or unknown
	StateForNoUser                  // FOR_NOUSER: its user is unknown
)

var stateNames = []string{"", "ABSENT", "NOIDS", "OWN_OK", "OWN_LOST", "FOR_OK", "FOR_LOST", "FOR_NOUSER"}

// Outcome is how far a resolution came. Zero is unset.
type Outcome uint8

// Outcomes.
const (
	OutcomeDone       Outcome = iota + 1 // the decision is complete
	OutcomeNeedAnswer                    // Step.Prompt must be answered
	OutcomeSubstitute                    // send a HISTORY request instead (C9)
	OutcomeCancelled                     // a prompt was cancelled
	OutcomeFailed                        // Step.Err says why
)

var outcomeNames = []string{"", "DONE", "ASK", "SUBSTITUTE", "CANCELLED", "ERROR"}

// Action is what is stored once the send has succeeded (3.6). Zero is none.
type Action uint8

// Actions.
const (
	ActionNone   Action = iota // nothing is stored
	ActionCreate               // a reference is made from this sending
	ActionUpdate               // the reference is changed
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
