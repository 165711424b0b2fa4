package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
)

// MaxSaved is how many results of checks a fiscal storage keeps (M50).
const MaxSaved = 128

// Register is a fiscal printer in the terms of the source. Its methods may be
// called from several goroutines; commands take turns.
//
// Every error says what became of the command, by structure and not by type:
// SafeToRetry() true means that the register cannot have run it, an error with
// a Number (see [RegisterError]) that the register answered and refused it;
// after any other error the command may have run, and the Session asks before
// it does anything else (M52). sessiontest.TestRegister tests an implementation.
type Register interface {
	// The commands of a receipt.
	receipt.Printer

	// CheckItemBarcode is FNCheckItemBarcode: the register asks the server of
	// marks. It can take 40 s; ctx ends the wait, the outcome is then unknown.
	CheckItemBarcode(ctx context.Context, c Check) (marking.Answer, error)
	// AcceptMarkingCode is FNAcceptMarkingCode: the result of the check before it
	// is to be saved. Whether it was, only MarkingCodeWorkStatus tells (M49).
	AcceptMarkingCode(ctx context.Context) (marking.Status, error)
	// DeclineMarkingCode is FNDeclineMarkingCode: forget the check before it.
	DeclineMarkingCode(ctx context.Context) error
	// ClearMarkingCodes forgets all saved results; not every model can.
	ClearMarkingCodes(ctx context.Context) error
	// MarkingCodeWorkStatus is FNGetMarkingCodeWorkStatus.
	MarkingCodeWorkStatus(ctx context.Context) (WorkStatus, error)

	// State asks for the mode and for what the printer does (10h).
	State(ctx context.Context) (State, error)
	// LastDocument asks for the number of the last document in the fiscal storage
	// and for the storage's own number (FF01h).
	LastDocument(ctx context.Context) (LastDocument, error)
	// FindDocument asks for a document by its number (FF0Ah).
	FindDocument(ctx context.Context, number uint32) (Document, error)

	// OpenShift opens the shift. It can take minutes: keys are renewed then.
	OpenShift(ctx context.Context) error
	// CloseShift closes the shift.
	CloseShift(ctx context.Context) error
	// CancelCheck cancels the open receipt (88h). That there is none to cancel is
	// no error.
	CancelCheck(ctx context.Context) error
	// ContinuePrint makes the register print on after paper was put in (B0h).
	ContinuePrint(ctx context.Context) error

	// ReadSetting reads a setting from the register's tables.
	ReadSetting(ctx context.Context, s Setting) (int, error)
	// WriteSetting writes it. A Session does so only when its user asks (M53).
	WriteSetting(ctx context.Context, s Setting, value int) error
	// Notifications asks for the queue of notifications about sold marks (FF68h).
	Notifications(ctx context.Context) (Notifications, error)

	// Lease makes the register this program's own until release is called, where
	// several tills share it through a gateway; a register of one's own returns
	// at once (M57). It waits for its turn as long as ctx lasts. release may be
	// called more than once.
	Lease(ctx context.Context) (release func(), err error)
}

// RegisterError is what an error of a [Register] looks like where the register
// answered with an error number: it refused, nothing was done.
type RegisterError interface {
	error
	// Number is the register's own error number, 1 to 255.
	Number() int
}

// ErrorNumber returns the register's own error number inside err, 0 if the
// register did not answer with one.
func ErrorNumber(err error) int {
	if e, ok := errors.AsType[RegisterError](err); ok {
		return e.Number()
	}
	return 0
}

// The register's error numbers that a Session decides on.
const (
	ErrorStorageState   = 0x02 // the fiscal storage is in another state: nothing to cancel
	ErrorShiftOver      = 0x16 // the shift is open for more than 24 hours (storage)
	ErrorParameters     = 0x33 // bad parameters; with marks also a wrong order
	ErrorNotSupported   = 0x37 // the register does not know the command
	ErrorShiftClosed    = 0x3D // no shift is open
	ErrorPayment        = 0x45 // the payments are less than the total
	ErrorShiftLong      = 0x4E // the shift is open for more than 24 hours
	ErrorPrinting       = 0x50 // the command before is still printing: refused, wait
	ErrorContinuePrint  = 0x58 // the register waits to be told to print on
	ErrorPaper          = 0x6B // no receipt paper
	ErrorMode           = 0x73 // not in this mode; to a cancel: nothing to cancel
	ErrorSequence       = 0xA1 // commands for marks in a wrong order
	ErrorMarkingBlocked = 0xA2 // too many notifications wait to be sent
	ErrorMarkingFull    = 0xA3 // 128 results are saved, no more fit
	ErrorNotChecked     = 0xAC // the mark was not checked before
	ErrorNotRecognised  = 0xD3 // 211: the code was not recognised; or stands in the receipt; or the storage fault
)

// Check is what CheckItemBarcode sends. CheckItemMode is always 0.
type Check struct {
	// Mark is the code with its GS, the bytes of BarcodeHex.
	Mark receipt.Mark
	// Status is what happens to the piece, tag 2003.
	Status receipt.ItemStatus
	// Quantity is sent for measured goods only.
	Quantity receipt.Quantity
	// Unit is the measure, tag 2108, sent for measured goods only.
	Unit receipt.Unit
	// Fraction is tag 1291, zero for none.
	Fraction receipt.Fraction
}

