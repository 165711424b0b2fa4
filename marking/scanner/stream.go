package scanner

import (
	"context"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/obmen-go/obmen/marking"
)

// Keys reads events with r (nil: a new KeyReader) and yields the scans among
// them. It ends when the channel is closed, after the scan that was under way,
// or when ctx ends. The times of the events must come from the same clock as
// time.Now. Single use.
func Keys(ctx context.Context, events <-chan Event, r *KeyReader) iter.Seq[string] {
	if r == nil {
		r = new(KeyReader)
	}
	return func(yield func(string) bool) {
		silence := time.NewTimer(time.Hour)
		defer silence.Stop()
		for {
			if deadline, running := r.Deadline(); running {
				silence.Reset(time.Until(deadline))
			} else {
				silence.Stop()
			}
			scan, ok, open := "", false, true
			select {
			case <-ctx.Done():
				return
			case <-silence.C:
				scan, ok = r.Tick(time.Now())
			case e, more := <-events:
				if open = more; open {
					scan, ok = r.Feed(e)
				} else {
					scan, ok = r.finish()
				}
			}
			if ok && !yield(scan) || !open {
				return
			}
		}
	}
}

// Lines yields the scans of a scanner on a COM port: bytes up to CR or LF. Empty
// lines are passed over, and what stands at the end without a line end is a
// scan too. An error of the reader, but for io.EOF, is yielded as it is and
// ends the sequence; so does the end of ctx, once the read that is under way
// returns: close the port to end it at once. A read that returns nothing and no
// error, as serial ports do on a time-out, is repeated. Single use.
func Lines(ctx context.Context, r io.Reader) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		var line []byte
		buf := make([]byte, 512)
		for {
			if err := ctx.Err(); err != nil {
				yield("", err)
				return
			}
			n, err := r.Read(buf)
			for _, c := range buf[:n] {
				if c != '\r' && c != '\n' {
					if len(line) <= marking.MaxScan {
						line = append(line, c)
					}
					continue
				}
				if len(line) > 0 && !yield(string(line), nil) {
					return
				}
				line = line[:0]
			}
			if err == nil {
				continue
			}
			if len(line) > 0 && !yield(string(line), nil) {
				return
			}
			if err != io.EOF {
				yield("", err)
			}
			return
		}
	}
}

// Paste yields the scans in a pasted text: its lines that are not empty.
func Paste(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\r' || r == '\n' }) {
			if len(line) > marking.MaxScan {
				line = line[:marking.MaxScan+1]
			}
			if !yield(line) {
				return
			}
		}
	}
}
