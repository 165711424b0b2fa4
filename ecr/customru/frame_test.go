package customru_test

import (
	"bufio"
	"bytes"
	"encoding/hex"
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
)

// vectors are real frames of the document, in both directions.
func vectors(t testing.TB) [][]byte {
	t.Helper()
	f, err := os.Open("testdata/vectors.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var list [][]byte
	for s := bufio.NewScanner(f); s.Scan(); {
		_, text, ok := strings.Cut(s.Text(), " ")
		b, err := hex.DecodeString(text)
		if !ok || err != nil {
			t.Fatalf("vector %q: %v", s.Text(), err)
		}
		list = append(list, b)
	}
	if len(list) != 42 {
		t.Fatalf("%d vectors", len(list))
	}
	return list
}

// bare is a vector without its ACK.
func bare(v []byte) []byte {
	if v[0] == customru.ACK {
		return v[1:]
	}
	return v
}

func TestVectors(t *testing.T) {
	t.Run("E6 every vector parses, verifies and re-encodes", func(t *testing.T) {
		for _, v := range vectors(t) {
			f, err := customru.ParseFrame(bare(v))
			if err != nil {
				t.Errorf("%X: %v", v, err)
				continue
			}
			again, err := f.AppendBinary(nil)
			if err != nil || !bytes.Equal(again, bare(v)) {
				t.Errorf("%X re-encodes to %X, %v", v, again, err)
			}
			if size, err := customru.FrameSize(bare(v)); size != len(bare(v)) || err != nil {
				t.Errorf("%X: size %d, %v", v, size, err)
			}
		}
	})
	t.Run("E6 also when cut into two reads anywhere", func(t *testing.T) {
		for _, v := range vectors(t) {
			for cut := range len(v) + 1 {
				var s customru.Scanner
				var got []byte
				for _, part := range [][]byte{v[:cut], v[cut:]} {
					s.Add(part)
					for {
						token, ok := s.Next()
						if !ok {
							break
						}
						if token.Kind != customru.TokenControl && token.Kind != customru.TokenFrame {
							t.Fatalf("%X cut at %d: %+v", v, cut, token)
						}
						got = append(got, token.Raw...)
					}
				}
				if !bytes.Equal(got, v) || s.Pending() != 0 {
					t.Fatalf("%X cut at %d reads as %X", v, cut, got)
				}
			}
		}
	})
}

func TestFrame(t *testing.T) {
	t.Run("E1 the checksum is the low byte of the sum xor the high one", func(t *testing.T) {
		b, err := customru.AppendFrame(nil, customru.CmdStatus, []byte{0x3F, 0x42, 0x0F, 0})
		if want := "010500f13f420f0087"; err != nil || hex.EncodeToString(b) != want {
			t.Errorf("%x, want %s", b, want)
		}
		long := bytes.Repeat([]byte{0xFF}, 600) // the sum passes 16 bits
		if b, err = customru.AppendFrame(nil, 0xFF, long); err != nil {
			t.Fatal(err)
		}
		if _, err := customru.ParseFrame(b); err != nil {
			t.Error(err)
		}
	})
	t.Run("E1 the limits of a frame", func(t *testing.T) {
		if _, err := customru.AppendFrame(nil, 1, make([]byte, customru.MaxData)); err != nil {
			t.Error(err)
		}
		_, err := customru.AppendFrame(nil, 1, make([]byte, customru.MaxData+1))
		if e, ok := errors.AsType[*ecr.Error](err); !ok || e.Code() != ecr.CodeFrameTooLong {
			t.Error(err)
		}
	})
	for _, c := range []struct {
		name, hex string
		reason    customru.FrameReason
	}{
		{"E1 empty", "", customru.FrameShort},
		{"E1 no LEN yet", "0105", customru.FrameShort},
		{"E1 too short", "010500f13f420f00", customru.FrameShort},
		{"E1 too long", "010500f13f420f008700", customru.FrameTrailing},
		{"E1 LEN 0", "01000000", customru.FrameEmpty},
		{"E1 another start", "020500f13f420f0087", customru.FrameStart},
		{"E1 another CRC", "010500f13f420f0086", customru.FrameCRC},
	} {
		t.Run(c.name, func(t *testing.T) {
			b, err := hex.DecodeString(c.hex)
			if err != nil {
				t.Fatal(err)
			}
			_, err = customru.ParseFrame(b)
			e, ok := errors.AsType[*customru.FrameError](err)
			if !ok || e.Reason != c.reason || e.Error() == "" || e.Message("ru") == "" || e.Code() != customru.CodeFrame {
				t.Errorf("%v, want %v", err, c.reason)
			}
		})
	}
	t.Run("E1 control bytes inside a frame do not end it", func(t *testing.T) {
		b, err := customru.AppendFrame(nil, 0x06, []byte{0x01, 0x06, 0x15, 0x01})
		if err != nil {
			t.Fatal(err)
		}
		var s customru.Scanner
		s.Add(append([]byte{0x06}, b...))
		ack, _ := s.Next()
		got, ok := s.Next()
		if ack.Kind != customru.TokenControl || !ok || got.Kind != customru.TokenFrame || !bytes.Equal(got.Frame.Data, []byte{1, 6, 21, 1}) {
			t.Errorf("%+v, %+v", ack, got)
		}
	})
	t.Run("E1 a LEN beyond the limit holds no memory", func(t *testing.T) {
		s := customru.Scanner{Max: 100}
		s.Add([]byte{0x01, 0xFF, 0xFF})
		if token, ok := s.Next(); !ok || token.Kind != customru.TokenNoise {
			t.Errorf("%+v, %v", token, ok)
		}
	})
}

func TestFrameAllocations(t *testing.T) {
	t.Run("E1 encoding and reading allocate nothing", func(t *testing.T) {
		data := make([]byte, 60)
		buf := make([]byte, 0, 100)
		var s customru.Scanner
		s.Add([]byte{customru.ACK})
		s.Next()
		n := testing.AllocsPerRun(100, func() {
			b, err := customru.AppendFrame(buf, customru.CmdCashIn, data)
			if err != nil {
				t.Fatal(err)
			}
			s.Add(b)
			if token, ok := s.Next(); !ok || token.Kind != customru.TokenFrame {
				t.Fatal("no frame")
			}
			if _, err := customru.ParseFrame(b); err != nil {
				t.Fatal(err)
			}
		})
		if n != 0 {
			t.Errorf("%v allocations", n)
		}
	})
}

// FuzzParseFrame: what parses re-encodes to the same bytes.
func FuzzParseFrame(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(bare(v))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		frame, err := customru.ParseFrame(b)
		if err != nil {
			if err.Error() == "" {
				t.Error("an error without text")
			}
			return
		}
		if again, err := frame.AppendBinary(nil); err != nil || !bytes.Equal(again, b) {
			t.Errorf("%X re-encodes to %X, %v", b, again, err)
		}
	})
}

