package examples

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// simulator is a running ecr-simulator.
type simulator struct {
	addr    string
	journal simulatorJournal
	cmd     *exec.Cmd
}

// simulatorJournal is the program's stderr in a file: what the program wrote before it
// answered is there when the answer is, which a pipe does not promise.
type simulatorJournal string

func (j simulatorJournal) String() string {
	b, err := os.ReadFile(string(j))
	if err != nil {
		return err.Error()
	}
	return string(b)
}

func startSimulator(t *testing.T, args ...string) *simulator {
	t.Helper()
	stderr, err := os.Create(filepath.Join(t.TempDir(), "journal.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer stderr.Close() // the program has its own
	s := &simulator{journal: simulatorJournal(stderr.Name())}
	// Not the test's own context: the program is ended by a signal, in order.
	s.cmd = programContext(context.Background(), "ecr-simulator", args...)
	s.cmd.Stderr = stderr
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if runtime.GOOS == "windows" {
			s.cmd.Process.Kill()
			s.cmd.Wait()
			return
		}
		s.cmd.Process.Signal(os.Interrupt)
		if err := s.cmd.Wait(); err != nil {
			t.Errorf("the simulator ended with %v\n%s", err, s.journal)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	addr, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("%q, %v\n%s", line, err, s.journal)
	}
	s.addr = addr
	return s
}

// custom builds a CustomRU frame by hand: this host shares no code with the simulator.
func custom(cmd byte, data ...byte) []byte {
	n := 5 + len(data)
	b := append([]byte{byte(n), byte(n >> 8), cmd, 0x3F, 0x42, 0x0F, 0}, data...)
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	return append(append([]byte{1}, b...), byte(sum)^byte(sum>>8))
}

// host is a connection of a test.
type host struct {
	t    *testing.T
	conn io.ReadWriter
}

func (s *simulator) dial(t *testing.T) *host {
	t.Helper()
	var conn net.Conn
	var err error
	for range 100 { // a power loss is over within 5 s
		if conn, err = net.Dial("tcp", s.addr); err == nil {
			t.Cleanup(func() { conn.Close() })
			return &host{t, conn}
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatal(err)
	return nil
}

// say writes bytes and returns what comes within a time.
func (h *host) say(wait time.Duration, b ...byte) string {
	h.t.Helper()
	if _, err := h.conn.Write(b); err != nil {
		return "closed"
	}
	if c, ok := h.conn.(net.Conn); ok {
		c.SetReadDeadline(time.Now().Add(wait))
	}
	got, err := io.ReadAll(h.conn)
	text := fmt.Sprintf("%x", got)
	if err == nil || strings.Contains(err.Error(), "reset") {
		text += "closed"
	}
	return text
}

const short = 250 * time.Millisecond

func TestECRSimulator(t *testing.T) {
	cashIn := custom(0x50, 1, 0, 0, 0, 0, 0, 0, 0)
	answer := fmt.Sprintf("%x", append([]byte{6}, customAnswer(0x50, 0, 0, 99, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0)...))
	for _, c := range []struct {
		name, fault string
		wait        time.Duration
		want        string // the first answer; @ stands for the whole good one
		again       string // what a new connection hears of the same command
	}{
		{"E50 no fault", "", short, "@", "2"},
		{"E50 drop-answer", "cmd 50#1 drop-answer", short, "06", "2"},
		{"E50 duplicate-answer", "cmd 50#1 duplicate-answer", short, "@" + answer[2:], "2"},
		{"E50 garble", "cmd 50#1 garble", short, answer[:len(answer)-2] + "3c", "2"},
		{"E50 garble a byte", "frame 1 garble=0", short, "06fe" + answer[4:], "2"},
		{"E50 delay", "cmd 50#1 delay=600ms", short, "06", "2"},
		{"E50 late", "cmd 50#1 late=600ms", time.Second, "@", "2"},
		{"E50 stall", "cmd 50#1 stall", short, "", "1"},
		{"E50 hangup", "cmd 50#1 hangup", short, "06closed", "2"},
		{"E50 nak", "cmd 50#1 nak", short, "15", "1"},
		{"E50 interim", "cmd 50#1 interim=1", short, "06" + fmt.Sprintf("%x", customAnswer(0xF1, 0xE0, 1, 99)) + answer[2:], "2"},
		{"E50 no-ack", "cmd 50#1 no-ack", short, answer[2:], "2"},
		{"E50 power-loss", "cmd 50#1 power-loss", short, "closed", "1"},
		{"E50 power-loss in mid-frame", "byte 5 power-loss", short, "closed", "1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := startSimulator(t, "-protocol", "customru", "-listen", "127.0.0.1:0", "-fault", c.fault)
			if got, want := s.dial(t).say(c.wait, cashIn...), strings.Replace(c.want, "@", answer, 1); got != want {
				t.Errorf("answered %q, want %q", got, want)
			}
			time.Sleep(500 * time.Millisecond) // what was delayed is done
			got := s.dial(t).say(short, cashIn...)
			if !strings.HasPrefix(got, "06010e0050000063"+map[string]string{"1": "0100", "2": "0200"}[c.again]) {
				t.Errorf("after it %q, want document %s", got, c.again)
			}
		})
	}
	t.Run("E50 interim frames come 2 s apart", func(t *testing.T) {
		t.Parallel()
		s := startSimulator(t, "-protocol", "customru", "-listen", "127.0.0.1:0", "-fault", "cmd 50 interim=2")
		interim := fmt.Sprintf("%x", customAnswer(0xF1, 0xE0, 1, 99))
		h := s.dial(t)
		if got := h.say(time.Second, cashIn...); got != "06"+interim {
			t.Errorf("at first %q", got)
		}
		if got := h.say(2 * time.Second); got != interim+answer[2:] {
			t.Errorf("then %q", got)
		}
	})
	t.Run("E3 NAK for a bad CRC, a bad start and a frame that stops", func(t *testing.T) {
		t.Parallel()
		s := startSimulator(t, "-protocol", "customru", "-listen", "127.0.0.1:0")
		h := s.dial(t)
		for _, bytes := range [][]byte{{1, 5, 0, 0xF1, 0x3F, 0x42, 0x0F, 0, 0x88}, {2, 2, 2}, {5}, {1, 5, 0}} {
			if got := h.say(1300*time.Millisecond, bytes...); got != "15" {
				t.Errorf("%x: %q", bytes, got)
			}
		}
		if got := h.say(short, custom(0xF1)...); !strings.HasPrefix(got, "06010700f100006300c700") {
			t.Errorf("status %q", got)
		}
	})
	t.Run("E50 journal, delay, closed shift, wrong password", func(t *testing.T) {
		t.Parallel()
		s := startSimulator(t, "-protocol", "customru", "-listen", "127.0.0.1:0", "-shift", "closed", "-delay", "150ms")
		h := s.dial(t)
		start := time.Now()
		if got := h.say(400*time.Millisecond, custom(0x8D, 0, 0, 0, 0)...); !strings.HasPrefix(got, "060104008d9901") {
			t.Errorf("a receipt in a closed shift: %q", got) // 409
		}
		if time.Since(start) < 150*time.Millisecond {
			t.Error("no delay")
		}
		if got := h.say(400*time.Millisecond, custom(0xD9, 0, 0)...); !strings.HasPrefix(got, "06011800d9000063") {
			t.Errorf("open shift: %q", got)
		}
		bad := customAnswer(0xF1, 0x3E, 0x42, 0x0F, 0) // 999998
		if got := h.say(400*time.Millisecond, bad...); !strings.HasPrefix(got, "06010400f1750000") {
			t.Errorf("password 999998: %q", got)
		}
		journal := s.journal.String()
		for _, want := range []string{"8D open receipt: refused with 409", "D9 open shift: executed", "F1 device status: refused with 117"} {
			if !strings.Contains(journal, want) {
				t.Errorf("the journal lacks %q:\n%s", want, journal)
			}
		}
		if strings.Contains(strings.ToLower(journal), "3f 42") || strings.Contains(journal, "999999") {
			t.Errorf("the journal tells the password:\n%s", journal)
		}
	})
	t.Run("E50 a serial line", func(t *testing.T) {
		needs(t, "socat")
		dir := t.TempDir()
		device, hostEnd := filepath.Join(dir, "device"), filepath.Join(dir, "host")
		socat := exec.CommandContext(t.Context(), "socat", "pty,raw,echo=0,link="+device, "pty,raw,echo=0,link="+hostEnd)
		if err := socat.Start(); err != nil {
			t.Fatal(err)
		}
		for range 100 {
			if _, err := os.Stat(hostEnd); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		s := startSimulator(t, "-protocol", "customru", "-serial", "serial://"+device+"?baud=115200")
		if s.addr != "serial://"+device+"?baud=115200" {
			t.Errorf("listening on %q", s.addr)
		}
		f, err := os.OpenFile(hostEnd, os.O_RDWR, 0)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if _, err := f.Write(cashIn); err != nil {
			t.Fatal(err)
		}
		got := make([]byte, len(answer)/2)
		if _, err := io.ReadFull(f, got); err != nil || fmt.Sprintf("%x", got) != answer {
			t.Errorf("%x, %v, want %s", got, err, answer)
		}
	})
	for name, args := range map[string][]string{
		"no protocol": {}, "a strange protocol": {"-protocol", "x"}, "an argument": {"-protocol", "customru", "x"},
		"a bad script":         {"-protocol", "customru", "-fault", "cmd 50 explode"},
		"a bad shift":          {"-protocol", "customru", "-shift", "half"},
		"a flag of shtrihm":    {"-protocol", "customru", "-mark", "x=ok"},
		"nothing to listen on": {"-protocol", "customru", "-listen", ""},
	} {
		t.Run("E50 usage: "+name, func(t *testing.T) {
			if r := run(t, "", "", "ecr-simulator", args...); r.code != 2 || r.stdout != "" || r.stderr == "" {
				t.Errorf("%+v", r)
			}
		})
	}
	t.Run("E50 an address that is taken", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		r := run(t, "", "", "ecr-simulator", "-protocol", "customru", "-listen", l.Addr().String())
		if r.code != 1 || r.stdout != "" || !strings.Contains(r.stderr, "in use") && runtime.GOOS != "windows" {
			t.Errorf("%+v", r)
		}
	})
}

func customAnswer(cmd byte, data ...byte) []byte {
	n := 1 + len(data)
	b := append([]byte{byte(n), byte(n >> 8), cmd}, data...)
	sum := 0
	for _, c := range b {
		sum += int(c)
	}
	return append(append([]byte{1}, b...), byte(sum)^byte(sum>>8))
}
