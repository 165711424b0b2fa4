package customru

import (
	"encoding/binary"
	"strconv"

	"github.com/obmen-go/obmen/ecr"
)

// Bytes of the link (rules E3, E6).
const (
	Start = 0x01 // first byte of a frame
	ACK   = 0x06 // the device took the frame
	NAK   = 0x15 // the device refused it: the command did not run
	Probe = 0x05 // an idle device answers it with one NAK
)

// Limits of a frame (rule E1). LEN is 16 bits wide and counts CMD and DATA.
const (
	Overhead = 4                // start, two bytes of LEN, CRC
	MinFrame = 1 + Overhead     // a frame without data
	MaxData  = 65535 - 1        // bytes of DATA
	MaxFrame = 65535 + Overhead // 65 539
)

// Frame is one request or answer. Data is what follows the command code; in a
// frame that a [Scanner] returned it lives until the Scanner's next call.
type Frame struct {
	Cmd  Command // the command; an answer repeats it
	Data []byte  // 0..MaxData bytes
}

// AppendFrame appends the frame of a command to dst. It fails only for data
// longer than [MaxData], with [ecr.CodeFrameTooLong], and allocates nothing if
// dst has room for len(data)+MinFrame bytes.
func AppendFrame(dst []byte, cmd Command, data []byte) ([]byte, error) {
	if len(data) > MaxData {
		return dst, ecr.NewError(ecr.CodeFrameTooLong, ecr.Details{
			Path: cmd.path(), Outcome: ecr.NotSent, Phase: ecr.PhaseWrite,
			Args: []ecr.Arg{{Name: "bytes", Value: len(data)}, {Name: "maximum", Value: MaxData}},
		})
	}
	n := 1 + len(data)
	dst = append(dst, Start, byte(n), byte(n>>8), byte(cmd))
	dst = append(dst, data...)
	return append(dst, checksum(dst[len(dst)-n-2:])), nil
}

// AppendBinary appends the frame to dst, as [AppendFrame] does.
func (f Frame) AppendBinary(dst []byte) ([]byte, error) { return AppendFrame(dst, f.Cmd, f.Data) }

// checksum is the low byte of the 16-bit sum of LEN, CMD and DATA, exclusive-or
// its high byte (rule E1).
func checksum(b []byte) byte {
	var sum uint16
	for _, c := range b {
		sum += uint16(c)
	}
	return byte(sum) ^ byte(sum>>8)
}

// ParseFrame reads exactly one frame, without a control byte before it. The
// frame's Data is a part of b. An error is a *[FrameError].
func ParseFrame(b []byte) (Frame, error) {
	size, err := FrameSize(b)
	switch {
	case err != nil:
		return Frame{}, err
	case size == 0 || len(b) < size:
		return Frame{}, &FrameError{Reason: FrameShort, Want: max(size, MinFrame), Got: len(b)}
	case len(b) > size:
		return Frame{}, &FrameError{Reason: FrameTrailing, Want: size, Got: len(b)}
	}
	if sum := checksum(b[1 : size-1]); sum != b[size-1] {
		return Frame{}, &FrameError{Reason: FrameCRC, Want: int(sum), Got: int(b[size-1])}
	}
	return Frame{Cmd: Command(b[3]), Data: b[4 : size-1]}, nil
}

// FrameSize tells the size of a frame from its first bytes, so that a reader
// counts and never searches (rule E1). 0 means that three bytes are needed.
func FrameSize(head []byte) (int, error) {
	if len(head) > 0 && head[0] != Start {
		return 0, &FrameError{Reason: FrameStart, Want: Start, Got: int(head[0])}
	}
	if len(head) < 3 {
		return 0, nil
	}
	n := int(binary.LittleEndian.Uint16(head[1:]))
	if n == 0 {
		return 0, &FrameError{Reason: FrameEmpty}
	}
	return n + Overhead, nil
}

// FrameReason says what is wrong with a frame.
type FrameReason int

// The reasons. Zero means that none was set.
const (
	FrameStart    FrameReason = iota + 1 // the first byte is not 01h
	FrameEmpty                           // LEN is 0: no command
	FrameShort                           // fewer bytes than LEN says
	FrameTrailing                        // more bytes than LEN says
	FrameCRC                             // the checksum differs
)

var frameReasons = [...]string{
	FrameStart: "start", FrameEmpty: "empty", FrameShort: "short", FrameTrailing: "trailing", FrameCRC: "crc",
}

// String returns the name of the reason, or FrameReason(N) for a value that is none.
func (r FrameReason) String() string {
	if r > 0 && int(r) < len(frameReasons) {
		return frameReasons[r]
	}
	return "FrameReason(" + strconv.Itoa(int(r)) + ")"
}

// FrameError says why bytes are no frame. It is an error of pure functions:
// what it means for a command, the link says.
type FrameError struct {
	Reason FrameReason // what is wrong
	Want   int         // bytes expected, or the checksum or start byte expected
	Got    int         // what was found
}

// Code returns [CodeFrame].
func (e *FrameError) Code() string { return CodeFrame }

// Path is empty: a frame has no name.
func (e *FrameError) Path() string { return "" }

// Error is one line in English.
func (e *FrameError) Error() string { return "customru: " + e.reason().String() }

func (e *FrameError) reason() ecr.Phrase {
	hex := func(n int) string { return ecr.Hex([]byte{byte(n)}, nil) }
	switch e.Reason {
	case FrameStart:
		return ecr.Say("a frame begins with 01, not with {1}", "кадр начинается с 01, а не с {1}", hex(e.Got))
	case FrameEmpty:
		return ecr.Phrase{EN: "LEN is 0: a frame holds at least a command", RU: "длина 0: в кадре должна быть хотя бы команда"}
	case FrameShort:
		return ecr.Say("{1} bytes are fewer than the {2} of the frame", "{1} байт меньше длины кадра {2}", e.Got, e.Want)
	case FrameTrailing:
		return ecr.Say("{1} bytes too many after a frame of {2}", "{1} лишних байт после кадра из {2}", e.Got-e.Want, e.Want)
	case FrameCRC:
		return ecr.Say("CRC is {1}, computed {2}", "контрольная сумма {1}, вычислена {2}", hex(e.Got), hex(e.Want))
	}
	return ecr.Say("bad frame: {1}", "неверный кадр: {1}", e.Reason)
}

// Message is the sentence for a person, "ru" or English.
func (e *FrameError) Message(lang string) string {
	text := ecr.Phrase{EN: messagesEN[CodeFrame], RU: messagesRU[CodeFrame], Args: []ecr.Arg{{Name: "reason", Value: e.reason()}}}.Words(lang)
	if lang == "ru" {
		return text
	}
	return ecr.Sentence(text)
}
