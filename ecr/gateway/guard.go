package gateway

import (
	"encoding/binary"

	"github.com/obmen-go/obmen/ecr/shtrihm"
)

// This file alone knows what commands mean, and only the receipt guard asks it
// (rule E30).

// class is what a command means to an open receipt.
type class int

const (
	changes class = iota // changes something, but opens and closes no receipt
	reads
	opens
	closes
)

// classify tells the class of a command. In raw nothing is known: all commands change something.
func classify(p Protocol, cmd uint16) class {
	switch p {
	case CustomRU:
		return classifyCustomRU(byte(cmd))
	case ShtrihM:
		return classifyShtrihM(cmd)
	}
	return changes
}

func classifyCustomRU(cmd byte) class {
	switch {
	case cmd >= 0xF0, cmd == 0xD7, cmd == 0x04, cmd == 0x09:
		return reads
	case cmd == 0x8D, cmd >= 0x80 && cmd <= 0x83, cmd == 0xD6, cmd == 0xDA:
		return opens
	case cmd == 0x85, cmd == 0x8E, cmd == 0x88, cmd == 0xDF:
		return closes
	}
	return changes
}

func classifyShtrihM(cmd uint16) class {
	switch cmd {
	case 0x10, 0x11, 0xFC, 0xF7, 0x1F, 0x2D, 0x2E, 0x6B, 0xFF01, 0xFF0A, 0xFF39, 0xFF40, 0xFF68, 0xFF70:
		return reads
	case 0x8D, 0xFF46, 0xFF61: // the memory of checked marks is shared
		return opens
	case 0x85, 0x88, 0xFF45, 0xFF76, 0xFF78:
		return closes
	}
	return changes
}

// follows says whether an answer means that the receipt is now as the command
// wants it: it succeeded, or a cancel found no receipt that it could cancel.
// data is a frame of CustomRU or a body of Shtrih-M.
func follows(p Protocol, cmd uint16, data []byte) bool {
	switch p {
	case CustomRU:
		if len(data) < 7 {
			return false
		}
		number := binary.LittleEndian.Uint16(data[4:])
		return number == 0 || cmd == 0x88 && number == 411 // чек закрыт
	case ShtrihM:
		a, err := shtrihm.ParseAnswer(shtrihm.Command(cmd), data)
		return err == nil && (a.Code == 0 || cmd == 0x88 && (a.Code == 0x73 || a.Code == 0x02)) // not in this mode
	}
	return false
}
