package shtrihm

import "encoding/binary"

// Bytes of the alternative link level.
const (
	StartNumbered = 0x8F // first byte of a frame, nowhere else on the line
	escape        = 0x9F // stands before what replaces 8F and 9F
	escMark       = 0x81 // 9F 81 is 8F
	escSelf       = 0x83 // 9F 83 is 9F
)

// Limits of the alternative level, before stuffing. LEN is 16 bits wide and
// counts the number and the body.
const (
	MaxNumberedBody = 65535 - 2
	// MaxNumberedFrame is the longest frame on the line, every byte of it stuffed.
	MaxNumberedFrame = 1 + 2*(2+65535+2)
)

// Numbered is a frame of the alternative level. The zero value is the request
// for the device's number.
type Numbered struct {
	HasNumber bool   // false for the sync frame alone, which has neither number nor body
	Number    uint16 // of the request; an answer repeats it
	Body      []byte // command and data; empty: nothing was executed yet
}

// AppendNumbered appends a frame of the alternative level to dst. It fails for a
// body longer than [MaxNumberedBody] and allocates nothing if dst has room.
func AppendNumbered(dst []byte, f Numbered) ([]byte, error) {
	if len(f.Body) > MaxNumberedBody {
		return dst, tooLong(len(f.Body), MaxNumberedBody)
	}
	n := 0
	head := [4]byte{2: byte(f.Number), 3: byte(f.Number >> 8)}
	used := head[:2]
	if f.HasNumber {
		n = 2 + len(f.Body)
		used = head[:]
	} else if len(f.Body) > 0 {
		return dst, &FrameError{Reason: FrameLength, Got: len(f.Body)}
	}
	binary.LittleEndian.PutUint16(head[:], uint16(n))
	sum := crc(crc(crcInit, used), f.Body)
	dst = append(dst, StartNumbered)
	dst = appendStuffed(dst, used)
	dst = appendStuffed(dst, f.Body)
	return appendStuffed(dst, []byte{byte(sum), byte(sum >> 8)}), nil
}

func appendStuffed(dst, b []byte) []byte {
	for _, c := range b {
		switch c {
		case StartNumbered:
			dst = append(dst, escape, escMark)
		case escape:
			dst = append(dst, escape, escSelf)
		default:
			dst = append(dst, c)
		}
	}
	return dst
}

// ParseNumbered reads exactly one frame of the alternative level as it stands on
// the line. The stuffing is taken out into dst[:0], which is grown if need be;
// the body is a part of it. b and dst may share memory from the same start.
func ParseNumbered(dst, b []byte) (Numbered, error) {
	if len(b) == 0 || b[0] != StartNumbered {
		got := 0
		if len(b) > 0 {
			got = int(b[0])
		}
		return Numbered{}, &FrameError{Reason: FrameStart, Want: StartNumbered, Got: got}
	}
	plain, err := unstuff(dst[:0], b[1:])
	if err != nil {
		return Numbered{}, err
	}
	return parsePlain(plain, len(b))
}

// parsePlain reads LEN..CRC without stuffing; size is the frame's on the line.
func parsePlain(plain []byte, size int) (Numbered, error) {
	if len(plain) < 4 {
		return Numbered{}, &FrameError{Reason: FrameShort, Want: 5, Got: size}
	}
	n := int(binary.LittleEndian.Uint16(plain))
	if n == 1 {
		return Numbered{}, &FrameError{Reason: FrameLength, Got: n}
	}
	switch want := 2 + n + 2; {
	case len(plain) < want:
		return Numbered{}, &FrameError{Reason: FrameShort, Want: want + 1, Got: len(plain) + 1}
	case len(plain) > want:
		return Numbered{}, &FrameError{Reason: FrameTrailing, Want: want + 1, Got: len(plain) + 1}
	}
	if sum, got := crc(crcInit, plain[:2+n]), binary.LittleEndian.Uint16(plain[2+n:]); sum != got {
		return Numbered{}, &FrameError{Reason: FrameCheck, Want: int(sum), Got: int(got)}
	}
	if n == 0 {
		return Numbered{}, nil
	}
	return Numbered{HasNumber: true, Number: binary.LittleEndian.Uint16(plain[2:]), Body: plain[4 : 2+n]}, nil
}

func unstuff(dst, b []byte) ([]byte, error) {
	for i := 0; i < len(b); i++ {
		c := b[i]
		switch c {
		case StartNumbered:
			return dst, &FrameError{Reason: FrameStuffing, Got: StartNumbered}
		case escape:
			i++
			if i == len(b) {
				return dst, &FrameError{Reason: FrameShort, Want: len(b) + 2, Got: len(b) + 1}
			}
			var ok bool
			if c, ok = unescaped(b[i]); !ok {
				return dst, &FrameError{Reason: FrameStuffing, Got: int(b[i])}
			}
		}
		dst = append(dst, c)
	}
	return dst, nil
}

func unescaped(c byte) (byte, bool) {
	switch c {
	case escMark:
		return StartNumbered, true
	case escSelf:
		return escape, true
	}
	return 0, false
}

const crcInit = 0xFFFF

// crcNibbles holds CRC-16/CCITT-FALSE four bits at a time: polynomial 1021h, not
// reflected, no final exclusive-or.
var crcNibbles = [16]uint16{
	0x0000, 0x1021, 0x2042, 0x3063, 0x4084, 0x50A5, 0x60C6, 0x70E7,
	0x8108, 0x9129, 0xA14A, 0xB16B, 0xC18C, 0xD1AD, 0xE1CE, 0xF1EF,
}

func crc(sum uint16, b []byte) uint16 {
	for _, c := range b {
		sum = sum<<4 ^ crcNibbles[byte(sum>>12)^c>>4]
		sum = sum<<4 ^ crcNibbles[byte(sum>>12)^c&0x0F]
	}
	return sum
}
