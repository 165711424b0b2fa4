package examples

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"
)

// Marks of the shop's shelf, as a scanner sends them.
const (
	tillShort = "0104603934000748215rRFTn7CqRO6f\x1d93AZub"
	tillOther = "0104603745968015215YJF\"Z\x1d93NGv1"
	tillLong  = "0104670008163685" + "21bvSqkCsuoAyR5" + "\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc="
)

// tillProgram is a running marking-till.
type tillProgram struct {
	url    string
	cmd    *exec.Cmd
	stderr *saleLog
}

func startTill(t *testing.T, args ...string) *tillProgram {
	t.Helper()
	p := &tillProgram{stderr: &saleLog{grown: make(chan struct{}, 1)}}
	p.cmd = programContext(context.Background(), "marking-till", append([]string{"-listen", "127.0.0.1:0"}, args...)...)
	p.cmd.Stderr = p.stderr
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if runtime.GOOS == "windows" {
			p.cmd.Process.Kill()
		} else {
			p.cmd.Process.Signal(os.Interrupt)
		}
		if err := p.cmd.Wait(); err != nil && runtime.GOOS != "windows" {
			t.Errorf("the till ended with %v\n%s", err, p.stderr)
		}
	})
	line, err := bufio.NewReader(out).ReadString('\n')
	url, ok := strings.CutPrefix(strings.TrimSpace(line), "listening on ")
	if err != nil || !ok {
		t.Fatalf("%q, %v", line, err)
	}
	p.url = url
	return p
}

// post presses a button of the page without a browser.
func (p *tillProgram) post(t *testing.T, name, body string) (status int, text string) {
	t.Helper()
	r, err := http.Post(p.url+"api/"+name, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	b, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	return r.StatusCode, string(b)
}

func (p *tillProgram) scan(t *testing.T, mark string) {
	t.Helper()
	if status, text := p.post(t, "scan", fmt.Sprintf(`{"text":%s}`, jsonString(mark))); status != http.StatusNoContent {
		t.Fatal(status, text)
	}
}

func jsonString(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r < ' ':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String() + `"`
}

// browser is a tab of a headless Chromium that shows the till.
type browser struct {
	ctx   context.Context
	clock float64 // of the key events: steady, whatever the machine does
}

// newBrowser starts Chromium once for all sub-tests.
func newBrowser(t *testing.T) func(t *testing.T, url string) *browser {
	needs(t, "chromium")
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.ExecPath("chromium"), chromedp.UserDataDir(filepath.Join(t.TempDir(), "profile")))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	root, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	if err := chromedp.Do(root); err != nil {
		t.Fatal(err)
	}
	return func(t *testing.T, url string) *browser {
		t.Helper()
		ctx, end := chromedp.NewContext(root)
		t.Cleanup(end)
		b := &browser{ctx: ctx, clock: float64(time.Now().UnixMilli()) / 1000}
		if err := chromedp.Do(ctx, chromedp.Navigate(url)); err != nil {
			t.Fatal(err)
		}
		if err := b.until(`state !== null`); err != nil {
			t.Fatal(err)
		}
		return b
	}
}

