package office

import (
	"log/slog"
	"time"

	"github.com/obmen-go/obmen/kmazs"
)

// Settings are the office's own. What a request says itself wins over them; they
// hold where it is silent (K0). The zero value is an office as it is installed:
// updates by synchronisation id only.
type Settings struct {
	// AttachByKey lets a record find its account by KEY or RFID (K30).
	AttachByKey bool
	// AttachByName lets a record find its account by SHORTNAME (K30).
	AttachByName bool
	// KeyAsUserName lets KEY stand for a missing SHORTNAME of a new account (K22).
	KeyAsUserName bool
	// ProcessIsCar honours ISCAR; without it every record is a driver (K3).
	ProcessIsCar bool

	// RequiredFields are columns that a table must have (K42); none by default.
	RequiredFields []kmazs.Field
	// Strict turns any refused record into an error of the whole request (K41).
	Strict bool
	// ShowRefused adds the refused records to the result (K41).
	ShowRefused bool
	// AttachOnly stores synchronisation ids of the accounts that records match
	// and changes nothing else; it is stronger than Replace (K44).
	AttachOnly bool

	// Replace locks the accounts that no record reaches (K50).
	Replace bool
	// LockDespiteRefusals carries a replace import out though records were
	// refused; accounts that these could mean are not locked (K53).
	LockDespiteRefusals bool
	// MaxLockPercent is how many of 100 active accounts a replace import may lock
	// unless it is confirmed; 0 means 20, 100 is no bound (K54).
	MaxLockPercent int

	// ShiftStart is where a new account's SMBEGTIME is blank; 0:00 by default (K9).
	ShiftStart kmazs.ShiftTime
	// NewDriver and NewVehicle, unless nil, take the place of K19: a new
	// account starts as a copy. Number, catalogue, names, sync id, key and lock
	// of the template do not count; nor does Settings.ShiftStart.
	NewDriver, NewVehicle *Account

	// Keys says how keys are read (K16).
	Keys kmazs.KeyRules
	// ConfirmLocks lets a replace import lock everybody, or more than
	// MaxLockPercent (K54): somebody has looked at the plan.
	ConfirmLocks bool
}

// Options are those of an Importer that do not change what an import does. Nil
// means the zero value.
type Options struct {
	// Exchanger sends changes to the stations; nil is none.
	Exchanger Exchanger
	// ExchangePause, if not 0, starts an exchange when that much time has
	// passed since the last change (K43).
	ExchangePause time.Duration
	// Now is the clock of the office; its time's Location makes the day. It
	// defaults to time.Now.
	Now func() time.Time
	// Logger gets one line a record, with field names and codes, never with
	// values (K47). It defaults to none.
	Logger *slog.Logger
}
