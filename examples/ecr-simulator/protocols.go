package main

import (
	"fmt"

	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
)

// protocols lists what -protocol names: each makes the simulated device.
var protocols = map[string]func(*settings) (ecrtest.Device, error){
	"customru": customRU,
	"shtrihm":  shtrihM,
}

func customRU(s *settings) (ecrtest.Device, error) {
	for _, name := range []string{"ff-after-ack", "cash-core", "online", "mark"} {
		if s.given[name] {
			return nil, fmt.Errorf("-%s is for -protocol shtrihm", name)
		}
	}
	return customrutest.New(&customrutest.Options{
		Faults: s.faults, Delay: s.delay, ShiftClosed: s.shiftClosed, Logger: s.log,
		OnCommand: func(e customrutest.Entry) {
			result := "executed"
			if !e.Executed {
				result = fmt.Sprintf("refused with %d", e.Code)
			}
			fmt.Fprintf(s.journal, "%s %v: %s\n", e.Time.Format("15:04:05.000"), e.Cmd, result)
		},
	}), nil
}
