package kmazstest

import (
	"context"
	"slices"
	"sync"

	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/office"
)

// Office is a made-up directory: stations 1, 2 and 10, fuels 92, 95 and DT, two
// departments of which "Склад" has a list of stations of its own, two drivers, one
// of them with a synchronisation id, a vehicle, an operator, and a driver that was
// locked. Each call makes a new one.
func Office() *office.Snapshot {
	stations := []int{1, 2, 10}
	driver := func(number int, name string) office.Account {
		a := office.NewAccount(office.Driver)
		a.Number, a.ShortName, a.Stations = number, name, stations
		return a
	}
	s := &office.Snapshot{
		Revision: 7,
		Stations: stations,
		Fuels:    []office.Fuel{{ID: 1, Code: "92"}, {ID: 2, Code: "95"}, {ID: 3, Code: "DT"}},
		Departments: []office.Department{
			{ID: 1, SyncID: "D1", Name: "Склад", Stations: []int{1}},
			{ID: 2, Name: "Гараж"},
		},
	}
	ivanov := driver(12, "ИВАНОВ И.И.")
	ivanov.SyncID, ivanov.FullName = "1456735", "Иванов Иван Иванович"
	ivanov.Key, ivanov.DayLimit = kmazs.NumberKey(0x567890123456), office.Litres(100)
	ivanov.Fuels = []office.FuelLimit{{Fuel: 1, Limit: office.Litres(500)}, {Fuel: 2}}
	ivanov.DefaultCar, ivanov.ShiftStart = 20, kmazs.At(8, 0)
	ivanov.TimeLimit, _ = kmazs.NewDate(2027, 12, 31)

	sidorov := driver(13, "СИДОРОВ С.С.")
	sidorov.Department, sidorov.PIN = 1, office.PINCode(0)

	car := office.NewAccount(office.Vehicle)
	car.Number, car.SyncID, car.ShortName, car.FullName = 20, "car-20", "А123ВС 77", "КАМАЗ 5320"

	operator := office.NewAccount(office.Operator)
	operator.Number, operator.ShortName = 1, "ОПЕРАТОР"

	locked := driver(14, "УВОЛЕН У.У.")
	locked.LockedOn, _ = kmazs.NewDate(2026, 11, 1)
	locked.TimeLimit, _ = kmazs.NewDate(2026, 10, 31)
	locked.SavedTimeLimit, _ = kmazs.NewDate(2027, 1, 1)

	s.Accounts = []office.Account{ivanov, sidorov, car, operator, locked}
	return s
}

// Exchanger remembers the exchanges that it was asked for. The zero value is ready;
// it is safe for several goroutines.
type Exchanger struct {
	// Err, if not nil, is what StartExchange returns; set it before use.
	Err error

	mu      sync.Mutex
	started [][]int
}

var _ office.Exchanger = (*Exchanger)(nil)

// StartExchange notes the stations.
func (e *Exchanger) StartExchange(ctx context.Context, stations []int) error {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.started = append(e.started, slices.Clone(stations))
	return e.Err
}

// Started returns the stations of each exchange, nil for all of them.
func (e *Exchanger) Started() [][]int {
	e.mu.Lock()
	defer e.mu.Unlock()
	return slices.Clone(e.started)
}
