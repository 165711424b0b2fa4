package examples

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"strings"
	"testing"
	"time"
)

// The marks of the seed's receipt and the values of its tags.
const (
	pause = 150 * time.Millisecond // long enough for a silence to be one
)

var (
	seedMarkOne = unhex("30 31 30 34 36 37 30 30 30 38 31 36 33 36 38 35 32 31 62 76 53 71 6B 43 73 75 6F 41 79 52 35 1D 39 31 45 45 30 39 1D 39 32 62 69 6C 31 6D 34 4C 33 69 2B 4C 77 55 35 45 57 78 6C 34 51 73 43 72 55 44 37 39 68 58 52 71 72 47 33 6A 4E 6E 6E 66 6F 44 76 63 3D")
	seedMarkTwo = unhex("30 31 30 34 36 34 30 32 30 33 38 32 30 30 31 30 32 31 31 30 30 30 30 30 30 31 31 39 38 31 38 1D 39 31 45 45 30 38 1D 39 32 53 53 58 36 6C 4C 70 57 36 4E 31 5A 37 2F 4A 69 77 78 52 53 66 45 78 55 6B 59 51 74 35 34 35 51 6E 58 68 39 7A 6F 79 6D 5A 4A 6F 3D")
	shortMark   = unhex("30 31 30 34 36 30 33 37 34 35 39 36 38 30 31 35 32 31 35 59 4A 46 22 5A 39 33 4E 47 76 31")
)

func unhex(s string) []byte {
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		panic(err)
	}
	return b
}

// shtrihHost is a host that shares no code with the simulator.
type shtrihHost struct {
	t    *testing.T
	conn net.Conn
	num  uint16 // of v2
}

func dialShtrih(t *testing.T, s *simulator) *shtrihHost {
	t.Helper()
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return &shtrihHost{t: t, conn: conn}
}

func (h *shtrihHost) write(b ...byte) {
	h.t.Helper()
	if _, err := h.conn.Write(b); err != nil {
		h.t.Fatal(err)
	}
}

func (h *shtrihHost) read(n int) []byte {
	h.t.Helper()
	h.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
	b := make([]byte, n)
	if got, err := io.ReadFull(h.conn, b); err != nil {
		h.t.Fatalf("wanted %d bytes, got % X: %v", n, b[:got], err)
	}
	return b
}

func (h *shtrihHost) want(b ...byte) {
	h.t.Helper()
	if got := h.read(len(b)); !bytes.Equal(got, b) {
		h.t.Fatalf("got % X, want % X", got, b)
	}
}

func (h *shtrihHost) silent(d time.Duration) {
	h.t.Helper()
	h.conn.SetReadDeadline(time.Now().Add(d))
	var b [64]byte
	if n, err := h.conn.Read(b[:]); n > 0 || err == nil {
		h.t.Fatalf("got % X, want silence", b[:n])
	}
}

func v1Frame(body []byte) []byte {
	sum := byte(len(body))
	for _, c := range body {
		sum ^= c
	}
	return append(append([]byte{0x02, byte(len(body))}, body...), sum)
}

// answer reads one v1 frame and returns its body.
func (h *shtrihHost) answer() []byte {
	h.t.Helper()
	head := h.read(2)
	if head[0] != 0x02 {
		h.t.Fatalf("an answer begins with %02X", head[0])
	}
	b := h.read(int(head[1]) + 1)
	if got := v1Frame(b[:len(b)-1]); got[len(got)-1] != b[len(b)-1] {
		h.t.Fatalf("LRC of % X", b)
	}
	return b[:len(b)-1]
}

// exchange is the whole v1 dialogue: ENQ, NAK, frame, ACK, answer, ACK.
func (h *shtrihHost) exchange(body []byte) []byte {
	h.t.Helper()
	h.write(0x05)
	h.want(0x15)
	h.write(v1Frame(body)...)
	h.want(0x06)
	answer := h.answer()
	h.write(0x06)
	return answer
}

func crc16(b []byte) uint16 {
	sum := uint16(0xFFFF)
	for _, c := range b {
		sum ^= uint16(c) << 8
		for range 8 {
			if sum&0x8000 != 0 {
				sum = sum<<1 ^ 0x1021
			} else {
				sum <<= 1
			}
		}
	}
	return sum
}