// until waits for something that a person would see.
func (b *browser) until(condition string) error {
	ctx, cancel := context.WithTimeout(b.ctx, 20*time.Second)
	defer cancel()
	_, err := chromedp.Run(ctx, chromedp.Poll[bool]("!!("+condition+")"))
	if err != nil {
		shown, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector('main').innerText`))
		return fmt.Errorf("not %s: %w; the page shows:\n%s", condition, err, shown)
	}
	return nil
}

func (b *browser) text(id string) string {
	s, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](fmt.Sprintf(`document.querySelector('[data-testid=%s]').innerText.trim()`, id)))
	if err != nil {
		return err.Error()
	}
	return s
}

// visible is a condition: an element of the contract is on the screen.
func visible(id string) string {
	return fmt.Sprintf(`document.querySelector('[data-testid=%s]').checkVisibility()`, id)
}

// key is a real key event: down, with its text, and up.
func (b *browser) key(p input.DispatchKeyEventParams, pause time.Duration) error {
	b.clock += pause.Seconds()
	for _, typ := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeKeyDown, input.DispatchKeyEventTypeKeyUp} {
		e := p
		e.Type, e.Timestamp = typ, input.TimeSinceEpoch(b.clock)
		if typ == input.DispatchKeyEventTypeKeyUp {
			e.Text = ""
		}
		if _, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, e); err != nil {
			return err
		}
	}
	return nil
}

const (
	modAlt  = 1
	modCtrl = 2
	quick   = 4 * time.Millisecond   // a scanner
	slow    = 180 * time.Millisecond // a person
)

// runes types text, Enter is "\r".
func (b *browser) runes(text string, pause time.Duration) error {
	for _, r := range text {
		p := input.DispatchKeyEventParams{Key: string(r), Text: string(r)}
		if r == '\r' {
			p = input.DispatchKeyEventParams{Key: "Enter", Code: "Enter", Text: "\r", WindowsVirtualKeyCode: 13}
		}
		if err := b.key(p, pause); err != nil {
			return err
		}
	}
	return nil
}

// The ways in which scanners of the source send GS.
var gsKeys = map[string]func(b *browser) error{
	"F8": func(b *browser) error {
		return b.key(input.DispatchKeyEventParams{Key: "F8", Code: "F8", WindowsVirtualKeyCode: 119}, quick)
	},
	"Ctrl+]": func(b *browser) error {
		return b.key(input.DispatchKeyEventParams{Key: "]", Code: "BracketRight", Modifiers: modCtrl, WindowsVirtualKeyCode: 221}, quick)
	},
	"0x1D": func(b *browser) error {
		return b.key(input.DispatchKeyEventParams{Key: "\x1d", Text: "\x1d"}, quick)
	},
	"↔": func(b *browser) error { return b.key(input.DispatchKeyEventParams{Key: "↔", Text: "↔"}, quick) },
	"ALT+029": func(b *browser) error {
		press := func(typ input.DispatchKeyEventType, key, code string, vk, mods int64) error {
			b.clock += 0.001
			_, err := chromedp.Call(b.ctx, input.DispatchKeyEvent, input.DispatchKeyEventParams{
				Type: typ, Key: key, Code: code, WindowsVirtualKeyCode: vk, Modifiers: mods, Timestamp: input.TimeSinceEpoch(b.clock),
			})
			return err
		}
		failures := []error{press(input.DispatchKeyEventTypeRawKeyDown, "Alt", "AltLeft", 18, modAlt)}
		for _, d := range "029" {
			for _, typ := range []input.DispatchKeyEventType{input.DispatchKeyEventTypeRawKeyDown, input.DispatchKeyEventTypeKeyUp} {
				failures = append(failures, press(typ, string(d), "Numpad"+string(d), 96+int64(d-'0'), modAlt))
			}
		}
		return errors.Join(append(failures, press(input.DispatchKeyEventTypeKeyUp, "Alt", "AltLeft", 18, 0))...)
	},
}

// scan types a mark as a scanner in keyboard mode does.
func (b *browser) scan(mark string, gs func(b *browser) error) error {
	b.clock += 1 // silence before it
	for i, part := range strings.Split(mark, "\x1d") {
		if i > 0 {
			if err := gs(b); err != nil {
				return err
			}
		}
		if err := b.runes(part, quick); err != nil {
			return err
		}
	}
	return b.runes("\r", quick)
}

// picture keeps a screenshot for whoever wants to look.
func (b *browser) picture(t *testing.T, name string) {
	t.Helper()
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.ArtifactDir(), name)
	if err := os.WriteFile(path, png, 0o644); err != nil || len(png) < 5_000 {
		t.Errorf("%d bytes, %v", len(png), err)
	}
}

// tries runs a scenario anew when the machine stalled in the middle of a scan: a
// pause of over 0.1 s between two keys ends it, which is the rule for people too.
func tries(t *testing.T, f func(t *testing.T) error) {
	t.Helper()
	var err error
	for range 3 {
		if err = f(t); err == nil {
			return
		}
	}
	t.Error(err)
}

// jcuken are the Russian letters on the keys of Latin ones.
var jcuken = strings.NewReplacer("q", "й", "w", "ц", "e", "у", "r", "к", "t", "е", "y", "н", "u", "г", "i", "ш", "o", "щ", "p", "з",
	"a", "ф", "s", "ы", "d", "в", "f", "а", "g", "п", "h", "р", "j", "о", "k", "л", "l", "д", "z", "я", "x", "ч", "c", "с", "v", "м", "b", "и", "n", "т", "m", "ь",
	"Q", "Й", "W", "Ц", "E", "У", "R", "К", "T", "Е", "Y", "Н", "U", "Г", "I", "Ш", "O", "Щ", "P", "З",
	"A", "Ф", "S", "Ы", "D", "В", "F", "А", "G", "П", "H", "Р", "J", "О", "K", "Л", "L", "Д", "Z", "Я", "X", "Ч", "C", "С", "V", "М", "B", "И", "N", "Т", "M", "Ь")

func TestTillInBrowser(t *testing.T) {
	open := newBrowser(t)
	for name, gs := range gsKeys {
		t.Run("M21 a scan with "+name, func(t *testing.T) {
			tries(t, func(t *testing.T) error {
				b := open(t, startTill(t).url)
				if err := b.scan(tillShort, gs); err != nil {
					return err
				}
				if err := b.until(`state.items.length === 1`); err != nil {
					return err
				}
				if got := b.text("items"); !strings.Contains(got, "в чеке") || !strings.Contains(got, "0104603934000748215rRFTn7CqRO6f") {
					return fmt.Errorf("%s", got)
				}
				if got := b.text("counter"); got != "Маркированных позиций: 1 из 128" {
					return fmt.Errorf("%s", got)
				}
				return nil
			})
		})
	}
	t.Run("M21 a scan on the Russian layout", func(t *testing.T) {
		tries(t, func(t *testing.T) error {
			b := open(t, startTill(t).url)
			if err := b.scan(jcuken.Replace(tillShort), gsKeys["F8"]); err != nil {
				return err
			}
			if err := b.until(`state.items.length === 1`); err != nil {
				return err
			}
			if got := b.text("items"); !strings.Contains(got, "0104603934000748215rRFTn7CqRO6f") {
				return fmt.Errorf("%s", got)
			}
			return nil
		})
	})
	t.Run("M41 a duplicate, answered from the keyboard", func(t *testing.T) {
		tries(t, func(t *testing.T) error {
			p := startTill(t)
			b := open(t, p.url)
			p.scan(t, tillShort)
			if err := b.scan(tillShort, gsKeys["F8"]); err != nil {
				return err
			}
			if err := b.until(visible("message")); err != nil {
				return err
			}
			b.picture(t, "duplicate.png")
			if got := b.text("message"); !strings.HasPrefix(got, "Данный экземпляр маркированного товара уже добавлен в чек") {
				return fmt.Errorf("%s", got)
			}
			if got := b.text("message-ok"); got != "ОК" {
				return fmt.Errorf("%s", got)
			}
			// The scan's own Enter has not pressed the button; a person's does.
			if err := b.runes("\r", time.Second); err != nil {
				return err
			}
			return b.until("!" + visible("message"))
		})
	})
	t.Run("M45 M48 no link of the register: the notice, and silence for 15 minutes", func(t *testing.T) {
		p := startTill(t, "-online", "off")
		b := open(t, p.url)
		p.scan(t, tillShort)
		if err := b.until(visible("message")); err != nil {
			t.Fatal(err)
		}
		want := "Проблема со связью ККТ с сервером проверки КМ. Возможно временный сбой. Обратитесь в техническую поддержку после обслуживания клиента."
		if got := b.text("message"); !strings.HasPrefix(got, want) {
			t.Error(got)
		}
		if got := b.text("message-snooze"); got != "Не напоминать 15 минут" {
			t.Error(got)
		}
		if err := chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS("[data-testid=message-snooze]"))); err != nil {
			t.Fatal(err)
		}
		if err := b.until("!" + visible("message")); err != nil {
			t.Fatal(err)
		}
		p.scan(t, tillOther)
		if err := b.until(`state.items.length === 2 && state.message === null`); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("M74 the receipt closes with its progress and is drawn", func(t *testing.T) {
		p := startTill(t)
		b := open(t, p.url)
		for _, mark := range []string{tillShort, tillLong} {
			p.scan(t, mark)
		}
		if err := b.until(`state.items.length === 2`); err != nil {
			t.Fatal(err)
		}
		b.picture(t, "items.png")
		if err := chromedp.Do(b.ctx, chromedp.Click(chromedp.CSS("[data-testid=close]"))); err != nil {
			t.Fatal(err)
		}
		if err := b.until(visible("progress") + ` && +document.querySelector('[data-testid=progress]').getAttribute('aria-valuemax') > 5`); err != nil {
			t.Fatal(err)
		}
		if err := b.until(visible("receipt")); err != nil {
			t.Fatal(err)
		}
		got := b.text("receipt")
		for _, want := range []string{"КАССОВЫЙ ЧЕК", "ПРИХОД", "[М+]", "ИТОГ", "=200.00", "ФН ", "ФД ", "ФП "} {
			if !strings.Contains(got, want) {
				t.Errorf("the receipt lacks %q:\n%s", want, got)
			}
		}
		code, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector('[data-testid=receipt] img').alt`))
		if err != nil || !strings.Contains(code, "&s=200.00&fn=") || !strings.HasSuffix(code, "&n=1") {
			t.Error(code, err)
		}
		b.picture(t, "receipt.png")
		if err := chromedp.Do(b.ctx, chromedp.EmulateViewport(390, 844, chromedp.EmulateMobile)); err != nil {
			t.Fatal(err)
		}
		wide, err := chromedp.Run(b.ctx, chromedp.Evaluate[bool](`document.documentElement.scrollWidth > innerWidth`))
		if err != nil || wide {
			t.Error("on a phone the page is wider than the screen", err)
		}
		b.picture(t, "phone.png")
		if err := b.until(`state.items.length === 0`); err != nil { // the next receipt begins empty
			t.Error(err)
		}
	})
	t.Run("M21 typed by a person: nothing is sold before Enter", func(t *testing.T) {
		tries(t, func(t *testing.T) error {
			b := open(t, startTill(t).url)
			b.clock += 1
			if err := b.runes("4600439931256", slow); err != nil {
				return err
			}
			if got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`document.querySelector('[data-testid=scan]').value`)); err != nil || got != "4600439931256" {
				return fmt.Errorf("%q, %w", got, err)
			}
			if err := b.runes("\r", slow); err != nil {
				return err
			}
			return b.until(`state.items.length === 1`) // goods without a mark, by their bar code
		})
	})
	t.Run("M48 in English", func(t *testing.T) {
		p := startTill(t, "-lang", "en")
		b := open(t, p.url)
		p.scan(t, tillShort)
		p.scan(t, tillShort)
		if err := b.until(visible("message")); err != nil {
			t.Fatal(err)
		}
		if got := b.text("message-ok") + " " + b.text("counter"); got != "OK Marked items: 1 of 128" {
			t.Error(got)
		}
	})
}

