package examples

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// gatewayRun is a running ecr-gateway.
type gatewayRun struct {
	t      *testing.T
	addrs  []string // of its devices
	status string   // of its page
	dir    string   // its working folder
	log    *lockedBuffer
	told   bool // to end
	cmd    *exec.Cmd
	ended  chan error
}

// freePorts finds a port such that it and the next n-1 are free.
func freePorts(t *testing.T, n int) int {
	t.Helper()
	for range 100 {
		var open []net.Listener
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		port := l.Addr().(*net.TCPAddr).Port
		for open = append(open, l); err == nil && len(open) < n; {
			if l, err = net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port+len(open))); err == nil {
				open = append(open, l)
			}
		}
		for _, l := range open {
			l.Close()
		}
		if err == nil {
			return port
		}
	}
	t.Fatal("no free ports")
	return 0
}

// gatewayConfig writes a config.xml for devices at these addresses.
func gatewayConfig(port int, extra string, devices ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<Configuration>\n<FormatVersion>1.0</FormatVersion>\n<ListeningPort>%d</ListeningPort>\n<Connections>\n", port)
	for i, d := range devices {
		fmt.Fprintf(&b, "<Connection Id=\"%d\" Type=\"Network\" Path=\"%s\" ReleasePort=\"false\" Reconnect=\"1\"/>\n", i, d)
	}
	return b.String() + "</Connections>\n" + extra + "\n</Configuration>\n"
}

// startGateway runs the gateway with a configuration that has so many devices.
func startGateway(t *testing.T, config string, devices int, args ...string) *gatewayRun {
	t.Helper()
	g := &gatewayRun{t: t, dir: t.TempDir(), log: &lockedBuffer{}, ended: make(chan error, 1)}
	g.status = fmt.Sprintf("127.0.0.1:%d", freePorts(t, 1))
	if err := os.WriteFile(filepath.Join(g.dir, "config.xml"), []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	g.cmd = programContext(context.Background(), "ecr-gateway", append([]string{"-config", "config.xml", "-status", g.status}, args...)...)
	g.cmd.Dir, g.cmd.Stderr = g.dir, g.log
	out, err := g.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := g.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { g.stop() })
	lines := bufio.NewScanner(out)
	for range devices {
		lines.Scan()
		addr, ok := strings.CutPrefix(lines.Text(), "listening on ")
		if !ok {
			t.Fatalf("%q\n%s", lines.Text(), g.log)
		}
		g.addrs = append(g.addrs, addr)
	}
	go func() {
		io.Copy(io.Discard, out)
		g.ended <- g.cmd.Wait()
	}()
	return g
}

// stop ends the gateway by SIGTERM; it must end well, and in time (rule E35).
func (g *gatewayRun) stop() {
	if g.cmd == nil {
		return
	}
	if runtime.GOOS == "windows" {
		g.cmd.Process.Kill()
		<-g.ended
	} else {
		g.terminate()
		select {
		case err := <-g.ended:
			if err != nil {
				g.t.Errorf("the gateway ended with %v\n%s", err, g.log)
			}
		case <-time.After(10 * time.Second):
			g.t.Errorf("the gateway did not end\n%s", g.log)
			g.cmd.Process.Kill()
		}
	}
	g.cmd = nil
}

// terminate sends SIGTERM once: a second one ends the program at once.
func (g *gatewayRun) terminate() {
	if !g.told {
		g.told = true
		g.cmd.Process.Signal(syscall.SIGTERM)
	}
}

func (g *gatewayRun) dial(device int) *host {
	g.t.Helper()
	conn, err := net.Dial("tcp", g.addrs[device])
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { conn.Close() })
	return &host{g.t, conn}
}