func v2Frame(num uint16, body []byte) []byte {
	n := len(body) + 2
	plain := append([]byte{byte(n), byte(n >> 8), byte(num), byte(num >> 8)}, body...)
	if body == nil {
		plain = []byte{0, 0}
	}
	sum := crc16(plain)
	plain = append(plain, byte(sum), byte(sum>>8))
	out := []byte{0x8F}
	for _, c := range plain {
		switch c {
		case 0x8F:
			out = append(out, 0x9F, 0x81)
		case 0x9F:
			out = append(out, 0x9F, 0x83)
		default:
			out = append(out, c)
		}
	}
	return out
}

// numbered reads one v2 frame.
func (h *shtrihHost) numbered() (num uint16, body []byte) {
	h.t.Helper()
	h.want(0x8F)
	var plain []byte
	for len(plain) < 4 || len(plain) < 4+int(plain[0])+int(plain[1])<<8 {
		c := h.read(1)[0]
		if c == 0x9F {
			c = map[byte]byte{0x81: 0x8F, 0x83: 0x9F}[h.read(1)[0]]
		}
		plain = append(plain, c)
	}
	n := len(plain) - 2
	if sum := crc16(plain[:n]); byte(sum) != plain[n] || byte(sum>>8) != plain[n+1] {
		h.t.Fatalf("CRC of % X", plain)
	}
	return uint16(plain[2]) | uint16(plain[3])<<8, plain[4:n]
}

// sync asks for the number, as a v2 host does first.
func (h *shtrihHost) sync() []byte {
	h.t.Helper()
	h.write(v2Frame(0, nil)...)
	start := time.Now()
	num, body := h.numbered()
	if d := time.Since(start); d > 2*time.Second { // the protocol says 100 ms; the machine is shared
		h.t.Errorf("the sync took %v", d)
	}
	h.num = num
	return body
}

// next is one v2 exchange.
func (h *shtrihHost) next(body []byte) []byte {
	h.t.Helper()
	h.num++
	h.write(v2Frame(h.num, body)...)
	num, answer := h.numbered()
	if num != h.num {
		h.t.Fatalf("answer %d to request %d", num, h.num)
	}
	return answer
}

// pw is the system administrator's password after a command.
func pw(cmd string, data ...byte) []byte {
	return append(append(unhex(cmd), 30, 0, 0, 0), data...)
}

func prefixed(b []byte) []byte { return append([]byte{byte(len(b))}, b...) }

func mark61(mark []byte) []byte {
	return pw("FF61", append([]byte{1, 0, byte(len(mark)), 0}, mark...)...)
}

// seedReceipt is the seed's receipt, command by command, with the answers of
// section 4.2. A wanted answer may be a prefix, marked with a trailing star.
func seedReceipt() [][2]string {
	item := func(name string) string {
		return "FF461E000000" + "01" + "40420F000000" + "1027000000" + strings.Repeat("FF", 10) + "08010421" + name
	}
	tag := func(number int, value string) string {
		return fmt.Sprintf("FF4D1E000000%02X%02X%02X00%X", number&0xFF, number>>8, len(value), value)
	}
	one, two := fmt.Sprintf("%X", seedMarkOne), fmt.Sprintf("%X", seedMarkTwo)
	steps := [][2]string{
		{"FF611E00000001005500" + one, "FF61000001030200 0F"},
		{"FF691E00000001", "FF69000F"},
		{"FF701E000000", "FF70000100250100000000"},
		{"FF611E00000001005500" + two, "FF610000010302000F"},
		{"FF691E00000001", "FF69000F"},
		{"FF701E000000", "FF70000100250200000000"},
		{item("C8EDFAE5EAF2F0E0ED"), "FF4600"},
		{tag(1262, "030"), "FF4D00"},
		{tag(1263, "21.11.2023"), "FF4D00"},
		{tag(1264, "1944"), "FF4D00"},
		{tag(1265, "UUID=1e87c58a-2934-40f5-80cb-6cc319f6487a&Time=1737344126424"), "FF4D00"},
		{"FF671E00000055" + two, "FF6700444D03"},
		{item("CCE5F0F1E8EBEEED"), "FF4600"},
		{"FF671E00000055" + one, "FF6700444D03"},
		{tag(1262, "030"), "FF4D00"},
		{tag(1263, "21.11.2023"), "FF4D00"},
		{tag(1264, "1944"), "FF4D00"},
		{tag(1265, "UUID=11c7824b-b8b7-41c3-87ba-f94f5417a127&Time=1741083256444"), "FF4D00"},
		{"FF451E000000" + "0000000000" + "204E000000" + strings.Repeat("00", 70) + "00" + strings.Repeat("00", 30) + "02", "FF45000000000000*"},
		{"FF701E000000", "FF70000100210000000000"},
	}
	return steps
}

