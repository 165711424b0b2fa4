package office

import (
	"context"
	"errors"
	"time"

	"github.com/obmen-go/obmen/kmazs"
)

// Account is one entry of the directory: a driver, a vehicle or an operator.
// NewAccount makes one with the values of a new account (K19); the zero value
// may not dispense.
type Account struct {
	// Number is the personal number, at least 1 and its own, given by the
	// directory. In a new account of Changes it is 0.
	Number int
	// Catalogue says what the account is.
	Catalogue Catalogue
	// SyncID is the synchronisation id, "" if none; no two drivers or vehicles
	// share one.
	SyncID string
	// ShortName is the registration number or short name, at most 16 characters.
	ShortName string
	// FullName is the vehicle's model or the full name, at most 50 characters.
	FullName string
	// CardNumber is the number printed on the card, at most 20 characters.
	CardNumber string
	// Key is the key, card or tag; the zero Key is none.
	Key kmazs.Key
	// PIN is the number typed on the station.
	PIN PIN
	// DayLimit is in litres a day, up to 65535.
	DayLimit Limit
	// AllLimit is the additional limit in litres; LimitType says for which time.
	AllLimit Limit
	// LimitType is 0, 1, 2, 4 or 7 (LIMITTYPE).
	LimitType kmazs.LimitType
	// Fuels are the allowed fuels; empty means every fuel.
	Fuels []FuelLimit
	// TimeLimit is the last day that is still served; the zero Date is no end.
	TimeLimit kmazs.Date
	// ShiftStart is when the daily counter is zeroed.
	ShiftStart kmazs.ShiftTime
	// Stations are the numbers of the allowed stations, ascending, each once.
	Stations []int
	// Department is the ID of a department, 0 for none.
	Department int
	// DefaultCar is the personal number of a vehicle, 0 for none.
	DefaultCar int

	// What the user may do and is asked for, under the names of the record's fields.
	CanTide, ReqDriver, ReqCar, ReqOdometer, TechTide, ProtectKey, NumLogin bool

	// LockedOn is the day a replace import locked the account, the zero Date
	// if it is not locked (K50).
	LockedOn kmazs.Date
	// SavedTimeLimit is TimeLimit as it was before locking.
	SavedTimeLimit kmazs.Date
}

// FuelLimit is an allowed fuel and the account's own limit on it.
type FuelLimit struct {
	Fuel  int   // ID of a fuel of the directory
	Limit Limit // litres, 0 blocks this fuel
}

// NewAccount is an account as K19 makes it where a record is silent: no key, no
// PIN, no limits, all fuels, no end, no stations, shift from 0:00, may dispense,
// a vehicle needs its driver.
func NewAccount(c Catalogue) Account {
	return Account{Catalogue: c, CanTide: true, ReqDriver: true}
}

// Department is a department, or a contractor.
type Department struct {
	// ID is the directory's own number of it, at least 1. Departments that
	// Changes creates carry -1, -2 and so on, and accounts of the same Changes
	// refer to them so.
	ID int
	// SyncID is the synchronisation id, "" if none; no two departments share one.
	SyncID string
	// Name is compared exactly (K2); departments with different sync ids may
	// share one.
	Name string
	// Stations, unless empty, is the department's own list of allowed
	// stations; it is stronger than that of an account (K10).
	Stations []int
}

// Fuel is a fuel of the directory.
type Fuel struct {
	ID   int    // number in the database, the right side of gsmreplace (K40)
	Code string // binding code, what DEFGSM names
}

// Snapshot is a directory at one moment. Whoever holds one must not change what
// it refers to: planning reads it, and a Directory may hand out its own slices.
type Snapshot struct {
	// Revision changes with every change of what a plan is made from.
	Revision int64
	// Accounts are in no particular order.
	Accounts []Account
	// Departments are in the order they were made: a name that several bear
	// means the first.
	Departments []Department
	// Stations are the numbers of the registered stations.
	Stations []int
	// Fuels are the fuels of the database.
	Fuels []Fuel
}

// Changes is what one import does to a directory, complete: Commit stores all of
// it or nothing.
type Changes struct {
	// Departments are new ones, with IDs below 0, and known ones whose SyncID
	// is set now.
	Departments []Department
	// Added are new accounts without Number; the directory numbers them in
	// this order.
	Added []Account
	// Updated are accounts as they shall be, known by Number.
	Updated []Account
	// Deleted are the numbers of accounts that go.
	Deleted []int
	// Receipt, unless nil, is kept for Directory.Receipt.
	Receipt *Receipt
}

// Empty says whether there is nothing to store.
func (c *Changes) Empty() bool {
	return c.Receipt == nil && !c.alters()
}

// alters says whether accounts or departments change.
func (c *Changes) alters() bool {
	return len(c.Departments)+len(c.Added)+len(c.Updated)+len(c.Deleted) > 0
}

// Receipt proves that a request has been carried out (FL12): a carrier that dies
// between Commit and its answer finds the answer here afterwards.
type Receipt struct {
	// Digest names the request; it is the carrier's, and not empty.
	Digest string
	// Result is what the request was answered.
	Result kmazs.Result
	// At is when it was stored.
	At time.Time
}

// KeptReceipts is how many receipts a Directory must keep at least, the last ones.
const KeptReceipts = 100

// Directory is where an office keeps its users. TestDirectory of package
// kmazstest checks an implementation. It is used by several goroutines at a time.
type Directory interface {
	// Snapshot returns the directory as it is.
	Snapshot(ctx context.Context) (*Snapshot, error)
	// Commit stores changes that were planned on a snapshot of this revision,
	// all or none of them, or returns ErrRevision if the directory has moved
	// on. Changes and what they refer to are the directory's afterwards.
	Commit(ctx context.Context, revision int64, changes *Changes) error
	// Receipt returns the last receipt with this digest, nil if there is none.
	Receipt(ctx context.Context, digest string) (*Receipt, error)
}

// ErrRevision says that a directory has changed since the snapshot was taken:
// plan again.
var ErrRevision = errors.New("kmazs/office: the directory has changed since the plan was made")
