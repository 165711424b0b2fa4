package customrutest

import (
	"bytes"
	"fmt"
	"time"

	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/internal/field"
)

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
	codeTextLong      = 108
	codeTextLength    = 110
	codeINN           = 114
	codePassword      = 117
	codeNotListed     = 119
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
	codeDrawer        = 603
	codeNoCopy        = 611
	codeNoDepartment  = 616
	codeNoVAT         = 619
	codeVoid          = 620
	codeDiscountTwice = 704
	codeNoSubtotal    = 705
	codeZeroItem      = 707
	codePayLarge      = 800
	codeNoChange      = 804
	codeNoParameter   = 1004
	codeNoTable       = 1007
	codeNoRow         = 1008
	codeNoFamily      = 1009
	codeDate          = 1102
	codeTag           = 2068
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
}

// command is a row of the command table.
type command struct {
	min, max int // bytes of DATA after the password; max < 0 is any
	in       state
	run      func(*call) fault
	prints   bool
}

// execute runs a frame and returns the answer frame; prints says that the
// answer waits for the printer.
func (c *connection) execute(f customru.Frame) (answer []byte, prints bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	x := &call{Register: c.Register, cmd: f.Cmd, in: field.Reader{Data: f.Data}}
	refusal := c.check(x)
	cmd, known := commands[f.Cmd]
	if refusal.code == 0 {
		refusal = cmd.run(x)
		if refusal.code == 0 && x.in.Err == nil && len(x.in.Data) > 0 {
			refusal = fault{code: codeLength}
		}
		if x.in.Err != nil {
			refusal = fault{code: codeLength}
		}
	}
	if refusal.code == 0 {
		c.executed[f.Cmd]++
		prints = known && cmd.prints
		c.hold()
	} else if f.Cmd != customru.CmdLastError {
		c.lastErr = lastError{uint16(refusal.code), refusal.sub}
	}
	if c.opt.Journal != nil {
		c.opt.Journal(Entry{Time: c.now(), Cmd: f.Cmd, Code: uint16(refusal.code), Executed: refusal.code == 0})
	}
	c.out = c.encode(f.Cmd, refusal, x.out)
	return c.out, prints
}

// encode builds the answer: error code, operator, fields.
func (c *connection) encode(cmd customru.Command, refusal fault, fields []byte) []byte {
	data := field.AppendUint(nil, uint64(refusal.code), 2)
	switch {
	case cmd == customru.CmdReset:
	case refusal.code != 0 && !c.opt.LongErrors:
		data = append(data, 0)
	case refusal.code != 0:
		data = append(data, operator)
		data = append(data, make([]byte, answerSizes[cmd])...)
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
	if !known {
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
		if c.busy > 1 { // this command is one
			return fault{code: codeBusy}
		}
	}
	if cmd.in&c.state == 0 {
		return fault{codeState, c.stateMask()}
	}
	if x.in.U32() != password {
		return fault{codePassword, 1}
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
	x.out, _ = field.AppendText(x.out, s, size) // the register's own texts fit
}

// putCashier writes the cashier's name, which follows the answer of documents.
func (x *call) putCashier() {
	x.out = field.AppendBytes(x.out, bytes.TrimRight(x.tables[tableCashiers][0][3:67], "\x00 "))
}

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
		return nil, fault{109, number}
	case len(b) > high:
		return nil, fault{codeTextLong, number}
	}
	return b, fault{}
}

type lastError struct {
	code uint16
	sub  int
}

// doReset runs what 16H announced.
func (r *Register) doReset() (reboot bool) {
	r.cancelReceipt()
	r.state, r.phase = stateClock, phaseNone
	if r.reboot {
		r.state = stateIdle
	}
	return r.reboot
}