// get asks the status server.
func (g *gatewayRun) get(path string) (int, string) {
	g.t.Helper()
	r, err := http.Get("http://" + g.status + path)
	if err != nil {
		g.t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		g.t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

// waitHealth waits until /healthz answers a code.
func (g *gatewayRun) waitHealth(code int) string {
	g.t.Helper()
	text := ""
	for range 200 {
		var got int
		if got, text = g.get("/healthz"); got == code {
			return text
		}
		time.Sleep(50 * time.Millisecond)
	}
	g.t.Fatalf("/healthz never became %d: %s\n%s", code, text, g.log)
	return ""
}

// status asks F1 and returns the whole answer with its ACK.
func (h *host) status() string {
	h.t.Helper()
	return h.exact(12, custom(0xF1)...)
}

// exact writes and reads so many bytes.
func (h *host) exact(n int, b ...byte) string {
	h.t.Helper()
	if _, err := h.conn.Write(b); err != nil {
		h.t.Fatal(err)
	}
	h.conn.(net.Conn).SetReadDeadline(time.Now().Add(10 * time.Second))
	got := make([]byte, n)
	if m, err := io.ReadFull(h.conn, got); err != nil {
		h.t.Fatalf("%x, %v", got[:m], err)
	}
	return fmt.Sprintf("%x", got)
}

const statusAnswer = "06010700f100006300c70020"

var customSimulator = []string{"-protocol", "customru", "-listen", "127.0.0.1:0"}

func TestECRGateway(t *testing.T) {
	t.Run("E40 the source's sample, its port and device replaced", func(t *testing.T) {
		t.Parallel()
		sample, err := os.ReadFile("../ecr/gateway/config/testdata/seed.xml")
		if err != nil {
			t.Fatal(err)
		}
		s := startSimulator(t, customSimulator...)
		port := freePorts(t, 1)
		text := strings.NewReplacer(">8000<", fmt.Sprintf(">%d<", port), `Type="Serial" Path="COM22:115200"`,
			fmt.Sprintf(`Type="Network" Path=%q`, s.addr)).Replace(string(sample))
		g := startGateway(t, text, 1)
		if want := fmt.Sprintf("127.0.0.1:%d", port); g.addrs[0] != want {
			t.Errorf("listening on %s, want %s", g.addrs[0], want)
		}
		g.waitHealth(200)
		if got := g.dial(0).status(); got != statusAnswer {
			t.Errorf("answered %q", got)
		}
		if !strings.Contains(g.log.String(), "config.xml: line 1: the opening element Configuration is missing") {
			t.Errorf("no warning of the missing root:\n%s", g.log)
		}
	})
	t.Run("E43 loopback unless -bind says otherwise", func(t *testing.T) {
		t.Parallel()
		g := startGateway(t, gatewayConfig(freePorts(t, 1), "", "127.0.0.1:1"), 1, "-bind", "127.0.0.2")
		if runtime.GOOS == "linux" && !strings.HasPrefix(g.addrs[0], "127.0.0.2:") {
			t.Errorf("listening on %s", g.addrs[0])
		}
	})
	for _, early := range []bool{true, false} {
		t.Run(fmt.Sprintf("E42 EarlyAckForwarding %v, two clients", early), func(t *testing.T) {
			t.Parallel()
			s := startSimulator(t, append(customSimulator, "-delay", "300ms")...)
			g := startGateway(t, gatewayConfig(freePorts(t, 1), fmt.Sprintf("<EarlyAckForwarding>%v</EarlyAckForwarding>", early), s.addr), 1)
			g.waitHealth(200)
			var wg sync.WaitGroup
			for _, h := range []*host{g.dial(0), g.dial(0)} {
				wg.Go(func() {
					conn := h.conn.(net.Conn)
					conn.Write(custom(0xF1))
					conn.SetReadDeadline(time.Now().Add(10 * time.Second))
					b := make([]byte, 100)
					n, err := conn.Read(b)
					if got := fmt.Sprintf("%x", b[:n]); err != nil || early && got != "06" || !early && got != statusAnswer {
						t.Errorf("first came %s, %v", got, err)
						return
					}
					if !early {
						return
					}
					if m, err := io.ReadFull(conn, b[n:12]); err != nil || fmt.Sprintf("%x", b[:n+m]) != statusAnswer {
						t.Errorf("in all %x, %v", b[:n+m], err)
					}
				})
			}
			wg.Wait()
		})
	}
	t.Run("E31 many exchanges of two clients, each gets its own answers", func(t *testing.T) {
		t.Parallel()
		s := startSimulator(t, customSimulator...)
		g := startGateway(t, gatewayConfig(freePorts(t, 1), "", s.addr), 1)
		g.waitHealth(200)
		date := func(h *host) string { return h.exact(9, custom(0x50, 1, 0, 0, 0, 0, 0, 0)...)[:10] }
		a, b := g.dial(0), g.dial(0)
		var wg sync.WaitGroup
		wg.Go(func() {
			for range 100 {
				if got := a.status(); got != statusAnswer {
					t.Errorf("a: %s", got)
				}
			}
		})
		wg.Go(func() {
			for range 100 {
				if got := date(b); got != "0601040050" {
					t.Errorf("b: %s", got)
				}
			}
		})
		wg.Wait()
		figures := scrape(t, g)
		for name, want := range map[string]float64{
			`ecr_gateway_exchanges_total{device="0",outcome="answered"}`: 200,
			`ecr_gateway_exchanges_total{device="0",outcome="unknown"}`:  0,
			`ecr_gateway_device_connected{device="0"}`:                   1,
			`ecr_gateway_device_state{device="0",state="idle"}`:          1,
			`ecr_gateway_clients_accepted_total{device="0"}`:             2,
			`ecr_gateway_connects_total{device="0"}`:                     1,
			`ecr_gateway_queue_length{device="0"}`:                       0,
			`ecr_gateway_failures_total{device="0",kind="no-ack"}`:       0,
			`ecr_gateway_ack_seconds_count{device="0"}`:                  200,
			`ecr_gateway_exchange_seconds_count{device="0"}`:             200,
			`ecr_gateway_queue_seconds_count{device="0"}`:                200,
		} {
			if got, ok := figures[name]; !ok || got != want {
				t.Errorf("%s is %v (%v), want %v", name, got, ok, want)
			}
		}
		if figures[`ecr_gateway_ack_seconds_sum{device="0"}`] <= 0 || figures["go_goroutines"] <= 0 {
			t.Error("no ACK latency or no figures of the process")
		}
	})
	t.Run("E31 the status page", func(t *testing.T) {
		t.Parallel()
		s := startSimulator(t, customSimulator...)
		g := startGateway(t, gatewayConfig(freePorts(t, 2), "", s.addr, "127.0.0.1:1"), 2)
		h := g.dial(0)
		for h.say(short, custom(0xF1)...) != statusAnswer {
			h = g.dial(0)
		}
		h.say(short, 1, 5, 0, 0xF1, 0x3F, 0x42, 0x0F, 0, 0) // a bad CRC
		own := h.conn.(net.Conn).LocalAddr().String()
		for lang, wants := range map[string][]string{
			"/": {"Шлюз ККТ", s.addr, "подключена", "нет связи", own, "<td>F1</td>", "отвечен", "программа прислала не команду",
				"не удалось подключиться к ККТ", `http-equiv="refresh"`, `lang="ru"`, g.addrs[1], "malformed"},
			"/?lang=en": {"Register gateway", "not connected", "answered", "a client sent what is no request", `lang="en"`},
		} {
			code, text := g.get(lang)
			for _, want := range wants {
				if !strings.Contains(text, want) || code != 200 {
					t.Errorf("%s: %d, lacks %q\n%s", lang, code, want, text)
				}
			}
			if strings.Contains(text, "src=") || strings.Contains(text, "<script") || strings.Contains(text, "<no value>") {
				t.Errorf("%s loads files, or a text is missing:\n%s", lang, text)
			}
		}
		if code, _ := g.get("/other"); code != 404 {
			t.Errorf("another page answers %d", code)
		}
	})
	t.Run("E31 healthz 503 while the device is off, 200 once it comes, 503 when it goes", func(t *testing.T) {
		t.Parallel()
		port := freePorts(t, 1)
		addr := fmt.Sprintf("127.0.0.1:%d", port)
		g := startGateway(t, gatewayConfig(freePorts(t, 1), "", addr), 1)
		if got := g.waitHealth(503); !strings.Contains(got, "device 0: not connected") {
			t.Errorf("%q", got)
		}
		if got := g.dial(0).exact(1, custom(0xF1)...); got != "15" { // NAK: not executed
			t.Errorf("a request to a device that is off: %q", got)
		}
		for range 2 { // it comes, goes and comes again
			comeAndGo(t, addr, func() {
				if got := g.waitHealth(200); !strings.Contains(got, "device 0: connected") {
					t.Errorf("%q", got)
				}
				if got := g.dial(0).status(); got != statusAnswer {
					t.Errorf("answered %q", got)
				}
			})
			g.waitHealth(503)
		}
	})
	t.Run("E29 two devices, ListeningPort and Id, independent", func(t *testing.T) {
		t.Parallel()
		one, two := startSimulator(t, append(customSimulator, "-fault", "cmd F1 stall")...), startSimulator(t, customSimulator...)
		port := freePorts(t, 2)
		g := startGateway(t, gatewayConfig(port, "", one.addr, two.addr), 2)
		for i, a := range g.addrs {
			if a != fmt.Sprintf("127.0.0.1:%d", port+i) {
				t.Errorf("device %d listens on %s", i, a)
			}
		}
		g.waitHealth(200)
		stalled := g.dial(0)
		stalled.conn.Write(custom(0xF1))
		for range 20 { // none of them waits for the other device
			if got := g.dial(1).status(); got != statusAnswer {
				t.Errorf("answered %q", got)
			}
		}
		if f := scrape(t, g); f[`ecr_gateway_device_state{device="0",state="waiting"}`] != 1 || f[`ecr_gateway_device_connected{device="1"}`] != 1 {
			t.Error("the first device was not stalled all the time")
		}
	})
	t.Run("E32 the debug log holds all bytes, the password only if Verbose", func(t *testing.T) {
		t.Parallel()
		s := startSimulator(t, customSimulator...)
		for _, c := range []struct {
			level string
			want  []string
		}{
			{"Information", nil},
			{"Debug", []string{`msg=client>gateway device=0 client=1 address=ADDR exchange=1 bytes="01 05 00 F1 ** ** ** ** **"`,
				`msg=gateway>device device=0 client=1 address=ADDR exchange=1 bytes="01 05 00 F1 ** ** ** ** **"`,
				`msg=device>gateway device=0 client=1 address=ADDR exchange=1 bytes=`, `00 C7 00 20"`, `msg=gateway>client device=0 client=1 address=ADDR exchange=1 bytes="06 01 07`}},
			{"Verbose", []string{`bytes="01 05 00 F1 3F 42 0F 00 87"`}},
		} {
			g := startGateway(t, gatewayConfig(freePorts(t, 1), "<LogLevel>"+c.level+"</LogLevel>", s.addr), 1, "-log-dir", "logs/deep")
			g.waitHealth(200)
			h := g.dial(0)
			got := h.status()
			g.stop()
			b, err := os.ReadFile(filepath.Join(g.dir, "logs/deep/ecr-gateway.log"))
			if err != nil || got != statusAnswer {
				t.Fatal(got, err)
			}
			for _, want := range append(c.want, "level=Information msg=stopped") {
				want = strings.ReplaceAll(want, "ADDR", h.conn.(net.Conn).LocalAddr().String())
				if !strings.Contains(string(b), want) {
					t.Errorf("%s: the log lacks %q:\n%s", c.level, want, b)
				}
			}
			if shows := strings.Contains(string(b), "3F 42 0F"); shows != (c.level == "Verbose") {
				t.Errorf("%s: password shown: %v", c.level, shows)
			}
			if c.level == "Information" && strings.Contains(string(b), "bytes=") {
				t.Errorf("bytes in the log:\n%s", b)
			}
		}
	})
	t.Run("E36 wrong log folder", func(t *testing.T) {
		t.Parallel()
		dir := t.TempDir()
		os.WriteFile(filepath.Join(dir, "file"), nil, 0o644)
		os.WriteFile(filepath.Join(dir, "config.xml"), []byte(gatewayConfig(freePorts(t, 1), "", "127.0.0.1:1")), 0o644)
		r := run(t, dir, "", "ecr-gateway", "-status", "", "-log-dir", "file/logs")
		if r.code != 1 || r.stdout != "" || !strings.HasPrefix(r.stderr, "ecr-gateway: cannot write the log: ") {
			t.Errorf("%+v", r)
		}
	})
	t.Run("E35 SIGTERM during an exchange: it ends, nothing new begins", func(t *testing.T) {
		if runtime.GOOS == "windows" {
			t.Skip("no signals")
		}
		t.Parallel()
		s := startSimulator(t, append(customSimulator, "-delay", "1500ms")...)
		g := startGateway(t, gatewayConfig(freePorts(t, 1), "<EarlyAckForwarding>true</EarlyAckForwarding>", s.addr), 1)
		g.waitHealth(200)
		h := g.dial(0)
		if got := h.exact(1, custom(0xF1)...); got != "06" {
			t.Fatalf("%q", got)
		}
		start := time.Now()
		g.terminate()
		if got := h.exact(11); got != statusAnswer[2:] {
			t.Errorf("answered %q", got)
		}
		g.stop()
		if took := time.Since(start); took > 8*time.Second {
			t.Errorf("the stop took %v", took)
		}
		if _, err := net.Dial("tcp", g.addrs[0]); err == nil {
			t.Error("it still listens")
		}
	})
	t.Run("E41 a device on a serial line that is kept or released", func(t *testing.T) {
		needs(t, "socat")
		t.Parallel()
		dir := t.TempDir()
		device, hostEnd := filepath.Join(dir, "device"), filepath.Join(dir, "host")
		socat := exec.CommandContext(t.Context(), "socat", "pty,raw,echo=0,link="+device, "pty,raw,echo=0,link="+hostEnd)
		if err := socat.Start(); err != nil {
			t.Fatal(err)
		}
		for range 200 {
			if _, err := os.Stat(hostEnd); err == nil {
				break
			}
			time.Sleep(20 * time.Millisecond)
		}
		kept, err := os.OpenFile(hostEnd, os.O_RDWR|syscall.O_NOCTTY, 0) // socat ends when nobody has it open
		if err != nil {
			t.Fatal(err)
		}
		defer kept.Close()
		startSimulator(t, "-protocol", "customru", "-serial", "serial://"+device+"?baud=115200")
		for _, release := range []string{"false", "true"} {
			text := strings.NewReplacer("Network", "Serial", "PATH", hostEnd+":115200", `ReleasePort="false"`, `ReleasePort="`+release+`"`).
				Replace(gatewayConfig(freePorts(t, 1), "", "PATH"))
			g := startGateway(t, text, 1)
			if release == "false" {
				g.waitHealth(200)
			}
			a, b := g.dial(0), g.dial(0)
			for range 2 {
				if x, y := a.status(), b.status(); x != statusAnswer || y != statusAnswer {
					t.Errorf("ReleasePort %s: %s, %s", release, x, y)
				}
			}
			g.waitHealth(200)
			g.stop()
		}
	})
	t.Run("E29 the levels of Shtrih-M through one gateway", func(t *testing.T) {
		t.Parallel()
		s := startSimulator(t, "-protocol", "shtrihm", "-listen", "127.0.0.1:0")
		g := startGateway(t, gatewayConfig(freePorts(t, 1), "", s.addr), 1, "-protocol", "shtrihm")
		g.waitHealth(200)
		one, two := dialShtrih(t, &simulator{addr: g.addrs[0]}), dialShtrih(t, &simulator{addr: g.addrs[0]})
		two.sync()
		ask := []byte{0x10, 0x1E, 0, 0, 0}
		direct := dialShtrih(t, s).exchange(ask)
		for range 3 {
			if got := one.exchange(ask); !bytes.Equal(got, direct) {
				t.Errorf("v1: % X, want % X", got, direct)
			}
			if got := two.next(ask); !bytes.Equal(got, direct) {
				t.Errorf("v2: % X, want % X", got, direct)
			}
		}
	})
}

// comeAndGo runs a simulator at an address while do runs.
func comeAndGo(t *testing.T, addr string, do func()) {
	t.Helper()
	cmd := program(t, "ecr-simulator", "-protocol", "customru", "-listen", addr)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	do()
}

var figure = regexp.MustCompile(`(?m)^([a-z_]+(?:\{[^}]*\})?) ([0-9.e+-]+)$`)

// scrape reads /metrics.
func scrape(t *testing.T, g *gatewayRun) map[string]float64 {
	t.Helper()
	code, text := g.get("/metrics")
	if code != 200 {
		t.Fatalf("/metrics: %d", code)
	}
	figures := map[string]float64{}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		m := figure.FindStringSubmatch(strings.TrimSuffix(line, "\n"))
		if m == nil {
			t.Fatalf("not a figure: %q", line)
		}
		v, err := strconv.ParseFloat(m[2], 64)
		if err != nil {
			t.Fatal(err)
		}
		figures[m[1]] = v
	}
	return figures
}