// TestTill needs no browser.
func TestTill(t *testing.T) {
	t.Run("M50 128 marks, and not one more", func(t *testing.T) {
		p := startTill(t)
		for i := range 129 {
			p.scan(t, fmt.Sprintf("0104603934000748215rRFTn%07d\x1d93AZub", i))
		}
		state := p.state(t)
		if !strings.Contains(state, `"saved":128,"limit":128`) || !strings.Contains(state, "Достигнут максимум по добавлению маркированных позиций в чек, составляющий 128 маркированных позиций!") {
			t.Error(state)
		}
	})
	t.Run("M74 whole without a browser", func(t *testing.T) {
		p := startTill(t)
		p.scan(t, tillShort)
		for _, call := range [][2]string{{"unmarked", "{}"}, {"price", `{"price":"12,50"}`}, {"unmarked", "{}"}, {"remove", `{"n":2}`}, {"close", `{"payment":"cash"}`}} {
			if status, text := p.post(t, call[0], call[1]); status != http.StatusNoContent {
				t.Fatalf("%s: %d %s", call[0], status, text)
			}
		}
		if state := p.state(t); !strings.Contains(state, `"=112.50"`) || !strings.Contains(state, "data:image/png;base64,") {
			t.Error(state)
		}
	})
	t.Run("E35 an address of every interface is told as one to open, with a warning", func(t *testing.T) {
		p := startTill(t, "-listen", "0.0.0.0:0")
		p.stderr.wait(t, "no login")
		if !strings.HasPrefix(p.url, "http://localhost:") {
			t.Error(p.url)
		}
		p.scan(t, tillShort)
	})
	t.Run("M56 on a register of one's own the journal is kept, and its file is made", func(t *testing.T) {
		home := t.TempDir()
		for _, name := range []string{"XDG_CACHE_HOME", "HOME", "LocalAppData"} {
			t.Setenv(name, home)
		}
		cache, err := os.UserCacheDir()
		if err != nil {
			t.Fatal(err)
		}
		p := startTill(t, "-register", "tcp://"+startShtrih(t).addr)
		p.scan(t, tillShort)
		text, err := os.ReadFile(filepath.Join(cache, "obmen", "marking-till.journal"))
		if err != nil || len(text) == 0 {
			t.Error(err, len(text))
		}
	})
	t.Run("E35 what it refuses", func(t *testing.T) {
		p := startTill(t)
		for _, c := range []struct {
			name, body string
			status     int
		}{
			{"close", `{"payment":"cash"}`, http.StatusConflict}, {"close", `{"payment":"gold"}`, http.StatusConflict},
			{"price", `{"price":"ten"}`, http.StatusConflict}, {"answer", `{"seq":99,"answer":"ok"}`, http.StatusConflict},
			{"remove", `{"n":7}`, http.StatusConflict}, {"scan", `{`, http.StatusBadRequest}, {"kind", `{"kind":"gift"}`, http.StatusConflict},
		} {
			if status, text := p.post(t, c.name, c.body); status != c.status {
				t.Errorf("%s %s: %d %s", c.name, c.body, status, text)
			}
		}
		r, err := http.NewRequest("GET", p.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Host = "evil.example"
		got, err := http.DefaultClient.Do(r)
		if err != nil || got.StatusCode != http.StatusMisdirectedRequest {
			t.Error(got, err)
		}
		got.Body.Close()
	})
	for _, c := range []struct {
		args []string
		code int
		want string
	}{
		{[]string{"-lang", "de"}, 2, `-lang "de": give ru or en`},
		{[]string{"-listen", "8090"}, 2, "give host:port"},
		{[]string{"-online", "maybe"}, 1, "give ok, negative, timeout or off"},
		{[]string{"-permit", "ftp://x"}, 1, "give cdn+https://"},
		{[]string{"-register", "tcp://127.0.0.1:1"}, 1, "the register cannot be asked"},
		{[]string{"-journal", "."}, 1, "name another file with -journal"},
		{[]string{"extra"}, 2, `unexpected argument "extra"`},
	} {
		t.Run("usage "+strings.Join(c.args, " "), func(t *testing.T) {
			args := append([]string{"-listen", "127.0.0.1:0"}, c.args...)
			if r := run(t, t.TempDir(), "", "marking-till", args...); r.code != c.code || !strings.Contains(r.stderr, c.want) || r.stdout != "" {
				t.Errorf("exit %d\n%s\n%s", r.code, r.stderr, r.stdout)
			}
		})
	}
}

// state is what the pages are shown now.
func (p *tillProgram) state(t *testing.T) string {
	t.Helper()
	r, err := http.Get(p.url + "api/events")
	if err != nil {
		t.Fatal(err)
	}
	defer r.Body.Close()
	line, err := bufio.NewReader(r.Body).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line
}
