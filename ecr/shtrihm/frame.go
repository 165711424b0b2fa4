package shtrihm

import "github.com/obmen-go/obmen/ecr"

// Bytes of the standard link level.
const (
	STX      = 0x02 // first byte of a frame
	ENQ      = 0x05 // the host asks what the device is doing
	ACK      = 0x06 // taken; to ENQ: an answer waits or is being prepared
	NAK      = 0x15 // damaged on the way, it did not run; to ENQ: the device is idle
	IdleByte = 0xFF // sent by devices on TCP after the host's ACK: to be skipped
)

// Limits of a frame of the standard level. LEN is one byte and counts the body.
const (
	Overhead = 3   // STX, LEN, LRC
	MaxBody  = 255 // bytes of command and data
	MaxFrame = MaxBody + Overhead
)

// AppendFrame appends a frame of the standard level to dst: the request of cmd
// with its data, or an answer if data begins with the error byte. It fails for a
// code that cannot be sent and for more than [MaxBody] bytes, with
// [ecr.CodeFrameTooLong], and allocates nothing if dst has room.
func AppendFrame(dst []byte, cmd Command, data []byte) ([]byte, error) {
	n := cmd.Size() + len(data)
	if err := checkBody(cmd, n, MaxBody); err != nil {
		return dst, err
	}
	dst = append(dst, STX, byte(n))
	dst = append(cmd.append(dst), data...)
	return append(dst, lrc(dst[len(dst)-n-1:])), nil
}

// AppendBody appends the frame around a body that stands ready, 1..[MaxBody] bytes.
func AppendBody(dst, body []byte) ([]byte, error) {
	if len(body) == 0 {
		return dst, &FrameError{Reason: FrameEmpty}
	}
	if len(body) > MaxBody {
		return dst, tooLong(len(body), MaxBody)
	}
	dst = append(dst, STX, byte(len(body)))
	dst = append(dst, body...)
	return append(dst, lrc(dst[len(dst)-len(body)-1:])), nil
}

func checkBody(cmd Command, n, limit int) error {
	if !cmd.Valid() {
		return &FrameError{Reason: FrameHalfCommand}
	}
	if n > limit {
		return tooLong(n, limit)
	}
	return nil
}

func tooLong(n, limit int) error {
	return ecr.NewError(ecr.CodeFrameTooLong, ecr.Details{
		Outcome: ecr.NotSent, Phase: ecr.PhaseWrite,
		Args: []ecr.Arg{{Name: "bytes", Value: n}, {Name: "maximum", Value: limit}},
	})
}

// lrc is the exclusive-or of LEN and body.
func lrc(b []byte) byte {
	var x byte
	for _, c := range b {
		x ^= c
	}
	return x
}

// FrameSize tells the size of a frame of the standard level from its first two
// bytes; 0 means that two bytes are needed.
func FrameSize(head []byte) (int, error) {
	if len(head) > 0 && head[0] != STX {
		return 0, &FrameError{Reason: FrameStart, Want: STX, Got: int(head[0])}
	}
	if len(head) < 2 {
		return 0, nil
	}
	if head[1] == 0 {
		return 0, &FrameError{Reason: FrameEmpty}
	}
	return int(head[1]) + Overhead, nil
}

// ParseFrame reads exactly one frame of the standard level, without a control
// byte before it, and returns its body, a part of b. An error is a *[FrameError].
func ParseFrame(b []byte) (body []byte, err error) {
	size, err := FrameSize(b)
	switch {
	case err != nil:
		return nil, err
	case size == 0 || len(b) < size:
		return nil, &FrameError{Reason: FrameShort, Want: max(size, Overhead+1), Got: len(b)}
	case len(b) > size:
		return nil, &FrameError{Reason: FrameTrailing, Want: size, Got: len(b)}
	}
	if sum := lrc(b[1 : size-1]); sum != b[size-1] {
		return nil, &FrameError{Reason: FrameCheck, Want: int(sum), Got: int(b[size-1])}
	}
	return b[2 : size-1], nil
}
