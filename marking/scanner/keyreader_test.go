package scanner_test

import (
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
	"unicode/utf8"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/scanner"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const code = "0104603934000748215rRFTn7CqRO6f\x1d93AZub"

// typist makes key events with a gap between them.
type typist struct {
	at   time.Time
	gap  time.Duration
	keys []scanner.Event
}

func (y *typist) press(events ...scanner.Event) *typist {
	for _, e := range events {
		y.at = y.at.Add(y.gap)
		e.Time = y.at
		y.keys = append(y.keys, e)
	}
	return y
}

// write types a text, each GS by the given keys.
func (y *typist) write(text string, gs ...scanner.Event) *typist {
	for _, r := range text {
		if r == marking.GS && gs != nil {
			y.press(gs...)
			continue
		}
		y.press(scanner.Event{Rune: r})
	}
	return y
}

func (y *typist) wait(d time.Duration) *typist { y.at = y.at.Add(d); return y }

func alt(digits string) []scanner.Event {
	var list []scanner.Event
	for _, r := range digits {
		list = append(list, scanner.Event{Rune: r, Alt: true})
	}
	return append(list, scanner.Event{Key: scanner.KeyAltUp})
}

var (
	enter = scanner.Event{Key: scanner.KeyEnter}
	start = time.Date(2026, 3, 1, 10, 0, 0, 0, time.UTC)
)

// feed returns the scans among the events, and what a silence at the end adds.
func feed(y *typist) []string {
	var r scanner.KeyReader
	var list []string
	for _, e := range y.keys {
		if s, ok := r.Feed(e); ok {
			list = append(list, s)
		}
	}
	if s, ok := r.Tick(y.at.Add(scanner.DefaultSilence)); ok {
		list = append(list, s)
	}
	return list
}

func fast() *typist { return &typist{at: start, gap: time.Millisecond} }

func TestKeyReader(t *testing.T) {
	one := []string{code}
	t.Run("M22 what stands for GS", func(t *testing.T) {
		assert.Equal(t, one, feed(fast().write(code).press(enter)))
		for name, gs := range map[string][]scanner.Event{
			"F8":             {{Key: scanner.KeyF8}},
			"Ctrl+]":         {{Rune: ']', Ctrl: true}},
			"1D under Ctrl":  {{Rune: 0x1d, Ctrl: true}},
			"ALT+029":        alt("029"),
			"ALT+0029":       alt("0029"),
			"ALT+029 and 1D": append(alt("029"), scanner.Event{Rune: 0x1d}),
		} {
			assert.Equal(t, one, feed(fast().write(code, gs...).press(enter)), name)
		}
		for name, gs := range map[string][]scanner.Event{"ALT+29": alt("29"), "ALT+29 and ↔": append(alt("29"), scanner.Event{Rune: '↔'})} {
			scans := feed(fast().write(code, gs...).press(enter))
			assert.Equal(t, []string{strings.ReplaceAll(code, "\x1d", "↔")}, scans, name)
			c, err := marking.Read(scans[0], nil)
			require.NoError(t, err)
			assert.Equal(t, code, c.Text())
		}
	})
	t.Run("M22 every character by ALT", func(t *testing.T) {
		y := fast()
		for i := range len(code) {
			y.press(alt("0" + string(rune('0'+code[i]/100)) + string(rune('0'+code[i]/10%10)) + string(rune('0'+code[i]%10)))...)
		}
		assert.Equal(t, one, feed(y.press(enter)))
		assert.Equal(t, []string{"12345678\ufffd"}, feed(fast().write("12345678").press(alt("0200")...).press(enter)))
		assert.Equal(t, []string{"12345678\ufffd"}, feed(fast().write("12345678").press(alt("999999999")...).press(enter)))
	})
	t.Run("M22 the end: Enter, Tab, a control character, silence", func(t *testing.T) {
		for _, end := range []scanner.Event{enter, {Key: scanner.KeyTab}, {Rune: '\r'}, {Rune: '\n'}, {Rune: '\t'}, {Rune: 'M', Ctrl: true}, {Rune: 'j', Ctrl: true}, {Rune: 'i', Ctrl: true}} {
			assert.Equal(t, one, feed(fast().write(code).press(end)))
			assert.Equal(t, one, feed(fast().write(code).wait(98*time.Millisecond).press(end)), "within the silence")
			assert.Equal(t, one, feed(fast().write(code).wait(time.Second).press(end)), "the silence ended it before")
		}
		assert.Equal(t, one, feed(fast().write(code)))
		assert.Equal(t, []string{code, code}, feed(fast().write(code).press(enter).write(code).press(enter)))
		assert.Equal(t, []string{code, code}, feed(fast().write(code).wait(100*time.Millisecond).write(code)))
	})
	t.Run("M22 gaps of 50 ms and 8 characters", func(t *testing.T) {
		slow := func(gap time.Duration) *typist { return &typist{at: start, gap: gap} }
		assert.Equal(t, one, feed(slow(50*time.Millisecond).write(code).press(enter)))
		assert.Empty(t, feed(slow(51*time.Millisecond).write(code).press(enter)))
		assert.Empty(t, feed(slow(200*time.Millisecond).write(code).press(enter)), "a person")
		assert.Equal(t, []string{"46198488"}, feed(fast().write("46198488").press(enter)))
		assert.Empty(t, feed(fast().write("4619848").press(enter)))
		assert.Empty(t, feed(fast().write("4619848")))
		// A gap inside breaks the run; what follows is a scan of its own.
		assert.Equal(t, []string{"46198488"}, feed(fast().write("123").wait(60*time.Millisecond).write("46198488").press(enter)))
		assert.Equal(t, one, feed(slow(300*time.Millisecond).write("cash").wait(60*time.Millisecond).press(enter).fast().write(code).press(enter)))
	})
	t.Run("M22 other keys and shortcuts do not matter", func(t *testing.T) {
		y := fast().write(code[:5]).press(scanner.Event{Key: scanner.KeyOther}, scanner.Event{Rune: 'c', Ctrl: true}, scanner.Event{Rune: 'x', Alt: true}, scanner.Event{Key: scanner.KeyAltUp})
		assert.Equal(t, one, feed(y.write(code[5:]).press(enter)))
		assert.Empty(t, feed(fast().press(enter, enter, scanner.Event{Key: scanner.KeyAltUp})))
	})
	t.Run("M22 settings", func(t *testing.T) {
		r := scanner.KeyReader{Gap: time.Second, Silence: 2 * time.Second, Minimum: 3}
		y := &typist{at: start, gap: time.Second}
		for _, e := range y.write("abc").keys {
			_, ok := r.Feed(e)
			assert.False(t, ok)
		}
		at, running := r.Deadline()
		assert.True(t, running)
		assert.Equal(t, y.at.Add(2*time.Second), at)
		_, ok := r.Tick(at.Add(-1))
		assert.False(t, ok)
		s, ok := r.Tick(at)
		assert.True(t, ok)
		assert.Equal(t, "abc", s)
		_, running = r.Deadline()
		assert.False(t, running)
	})
	t.Run("M22 an endless run is cut behind the limit", func(t *testing.T) {
		scans := feed(fast().write(strings.Repeat("1", 3*marking.MaxScan)).press(enter))
		require.Len(t, scans, 1)
		assert.Equal(t, marking.MaxScan+1, len(scans[0]))
		_, err := marking.Read(scans[0], nil)
		require.Error(t, err)
		assert.Equal(t, marking.CodeBadLength, err.(*marking.Error).Code())
	})
	for k := range scanner.KeyOther + 2 {
		assert.NotEmpty(t, k.String())
	}
}

func (y *typist) fast() *typist { y.gap = time.Millisecond; return y }

func TestKeys(t *testing.T) {
	t.Run("M22 silence ends a scan without another key", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			events := make(chan scanner.Event)
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			began := time.Now()
			go func() {
				for _, r := range code {
					time.Sleep(time.Millisecond)
					events <- scanner.Event{Time: time.Now(), Rune: r}
				}
				time.Sleep(time.Hour)
				for _, r := range "46198488" {
					events <- scanner.Event{Time: time.Now(), Rune: r}
				}
				close(events)
			}()
			var scans []string
			for s := range scanner.Keys(ctx, events, nil) {
				if scans = append(scans, s); len(scans) == 1 {
					assert.Equal(t, time.Duration(len(code))*time.Millisecond+scanner.DefaultSilence, time.Since(began))
				}
			}
			assert.Equal(t, []string{code, "46198488"}, scans)
		})
	})
	t.Run("M22 the context and the caller end it", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			for range scanner.Keys(ctx, make(chan scanner.Event), nil) {
				t.Fatal("nothing was typed")
			}
			events := make(chan scanner.Event, 9)
			for _, r := range "46198488\r" {
				events <- scanner.Event{Time: time.Now(), Rune: r}
			}
			for s := range scanner.Keys(t.Context(), events, new(scanner.KeyReader)) {
				assert.Equal(t, "46198488", s)
				break
			}
		})
	})
}

