package shtrihm

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/ecr"
)

// vector is a line of testdata/frames.txt: a frame of a published exchange.
type vector struct {
	level    string
	toDevice bool
	frame    []byte
}

func vectors(t testing.TB) []vector {
	t.Helper()
	f, err := os.Open("testdata/frames.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list []vector
	for s := bufio.NewScanner(f); s.Scan(); {
		fields := strings.Fields(s.Text())
		if len(fields) != 3 || fields[0] == "#" {
			continue
		}
		b, err := hex.DecodeString(fields[2])
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, vector{fields[0], fields[1] == ">", b})
	}
	if len(list) < 50 {
		t.Fatalf("only %d vectors", len(list))
	}
	return list
}

func TestVectors(t *testing.T) {
	t.Run("E6 every vector parses, verifies and re-encodes", func(t *testing.T) {
		for _, v := range vectors(t) {
			switch v.level {
			case "v1":
				body, err := ParseFrame(v.frame)
				if err != nil {
					t.Errorf("%x: %v", v.frame, err)
					continue
				}
				if again, err := AppendBody(nil, body); err != nil || !bytes.Equal(again, v.frame) {
					t.Errorf("%x became %x (%v)", v.frame, again, err)
				}
				cmd, data, err := ParseRequest(body)
				if err != nil {
					t.Errorf("%x: %v", v.frame, err)
				}
				if again, err := AppendFrame(nil, cmd, data); err != nil || !bytes.Equal(again, v.frame) {
					t.Errorf("%x became %x (%v)", v.frame, again, err)
				}
				if !v.toDevice {
					if _, err := ParseAnswer(cmd, body); err != nil {
						t.Errorf("%x: %v", v.frame, err)
					}
				}
			case "v2":
				f, err := ParseNumbered(nil, v.frame)
				if err != nil {
					t.Errorf("%x: %v", v.frame, err)
					continue
				}
				if again, err := AppendNumbered(nil, f); err != nil || !bytes.Equal(again, v.frame) {
					t.Errorf("%x became %x (%v)", v.frame, again, err)
				}
			default:
				t.Errorf("level %q", v.level)
			}
		}
	})
	t.Run("E6 every vector cut at every byte", func(t *testing.T) {
		for _, v := range vectors(t) {
			for cut := range len(v.frame) + 1 {
				if v.level == "v1" {
					var s Scanner
					s.Add(v.frame[:cut])
					if item, ok := s.Next(); ok != (cut == len(v.frame)) {
						t.Fatalf("%x after %d bytes: %v", v.frame, cut, item)
					} else if !ok {
						s.Add(v.frame[cut:])
						item, ok = s.Next()
						if !ok || item.Kind != TokenFrame || !bytes.Equal(item.Raw, v.frame) {
							t.Fatalf("%x cut at %d: %v %v", v.frame, cut, item, ok)
						}
					}
					continue
				}
				var s NumberedScanner
				s.Add(v.frame[:cut])
				if item, ok := s.Next(); ok != (cut == len(v.frame)) {
					t.Fatalf("%x after %d bytes: %v", v.frame, cut, item)
				} else if !ok {
					s.Add(v.frame[cut:])
					item, ok = s.Next()
					if !ok || item.Kind != TokenFrame || !bytes.Equal(item.Raw, v.frame) {
						t.Fatalf("%x cut at %d: %v %v", v.frame, cut, item, ok)
					}
				}
			}
		}
	})
}

func TestDamagedFrames(t *testing.T) {
	for _, c := range []struct {
		hex  string
		want FrameReason
	}{
		{"0105", FrameStart},
		{"02", FrameShort},
		{"0200", FrameEmpty},
		{"0205111e000000", FrameShort},
		{"0205111e0000000b", FrameCheck},
		{"0205111e0000000a00", FrameTrailing},
	} {
		b, _ := hex.DecodeString(c.hex)
		_, err := ParseFrame(b)
		if e, ok := errors.AsType[*FrameError](err); !ok || e.Reason != c.want {
			t.Errorf("%s: %v", c.hex, err)
		}
	}
	for _, c := range []struct {
		hex  string
		want FrameReason
	}{
		{"", FrameStart},
		{"0205", FrameStart},
		{"8f", FrameShort},
		{"8f00000f", FrameShort},
		{"8f00000f1e", FrameCheck},
		{"8f00000f1d00", FrameTrailing},
		{"8f01000000000000", FrameLength},
		{"8f0000009f", FrameShort},
		{"8f9f80000f1d", FrameStuffing},
		{"8f008f000f1d", FrameStuffing},
	} {
		b, _ := hex.DecodeString(c.hex)
		_, err := ParseNumbered(nil, b)
		if e, ok := errors.AsType[*FrameError](err); !ok || e.Reason != c.want {
			t.Errorf("%s: %v", c.hex, err)
		}
	}
}

