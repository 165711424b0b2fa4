package shtrihm

import (
	"fmt"
	"strconv"

	"github.com/obmen-go/obmen/ecr"
)

// Command is a command code: one byte, or FFh as the high byte of a two-byte
// code, so that 0xFF61 is sent as FF 61.
type Command uint16

// twoByte is the first byte of a two-byte code.
const twoByte = 0xFF

// Size is how many bytes the code takes on the wire, 1 or 2.
func (c Command) Size() int {
	if c>>8 == twoByte {
		return 2
	}
	return 1
}

// Valid says whether the code can be sent: 00..FE, or FF00..FFFF.
func (c Command) Valid() bool { return c < twoByte || c>>8 == twoByte }

// Reads says whether a command changes nothing: states, settings, texts, documents.
func (c Command) Reads() bool {
	switch c {
	case 0x10, 0x11, 0x1F, 0x2D, 0x2E, 0x6B, 0x89, 0xF7, 0xFC, 0xFF01, 0xFF02, 0xFF03, 0xFF04, 0xFF0A, 0xFF39, 0xFF40, 0xFF68, 0xFF70:
		return true
	}
	return false
}

// String returns the code in hex as the document writes it: "10h", "FF61h".
func (c Command) String() string { return fmt.Sprintf("%02Xh", uint16(c)) }

func (c Command) append(dst []byte) []byte {
	if c.Size() == 2 {
		dst = append(dst, twoByte)
	}
	return append(dst, byte(c))
}

// ParseRequest splits the body of a request into command and data, which is a
// part of body.
func ParseRequest(body []byte) (Command, []byte, error) {
	switch {
	case len(body) == 0:
		return 0, nil, &FrameError{Reason: FrameEmpty}
	case body[0] != twoByte:
		return Command(body[0]), body[1:], nil
	case len(body) == 1:
		return 0, nil, &FrameError{Reason: FrameHalfCommand}
	}
	return twoByte<<8 | Command(body[1]), body[2:], nil
}

// Answer is the body of an answer, taken apart.
type Answer struct {
	Cmd  Command // the command it answers
	Code byte    // 0: done; otherwise an error of the device
	Data []byte  // what follows the error byte; a part of the body
}

// ParseAnswer splits the body of an answer to the command sent. An answer to
// another command is a [FrameOtherCommand]: it is late or foreign and proves
// nothing about the command sent.
func ParseAnswer(sent Command, body []byte) (Answer, error) {
	if sent.Size() == 2 && len(body) == 2 && body[0] == twoByte {
		return Answer{Cmd: sent, Code: body[1]}, nil
	}
	cmd, rest, err := ParseRequest(body)
	switch {
	case err != nil:
		return Answer{}, err
	case cmd != sent:
		return Answer{}, &FrameError{Reason: FrameOtherCommand, Want: int(sent), Got: int(cmd)}
	case len(rest) == 0:
		return Answer{}, &FrameError{Reason: FrameNoError}
	}
	return Answer{Cmd: cmd, Code: rest[0], Data: rest[1:]}, nil
}

// FrameReason says what is wrong with a frame or with its body.
type FrameReason int

// The reasons. Zero means that none was set.
const (
	FrameStart        FrameReason = iota + 1 // the first byte begins no frame of this level
	FrameEmpty                               // no command
	FrameShort                               // fewer bytes than LEN says
	FrameTrailing                            // more bytes than LEN says
	FrameCheck                               // LRC or CRC differs
	FrameStuffing                            // 9Fh before another byte, or a bare 8Fh inside
	FrameLength                              // a LEN that does not exist
	FrameHalfCommand                         // FFh without the second byte of its code
	FrameOtherCommand                        // an answer to another command
	FrameNoError                             // an answer without its error byte
)

var frameReasons = [...]string{
	FrameStart: "start", FrameEmpty: "empty", FrameShort: "short", FrameTrailing: "trailing",
	FrameCheck: "check", FrameStuffing: "stuffing", FrameLength: "length", FrameHalfCommand: "half-command",
	FrameOtherCommand: "other-command", FrameNoError: "no-error-byte",
}

// String returns the name of the reason, or FrameReason(N) for a value that is none.
func (r FrameReason) String() string {
	if r > 0 && int(r) < len(frameReasons) {
		return frameReasons[r]
	}
	return "FrameReason(" + strconv.Itoa(int(r)) + ")"
}

// FrameError says why bytes are no frame, or a body no request or answer. It is
// an error of pure functions: what it means for a command, a link says.
type FrameError struct {
	Reason FrameReason // what is wrong
	Want   int         // bytes, checksum, start byte or command expected
	Got    int         // what was found
}

var _ error = (*FrameError)(nil)

// Code returns [CodeFrame].
func (e *FrameError) Code() string { return CodeFrame }

// Path is empty: a frame has no name.
func (e *FrameError) Path() string { return "" }

// Error is one line in English.
func (e *FrameError) Error() string { return "shtrihm: " + e.text() }

func (e *FrameError) text() string {
	switch e.Reason {
	case FrameStart:
		return fmt.Sprintf("a frame begins with 02 (v1) or 8F (v2), not with %02X", e.Got)
	case FrameEmpty:
		return "the frame holds no command"
	case FrameShort:
		return fmt.Sprintf("%d bytes are fewer than the %d of the frame", e.Got, e.Want)
	case FrameTrailing:
		return fmt.Sprintf("%d bytes too many after a frame of %d", e.Got-e.Want, e.Want)
	case FrameCheck:
		return fmt.Sprintf("the checksum is %02X, computed %02X", e.Got, e.Want)
	case FrameStuffing:
		return fmt.Sprintf("%02X cannot stand here: 8F and 9F are sent as 9F 81 and 9F 83", e.Got)
	case FrameLength:
		return fmt.Sprintf("LEN cannot be %d", e.Got)
	case FrameHalfCommand:
		return "FF is the first half of a command, the second is missing"
	case FrameOtherCommand:
		return fmt.Sprintf("an answer to %v, while %v was sent", Command(e.Got), Command(e.Want))
	case FrameNoError:
		return "the answer has no error byte"
	}
	return "bad frame: " + e.Reason.String()
}

// Message is the sentence for a person, "ru" or English.
func (e *FrameError) Message(lang string) string {
	if lang == "ru" {
		return messagesRU[CodeFrame]
	}
	return ecr.Sentence(messagesEN[CodeFrame] + ": " + e.text())
}