// idle returns nothing and no error now and then, as a serial port does.
type idle struct {
	r io.Reader
	n int
}

func (i *idle) Read(p []byte) (int, error) {
	if i.n++; i.n%2 == 0 {
		return 0, nil
	}
	return i.r.Read(p)
}

func TestLines(t *testing.T) {
	input := "\r\n" + code + "\r\n46198488\n\n" + "\xe8" + code + "\r" + "last"
	want := []string{code, "46198488", "\xe8" + code, "last"}
	for name, r := range map[string]io.Reader{
		"whole":    strings.NewReader(input),
		"one byte": iotest.OneByteReader(strings.NewReader(input)),
		"half":     iotest.HalfReader(strings.NewReader(input)),
		"data+EOF": iotest.DataErrReader(strings.NewReader(input)),
		"idle":     &idle{r: iotest.OneByteReader(strings.NewReader(input))},
	} {
		t.Run("M22 bytes of a port: "+name, func(t *testing.T) {
			var got []string
			for s, err := range scanner.Lines(t.Context(), r) {
				require.NoError(t, err)
				got = append(got, s)
			}
			assert.Equal(t, want, got)
		})
	}
	t.Run("M22 an error of the port comes after what was read", func(t *testing.T) {
		broken := errors.New("unplugged")
		var got []string
		var last error
		for s, err := range scanner.Lines(t.Context(), io.MultiReader(strings.NewReader(code+"\nhalf"), iotest.ErrReader(broken))) {
			if err != nil {
				last = err
				continue
			}
			got = append(got, s)
		}
		assert.Equal(t, []string{code, "half"}, got)
		assert.ErrorIs(t, last, broken)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		for _, err := range scanner.Lines(ctx, strings.NewReader(code)) {
			assert.ErrorIs(t, err, context.Canceled)
		}
	})
	t.Run("M22 the caller ends it", func(t *testing.T) {
		for s := range scanner.Lines(t.Context(), strings.NewReader(input)) {
			assert.Equal(t, code, s)
			break
		}
		for s := range scanner.Lines(t.Context(), strings.NewReader("last")) {
			assert.Equal(t, "last", s)
			break
		}
		for s := range scanner.Paste("a\nb") {
			assert.Equal(t, "a", s)
			break
		}
	})
	t.Run("M22 an endless line is cut behind the limit", func(t *testing.T) {
		long := strings.Repeat("1", 100_000)
		for s, err := range scanner.Lines(t.Context(), strings.NewReader(long)) {
			require.NoError(t, err)
			assert.Len(t, s, marking.MaxScan+1)
		}
		for s := range scanner.Paste(long) {
			assert.Len(t, s, marking.MaxScan+1)
		}
	})
	t.Run("M22 paste", func(t *testing.T) {
		assert.Equal(t, []string{code, "46198488"}, slices.Collect(scanner.Paste(code+"\r\n\r\n46198488\n")))
		assert.Empty(t, slices.Collect(scanner.Paste("\r\n")))
	})
}

// FuzzKeyReader: no panic, nothing above the limit, nothing below the minimum.
func FuzzKeyReader(f *testing.F) {
	f.Add("0104603934000748215rRFTn7CqRO6f\x1d93AZub\r", uint8(1))
	f.Add("\x00\x01\x02029\x03abcdefgh", uint8(40))
	f.Fuzz(func(t *testing.T, keys string, gap uint8) {
		var r scanner.KeyReader
		at := start
		for i, c := range keys {
			at = at.Add(time.Duration(gap%120) * time.Millisecond)
			e := scanner.Event{Time: at, Rune: c, Alt: c >= '0' && c <= '9' && i%3 == 0, Ctrl: i%7 == 0}
			if c < 6 {
				e.Key = scanner.Key(c)
			}
			if s, ok := r.Feed(e); ok && (len(s) > marking.MaxScan+utf8.UTFMax || utf8.RuneCountInString(s) < scanner.DefaultMinimum) {
				t.Fatalf("%q", s)
			}
		}
	})
}
