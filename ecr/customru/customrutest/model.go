package customrutest

import (
	"slices"

	"github.com/obmen-go/obmen/ecr/customru"
)

// Model is a model of register: they differ in a few commands.
type Model int

// The models. Zero is the Q3X-Ф.
const (
	ModelQ3X Model = iota
	ModelK3
	ModelVKP80
	ModelFusion
	ModelTK302
)

var modelNames = [...]string{"Q3X-Ф", "K3-Ф", "VKP80III-Ф", "FUSION-Ф", "TK302-ФБ"}

// String returns the name as FFH tells it; a value that is no model is the Q3X-Ф.
func (m Model) String() string {
	if m < 0 || int(m) >= len(modelNames) {
		m = ModelQ3X
	}
	return modelNames[m]
}

// notOn lists the models that lack a command: it is unknown there.
var notOn = map[customru.Command][]Model{
	customru.CmdBeep:           {ModelVKP80},
	customru.CmdEject:          {ModelQ3X, ModelK3, ModelFusion, ModelTK302},
	customru.CmdDrawer:         {ModelVKP80, ModelTK302},
	customru.CmdDisplay:        {ModelK3, ModelVKP80, ModelTK302},
	customru.CmdOpenCover:      {ModelQ3X, ModelVKP80, ModelTK302},
	customru.CmdSelfTest:       {ModelTK302},
	customru.CmdSelfTestResult: {ModelTK302},
	customru.CmdReportClear:    {ModelTK302},
	customru.CmdDepartments:    {ModelVKP80},
}

// Firmware that brought something.
const (
	defaultFirmware   = "04.07.01"
	firmwareDiscount2 = "04.01.23"
	firmwarePaper     = "04.01.30"
	firmwareDrawer    = "04.01.31"
	firmwareRounding  = "04.01.40"
	firmwareSite      = "04.03.44"
	firmwareCounts    = "04.04.00"
	firmwareScanned   = "04.04.01"
	firmwareKopecks   = "04.07.00"
	firmwareShiftSite = "04.07.01"
)

func (r *Register) lacks(cmd customru.Command) bool { return slices.Contains(notOn[cmd], r.opt.Model) }

// has compares as texts: all versions are of the form 04.01.22.
func (r *Register) has(firmware string) bool { return r.opt.Firmware >= firmware }

// needs refuses flags that came with later firmware.
func (r *Register) needs(firmware string, used bool, parameter int) fault {
	if used && !r.has(firmware) {
		return fault{codeBadValue, parameter}
	}
	return fault{}
}