func checkSteps(t *testing.T, steps [][2]string, exchange func([]byte) []byte) {
	t.Helper()
	for _, s := range steps {
		got := exchange(unhex(s[0]))
		want, more := strings.CutSuffix(s[1], "*")
		if b := unhex(want); !bytes.Equal(got, b) && !(more && bytes.HasPrefix(got, b)) {
			t.Fatalf("%s\ngot  % X\nwant %s", s[0], got, s[1])
		}
	}
}

func TestSimulatorShtrihSeedReceipt(t *testing.T) {
	s := startSimulator(t, "-protocol", "shtrihm", "-listen", "127.0.0.1:0")
	t.Run("E50 the seed's receipt over v1", func(t *testing.T) {
		checkSteps(t, seedReceipt(), dialShtrih(t, s).exchange)
	})
	t.Run("E50 the seed's receipt over v2, on the same port", func(t *testing.T) {
		h := dialShtrih(t, s)
		if body := h.sync(); len(body) > 0 {
			t.Errorf("a register that executed nothing over v2 answers a sync with % X", body)
		}
		if h.num != 1 {
			t.Errorf("first number %d", h.num)
		}
		checkSteps(t, seedReceipt(), h.next)
	})
	if n := strings.Count(s.journal.String(), "FF45h: executed"); n != 2 {
		t.Errorf("%d receipts in the journal\n%s", n, s.journal)
	}
}

func TestSimulatorShtrihFrames(t *testing.T) {
	s := startSimulator(t, "-protocol", "shtrihm", "-listen", "127.0.0.1:0")
	h := dialShtrih(t, s)
	t.Run("E50 frames as they are published", func(t *testing.T) {
		for _, c := range [][2]string{
			{"8D1E00000000", "8D001E"}, {"8D1E00000000", "8D73"}, {"881E000000", "88001E"}, {"881E000000", "8873"},
			{"FF391E000000", "FF390000000000000000000000000000"},
			{"1E1E0000001101002900", "1E00"}, {"1F1E00000011010029", "1F0000"}, {"1F1E0000001101003F", "1F0002"},
			{"E01E000000", "E03C"}, {"FF081E000000", "FF0802"}, {"101D000000", "104F"}, {"FE1E000000", "FE37"},
			{"1001000000", "100001*"},
		} {
			checkSteps(t, [][2]string{c}, h.exchange)
		}
	})
	t.Run("E50 a vendor's host enables the device", func(t *testing.T) {
		checkSteps(t, [][2]string{
			{"F701", "F700*"}, {"FC", "FC000000010EFC00*"}, {"2E1E0000001201", "2E00*"}, {"1F1E00000012010001", "1F00*"},
			{"111E000000", "11001E*"}, {"881E000000", "8873"}, {"FF011E000000", "FF010003*"}, {"2D1E00000011", "2D00*"},
			{"2E1E0000001107", "2E00*"}, {"1F1E00000011010007", "1F00*"}, {"101E000000", "10001E*"},
			{"FF021E000000", "FF0200*"}, {"FF031E000000", "FF0300*"}, {"FF681E000000", "FF6800*"}, {"131E000000", "13001E"}, {"401E000000", "40001E"},
		}, h.exchange)
		for body, size := range map[string]int{
			"101E000000": 16, "111E000000": 48, "FF011E000000": 33, "FF391E000000": 16, "FF681E000000": 16,
			"2D1E00000011": 45, "2E1E000000113F": 46, "FF401E000000": 8, "1F1E00000012010001": 2 + 21,
		} {
			if got := h.exchange(unhex(body)); len(got) != size {
				t.Errorf("%s: LEN %d, want %d: % X", body, len(got), size, got)
			}
		}
		if got := h.exchange(unhex("2D1E00000011")); !bytes.HasPrefix(got[2:], unhex("D0E5E3E8EEEDE0EBFCEDFBE520EDE0F1F2F0EEE9EAE800")) {
			t.Errorf("table 17 is called % X", got[2:42])
		}
		now := time.Now()
		if got := h.exchange(unhex("111E000000")); got[25] != byte(now.Day()) || got[26] != byte(now.Month()) || got[27] != byte(now.Year()-2000) {
			t.Errorf("date % X", got[25:28])
		}
	})
	t.Run("E50 what is refused", func(t *testing.T) {
		checkSteps(t, [][2]string{
			{"1E1E0000001101002902", "1E33"}, {"1E010000001101002900", "1E4F"}, {"1F1E00000014010001", "1F5D"}, {"1E1E0000001201000130", "1E7A"},
			{"FF671E00000000", "FF6773"},
			{"8D1E00000000", "8D001E"},
			{fmt.Sprintf("%X", mark61(seedMarkOne)), "FF6173"},
			{"FF461E0000000140420F000000102700000012270000" + "00" + "FFFFFFFFFF" + "0801042141", "FF4633"},
			{"FF461E0000000140420F000000102700000011270000" + "00" + "FFFFFFFFFF" + "0801042141", "FF4600"},
			{fmt.Sprintf("%X", pw("FF67", prefixed(seedMarkOne)...)), "FF67AC"},
			{"FF431E000000", "FF434A"}, {"411E000000", "414A"},
			{"FF451E000000" + strings.Repeat("00", 111) + "02", "FF4545"},
			{"101E000000", "10001E*"}, {"8D1E00000000", "8D73"},
			{"891E000000", "89001E1127000000"},
			{"881E000000", "88001E"},
			{"8D1E00000001", "8D001E"},
			{"FF461E00000003" + "40420F0000001027000000" + strings.Repeat("FF", 10) + "0801042141", "FF4600"},
			{fmt.Sprintf("%X", pw("FF67", prefixed(seedMarkOne)...)), "FF675E"},
			{"881E000000", "88001E"},
		}, h.exchange)
	})
}

