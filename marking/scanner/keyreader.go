package scanner

import (
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/obmen-go/obmen/marking"
)

// What makes a run of keys a scan, if the options do not say otherwise.
const (
	DefaultGap     = 50 * time.Millisecond
	DefaultSilence = 100 * time.Millisecond
	DefaultMinimum = 8
)

// Key says which key an event is about.
type Key uint8

// The keys that matter. Shift and all other keys are KeyOther.
const (
	KeyRune  Key = iota // a character; Event.Rune holds it
	KeyF8               // stands for GS
	KeyEnter            // ends a scan
	KeyTab              // ends a scan
	KeyAltUp            // ALT was released: the digits typed under it become a character
	KeyOther            // no part of a scan, and no end of one
)

var keyNames = [...]string{"rune", "f8", "enter", "tab", "alt-up", "other"}

// String returns rune, f8, enter, tab, alt-up or other.
func (k Key) String() string {
	if int(k) < len(keyNames) {
		return keyNames[k]
	}
	return "other"
}

// Event is one key press, or the release of ALT.
type Event struct {
	// Time is when it happened. Only differences count.
	Time time.Time
	// Key is the key.
	Key Key
	// Rune is the character of a KeyRune.
	Rune rune
	// Alt is true while ALT is held.
	Alt bool
	// Ctrl is true while Ctrl is held.
	Ctrl bool
}

// KeyReader finds scans in a stream of key events. The zero value is ready. It
// never blocks and starts nothing: call [KeyReader.Feed] for each event, and
// [KeyReader.Tick] when [KeyReader.Deadline] has passed; [Keys] does both.
type KeyReader struct {
	// Gap is the longest time between two characters of a scan. It defaults to
	// DefaultGap.
	Gap time.Duration
	// Silence ends a scan that no key ends. It defaults to DefaultSilence.
	Silence time.Duration
	// Minimum is the least number of characters of a scan. It defaults to
	// DefaultMinimum.
	Minimum int

	text     []byte
	count    int
	last     time.Time
	running  bool
	alt      []byte
	composed rune // what ALT and digits just made; 0 for nothing
}

// Feed takes an event. ok is true when a scan ended, by this event or by the
// silence before it.
func (r *KeyReader) Feed(e Event) (scan string, ok bool) {
	if e.Key == KeyOther || e.Key == KeyAltUp && len(r.alt) == 0 {
		return "", false
	}
	if scan, ok = r.Tick(e.Time); !ok && r.running && e.Time.Sub(r.last) > r.gap() && !ends(e) {
		r.reset()
	}
	switch {
	case ends(e):
		if !ok {
			scan, ok = r.finish()
		}
		return scan, ok
	case e.Key == KeyF8:
		r.put(marking.GS, e.Time)
	case e.Key == KeyAltUp:
		r.compose(e.Time)
	case e.Alt && e.Rune >= '0' && e.Rune <= '9':
		r.hold(e)
	case e.Ctrl && e.Rune == ']':
		r.put(marking.GS, e.Time)
	case e.Ctrl && e.Rune >= ' ' || e.Alt:
		// a shortcut, no character
	default:
		r.character(e)
	}
	return scan, ok
}

// ends says whether the event ends a scan: Enter, Tab, and the control
// characters that stand for them.
func ends(e Event) bool {
	switch e.Key {
	case KeyEnter, KeyTab:
		return true
	case KeyRune:
		return e.Rune == '\r' || e.Rune == '\n' || e.Rune == '\t' ||
			e.Ctrl && (e.Rune == 'm' || e.Rune == 'M' || e.Rune == 'j' || e.Rune == 'J' || e.Rune == 'i' || e.Rune == 'I')
	}
	return false
}

// Tick ends a scan when the silence has lasted long enough.
func (r *KeyReader) Tick(now time.Time) (scan string, ok bool) {
	if deadline, running := r.Deadline(); !running || now.Before(deadline) {
		return "", false
	}
	return r.finish()
}

// Deadline returns when the silence ends what has been typed so far; running is
// false when nothing has been.
func (r *KeyReader) Deadline() (at time.Time, running bool) {
	silence := r.Silence
	if silence <= 0 {
		silence = DefaultSilence
	}
	return r.last.Add(silence), r.running
}

func (r *KeyReader) gap() time.Duration {
	if r.Gap <= 0 {
		return DefaultGap
	}
	return r.Gap
}

// finish ends the run; it is a scan if it is long enough.
func (r *KeyReader) finish() (string, bool) {
	minimum := r.Minimum
	if minimum <= 0 {
		minimum = DefaultMinimum
	}
	scan, ok := "", r.count >= minimum
	if ok {
		scan = string(r.text)
	}
	r.reset()
	return scan, ok
}

func (r *KeyReader) reset() {
	r.text, r.alt = r.text[:0], r.alt[:0]
	r.count, r.composed, r.running = 0, 0, false
}

// put adds a character. What is beyond the limit is counted, not kept.
func (r *KeyReader) put(c rune, at time.Time) {
	if len(r.text) <= marking.MaxScan {
		r.text = utf8.AppendRune(r.text, c)
	}
	r.count++
	r.composed = 0
	r.touch(at)
}

func (r *KeyReader) touch(at time.Time) { r.last, r.running = at, true }

// character adds a typed character, unless it is the one that ALT just made.
func (r *KeyReader) character(e Event) {
	if r.composed != 0 && r.composed == e.Rune {
		r.composed = 0
		r.touch(e.Time)
		return
	}
	r.put(e.Rune, e.Time)
}

// hold keeps a digit typed under ALT.
func (r *KeyReader) hold(e Event) {
	const most = 5 // 0 and the largest number of a code page, and more
	if len(r.alt) < most {
		r.alt = append(r.alt, byte(e.Rune))
	}
	r.touch(e.Time)
}

// compose turns the digits into a character: with a leading 0 its number is
// meant, without one the character that stands at that place in the old code
// page of the console, where 29 is ↔. Numbers above 126 mean different
// characters in different code pages and become U+FFFD.
func (r *KeyReader) compose(at time.Time) {
	n, _ := strconv.Atoi(string(r.alt))
	c := rune(n)
	switch {
	case n == marking.GS && r.alt[0] != '0':
		c = '↔'
	case n > '~':
		c = utf8.RuneError
	}
	r.alt = r.alt[:0]
	r.put(c, at)
	r.composed = c
}
