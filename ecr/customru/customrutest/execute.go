package customrutest

import (
	"bytes"
	"fmt"
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// codePage is that of every text of the protocol.
var codePage = charmap.CodePage866

// state is one of the states of the protocol, as a bit so that a command can
// name all it is allowed in.
type state int

const (
	stateIdle state = 1 << iota
	stateClock
	stateAccum
	stateBlocked
	statePay
	stateNonFiscal

	anyState    = stateIdle | stateClock | stateAccum | stateBlocked | statePay | stateNonFiscal
	openReceipt = stateAccum | stateBlocked | statePay
)

// Phases of F3H.
const (
	phaseNone      = 0
	phaseOpen      = 1
	phaseItems     = 2
	phasePay       = 3
	phaseClosing   = 6
	phaseNonFiscal = 9
)

// operator is cashier 99, whose password is 999999: code × 10000 + password.
const (
	operator = 99
	password = 999999
)

// Error codes that the register answers with.
const (
	codeTooLarge      = 100
	codeTooSmall      = 101
	codeZero          = 102
	codeBadValue      = 105
	codeTextMissing   = 107
	codeTextLong      = 108
	codeTextShort     = 109
	codeTextLength    = 110
	codeINN           = 114
	codePassword      = 117
	codeNotListed     = 119
	codeTime          = 122
	codeSecondDate    = 124
	codeBadText       = 127
	codeShiftClosed   = 409
	codeShiftOpen     = 410
	codeSaleOpen      = 423
	codePurchaseOpen  = 425
	codeSaleRetOpen   = 427
	codePurchRetOpen  = 429
	codePaper         = 480
	codeShiftLong     = 506
	codeTotalLarge    = 600
	codeTotalNegative = 601
	codeSubtotalFirst = 606
	codeDrawer        = 603
	codeNoCopy        = 611
	codeNoDepartment  = 616
	codeNoVAT         = 619
	codeVoid          = 620
	codeDiscountTwice = 704
	codeNoSubtotal    = 705
	codeZeroItem      = 707
	codePayOff        = 801
	codeNoChange      = 804
	codeNoTable       = 1007
	codeNoRow         = 1008
	codeNoFamily      = 1009
	codeDate          = 1102
	codeOldDate       = 1107
	codeTag           = 2068
	codeDriveCommand  = 2401
	codeNoData        = 2408
	codeMissing       = 2413
	codeUnknown       = 3500
	codeState         = 3501
	codeLength        = 3502
	codeBusy          = 3503
	codeOtherHost     = 3505
)

// fault is a refusal: a code and, for D7H, the number that stands in brackets.
type fault struct{ code, sub int }

// call is one command in execution. Fields are read from in and written to out.
type call struct {
	*Register
	cmd customru.Command
	in  field.Reader
	out []byte

	hangUp bool // the connection ends after the answer
}

// executed is what an execution leaves to its connection.
type executed struct {
	answer []byte
	prints int  // how many things are printed before the answer goes out
	hangUp bool // the connection ends after the answer
}

// execute runs a frame.
func (c *connection) execute(f customru.Frame) executed {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := &call{Register: c.Register, cmd: f.Cmd, in: field.Reader{Data: f.Data, Page: codePage}}
	refusal := c.check(x)
	accepted := refusal.code == 0 // the password too
	cmd, known := commands[f.Cmd]
	if accepted {
		c.forget(f.Cmd)
		refusal = cmd.run(x)
		if refusal.code == 0 && x.in.Err == nil && len(x.in.Data) > 0 {
			refusal = fault{code: codeLength}
		}
		if x.in.Err != nil {
			refusal = fault{code: codeLength}
		}
	}
	var done executed
	if refusal.code == 0 {
		c.executed[f.Cmd]++
		done.hangUp = x.hangUp
		if known && cmd.prints {
			done.prints = c.printed(f.Cmd)
			c.unprinted = c.unprinted || done.prints > 0 && !c.hasPaper()
		}
		c.stale[f.Cmd] = append(c.stale[f.Cmd][:0], x.out...)
		c.hold()
	} else if f.Cmd != customru.CmdLastError {
		c.lastErr = lastError{uint16(refusal.code), refusal.sub}
	}
	if c.opt.OnCommand != nil {
		c.opt.OnCommand(Entry{Time: c.now(), Cmd: f.Cmd, Code: uint16(refusal.code), Executed: refusal.code == 0})
	}
	c.out = c.encode(f.Cmd, refusal, accepted, x.out)
	done.answer = c.out
	return done
}

// forget drops what lives only until the next command: the tags of a receipt,
// and a date that was not confirmed at once.
func (c *connection) forget(cmd customru.Command) {
	if cmd != customru.CmdTag && cmd != customru.CmdCloseReceipt {
		c.tags.grow()
	}
	if !cmd.Reads() && cmd != customru.CmdSetDate && cmd != customru.CmdConfirmDate {
		c.newDate = nil
	}
}

// printed is how many lines of work a command is for the printer: with
// asynchronous printing (family 020) a receipt prints when it is closed.
func (c *connection) printed(cmd customru.Command) int {
	if family := c.families[customru.FamilyReceipt]; len(family) == 0 || family[0] == 0 {
		return 1
	}
	switch cmd {
	case customru.CmdOpenReceipt, customru.CmdSale, customru.CmdPurchase, customru.CmdSaleReturn, customru.CmdPurchaseReturn,
		customru.CmdVoid, customru.CmdUndoItem, customru.CmdAdjustItem, customru.CmdAdjustSubtotal, customru.CmdSubtotal:
		return 0
	case customru.CmdCloseReceipt:
		return 1 + len(c.receipt.items)
	}
	return 1
}

// encode builds the answer: error code, operator, fields. The document shows
// error answers of both forms, a full-length one with fields of an earlier answer.
func (c *connection) encode(cmd customru.Command, refusal fault, accepted bool, fields []byte) []byte {
	data := field.AppendUint(nil, uint64(refusal.code), 2)
	full := c.opt.Errors == ErrorsFull || c.opt.Errors == ErrorsMixed && accepted
	switch {
	case cmd == customru.CmdReset:
	case refusal.code != 0 && !full:
		data = append(data, 0)
	case refusal.code != 0:
		stale := make([]byte, answerSizes[cmd])
		copy(stale, c.stale[cmd])
		data = append(append(data, operator), stale...)
	default:
		data = append(append(data, operator), fields...)
	}
	// No answer comes near the longest frame.
	frame, _ := customru.AppendFrame(c.out[:0], cmd, data)
	return frame
}

// check is the order in which a register refuses (section 8 of the command notes).
func (c *connection) check(x *call) fault {
	cmd, known := commands[x.cmd]
	if !known || c.lacks(x.cmd) {
		return fault{code: codeUnknown}
	}
	rest := len(x.in.Data) - 4
	if rest < cmd.min || cmd.max >= 0 && rest > cmd.max {
		return fault{code: codeLength}
	}
	if !x.cmd.Reads() {
		if c.owner != 0 && c.owner != c.id {
			return fault{code: codeOtherHost}
		}
		if c.busy > 1 || c.waitsForPaper() { // this command is one
			return fault{code: codeBusy}
		}
	}
	if cmd.in&c.state == 0 {
		return fault{codeState, c.stateMask()}
	}
	if x.in.U32() != password {
		return fault{codePassword, 1}
	}
	if cmd.ffd11 && c.opt.FFD105 {
		return fault{code: codeDriveCommand}
	}
	return fault{}
}

// hold notes which connection has a document open.
func (c *connection) hold() {
	switch {
	case !c.opt.Exclusive || c.state&(openReceipt|stateNonFiscal) == 0:
		c.owner = 0
	case c.owner == 0:
		c.owner = c.id
	}
}

// stateMask is the sub-code of 3501.
func (r *Register) stateMask() int {
	switch r.state {
	case stateAccum:
		return 0x04 | 0x20
	case stateBlocked:
		return 0x04 | 0x4000
	case statePay:
		return 0x04 | 0x80
	case stateNonFiscal:
		return 0x08
	}
	return 0x02
}

func (x *call) put(v uint64, size int) { x.out = field.AppendUint(x.out, v, size) }

func (x *call) putText(s string, size int) {
	x.out, _ = field.AppendText(x.out, codePage, s, size) // the register's own texts fit
}

// cashier is the name of the cashier in CP866.
func (r *Register) cashier() []byte {
	return bytes.TrimRight(r.tables[tableCashiers][0][3:67], "\x00 ")
}

// putCashier writes the cashier's name, which follows the answer of documents.
func (x *call) putCashier() { x.out = field.AppendBytes(x.out, x.cashier()) }

func (x *call) putDate(t time.Time, order string) {
	for _, c := range order {
		v := map[rune]int{'Y': t.Year() - 2000, 'M': int(t.Month()), 'D': t.Day(), 'h': t.Hour(), 'm': t.Minute(), 's': t.Second()}[c]
		x.put(uint64(v), 1)
	}
}

// lpt takes a text with its length and checks the length in bytes.
func (x *call) lpt(low, high, number int) ([]byte, fault) {
	b := x.in.Prefixed()
	switch {
	case x.in.Err != nil:
		return nil, fault{code: codeLength}
	case len(b) < low:
		return nil, fault{codeTextShort, number}
	case len(b) > high:
		return nil, fault{codeTextLong, number}
	}
	return b, fault{}
}

type lastError struct {
	code uint16
	sub  int
}

const resetReboot = 0x80

// doReset runs what 16H announced. A full one forgets the settings too.
func (r *Register) doReset() (reboot bool) {
	reboot = r.resetKind == resetReboot
	r.cancelReceipt()
	r.state, r.phase = stateClock, phaseNone
	if reboot {
		r.state = stateIdle
		r.powerOns++
	}
	if r.resetKind == 0 {
		r.factorySettings()
	}
	return reboot
}

func (x *call) done() fault { return fault{} }

// display is 2AH: 01, line, 20 characters.
func (x *call) display() fault {
	one, line := x.in.U8(), x.in.U8()
	x.in.Bytes(20)
	switch {
	case one != 1:
		return fault{codeBadValue, 2}
	case line < 1 || line > 2:
		return fault{codeNotListed, 3}
	}
	return fault{}
}

// eject is 27H: the document prints a length with one byte more than the fields.
func (x *call) eject() fault {
	x.in.Rest()
	return fault{}
}

func (x *call) selfTest() fault { return fault{} }

func (x *call) selfTestResult() fault {
	x.put(0, 4)
	return fault{}
}

// reset only announces: 16H answers before it runs.
func (x *call) reset() fault {
	kind := byte(0)
	if len(x.in.Data) > 0 {
		if !x.has(firmwareRounding) {
			return fault{code: codeLength}
		}
		kind = x.in.U8()
	}
	if kind > 1 && kind != resetReboot {
		return fault{codeBadValue, 1}
	}
	x.resetKind = kind
	return fault{}
}

func (x *call) lastError() fault {
	text := ""
	if x.lastErr.code != 0 {
		text = "Error"
		if x.lastErr.sub != 0 {
			text = fmt.Sprintf("Error (%d)", x.lastErr.sub)
		}
	}
	x.put(uint64(x.lastErr.code), 2)
	x.putText(text, 40)
	return fault{}
}