func TestSimulatorShtrihHosts(t *testing.T) {
	s := startSimulator(t, "-protocol", "shtrihm", "-listen", "127.0.0.1:0", "-fault", "cmd 13#1 drop-answer; cmd 25#1 no-ack; cmd 29#1 delay=500ms; cmd 40#1 nak=2")
	short, answer := v1Frame(pw("10")), unhex("10001E")
	begins := func(h *shtrihHost) {
		h.t.Helper()
		if got := h.answer(); !bytes.HasPrefix(got, answer) {
			h.t.Fatalf("% X", got)
		}
	}
	t.Run("E50 zeros before STX and a stray 90h", func(t *testing.T) {
		h := dialShtrih(t, s)
		h.write(append([]byte{0x90, 0, 0, 0, 0}, short...)...)
		h.want(0x06)
		begins(h)
		h.write(0x06, 0x90, 0x00, 0x05)
		h.want(0x15)
	})
	t.Run("E50 a host that never asks ENQ and never acknowledges", func(t *testing.T) {
		h := dialShtrih(t, s)
		for range 3 {
			h.write(short...)
			h.want(0x06)
			begins(h)
		}
		h.write(0x06)
		h.silent(pause)
	})
	t.Run("E50 a host that asks ENQ twice", func(t *testing.T) {
		h := dialShtrih(t, s)
		h.write(0x05, 0x05)
		h.want(0x15, 0x15)
		h.write(short...)
		h.want(0x06)
		begins(h)
	})
	t.Run("E50 an answer that was not acknowledged comes again after ENQ", func(t *testing.T) {
		h := dialShtrih(t, s)
		h.write(v1Frame(pw("13"))...)
		h.want(0x06)
		h.silent(pause) // the script drops the answer
		h.conn.Close()
		h = dialShtrih(t, s)
		h.write(0x05)
		h.want(append([]byte{0x06}, v1Frame(unhex("13001E"))...)...)
		h.write(0x15) // damaged on the way: nothing by itself
		h.silent(pause)
		h.write(0x05)
		h.want(append([]byte{0x06}, v1Frame(unhex("13001E"))...)...)
		h.write(0x06, 0x05)
		h.want(0x15)
		if n := strings.Count(s.journal.String(), "13h: executed"); n != 1 {
			t.Errorf("executed %d times", n)
		}
	})
	t.Run("E50 a host that resends after a NAK", func(t *testing.T) {
		h := dialShtrih(t, s)
		bad := v1Frame(pw("13"))
		bad[3] ^= 1
		h.write(bad...)
		h.want(0x15)
		h.write(bad[:4]...) // and one that stops in the middle
		h.want(0x15)
		for range 2 {
			h.write(v1Frame(pw("40"))...)
			h.want(0x15)
		}
		h.write(v1Frame(pw("40"))...)
		h.want(0x06)
		h.want(v1Frame(unhex("40001E"))...)
		h.write(0x06)
	})
	t.Run("E50 ENQ while the answer is being prepared", func(t *testing.T) {
		h := dialShtrih(t, s)
		h.write(v1Frame(pw("29", 0, 1))...)
		h.want(0x06)
		h.write(0x05)
		h.want(0x06)
		h.want(v1Frame(unhex("29001E"))...)
		h.write(0x06, 0x05)
		h.want(0x15)
	})
	t.Run("E50 an answer without ACK", func(t *testing.T) {
		h := dialShtrih(t, s)
		h.write(v1Frame(pw("25", 0))...)
		h.want(v1Frame(unhex("25001E"))...)
	})
	t.Run("E50 a v2 host that repeats gets the last answer and nothing runs twice", func(t *testing.T) {
		h := dialShtrih(t, s)
		h.sync()
		first := h.next(pw("13"))
		h.write(v2Frame(h.num, pw("13"))...)
		if num, again := h.numbered(); num != h.num || !bytes.Equal(again, first) {
			t.Errorf("%d % X", num, again)
		}
		h.write(v2Frame(h.num+5, pw("13"))...)
		if num, again := h.numbered(); num != h.num || !bytes.Equal(again, first) {
			t.Errorf("out of turn: %d % X", num, again)
		}
		h.write(0x00, 0x90, 0x8F, 0x05, 0x9F, 0x00) // noise and a broken frame
		if body := h.sync(); !bytes.Equal(body, first) {
			t.Errorf("after noise % X", body)
		}
		if n := strings.Count(s.journal.String(), "13h: executed"); n != 2 {
			t.Errorf("executed %d times in all, want one by v1 and one by v2", n)
		}
	})
	t.Run("E50 a v1 answer that nobody took does not outlive a v2 command", func(t *testing.T) {
		h := dialShtrih(t, s)
		h.write(short...)
		h.want(0x06)
		begins(h)
		h.conn.Close()
		h = dialShtrih(t, s)
		h.sync()
		h.next(pw("10"))
		h = dialShtrih(t, s)
		h.write(0x05)
		h.want(0x15)
	})
	t.Run("E50 a v2 frame in single bytes, with stuffing", func(t *testing.T) {
		h := dialShtrih(t, s)
		h.sync()
		body := pw("17", append([]byte{2}, bytes.Repeat([]byte{0x8F, 0x9F}, 20)...)...)
		h.num++
		for _, c := range v2Frame(h.num, body) {
			h.write(c)
		}
		if _, got := h.numbered(); !bytes.Equal(got, unhex("17001E")) {
			t.Errorf("% X", got)
		}
	})
}

