package shtrihmtest

import (
	"fmt"
	"time"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// What the simulated register is.
const (
	deviceName   = "ШТРИХ-ЛАЙТ-02Ф"
	serialNumber = 17798
	serialText   = "0000000000017798"
	userINN      = "7701234567"
	userINNValue = 7701234567
	fnSerial     = "9287440301120991"
	fnVersion    = "fn_v_1_2"
)

// Bits of the model parameters (F7h).
const (
	modelNonFiscal   = 1 << 22
	modelCashCore    = 1 << 23
	modelAlternative = 1 << 28 // the alternative link level
	modelErrorText   = 1 << 36 // 6Bh
)

// Modes of 10h and 11h; the high nibble of modeReceipt is the receipt's type.
const (
	modeShift      = 2
	modeShiftLong  = 3
	modeShiftClose = 4
	modeReceipt    = 8
)

// flags: both rolls are there, the decimal point is at two digits, the optical
// sensors see paper.
func (r *Register) flags() uint64 {
	const rolls, sensors = 1 << 1, 1<<4 | 1<<7 | 1<<9
	if r.noPaper {
		return sensors &^ (1 << 7)
	}
	return rolls | sensors
}

func (r *Register) mode() uint64 {
	switch {
	case r.receipt != nil:
		return modeReceipt | uint64(r.receipt.kind)<<4
	case !r.shift.open:
		return modeShiftClose
	case r.expired():
		return modeShiftLong
	}
	return modeShift
}

func (r *Register) subMode() uint64 {
	if r.submode == 0 && time.Now().Before(r.printing) {
		return submodePrinting
	}
	return uint64(r.submode)
}

func (x *call) operations() int {
	if x.receipt == nil {
		return 0
	}
	return len(x.receipt.items)
}

func (x *call) shortStatus() byte {
	n := uint64(x.operations())
	x.put(x.flags(), 2)
	x.put(x.mode(), 1)
	x.put(x.subMode(), 1)
	x.put(n, 1)
	x.put(0x9F, 1) // battery, 3.1 V
	x.put(0x2C, 1) // supply
	x.put(0, 1)    // error of the fiscal memory
	x.put(0, 1)    // error of the journal
	x.put(n>>8, 1)
	x.put(0, 3)
	return 0
}

func (x *call) status() byte {
	now := x.now()
	closed := uint64(x.shift.number)
	if x.shift.open {
		closed--
	}
	x.out = append(x.out, "T3"...)
	x.put(7196, 2)
	x.out = append(x.out, 17, 12, 25) // date of the firmware
	x.put(1, 1)
	x.put(uint64(x.crossNo), 2)
	x.put(x.flags(), 2)
	x.put(x.mode(), 1)
	x.put(x.subMode(), 1)
	x.put(2, 1) // port: TCP
	x.out = append(x.out, "WA"...)
	x.put(0, 2)
	x.out = append(x.out, 1, 1, 16)
	x.putDate(now, "DMY")
	x.putDate(now, "hms")
	x.put(0, 1)
	x.put(serialNumber, 4)
	x.put(closed, 2)
	x.put(0, 2)
	x.put(0, 1)
	x.put(0, 1)
	x.put(userINNValue, 6)
	return 0
}

func (x *call) deviceType() byte {
	x.out = append(x.out, 0, 0, 1, 14, 252, 0)
	x.out = append(x.out, text(deviceName)...)
	return 0
}

// extended is F7h; of its types the model parameters, 1, are there.
func (x *call) extended() byte {
	if x.in.U8() != 1 {
		return shtrihm.ErrorUnsupported
	}
	x.in.Rest()
	flags := uint64(modelNonFiscal | modelAlternative | modelErrorText)
	if x.opt.CashCore {
		flags |= modelCashCore
	}
	x.put(flags, 8)
	x.out = append(x.out, 12, 24, 1, 12, 16, 0, 0)
	x.put(0, 4)
	x.put(adminPassword, 4)
	x.put(0, 1)
	x.put(6, 1)
	x.put(shtrihm.MaxBody, 2)
	return 0
}

// errorText is 6Bh; without an argument it tells the last error.
func (x *call) errorText() byte {
	n := x.lastErr.code
	if len(x.in.Data) > 0 {
		n = x.in.U8()
	}
	name := (&shtrihm.DeviceError{Number: n}).Name("ru")
	switch {
	case n == 0:
		name = "ошибок нет"
	case name == "":
		name = "неизвестная ошибка"
	}
	x.out = append(x.out, text(fmt.Sprintf("Код ошибки %02Xh (%d) от ККТ: %s", n, n, name))...)
	return 0
}

func (x *call) fnStatus() byte {
	document := uint64(x.begun)
	if x.receipt != nil {
		document = 0x04
	}
	given := uint64(0)
	if document != 0 {
		given = 1
	}
	open := uint64(0)
	if x.shift.open {
		open = 1
	}
	x.put(3, 1) // set up, fiscal mode open
	x.put(document, 1)
	x.put(given, 1)
	x.put(open, 1)
	x.put(0, 1)
	x.putDate(x.lastDocument(), "YMDhm")
	x.out = append(x.out, fnSerial...)
	x.put(uint64(x.fd), 4)
	return 0
}

// lastDocument is the time of the last document.
func (r *Register) lastDocument() time.Time {
	if d, ok := r.docs[r.fd]; ok {
		return d.at
	}
	return r.now()
}

func (x *call) fnNumber() byte {
	x.out = append(x.out, fnSerial...)
	return 0
}

func (x *call) fnExpiry() byte {
	x.putDate(x.now().AddDate(1, 0, 0), "YMD")
	return 0
}

func (x *call) fnVersion() byte {
	x.putText(fnVersion, 16)
	x.put(1, 1) // a serial version
	return 0
}

// ofdStatus: all documents were delivered.
func (x *call) ofdStatus() byte {
	x.put(0, 13)
	return 0
}

// continuePrint goes on after the paper was put in.
func (x *call) continuePrint() byte {
	if x.submode != submodeContinue {
		return errSubmode
	}
	x.submode = 0
	return 0
}