// WorkStatus is the answer of FNGetMarkingCodeWorkStatus.
type WorkStatus struct {
	// CheckStatus is MCCheckStatus: 0 table full, 1 no mark under check, 2 a mark
	// was given, 3 the request was made, 4 the answer was received.
	CheckStatus uint8
	// NotificationStatus is MCNotificationStatus: 0 none, 1 being made, 2 blocked.
	NotificationStatus uint8
	// Saved is MCCheckResultSavedCount, 0 to 128.
	Saved int
	// Realized is MCRealizationCount, the marks in the notification.
	Realized int
	// Storage is MCStorageSize: 0 under 50 %, 1 under 80 %, 2 under 90 %, 3 above, 4 full.
	Storage uint8
	// Queue is MessageCount, the notifications that wait to be sent.
	Queue int
}

// Mode is what a register is doing, the low half of its mode byte.
type Mode uint8

// The modes that a Session decides on.
const (
	ModeShiftOpen   Mode = 2 // a shift is open
	ModeShiftOver   Mode = 3 // the shift is open for more than 24 hours
	ModeShiftClosed Mode = 4 // no shift is open
	ModeReceipt     Mode = 8 // a receipt is open
)

// Printing is what the printer of a register is doing, its submode.
type Printing uint8

// The submodes.
const (
	PrintIdle       Printing = 0 // nothing, there is paper
	PrintNoPaper    Printing = 1 // no paper, nothing to print
	PrintPaperOut   Printing = 2 // the paper ran out while printing
	PrintToContinue Printing = 3 // paper is there again, ContinuePrint is awaited
	PrintReport     Printing = 4 // prints a report
	PrintOperation  Printing = 5 // prints
)

// Busy says whether the printer works and should be waited for.
func (p Printing) Busy() bool { return p == PrintReport || p == PrintOperation }

// NeedsPaper says whether there is no paper.
func (p Printing) NeedsPaper() bool { return p == PrintNoPaper || p == PrintPaperOut }

// State is a register's answer to State.
type State struct {
	// Mode is the low half of the mode byte.
	Mode Mode
	// Kind is its high half: of an open receipt 0 sale, 1 purchase, 2 return of a
	// sale, 3 return of a purchase, 4 not fiscal.
	Kind uint8
	// Printing is the submode.
	Printing Printing
	// Operations is how many operations the open receipt has.
	Operations int
}

// LastDocument is the answer of LastDocument.
type LastDocument struct {
	// Number is that of the last fiscal document, 0 if there is none yet.
	Number uint32 `json:"number"`
	// Storage is the number of the fiscal storage, 16 digits: permit checks name it.
	Storage string `json:"storage"`
}

// Document is a fiscal document.
type Document struct {
	// Number is the fiscal document's number.
	Number uint32 `json:"number"`
	// Type is the storage's own: 3 a receipt, 4 a receipt of correction, 2 and 5
	// the shift.
	Type uint8 `json:"type,omitempty"`
	// Operation is the type of a receipt, as in tag 1054: 1 a sale, 2 its return,
	// 3 a purchase, 4 its return; 0 for what is no receipt.
	Operation receipt.Type `json:"operation,omitempty"`
	// Sum is that of a receipt, in kopecks.
	Sum receipt.Money `json:"sum"`
	// Sign is the fiscal sign.
	Sign uint32 `json:"sign"`
	// At is when it was made, by the register's clock; zero if it was not asked.
	At time.Time `json:"at,omitzero"`
	// Change is what the buyer gets back; only of a receipt whose close was answered.
	Change receipt.Money `json:"change,omitempty"`
}

// Notifications is the answer of Notifications.
type Notifications struct {
	// Queue is how many notifications wait to be sent.
	Queue int
	// First is the number of the first that waits.
	First uint32
	// Since is when that one was made; the zero time if none waits.
	Since time.Time
	// Percent is how full their store is.
	Percent int
}

// Setting is one of the register's settings that the source names (M53). Where
// it stands differs from model to model: that an implementation of [Register]
// knows.
type Setting uint8

// The settings, with where the source has them.
const (
	// SettingTakeAnyCode, table 17 field 41: 1 makes the register take what it
	// does not recognise instead of answering 211. Recommended: 0.
	SettingTakeAnyCode Setting = iota + 1
	// SettingStorageFault211, table 17 field 61: 1 makes it answer 211 where a
	// result was not saved. Recommended: 0, the Session sees it by the count.
	SettingStorageFault211
	// SettingOnlineCheck, table 19 field 8: 0 switches the check by the server
	// off. Recommended: 1.
	SettingOnlineCheck
)

var settingNames = [...]string{SettingTakeAnyCode: "take-any-code", SettingStorageFault211: "storage-fault-211", SettingOnlineCheck: "online-check"}

// String returns the name; Setting(N) for a value that is none.
func (s Setting) String() string {
	if s > 0 && int(s) < len(settingNames) {
		return settingNames[s]
	}
	return fmt.Sprintf("Setting(%d)", uint8(s))
}