func TestSimulatorShtrihFFAfterACK(t *testing.T) {
	t.Run("E50 -ff-after-ack sends FFh after the host's ACK", func(t *testing.T) {
		s := startSimulator(t, "-protocol", "shtrihm", "-listen", "127.0.0.1:0", "-ff-after-ack")
		h := dialShtrih(t, s)
		for range 2 { // a host that waits for the FFh before it goes on
			h.write(v1Frame(pw("13"))...)
			h.want(0x06)
			h.want(v1Frame(unhex("13001E"))...)
			h.write(0x06)
			h.want(0xFF)
		}
	})
}

func TestSimulatorShtrihMarks(t *testing.T) {
	marking := func(t *testing.T, steps [][2]string, args ...string) {
		t.Helper()
		s := startSimulator(t, append([]string{"-protocol", "shtrihm", "-listen", "127.0.0.1:0"}, args...)...)
		checkSteps(t, steps, dialShtrih(t, s).exchange)
	}
	check := fmt.Sprintf("%X", mark61(seedMarkOne))
	accept := "FF691E00000001"
	t.Run("E50 -online decides about marks", func(t *testing.T) {
		marking(t, [][2]string{{check, "FF6100000103020005"}, {accept, "FF690005"}}, "-online", "negative")
		marking(t, [][2]string{{check, "FF61000001 0301FF"}, {accept, "FF690000"}}, "-online", "timeout")
		marking(t, [][2]string{{check, "FF6100000103 00"}, {accept, "FF690000"}}, "-online", "off")
	})
	t.Run("E50 the settings of the source", func(t *testing.T) {
		noGS := bytes.ReplaceAll(seedMarkOne, []byte{0x1D}, nil)
		marking(t, [][2]string{
			{"1F1E00000011010029", "1F0000"}, {"1F1E0000001101003D", "1F0001"}, {"1F1E00000013010008", "1F0001"},
			{fmt.Sprintf("%X", mark61(noGS)), "FF61D3"},
			{fmt.Sprintf("%X", mark61(nil)), "FF61D3"},
			{"1E1E0000001101002901", "1E00"},
			{fmt.Sprintf("%X", mark61(noGS)), "FF610000 0300020005"},
			{fmt.Sprintf("%X", mark61(shortMark)), "FF61000001FF00"},
			{accept, "FF69A1"},
			{"1E1E0000001301000800", "1E00"},
			{check, "FF610000010300"},
		})
	})
	t.Run("E50 the storage fault", func(t *testing.T) {
		marking(t, [][2]string{
			{check, "FF610000010302000F"}, {accept, "FF69D3"},
			{"1E1E0000001101003D00", "1E00"},
			{check, "FF610000010302000F"}, {accept, "FF69000F"}, {"FF701E000000", "FF700001002100 00000000"},
		}, "-mark", "^01046700=nosave")
	})
	t.Run("E50 -mark overrides -online, and is split at its last =", func(t *testing.T) {
		marking(t, [][2]string{
			{check, "FF6100000103020005"}, {fmt.Sprintf("%X", mark61(seedMarkTwo)), "FF610000010302000F"},
		}, "-online", "timeout", "-mark", "vc=$=negative", "-mark", "^0104640203820010=ok")
	})
	t.Run("E50 128 results are kept, the next is refused", func(t *testing.T) {
		s := startSimulator(t, "-protocol", "shtrihm", "-listen", "127.0.0.1:0")
		h := dialShtrih(t, s)
		for i := range 128 {
			m := bytes.Clone(seedMarkOne)
			copy(m[18:], fmt.Sprintf("%04d", i))
			checkSteps(t, [][2]string{{fmt.Sprintf("%X", mark61(m)), "FF610000010302000F"}, {accept, "FF69000F"}}, h.exchange)
		}
		checkSteps(t, [][2]string{{"FF701E000000", "FF70000000248000000000"}, {check, "FF61A3"}, {"FF691E00000002", "FF690000"}, {check, "FF610000010302000F"}}, h.exchange)
	})
	t.Run("E50 the same mark twice in a receipt", func(t *testing.T) {
		bind := fmt.Sprintf("%X", pw("FF67", prefixed(seedMarkOne)...))
		item := "FF461E00000001" + "40420F0000001027000000" + strings.Repeat("FF", 10) + "0801042141"
		marking(t, [][2]string{
			{check, "FF610000010302000F"}, {accept, "FF69000F"}, {item, "FF4600"}, {bind, "FF6700444D03"}, {item, "FF4600"}, {bind, "FF67D3"},
			{"881E000000", "88001E"}, {"FF701E000000", "FF70000100250100000000"},
		})
	})
	t.Run("E50 -cash-core wants tags and mark before the operation", func(t *testing.T) {
		bind := fmt.Sprintf("%X", pw("FF67", prefixed(seedMarkOne)...))
		item := "FF461E00000001" + "40420F0000001027000000" + strings.Repeat("FF", 10) + "0801042141"
		pay := "FF451E000000" + "1027000000" + strings.Repeat("00", 106) + "02"
		marking(t, [][2]string{
			{"F701", "F7000000C01010000000*"},
			{"FF611E00000001001D0D" + strings.Repeat("30", 29) + "3C08010000FF0304000640420F", "FF6133"},
			{check, "FF610000010302000F"}, {accept, "FF69000F"},
			{"8D1E00000000", "8D001E"}, {"FF4D1E000000EE040300303330", "FF4D00"}, {bind, "FF6700444D03"},
			{"FF4D1E0000003C0801000A", "FF4D33"}, {pay, "FF458E"}, {item, "FF4600"}, {pay, "FF4500*"},
			{"8D1E00000000", "8D001E"}, {"FF4D1E000000FF0304000640420F", "FF4D00"}, {"FF4D1E0000003C0801000A", "FF4D00"},
			{"FF671E00000000", "FF67000000FF"}, {item, "FF4600"}, {item, "FF4600"}, {bind, "FF67AC"}, {"881E000000", "88001E"},
		}, "-cash-core")
	})
}

