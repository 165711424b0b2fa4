package examples

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit/permittest"
)

const (
	saleCDNToken  = "token-of-the-cdn"
	salePiotToken = "token-of-the-piot"
	saleUser      = "user-of-lm"
	salePassword  = "password-of-lm"
	saleStorage   = "9287440301120991" // the simulator's
)

// sale is a receipt in a folder, and how marking-sale is run on it.
type sale struct {
	t      *testing.T
	dir    string
	args   []string
	stdout *os.File // in place of the one that is looked at
}

type saleItem map[string]any

func medicine(name string, mark []byte) saleItem {
	return saleItem{"name": name, "price": 10000, "quantity": "1", "tax": 4, "paymentType": 4, "itemSign": 33,
		"mark": hex.EncodeToString(mark), "status": 1, "unit": 0, "tagOrder": "before"}
}

// saleReceipt is the source's: two medicines, the second with the other order.
func saleReceipt() map[string]any {
	one, two := medicine("Инъектран", seedMarkTwo), medicine("Мерсилон", seedMarkOne)
	two["tagOrder"] = "after"
	return map[string]any{"type": "sale", "taxSystem": 2, "payments": map[string]any{"cash": 0, "electronic": 20000}, "items": []saleItem{one, two}}
}

func newSale(t *testing.T, receipt map[string]any, args ...string) *sale {
	t.Helper()
	s := &sale{t: t, dir: t.TempDir(), args: args}
	text, err := json.Marshal(receipt)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "receipt.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	return s
}

// start starts the program; the function waits for its end.
func (s *sale) start(args ...string) (*exec.Cmd, *saleLog, func() result) {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	cmd := programContext(ctx, "marking-sale", append(append(append([]string{}, s.args...), args...), "receipt.json")...)
	cmd.Dir = s.dir
	cmd.Env = append(os.Environ(), "OBMEN_CDN_TOKEN="+saleCDNToken, "OBMEN_PIOT_TOKEN="+salePiotToken,
		"OBMEN_LM_USER="+saleUser, "OBMEN_LM_PASSWORD="+salePassword)
	var stdout bytes.Buffer
	stderr := &saleLog{grown: make(chan struct{}, 1)}
	cmd.Stdout, cmd.Stderr = &stdout, stderr
	if s.stdout != nil {
		cmd.Stdout = s.stdout
	}
	if err := cmd.Start(); err != nil {
		cancel()
		s.t.Fatal(err)
	}
	return cmd, stderr, func() result {
		s.t.Helper()
		defer cancel()
		err := cmd.Wait()
		if exit, ok := errors.AsType[*exec.ExitError](err); err != nil && (!ok || exit.ExitCode() < 0) {
			s.t.Fatalf("%v\n%s", err, stderr)
		}
		r := result{stdout.String(), stderr.String(), cmd.ProcessState.ExitCode()}
		for _, secret := range []string{saleCDNToken, salePiotToken, saleUser, salePassword, "geheim", string(seedMarkOne[40:]), string(seedMarkTwo[40:])} {
			if strings.Contains(r.stdout+r.stderr, secret) {
				s.t.Errorf("M67 the output shows %q", secret)
			}
		}
		return r
	}
}

func (s *sale) run(args ...string) result {
	s.t.Helper()
	_, _, wait := s.start(args...)
	return wait()
}

// journalled says whether steps are kept for another run.
func (s *sale) journalled() bool {
	_, err := os.Stat(filepath.Join(s.dir, "receipt.json.journal"))
	return err == nil
}

// saleLog is a stderr that a test can wait for.
type saleLog struct {
	mu    sync.Mutex
	text  bytes.Buffer
	grown chan struct{}
}

func (l *saleLog) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case l.grown <- struct{}{}:
	default:
	}
	return l.text.Write(b)
}

