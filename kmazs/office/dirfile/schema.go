package dirfile

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/office"
)

// document is the file.
type document struct {
	Revision    int64        `json:"revision"`
	Stations    []int        `json:"stations"`
	Fuels       []fuel       `json:"fuels"`
	Departments []department `json:"departments"`
	Accounts    []account    `json:"accounts"`
	Receipts    []receipt    `json:"receipts,omitempty"`
}

type fuel struct {
	ID   int    `json:"id"`
	Code string `json:"code"`
}

type department struct {
	SyncID   string `json:"syncId"`
	Name     string `json:"name"`
	Stations []int  `json:"stations"`
}

type receipt struct {
	Digest string    `json:"digest"`
	At     time.Time `json:"at"`
	Result result    `json:"result"`
}

// result is a kmazs.Result in a form of the file's own, so that answers of the
// Web-API may change without making old files unreadable.
type result struct {
	Locked        int             `json:"locked"`
	UpdatedByID   int             `json:"updatedById"`
	UpdatedByKey  int             `json:"updatedByKey"`
	UpdatedByName int             `json:"updatedByName"`
	Added         int             `json:"added"`
	Deleted       int             `json:"deleted"`
	Ignored       int             `json:"ignored"`
	Refused       []kmazs.Refusal `json:"refused,omitzero"`
}

// account is an account of the file. What is missing takes the value of a new
// account (K19), so members whose zero value is not that one are pointers.
type account struct {
	Number         int              `json:"number"`
	Catalogue      office.Catalogue `json:"catalogue"`
	SyncID         string           `json:"syncId"`
	ShortName      string           `json:"shortName"`
	FullName       string           `json:"fullName"`
	Key            string           `json:"key"`
	PIN            *int             `json:"pin"`
	DayLimit       *int             `json:"dayLimit"`
	AllLimit       *int             `json:"allLimit"`
	LimitType      int              `json:"limitType"`
	Fuels          string           `json:"fuels"`
	TimeLimit      string           `json:"timeLimit"`
	ShiftStart     string           `json:"shiftStart"`
	Stations       stationList      `json:"stations"`
	CanTide        *bool            `json:"canTide"`
	ReqDriver      *bool            `json:"reqDriver"`
	ReqCar         bool             `json:"reqCar"`
	ReqOdometer    bool             `json:"reqOdometer"`
	TechTide       bool             `json:"techTide"`
	ProtectKey     bool             `json:"protectKey"`
	DefaultCar     int              `json:"defaultCar"`
	CardNumber     string           `json:"cardNumber"`
	NumLogin       bool             `json:"numLogin"`
	Department     departmentRef    `json:"department"`
	LockedOn       string           `json:"lockedOn"`
	SavedTimeLimit string           `json:"savedTimeLimit"`
}

// stationList is `"all"` or a list of numbers; written it is always a list, since
// numbers are stored (K10).
type stationList struct {
	all     bool
	numbers []int
}

func (l stationList) MarshalJSON() ([]byte, error) {
	if l.numbers == nil {
		return []byte("[]"), nil
	}
	return json.Marshal(l.numbers)
}

func (l *stationList) UnmarshalJSON(data []byte) error {
	*l = stationList{}
	if data[0] != '"' {
		return json.Unmarshal(data, &l.numbers)
	}
	var word string
	if err := json.Unmarshal(data, &word); err != nil {
		return err
	}
	switch word {
	case "all":
		l.all = true
	case "empty", "":
	default:
		return fmt.Errorf(`stations %q: there are "all" and lists of numbers`, word)
	}
	return nil
}

// departmentRef names a department by its sync id or, if it has none, its name.
// Where that name is the sync id of another department too, an object with the
// member name tells them apart.
type departmentRef struct {
	text   string
	byName bool
}

type departmentByName struct {
	Name string `json:"name"`
}

func (r departmentRef) MarshalJSON() ([]byte, error) {
	if r.byName {
		return marshal(departmentByName{r.text})
	}
	return marshal(r.text)
}

func (r *departmentRef) UnmarshalJSON(data []byte) error {
	*r = departmentRef{}
	if data[0] != '{' {
		return json.Unmarshal(data, &r.text)
	}
	var byName departmentByName
	dec := json.NewDecoder(bytes.NewReader(data))
	dec.DisallowUnknownFields()
	err := dec.Decode(&byName)
	*r = departmentRef{byName.Name, true}
	return err
}

// marshal is json.Marshal that leaves <, > and & as they are.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return bytes.TrimSuffix(b.Bytes(), []byte("\n")), nil
}

// sortedOnce sorts numbers and drops repeats.
func sortedOnce(list []int) []int {
	list = slices.Clone(list)
	slices.Sort(list)
	return slices.Compact(list)
}