func TestSimulatorShtrihPowerLoss(t *testing.T) {
	t.Run("E50 power loss forgets the answer, the number and the marks", func(t *testing.T) {
		s := startSimulator(t, "-protocol", "shtrihm", "-listen", "127.0.0.1:0", "-fault", "cmd ff40 power-loss; cmd 13#1 drop-answer")
		h := dialShtrih(t, s)
		checkSteps(t, [][2]string{{fmt.Sprintf("%X", mark61(seedMarkOne)), "FF610000010302000F"}, {"FF691E00000001", "FF69000F"}}, h.exchange)
		h.write(v1Frame(pw("13"))...)
		h.want(0x06)
		h.write(v1Frame(pw("FF40"))...)
		h.conn.SetReadDeadline(time.Now().Add(5 * time.Second))
		if _, err := h.conn.Read(make([]byte, 1)); err != io.EOF && !strings.Contains(fmt.Sprint(err), "reset") {
			t.Fatalf("the connection is still there: %v", err)
		}
		deadline := time.Now().Add(5 * time.Second)
		for {
			if h = redial(t, s); h != nil {
				break
			}
			if time.Now().After(deadline) {
				t.Fatal("the port does not come back")
			}
			time.Sleep(20 * time.Millisecond)
		}
		checkSteps(t, [][2]string{{"FF701E000000", "FF70000100210000000000"}}, h.exchange)
	})
}