func (l *saleLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func (l *saleLog) wait(t *testing.T, want string) {
	t.Helper()
	limit := time.After(time.Minute)
	for !strings.Contains(l.String(), want) {
		select {
		case <-l.grown:
		case <-limit:
			t.Fatalf("no %q in\n%s", want, l)
		}
	}
}

func (r result) wants(t *testing.T, code int, stdout string, stderr ...string) {
	t.Helper()
	if r.code != code || !strings.HasPrefix(r.stdout, stdout) || strings.Count(r.stdout, "\n") != 1 {
		t.Errorf("exit %d, %q; want %d, %q\n%s", r.code, r.stdout, code, stdout, r.stderr)
	}
	for _, want := range stderr {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("no %q in\n%s", want, r.stderr)
		}
	}
}

// executed counts the commands of a simulator's journal.
func (s *simulator) executed(cmd string) int {
	return strings.Count(s.journal.String(), " "+cmd+": executed")
}

func startShtrih(t *testing.T, args ...string) *simulator {
	t.Helper()
	return startSimulator(t, append([]string{"-protocol", "shtrihm", "-listen", "127.0.0.1:0"}, args...)...)
}

const (
	saleSold     = "sold: document 102, fiscal sign "
	saleNegative = "refused: item 1 (Инъектран): Код товара прошел онлайн-проверку с отрицательным результатом. Попробуйте еще раз. Если ошибка повторится, то отложите товар в сторону и обратитесь в техническую поддержку."
	saleOffline  = "Проблема со связью ККТ с сервером проверки КМ. Возможно временный сбой. Обратитесь в техническую поддержку после обслуживания клиента."
	saleNotSaved = "Продажа данного товара в одном чеке с предыдущими товарами невозможна. Замените этот товар другим или пробейте другим чеком"
)

func TestMarkingSale(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   string
		args   []string // of the simulator
		code   int
		stdout string
		stderr string
		sales  int // closes that ran
	}{
		{"M70 sold", nil, 0, saleSold, "5/5 FNCloseCheckEx\n5/5 done\n", 1},
		{"M44 -online negative", []string{"-online", "negative"}, 1, saleNegative, "KMServerCheckingStatus 5", 0},
		{"M45 -online timeout", []string{"-online", "timeout"}, 0, saleSold, saleOffline, 1},
		{"M45 -online off", []string{"-online", "off"}, 0, saleSold, saleOffline, 1},
		{"M44 -mark negative", []string{"-mark", "11000000119818=negative"}, 1, saleNegative, "", 0},
		{"M45 -mark timeout", []string{"-mark", "bvSqkC=timeout"}, 0, saleSold, "item 2 (Мерсилон): " + saleOffline, 1},
		{"M49 -mark nosave", []string{"-mark", "bvSqkC=nosave"}, 1, "refused: item 2 (Мерсилон): " + saleNotSaved, "", 0},
		{"M54 -shift closed", []string{"-shift", "closed"}, 1, "refused: item 1 (Инъектран): Смена закрыта. Откройте смену и повторите.", "", 0},
	} {
		for _, core := range []string{"", " -cash-core"} {
			t.Run(c.name+core, func(t *testing.T) {
				t.Parallel()
				args, stderr := c.args, c.stderr
				if core != "" {
					args = append(append([]string{}, args...), "-cash-core")
					stderr = strings.NewReplacer("5/5", "6/6").Replace(stderr)
				}
				sim := startShtrih(t, args...)
				s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr)
				s.run().wants(t, c.code, c.stdout, stderr)
				if n := sim.executed("FF45h"); n != c.sales {
					t.Errorf("%d receipts closed\n%s", n, sim.journal)
				}
				if s.journalled() {
					t.Error("the journal of a settled receipt is still there")
				}
			})
		}
	}
	for _, core := range []bool{false, true} {
		t.Run(fmt.Sprintf("M74 the transcript, cash core %v", core), func(t *testing.T) {
			t.Parallel()
			name, args := "sale", []string{}
			if core {
				name, args = "sale-cash-core", []string{"-cash-core"}
			}
			cdn := newPermits(t)
			sim := startShtrih(t, args...)
			r := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr, "-permit", cdn.cdnFlag(), "-permit-limit", "30s").run()
			golden(t, "marking-sale/"+name+".txt", fmt.Sprintf("%sexit %d\n%s", r.stdout, r.code, r.stderr))
		})
	}
}

