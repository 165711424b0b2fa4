package shtrihmtest

import (
	"time"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// shift is the present shift, or the last one.
type shift struct {
	open     bool
	number   int
	opened   time.Time
	receipts int // closed receipts
}

const dayLong = 24 * time.Hour

func (r *Register) expired() bool { return r.shift.open && r.now().Sub(r.shift.opened) > dayLong }

// document is one fiscal document.
type document struct {
	kind   byte // 2 shift opened, 3 receipt, 5 shift closed
	at     time.Time
	fd, fp uint32
	sign   byte // of a receipt: 1..4 as in FF46h
	sum    uint64
	shift  uint16
}

// Kinds of documents, and of those that FF01h shows as begun.
const (
	docShiftOpen  = 2
	docReceipt    = 3
	docShiftClose = 5

	begunOpen  = 0x02
	begunClose = 0x08
)

// keptDocuments bounds the memory of a register that runs for long.
const keptDocuments = 10_000

// file numbers and keeps a fiscal document.
func (r *Register) file(d document) document {
	r.fd++
	r.crossNo = r.crossNo%9999 + 1
	d.at, d.fd, d.fp, d.shift = r.now(), r.fd, fiscalSign(r.fd), uint16(r.shift.number)
	r.docs[d.fd] = d
	delete(r.docs, d.fd-keptDocuments)
	return d
}

// fiscalSign is any number that looks like one and follows from the document's.
func fiscalSign(fd uint32) uint32 {
	v := fd * 2654435761
	v ^= v >> 15
	return v * 2246822519
}

func (r *Register) openShift() document {
	r.shift = shift{open: true, number: r.shift.number + 1, opened: r.now()}
	r.begun = 0
	return r.file(document{kind: docShiftOpen})
}

func (r *Register) closeShift() document {
	d := r.file(document{kind: docShiftClose})
	r.shift.open, r.begun, r.cash = false, 0, 0
	return d
}

// mayOpen refuses what cannot be while a shift is open.
func (r *Register) mayOpen() byte {
	if r.shift.open {
		return errShiftOpen
	}
	return 0
}

// mayClose refuses what cannot be in a receipt or without a shift.
func (r *Register) mayClose() byte {
	switch {
	case r.receipt != nil:
		return shtrihm.ErrorReceiptOpen
	case !r.shift.open:
		return errShiftClosed
	}
	return 0
}

func (x *call) openShiftOld() byte {
	refusal := x.mayOpen()
	if refusal == 0 {
		x.openShift()
	}
	return refusal
}

func (x *call) openShiftFN() byte {
	refusal := x.mayOpen()
	if refusal == 0 {
		x.putShift(x.openShift())
	}
	return refusal
}

func (x *call) zReport() byte {
	refusal := x.mayClose()
	if refusal == 0 {
		x.closeShift()
	}
	return refusal
}

func (x *call) closeShiftFN() byte {
	refusal := x.mayClose()
	if refusal == 0 {
		x.putShift(x.closeShift())
	}
	return refusal
}

func (x *call) putShift(d document) {
	x.put(uint64(d.shift), 2)
	x.put(uint64(d.fd), 4)
	x.put(uint64(d.fp), 4)
}

func (x *call) beginOpen() byte {
	refusal := x.mayOpen()
	if refusal == 0 {
		x.begun = begunOpen
	}
	return refusal
}

func (x *call) beginClose() byte {
	refusal := x.mayClose()
	if refusal == 0 {
		x.begun = begunClose
	}
	return refusal
}

func (x *call) shiftState() byte {
	open := uint64(0)
	if x.shift.open {
		open = 1
	}
	x.put(open, 1)
	x.put(uint64(x.shift.number), 2)
	x.put(uint64(x.shift.receipts), 2)
	return 0
}

func (x *call) xReport() byte {
	if x.receipt != nil {
		return shtrihm.ErrorReceiptOpen
	}
	x.crossNo = x.crossNo%9999 + 1
	return 0
}

// cancelDocument is FF08h: the open receipt, or a shift document that was begun.
func (x *call) cancelDocument() byte {
	switch {
	case x.receipt != nil:
		x.receipt = nil
	case x.begun != 0:
		x.begun = 0
	default:
		return shtrihm.ErrorFNState
	}
	return 0
}

func (x *call) findDocument() byte {
	d, ok := x.docs[x.in.U32()]
	if !ok {
		return errNoData
	}
	x.put(uint64(d.kind), 1)
	x.put(1, 1) // the OFD has confirmed it
	x.putDate(d.at, "YMDhm")
	x.put(uint64(d.fd), 4)
	x.put(uint64(d.fp), 4)
	if d.kind == docReceipt {
		x.put(uint64(d.sign), 1)
		x.put(d.sum, 5)
	} else {
		x.put(uint64(d.shift), 2)
	}
	return 0
}