func TestAnswers(t *testing.T) {
	for _, c := range []struct {
		name string
		sent Command
		body string
		want Answer
		bad  FrameReason
	}{
		{name: "one byte", sent: 0x88, body: "8873", want: Answer{Cmd: 0x88, Code: 0x73}},
		{name: "two bytes", sent: 0xFF67, body: "ff6737", want: Answer{Cmd: 0xFF67, Code: 0x37}},
		{name: "two bytes, FF and the error alone", sent: 0xFF67, body: "ff37", want: Answer{Cmd: 0xFF67, Code: 0x37}},
		{name: "another command", sent: 0x11, body: "1e00", bad: FrameOtherCommand},
		{name: "FF of another command", sent: 0x11, body: "ff37", bad: FrameOtherCommand},
		{name: "no error byte", sent: 0x11, body: "11", bad: FrameNoError},
		{name: "empty", sent: 0x11, body: "", bad: FrameEmpty},
		{name: "half a command", sent: 0xFF61, body: "ff", bad: FrameHalfCommand},
	} {
		body, _ := hex.DecodeString(c.body)
		got, err := ParseAnswer(c.sent, body)
		if c.bad != 0 {
			if e, ok := errors.AsType[*FrameError](err); !ok || e.Reason != c.bad {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || got.Cmd != c.want.Cmd || got.Code != c.want.Code || len(got.Data) != 0 {
			t.Errorf("%s: %+v, %v", c.name, got, err)
		}
	}
}

func TestLimits(t *testing.T) {
	if b, err := AppendFrame(nil, 0xFF4D, make([]byte, MaxBody-2)); err != nil || len(b) != MaxFrame {
		t.Errorf("the longest frame: %d bytes, %v", len(b), err)
	}
	_, err := AppendFrame(nil, 0xFF4D, make([]byte, MaxBody-1))
	if e, ok := errors.AsType[*ecr.Error](err); !ok || e.Code() != ecr.CodeFrameTooLong || !e.SafeToRetry() {
		t.Errorf("one byte too many: %v", err)
	}
	if _, err := AppendFrame(nil, 0xFF, nil); err == nil {
		t.Error("FFh alone is no command")
	}
	if _, err := AppendFrame(nil, 0x1234, nil); err == nil {
		t.Error("1234h is no command")
	}
	if _, err := AppendNumbered(nil, Numbered{Body: []byte{1}}); err == nil {
		t.Error("a body needs a number")
	}
	worst := bytes.Repeat([]byte{StartNumbered}, MaxNumberedBody)
	b, err := AppendNumbered(nil, Numbered{HasNumber: true, Number: 0x8F9F, Body: worst})
	if err != nil || len(b) > MaxNumberedFrame {
		t.Fatalf("%d bytes, %v", len(b), err)
	}
	f, err := ParseNumbered(nil, b)
	if err != nil || f.Number != 0x8F9F || !bytes.Equal(f.Body, worst) {
		t.Errorf("the longest numbered frame does not come back: %v", err)
	}
	if _, err := AppendNumbered(nil, Numbered{HasNumber: true, Body: make([]byte, MaxNumberedBody+1)}); err == nil {
		t.Error("one byte too many")
	}
}

func TestScanner(t *testing.T) {
	t.Run("E1 control values inside a frame are data", func(t *testing.T) {
		frame, _ := AppendFrame(nil, 0x10, []byte{STX, ENQ, ACK, NAK, 0xFF})
		var s Scanner
		s.Add(append([]byte{0xFF, 0, 0, ACK}, append(frame, ENQ)...))
		var got strings.Builder
		for {
			item, ok := s.Next()
			if !ok {
				break
			}
			fmt.Fprintf(&got, "%d:%X ", item.Kind, item.Raw)
		}
		want := fmt.Sprintf("4:FF 4:00 4:00 1:06 2:%X 1:05 ", frame)
		if got.String() != want {
			t.Errorf("got %s, want %s", got.String(), want)
		}
	})
	t.Run("a bare 8F begins a new frame", func(t *testing.T) {
		good, _ := AppendNumbered(nil, Numbered{HasNumber: true, Number: 7, Body: []byte{0xFC}})
		for _, damage := range [][]byte{{StartNumbered}, {StartNumbered, 5, 0}, {StartNumbered, 5, 0, escape}, {StartNumbered, 1, 0}, {StartNumbered, escape, 0x55}, {0, 1, 2}} {
			var s NumberedScanner
			s.Add(append(append([]byte{}, damage...), good...))
			var last NumberedToken
			for {
				item, ok := s.Next()
				if !ok {
					break
				}
				last = item
			}
			if last.Kind != TokenFrame || last.Frame.Number != 7 {
				t.Errorf("%X before a good frame: it is lost", damage)
			}
		}
	})
	t.Run("a length above Max is not waited for", func(t *testing.T) {
		s := NumberedScanner{Max: 100}
		s.Add([]byte{StartNumbered, 101, 0})
		if item, ok := s.Next(); !ok || item.Kind != TokenDamaged {
			t.Errorf("%v %v", item, ok)
		}
	})
}

func TestAllocations(t *testing.T) {
	frame, _ := AppendFrame(nil, 0x11, []byte{30, 0, 0, 0})
	numbered, _ := AppendNumbered(nil, Numbered{HasNumber: true, Number: 9, Body: []byte{0x11, 0x8F, 0x9F}})
	buf := make([]byte, 0, 64)
	var s Scanner
	var n NumberedScanner
	run := func() {
		s.Add(frame)
		s.Next()
		n.Add(numbered)
		n.Next()
		buf, _ = AppendFrame(buf[:0], 0x11, frame[2:6])
		buf, _ = AppendNumbered(buf[:0], Numbered{HasNumber: true, Number: 9, Body: frame})
	}
	run()
	if got := testing.AllocsPerRun(100, run); got != 0 {
		t.Errorf("%v allocations an exchange", got)
	}
}

func FuzzParseFrame(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.frame)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		if body, err := ParseFrame(b); err == nil {
			if again, err := AppendBody(nil, body); err != nil || !bytes.Equal(again, b) {
				t.Errorf("%x became %x, %v", b, again, err)
			}
			if cmd, data, err := ParseRequest(body); err == nil {
				if again, err := AppendFrame(nil, cmd, data); err != nil || !bytes.Equal(again, b) {
					t.Errorf("%x became %x, %v", b, again, err)
				}
			}
		}
		if n, err := ParseNumbered(nil, b); err == nil {
			if again, err := AppendNumbered(nil, n); err != nil || !bytes.Equal(again, b) {
				t.Errorf("%x became %x, %v", b, again, err)
			}
		}
	})
}