// TestMarkingSaleFaults loses answers, connections and the power: the receipt is
// sold once all the same. A lost answer alone takes half a minute, the protocol's
// own limit.
func TestMarkingSaleFaults(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("lost answers take half a minute each")
	}
	type started struct {
		name string
		sim  *simulator
		sale *sale
		wait func() result
	}
	var all []started // at once: they do nothing but wait
	for _, fault := range []string{
		"M52 cmd ff61#1 drop-answer", "M52 cmd ff69#1 drop-answer", "M56 cmd ff46#1 drop-answer", "M56 cmd ff45#1 drop-answer",
		"M52 cmd ff61#1 hangup", "M52 cmd ff69#2 hangup", "M56 cmd ff46#2 hangup", "M56 cmd ff45#1 hangup",
		"M52 cmd ff61#2 power-loss", "M55 cmd ff46#1 power-loss", "M56 cmd ff45#1 power-loss",
	} {
		for _, core := range []string{"", "-cash-core"} {
			args := []string{"-fault", fault[len("M52 "):]}
			if core != "" {
				args = append(args, core)
			}
			sim := startShtrih(t, args...)
			s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr)
			_, _, wait := s.start()
			all = append(all, started{strings.TrimSpace(fault + " " + core), sim, s, wait})
		}
	}
	for _, c := range all {
		t.Run(c.name, func(t *testing.T) {
			c.wait().wants(t, 0, saleSold)
			if n := c.sim.executed("FF45h"); n != 1 {
				t.Errorf("%d receipts closed\n%s", n, c.sim.journal)
			}
			if c.sale.journalled() {
				t.Error("the journal is still there")
			}
		})
	}
}

func TestMarkingSaleUnknown(t *testing.T) {
	t.Parallel()
	lost := func(t *testing.T) (*simulator, *sale) {
		sim := startShtrih(t, "-fault", "cmd ff45#1 power-loss") // gone for a second
		s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr)
		s.run("-patience", "1ms").wants(t, 2, "unknown: Неизвестно, пробит ли чек. Проверьте ленту и ККТ и укажите, был ли чек напечатан.",
			"run the same command again", "-decide sold")
		if !s.journalled() {
			t.Fatal("no journal is left of an unknown outcome")
		}
		return sim, s
	}
	t.Run("M56 the same command asks again and finds the receipt", func(t *testing.T) {
		t.Parallel()
		sim, s := lost(t)
		s.run().wants(t, 0, saleSold, "settling the receipt of the run before")
		if n := sim.executed("FF45h"); n != 1 || s.journalled() {
			t.Errorf("%d receipts closed, journal left: %v\n%s", n, s.journalled(), sim.journal)
		}
	})
	t.Run("M56 the cashier decides by the paper", func(t *testing.T) {
		t.Parallel()
		sim, s := lost(t)
		sim.dial(t) // waits until it is back
		s.run("-decide", "sold").wants(t, 0, "sold")
		if n := sim.executed("FF45h"); n != 1 || s.journalled() {
			t.Errorf("%d receipts closed, journal left: %v", n, s.journalled())
		}
	})
	t.Run("M56 a register that is gone keeps it unknown", func(t *testing.T) {
		t.Parallel()
		_, s := lost(t)
		s.args = []string{"-register", "tcp://127.0.0.1:1"}
		s.run("-patience", "1ms").wants(t, 2, "unknown: the receipt of the run before is not settled yet")
	})
	t.Run("M52 a register that is not there sells nothing", func(t *testing.T) {
		t.Parallel()
		s := newSale(t, saleReceipt(), "-register", "tcp://127.0.0.1:1", "-patience", "1ms")
		s.run().wants(t, 1, "refused: Нет связи с ККТ")
		if s.journalled() {
			t.Error("a journal of nothing")
		}
	})
}