// redial connects and asks ENQ; nil if nobody answers, as while the port is dead.
func redial(t *testing.T, s *simulator) *shtrihHost {
	conn, err := net.Dial("tcp", s.addr)
	if err != nil {
		return nil
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(time.Second))
	b := []byte{0x05}
	if _, err = conn.Write(b); err == nil {
		_, err = io.ReadFull(conn, b)
	}
	if err != nil {
		return nil
	}
	if b[0] != 0x15 {
		t.Errorf("after the power loss ENQ is answered %02X", b[0])
	}
	conn.SetDeadline(time.Time{})
	return &shtrihHost{t: t, conn: conn}
}

func TestSimulatorShtrihShift(t *testing.T) {
	t.Run("E50 -shift closed; opening and closing number documents", func(t *testing.T) {
		s := startSimulator(t, "-protocol", "shtrihm", "-listen", "127.0.0.1:0", "-shift", "closed")
		h := dialShtrih(t, s)
		checkSteps(t, [][2]string{
			{fmt.Sprintf("%X", mark61(seedMarkOne)), "FF6173"}, {"8D1E00000000", "8D73"}, {"FF431E000000", "FF433D"},
			{"FF401E000000", "FF40000059000000"},
			{"FF411E000000", "FF4100"}, {"FF0C1E000000FD0304004B6173 73", "FF0C00"}, {"FF0B1E000000", "FF0B005A0065000000*"},
			{"FF401E000000", "FF4000015A000000"}, {"E01E000000", "E03C"},
			{"FF0A1E00000065000000", "FF0A000201*"}, {"FF0A1E000000FF000000", "FF0A08"},
			{"FF421E000000", "FF4200"}, {"FF431E000000", "FF43005A0066000000*"}, {"E01E000000", "E0001E"}, {"411E000000", "41001E"},
		}, h.exchange)
	})
}