// commands is what the register knows. Everything else is 3500.
var commands = map[customru.Command]command{
	customru.CmdReset: {0, 1, anyState, (*call).reset, false},

	customru.CmdClock:          {0, 0, anyState, (*call).clockNow, false},
	customru.CmdStatus:         {0, 0, anyState, (*call).status, false},
	customru.CmdShiftStatus:    {0, 0, anyState, (*call).shiftStatus, false},
	customru.CmdReceiptStatus:  {0, 0, anyState, (*call).receiptStatus, false},
	customru.CmdLastReceipt:    {0, 0, anyState, (*call).lastReceipt, false},
	customru.CmdGrandTotals:    {0, 0, anyState, (*call).grandTotals, false},
	customru.CmdDayTotals:      {0, 0, anyState, (*call).dayTotals, false},
	customru.CmdReceiptTotals:  {0, 0, anyState, (*call).receiptTotals, false},
	customru.CmdReceiptInfo:    {0, 0, anyState, (*call).receiptInfo, false},
	customru.CmdUnsent:         {0, 0, anyState, (*call).unsent, false},
	customru.CmdCash:           {0, 0, anyState, (*call).cashState, false},
	customru.CmdDepartments:    {2, 2, anyState, (*call).departments, false},
	customru.CmdDiscounts:      {2, 2, anyState, (*call).discounts, false},
	customru.CmdAvailableTags:  {0, 0, anyState, (*call).availableTags, false},
	customru.CmdDeviceInfo:     {0, 0, anyState, (*call).deviceInfo, false},
	customru.CmdLastError:      {0, 0, anyState, (*call).lastError, false},
	customru.CmdFNStatus:       {0, 0, anyState, (*call).fnStatus, false},
	customru.CmdFNNumber:       {0, 0, anyState, (*call).fnNumber, false},
	customru.CmdFNTerm:         {0, 0, anyState, (*call).fnTerm, false},
	customru.CmdFNVersion:      {0, 0, anyState, (*call).fnVersion, false},
	customru.CmdOFDStatus:      {0, 0, anyState, (*call).ofdStatus, false},
	customru.CmdFindFD:         {4, 4, anyState, (*call).findFD, false},
	customru.CmdUnconfirmed:    {0, 0, anyState, (*call).unconfirmed, false},
	customru.CmdRegistration:   {1, 1, anyState, (*call).registration, false},
	customru.CmdFNShift:        {0, 0, anyState, (*call).fnShift, false},
	customru.CmdFFDVersion:     {0, 0, anyState, (*call).ffdVersion, false},
	customru.CmdReadFamily:     {2, 2, anyState, (*call).readFamily, false},
	customru.CmdReadRow:        {4, 4, anyState, (*call).readRow, false},
	customru.CmdBeep:           {0, 0, anyState, (*call).done, false},
	customru.CmdDrawer:         {1, 1, anyState, (*call).drawerOpen, false},
	customru.CmdFeed:           {2, 2, anyState, (*call).feed, false},
	customru.CmdDisplay:        {22, 22, anyState, (*call).done2A, false},
	customru.CmdOpenCover:      {0, 0, anyState, (*call).done, false},
	customru.CmdStopPrinting:   {0, 0, anyState &^ openReceipt, (*call).stopPrinting, false},
	customru.CmdTag:            {5, -1, anyState, (*call).tag, false},
	customru.CmdWriteFamily:    {2, -1, stateIdle, (*call).writeFamily, false},
	customru.CmdWriteRow:       {4, -1, stateIdle, (*call).writeRow, false},
	customru.CmdSetTime:        {3, 3, stateIdle | stateClock, (*call).setTime, false},
	customru.CmdSetDate:        {3, 3, stateIdle | stateClock, (*call).setDate, false},
	customru.CmdConfirmDate:    {3, 3, stateIdle | stateClock, (*call).confirmDate, false},
	customru.CmdCut:            {1, 1, stateIdle, (*call).cut, true},
	customru.CmdOpenShift:      {2, -1, stateIdle, (*call).openShiftCmd, true},
	customru.CmdXReport:        {0, 2, stateIdle, (*call).xReport, true},
	customru.CmdCloseShift:     {2, -1, stateIdle, (*call).closeShift, true},
	customru.CmdReport:         {2, 2, stateIdle, (*call).report, true},
	customru.CmdReportClear:    {2, 2, stateIdle, (*call).reportClear, true},
	customru.CmdSettlements:    {2, -1, stateIdle, (*call).settlements, true},
	customru.CmdCashIn:         {8, 8, stateIdle, (*call).cashIn, true},
	customru.CmdCashOut:        {8, 8, stateIdle, (*call).cashOut, true},
	customru.CmdReprint:        {10, 10, stateIdle, (*call).reprint, true},
	customru.CmdOpenReceipt:    {4, 4, stateIdle, (*call).openReceiptCmd, true},
	customru.CmdOpenCorrection: {5, -1, stateIdle, (*call).openCorrection, true},
	customru.CmdSale:           {0, -1, stateIdle | stateAccum, (*call).item, true},
	customru.CmdPurchase:       {0, -1, stateIdle | stateAccum, (*call).item, true},
	customru.CmdSaleReturn:     {0, -1, stateIdle | stateAccum, (*call).item, true},
	customru.CmdPurchaseReturn: {0, -1, stateIdle | stateAccum, (*call).item, true},
	customru.CmdVoid:           {18, -1, stateAccum, (*call).void, true},
	customru.CmdUndoItem:       {0, 0, stateAccum, (*call).undo, true},
	customru.CmdSubtotal:       {2, 2, stateAccum | stateBlocked, (*call).subtotal, true},
	customru.CmdAdjustSubtotal: {38, 38, stateAccum, (*call).adjustSubtotal, true},
	customru.CmdAdjustItem:     {38, 38, stateAccum, (*call).adjustItem, true},
	customru.CmdCloseReceipt:   {42, -1, openReceipt, (*call).closeReceipt, true},
	customru.CmdCancelReceipt:  {0, 0, openReceipt, (*call).cancel, true},
	customru.CmdOpenNonFiscal:  {2, 2, stateIdle, (*call).openNonFiscal, true},
	customru.CmdText:           {2, 1002, stateNonFiscal | stateAccum, (*call).text, true},
	customru.CmdCutNonFiscal:   {0, 0, stateNonFiscal, (*call).done, true},
	customru.CmdPicture:        {7, 7, stateNonFiscal, (*call).picture, true},
	customru.CmdBarcode:        {3, -1, stateNonFiscal, (*call).barcode, true},
	customru.CmdCloseNonFiscal: {2, 2, stateNonFiscal, (*call).closeNonFiscal, true},
}

// answerSizes are the bytes of the fields of full-length error answers.
var answerSizes = map[customru.Command]int{
	customru.CmdSettlements: 8, customru.CmdXReport: 3, customru.CmdCashIn: 10, customru.CmdCashOut: 10,
	customru.CmdSubtotal: 12, customru.CmdVoid: 12, customru.CmdAdjustItem: 28, customru.CmdAdjustSubtotal: 28,
	customru.CmdOpenShift: 12, customru.CmdCloseShift: 12, customru.CmdCloseReceipt: 22,
}

func (x *call) done() fault { return fault{} }

func (x *call) done2A() fault {
	x.in.Bytes(22)
	return fault{}
}

// reset only announces: 16H answers before it runs.
func (x *call) reset() fault {
	kind := byte(0)
	if len(x.in.Data) > 0 {
		kind = x.in.U8()
	}
	if kind > 1 && kind != 0x80 {
		return fault{codeBadValue, 1}
	}
	x.reboot = kind == 0x80
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