// interrupt runs a sale until its log says that it is at a place, and presses
// Ctrl-C there.
func (s *sale) interrupt(place string) result {
	s.t.Helper()
	if runtime.GOOS == "windows" {
		s.t.Skip("Windows has no signal for another program")
	}
	cmd, log, wait := s.start()
	log.wait(s.t, place)
	time.Sleep(pause) // the command is on its way then
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		s.t.Fatal(err)
	}
	return wait()
}

// A result that nobody could read is told by the next run; nothing is sold again.
func TestMarkingSaleUntold(t *testing.T) {
	t.Parallel()
	for name, open := range map[string]func(t *testing.T) *os.File{
		"a reader that went away": func(t *testing.T) *os.File {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			return w
		},
		"a full disk": func(t *testing.T) *os.File {
			f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0)
			if err != nil {
				t.Skip("no /dev/full:", err)
			}
			return f
		},
	} {
		t.Run("M56 "+name, func(t *testing.T) {
			t.Parallel()
			sim := startShtrih(t)
			s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr)
			s.stdout = open(t)
			r := s.run()
			s.stdout.Close()
			s.stdout = nil
			if r.code != 2 || !strings.Contains(r.stderr, saleSold) || !strings.Contains(r.stderr, "run the same command again") || !s.journalled() {
				t.Errorf("exit %d, journal %v\n%s", r.code, s.journalled(), r.stderr)
			}
			s.run().wants(t, 0, saleSold)
			if n := sim.executed("FF45h"); n != 1 || s.journalled() {
				t.Errorf("%d receipts closed, journal left: %v", n, s.journalled())
			}
		})
	}
}

// The same name may hold another receipt by then: that one is not taken for sold.
func TestMarkingSaleUntoldOther(t *testing.T) {
	t.Parallel()
	sim := startShtrih(t)
	s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr)
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	s.stdout = w
	s.run()
	s.stdout = nil
	other := saleReceipt()
	other["items"].([]saleItem)[0]["name"] = "Другой товар"
	text, err := json.Marshal(other)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(s.dir, "receipt.json"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	s.run().wants(t, 3, saleSold, "the journal was of another receipt")
	s.run().wants(t, 0, "sold: document 103")
	if n := sim.executed("FF45h"); n != 2 || s.journalled() {
		t.Errorf("%d receipts closed, journal left: %v", n, s.journalled())
	}
}

func TestMarkingSaleCtrlC(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, fault, place string
		code               int
		stdout             string
		sales              int
	}{
		{"M59 while a mark is checked", "cmd ff61#1 late=3s", "check item 1\n", 1, "refused: interrupted", 0},
		{"M74 while the receipt is printed", "cmd ff46#2 late=3s", "3/5 FNOperation item 2\n", 1, "refused: interrupted", 0},
		{"M56 while the receipt is closed", "cmd ff45#1 late=3s", "5/5 FNCloseCheckEx\n", 0, saleSold, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			sim := startShtrih(t, "-fault", c.fault)
			s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr)
			s.interrupt(c.place).wants(t, c.code, c.stdout)
			if n := sim.executed("FF45h"); n != c.sales || s.journalled() {
				t.Errorf("%d receipts closed, journal left: %v\n%s", n, s.journalled(), sim.journal)
			}
			if c.code == 1 { // nothing of it is in the way of the next
				s.run().wants(t, 0, saleSold)
			}
		})
	}
}

// permitServers are the servers of the permit checks.
type permitServers struct {
	cdn   *permittest.CDN
	local *permittest.Local
	piot  *permittest.Piot
	urls  [3]string
}

