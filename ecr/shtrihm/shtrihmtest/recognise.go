package shtrihmtest

import (
	"bytes"
	"regexp"
)

const gs = "\x1D"

// maxSerial is the longest serial number (AI 21) of the GS1 standard: what is
// longer without a separator is no code at all.
const maxSerial = 20

var (
	gs1Head = regexp.MustCompile(`^01[0-9]{14}21`)
	kmk     = regexp.MustCompile(`^[0-9]{14}[!-z]{15}$`) // a tobacco pack
	fur     = regexp.MustCompile(`^[A-Z]{2}-[0-9]{6}-[A-Z0-9]{10}$`)
	egais2  = regexp.MustCompile(`^[0-9A-Z]{68}$`)
	egais3  = regexp.MustCompile(`^[0-9A-Z]{150}$`)
)

// Codes of FF67h.
const (
	codeDataMatrix = 0x444D
	codeFur        = 0x5246
	codeEGAIS2     = 0xC514
	codeEGAIS3     = 0xC51E
)

var (
	plainCodes  = map[int]uint16{8: 0x4508, 13: 0x450D, 14: 0x490E}
	sortedCodes = map[int]uint16{8: 0x4F08, 13: 0x4F0D, 14: 0x4F0E}
)

// Recognise is the default of [Options].Recognise. It knows what a test needs:
// GS1 codes with a serial number, told apart by their check code, packs of
// tobacco, fur, excise stamps, and plain barcodes.
func Recognise(mark []byte) byte {
	if n := len(mark); digits(mark) && (n == 8 || n == 13 || n == 14) {
		return kindNoMark
	}
	if kmk.Match(mark) || otherMark(mark) != 0 {
		return kindShort
	}
	if !gs1Head.Match(mark) {
		return kindUnknown
	}
	groups := bytes.Split(mark[len("01")+14+len("21"):], []byte(gs))
	serial := groups[0]
	if len(serial) == 0 || len(serial) > maxSerial {
		return kindUnknown
	}
	return byGroups(groups[1:])
}

// byGroups tells the type from what follows the serial number.
func byGroups(groups [][]byte) byte {
	kind, key := byte(kindNoMark), false
	for _, g := range groups {
		if len(g) < 3 || !digits(g[:2]) {
			return kindUnknown
		}
		value := len(g) - 2
		switch string(g[:2]) {
		case "91":
			if value != 4 {
				return kindUnknown
			}
			key = true
		case "92":
			switch {
			case value == 88:
				kind = kind88
			case value == 44:
				kind = kind44
			case value < 44 && !key: // a block of tobacco
				kind = kindShort
			default:
				return kindUnknown
			}
		case "93":
			if kind == kindNoMark {
				kind = kind4
			}
			if value != 4 {
				return kindUnknown
			}
		}
	}
	if key && kind == kindNoMark {
		return kindUnknown // a key without its check code
	}
	return kind
}

// otherMark knows marks that are no GS1 code.
func otherMark(mark []byte) uint16 {
	switch {
	case fur.Match(mark):
		return codeFur
	case egais2.Match(mark):
		return codeEGAIS2
	case egais3.Match(mark):
		return codeEGAIS3
	}
	return 0
}

func digits(b []byte) bool {
	for _, c := range b {
		if c < '0' || c > '9' {
			return false
		}
	}
	return len(b) > 0
}