// FuzzScanners: every byte is given out exactly once, in order, however the
// stream is cut.
func FuzzScanners(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v.frame, 3)
	}
	f.Add([]byte{0x8F, 0x05, 0x9F, 0x8F, 0, 0, 0x0F, 0x1D}, 1)
	f.Fuzz(func(t *testing.T, b []byte, chunk int) {
		if chunk < 1 || chunk > 1000 {
			chunk = 1
		}
		var s Scanner
		var n NumberedScanner
		var one, two []byte
		for rest := b; len(rest) > 0; {
			k := min(chunk, len(rest))
			s.Add(rest[:k])
			n.Add(rest[:k])
			rest = rest[k:]
			for item, ok := s.Next(); ok; item, ok = s.Next() {
				one = append(one, item.Raw...)
			}
			for item, ok := n.Next(); ok; item, ok = n.Next() {
				two = append(two, item.Raw...)
				if item.Kind == TokenFrame {
					again, err := AppendNumbered(nil, item.Frame)
					if err != nil || !bytes.Equal(again, item.Raw) {
						t.Errorf("%x became %x, %v", item.Raw, again, err)
					}
				}
			}
		}
		if !bytes.Equal(one, b[:len(one)]) || len(one)+s.Pending() != len(b) {
			t.Errorf("the scanner gave %x of %x", one, b)
		}
		if !bytes.Equal(two, b[:len(two)]) || len(two)+n.Pending() != len(b) {
			t.Errorf("the numbered scanner gave %x of %x", two, b)
		}
	})
}