func newPermits(t *testing.T) *permitServers {
	t.Helper()
	p := &permitServers{
		cdn:   &permittest.CDN{Token: saleCDNToken},
		local: &permittest.Local{User: saleUser, Password: salePassword, ClientID: saleStorage},
		piot:  &permittest.Piot{Token: salePiotToken},
	}
	for _, g := range []*permittest.Goods{&p.cdn.Goods, &p.piot.Goods} {
		for _, mark := range [][]byte{seedMarkOne, seedMarkTwo} {
			g.Put(saleCode(t, mark), nil)
		}
	}
	a, b, c := httptest.NewServer(p.cdn), httptest.NewServer(p.local), httptest.NewServer(p.piot)
	t.Cleanup(func() { a.Close(); b.Close(); c.Close() })
	p.urls = [3]string{a.URL, b.URL, c.URL}
	return p
}

func saleCode(t *testing.T, mark []byte) marking.Code {
	t.Helper()
	code, err := marking.Read(string(mark), nil)
	if err != nil {
		t.Fatal(err)
	}
	return code
}

func (p *permitServers) cdnFlag() string  { return "cdn+" + p.urls[0] }
func (p *permitServers) lmFlag() string   { return "lm+" + p.urls[1] }
func (p *permitServers) piotFlag() string { return "piot+" + p.urls[2] }

func TestMarkingSalePermit(t *testing.T) {
	t.Parallel()
	const (
		forbidden = "refused: item 1 (Инъектран): Проблема связи ПК с интернетом или со связью с сервером Честного Знака. Продажа маркированной продукции без интернета на данной торговой точке запрещена. Обратитесь в техническую поддержку"
		byLocal   = "Проблема связи ПК с интернетом или со связью с сервером Честного Знака. Обратитесь в техническую поддержку после обслуживания клиента."
		nowhere   = "refused: item 1 (Инъектран): Проблема с интернетом или со связью с сервером Честного Знака. Продажа маркированной продукции без проверки на данной торговой точке запрещена. Обратитесь в техническую поддержку"
	)
	for _, c := range []struct {
		name   string
		set    func(t *testing.T, p *permitServers)
		flags  string // c, l, p
		sim    []string
		code   int
		stdout string
		stderr string
		tags   int // FF4D commands
	}{
		{"M61 cdn allows", nil, "c", nil, 0, saleSold, "permit item 2\n", 8},
		{"M64 piot allows and goes before cdn", func(_ *testing.T, p *permitServers) { p.cdn.Fail(1, permittest.Broken) }, "cp", nil, 0, saleSold, "", 8},
		{"M65 cdn refuses", func(t *testing.T, p *permitServers) {
			p.cdn.Goods.Put(saleCode(t, seedMarkOne), permittest.Members{"sold": true})
		}, "c", nil, 1, "refused: item 2 (Мерсилон): ", "", 0},
		{"M46 cdn away, no local module", func(_ *testing.T, p *permitServers) { p.cdn.Fail(1, permittest.Broken) }, "c", nil, 1, forbidden, "", 0},
		{"M46 cdn away, the local module allows", func(_ *testing.T, p *permitServers) { p.cdn.Fail(1, permittest.Broken) }, "cl", nil, 0, saleSold, byLocal, 8},
		{"M46 cdn away, the local module is not ready", func(_ *testing.T, p *permitServers) {
			p.cdn.Fail(1, permittest.Broken)
			p.local.SetStatus("initialization")
		}, "cl", nil, 1, forbidden, "", 0},
		{"M46 no link anywhere", func(_ *testing.T, p *permitServers) { p.cdn.Fail(1, permittest.Broken) }, "c", []string{"-online", "off"}, 1, nowhere, "", 0},
		{"M62 a token that is refused is no refusal of the goods", func(_ *testing.T, p *permitServers) { p.cdn.SetToken("other") }, "c", nil, 1, forbidden, "", 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			p := newPermits(t)
			if c.set != nil {
				c.set(t, p)
			}
			sim := startShtrih(t, c.sim...)
			s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr, "-permit-limit", "30s")
			for _, f := range c.flags {
				s.args = append(s.args, "-permit", map[rune]string{'c': p.cdnFlag(), 'l': p.lmFlag(), 'p': p.piotFlag()}[f])
			}
			s.run().wants(t, c.code, c.stdout, c.stderr)
			if n := sim.executed("FF4Dh"); n != c.tags {
				t.Errorf("%d tags sent, want %d\n%s", n, c.tags, sim.journal)
			}
			if told := p.local.Told(); c.code == 0 && strings.Contains(c.flags, "l") && len(told) != 2 {
				t.Errorf("M63 the local module was told of %q", told)
			}
		})
	}
	t.Run("M76 a return is not asked about", func(t *testing.T) {
		t.Parallel()
		p := newPermits(t)
		sim := startShtrih(t)
		r := saleReceipt()
		r["type"] = "return"
		for _, it := range r["items"].([]saleItem) {
			it["status"] = 3
		}
		newSale(t, r, "-register", "tcp://"+sim.addr, "-permit", p.cdnFlag()).run().wants(t, 0, saleSold)
		if n := p.cdn.Checks(1); n != 0 {
			t.Errorf("%d checks", n)
		}
	})
}

