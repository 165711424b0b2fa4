package shtrihmtest

import (
	"time"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/ecr/internal/field"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// Passwords of the system administrator, who alone changes settings, and of an operator.
const (
	adminPassword    = 30
	operatorPassword = 1
)

// Errors that the register answers with, beside those that package shtrihm names.
const (
	errNoData        = 0x08
	errShiftOpen     = 0x3C
	errShiftClosed   = 0x3D
	errPayLess       = 0x45
	errReceiptType   = 0x49
	errNonCash       = 0x4D
	errPassword      = 0x4F
	errNothing       = 0x56
	errTable         = 0x5D
	errOperation     = 0x5E
	errPrice         = 0x61
	errQuantity      = 0x62
	errDepartment    = 0x63
	errSubmode       = 0x72
	errReadOnly      = 0x7A
	errLength        = 0x7E
	errTotal         = 0x7F
	errZeroTotal     = 0x8E
	errNoBuffer      = 0xD1
	errTLVOrder      = shtrihm.ErrorParameters
	maxOperations    = 1000
	errTooManyPlaces = 0x94
)

// lastError is what 6Bh without an argument tells.
type lastError struct{ code byte }

// call is one command in execution. Fields are read from in and written to out.
type call struct {
	*Register
	cmd      shtrihm.Command
	password uint32
	in       field.Reader
	out      []byte
}

// command is a row of the command table.
type command struct {
	min, max int // bytes of data after the password; max < 0 is any
	kind     kind
	run      func(*call) byte
}

// kind says what surrounds a command.
type kind int

const (
	open     kind = 1 << iota // no password
	operator                  // the answer begins with the operator's number
	prints                    // refused while something prints or the paper is out
	admin                     // the system administrator's password alone
	shifted                   // needs a shift younger than a day
)

// execute runs the body of a request and returns that of its answer.
func (r *Register) execute(body []byte) []byte {
	r.mu.Lock()
	defer r.mu.Unlock()
	cmd, data, err := shtrihm.ParseRequest(body)
	if err != nil { // FFh alone
		return append(append([]byte(nil), body...), shtrihm.ErrorUnsupported)
	}
	x := &call{Register: r, cmd: cmd, in: field.Reader{Data: data}}
	row := commands[cmd]
	refusal := x.check(row)
	if refusal == 0 {
		refusal = row.run(x)
		if refusal == 0 && (x.in.Err != nil || len(x.in.Data) > 0) {
			refusal = errLength // every command reads all before it changes anything
		}
	}
	if refusal == 0 {
		r.executed[cmd]++
		if row.kind&prints != 0 {
			r.printing = time.Now().Add(r.opt.PrintTime)
		}
	} else {
		r.lastErr.code = refusal
	}
	if r.opt.OnCommand != nil {
		r.opt.OnCommand(Entry{Time: r.now(), Cmd: cmd, Code: refusal, Executed: refusal == 0})
	}
	out := body[:cmd.Size():cmd.Size()]
	out = append(out, refusal)
	if refusal != 0 {
		return out
	}
	if row.kind&operator != 0 {
		out = append(out, byte(x.password))
	}
	return append(out, x.out...)
}

// check is the order in which a register refuses.
func (x *call) check(row command) byte {
	if row.run == nil {
		return shtrihm.ErrorUnsupported
	}
	rest := len(x.in.Data)
	if row.kind&open == 0 {
		rest -= 4
	}
	if rest < row.min || row.max >= 0 && rest > row.max {
		return errLength
	}
	if row.kind&open == 0 {
		x.password = x.in.U32()
		if x.password != adminPassword && (x.password != operatorPassword || row.kind&admin != 0) {
			return errPassword
		}
	}
	if row.kind&shifted != 0 {
		switch {
		case !x.shift.open:
			return shtrihm.ErrorMode
		case x.expired():
			return shtrihm.ErrorShiftLong
		}
	}
	if row.kind&prints != 0 {
		switch {
		case time.Now().Before(x.printing):
			return shtrihm.ErrorPrinting
		case x.noPaper:
			x.submode = submodeActiveNoPaper
			return shtrihm.ErrorPaper
		case x.submode == submodeContinue:
			return shtrihm.ErrorContinue
		}
	}
	return 0
}

func (x *call) put(v uint64, size int) { x.out = field.AppendUint(x.out, v, size) }

// putText writes a text of the register's own in cp1251, padded with zeros.
func (x *call) putText(s string, size int) { x.out = append(x.out, fixed(s, size)...) }

func (x *call) putDate(t time.Time, order string) {
	for _, c := range order {
		v := map[rune]int{'Y': t.Year() - 2000, 'M': int(t.Month()), 'D': t.Day(), 'h': t.Hour(), 'm': t.Minute(), 's': t.Second()}[c]
		x.put(uint64(v), 1)
	}
}

// fixed is a text in cp1251 of exactly size bytes, padded with zeros.
func fixed(s string, size int) []byte {
	b := make([]byte, size)
	for i, c := range text(s) {
		if i < size {
			b[i] = c
		}
	}
	return b
}

// text is a text in cp1251; the register's own have no other letters.
func text(s string) []byte {
	var b []byte
	for _, r := range s {
		c, ok := charmap.Windows1251.EncodeRune(r)
		if !ok {
			c = '?'
		}
		b = append(b, c)
	}
	return b
}

func (x *call) done() byte {
	x.in.Rest()
	return 0
}

// commands is what the register knows. Everything else is 37h.
var commands = map[shtrihm.Command]command{
	0x10:   {0, 0, operator, (*call).shortStatus},
	0x11:   {0, 0, operator, (*call).status},
	0x13:   {0, 0, operator, (*call).done},
	0x17:   {2, 41, operator | prints, (*call).done},
	0x1E:   {5, -1, admin, (*call).writeTable},
	0x1F:   {4, 4, 0, (*call).readTable},
	0x25:   {1, 1, operator | prints, (*call).done},
	0x29:   {2, 2, operator | prints, (*call).done},
	0x2D:   {1, 1, 0, (*call).tableInfo},
	0x2E:   {2, 2, 0, (*call).fieldInfo},
	0x2F:   {2, 42, operator | prints, (*call).done},
	0x40:   {0, 0, operator | prints, (*call).xReport},
	0x41:   {0, 0, operator | prints, (*call).zReport},
	0x6B:   {0, 1, open, (*call).errorText},
	0x85:   {66, 66, operator | prints | shifted, (*call).closeOld},
	0x88:   {0, 0, operator | prints, (*call).cancel},
	0x89:   {0, 0, operator, (*call).subtotal},
	0x8C:   {0, 0, operator | prints, (*call).repeat},
	0x8D:   {1, 1, operator | prints | shifted, (*call).openReceipt},
	0xB0:   {0, 0, operator, (*call).continuePrint},
	0xE0:   {0, 0, operator | prints, (*call).openShiftOld},
	0xF7:   {1, -1, open, (*call).extended},
	0xFC:   {0, 0, open, (*call).deviceType},
	0xFF01: {0, 0, 0, (*call).fnStatus},
	0xFF02: {0, 0, 0, (*call).fnNumber},
	0xFF03: {0, 0, 0, (*call).fnExpiry},
	0xFF04: {0, 0, 0, (*call).fnVersion},
	0xFF08: {0, 0, 0, (*call).cancelDocument},
	0xFF0A: {4, 4, 0, (*call).findDocument},
	0xFF0B: {0, 0, prints, (*call).openShiftFN},
	0xFF0C: {4, shtrihm.MaxTLV, 0, (*call).documentTag},
	0xFF32: {2, 2, 0, (*call).bufferBegin},
	0xFF33: {3, -1, 0, (*call).bufferPut},
	0xFF39: {0, 0, 0, (*call).ofdStatus},
	0xFF40: {0, 0, 0, (*call).shiftState},
	0xFF41: {0, 0, 0, (*call).beginOpen},
	0xFF42: {0, 0, 0, (*call).beginClose},
	0xFF43: {0, 0, prints, (*call).closeShiftFN},
	0xFF45: {112, 112 + 64, prints | shifted, (*call).close6},
	0xFF46: {26, 26 + 128, prints | shifted, (*call).operation},
	0xFF4D: {4, shtrihm.MaxTLV, 0, (*call).operationTag},
	0xFF61: {4, -1, 0, (*call).checkMark},
	0xFF64: {0, 0, 0, (*call).bufferSend},
	0xFF67: {1, -1, 0, (*call).bindMark},
	0xFF68: {0, 0, 0, (*call).notifications},
	0xFF69: {1, 1, 0, (*call).acceptMark},
	0xFF70: {0, 0, 0, (*call).markingStatus},
	0xFF76: {132, 132 + 64, prints | shifted, (*call).close10},
	0xFF78: {142, 142 + 64, prints | shifted, (*call).close12},
}