// FuzzScanner: the tokens are the input, whatever it is and however it is cut.
func FuzzScanner(f *testing.F) {
	for _, v := range vectors(f) {
		f.Add(v, 3)
	}
	f.Add([]byte{1, 0, 0, 6, 21, 1, 1, 0, 1, 1}, 1)
	f.Fuzz(func(t *testing.T, b []byte, step int) {
		step = max(1, step%17)
		var s customru.Scanner
		var got []byte
		for rest := b; len(rest) > 0; {
			n := min(step, len(rest))
			s.Add(rest[:n])
			rest = rest[n:]
			for {
				token, ok := s.Next()
				if !ok {
					break
				}
				got = append(got, token.Raw...)
			}
		}
		if n := s.Pending(); len(got)+n != len(b) || !bytes.Equal(got, b[:len(got)]) {
			t.Errorf("%X cut by %d reads as %X and %d pending", b, step, got, n)
		}
	})
}

func BenchmarkFrame(b *testing.B) {
	data := make([]byte, 60)
	buf := make([]byte, 0, 100)
	var s customru.Scanner
	b.ReportAllocs()
	for b.Loop() {
		frame, err := customru.AppendFrame(buf, customru.CmdCashIn, data)
		if err != nil {
			b.Fatal(err)
		}
		s.Add(frame)
		if _, ok := s.Next(); !ok {
			b.Fatal("no frame")
		}
	}
}