func TestMarkingSaleShared(t *testing.T) {
	t.Parallel()
	t.Run("M57 -shared-register accepts at closing", func(t *testing.T) {
		t.Parallel()
		sim := startShtrih(t)
		r := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr, "-shared-register").run()
		r.wants(t, 0, saleSold)
		if first, last := strings.Index(r.stderr, "accept item 1"), strings.LastIndex(r.stderr, "read item 2"); first < last {
			t.Errorf("accepted before all was scanned:\n%s", r.stderr)
		}
	})
	t.Run("M57 two tills sell through the gateway on one register", func(t *testing.T) {
		t.Parallel()
		gateway := filepath.Join(binDir, "ecr-gateway")
		if _, err := os.Stat(gateway); err != nil {
			if _, err := os.Stat(gateway + ".exe"); err != nil {
				t.Skip("there is no program ecr-gateway in this tree")
			}
		}
		sim := startShtrih(t, "-delay", "10ms")
		addr := startSaleGateway(t, sim.addr)
		const rounds = 3
		for range rounds {
			var waits [2]func() result
			for i, it := range []saleItem{medicine("Инъектран", seedMarkTwo), medicine("Мерсилон", seedMarkOne)} {
				r := saleReceipt()
				r["items"], r["payments"] = []saleItem{it}, map[string]any{"electronic": 10000}
				_, _, waits[i] = newSale(t, r, "-register", "tcp://"+addr, "-shared-register").start()
			}
			for _, wait := range waits {
				wait().wants(t, 0, "sold: document ")
			}
		}
		if n := sim.executed("FF45h"); n != 2*rounds {
			t.Errorf("%d receipts closed\n%s", n, sim.journal)
		}
	})
	t.Run("M41 the same receipt is not sold by two programs at once", func(t *testing.T) {
		t.Parallel()
		sim := startShtrih(t, "-fault", "cmd ff61#1 late=3s")
		s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr)
		_, log, wait := s.start()
		log.wait(t, "check item 1\n")
		s.run().wants(t, 1, "refused: this receipt is being sold by another program")
		wait().wants(t, 0, saleSold)
	})
}

// startSaleGateway puts a gateway that guards receipts before a register.
func startSaleGateway(t *testing.T, device string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close()
	dir := t.TempDir()
	config := fmt.Sprintf(`<Configuration><FormatVersion>1.0</FormatVersion><ListeningPort>%d</ListeningPort><Connections>`+
		`<Connection Id="0" Type="Network" Path="%s" ReleasePort="false" Reconnect="1"/></Connections></Configuration>`, addr.Port, device)
	if err := os.WriteFile(filepath.Join(dir, "config.xml"), []byte(config), 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := programContext(context.Background(), "ecr-gateway", "-config", "config.xml", "-protocol", "shtrihm", "-receipt-guard", "-status", "")
	cmd.Dir = dir
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(line, err)
	}
	return addr.String()
}
