package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"gopkg.in/natefinch/lumberjack.v2"

	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/gateway/config"
)

// logSettings say where the log goes and how long it stays (rule E36).
type logSettings struct {
	dir                    string
	megabytes, days, files int
}

const logName = "ecr-gateway.log"

// openLog makes a log of the source's six levels that goes to stderr and, if
// there is a folder, to a file in it.
func openLog(s logSettings, level config.Level, stderr io.Writer) (*slog.Logger, func() error, error) {
	out, done := stderr, func() error { return nil }
	if s.dir != "" {
		if err := os.MkdirAll(s.dir, 0o755); err != nil {
			return nil, nil, err
		}
		file := newDaily(s)
		if _, err := file.Write(nil); err != nil {
			return nil, nil, err
		}
		out, done = both{file, stderr}, file.Close
	}
	return slog.New(slog.NewTextHandler(out, &slog.HandlerOptions{Level: level.Slog(), ReplaceAttr: nameLevel})), done, nil
}

// nameLevel writes the source's names of levels.
func nameLevel(groups []string, a slog.Attr) slog.Attr {
	if l, ok := a.Value.Any().(slog.Level); ok && len(groups) == 0 && a.Key == slog.LevelKey {
		a.Value = slog.StringValue(config.LevelOf(l).String())
	}
	return a
}

// both writes to the file and to stderr, which a service does not have: what
// fails there is not missed.
type both struct{ file, stderr io.Writer }

func (b both) Write(p []byte) (int, error) {
	b.stderr.Write(p)
	return b.file.Write(p)
}

// daily is a log file of which a new one begins each day, or when it is full.
type daily struct {
	mu   sync.Mutex
	file *lumberjack.Logger
	day  string
	now  func() time.Time
}

func newDaily(s logSettings) *daily {
	d := &daily{now: time.Now, file: &lumberjack.Logger{
		Filename: filepath.Join(s.dir, logName), MaxSize: s.megabytes, MaxAge: s.days, MaxBackups: s.files, LocalTime: true,
	}}
	d.day = d.now().Format(time.DateOnly)
	if info, err := os.Stat(d.file.Filename); err == nil {
		d.day = info.ModTime().Format(time.DateOnly)
	}
	return d
}

func (d *daily) Write(p []byte) (int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if today := d.now().Format(time.DateOnly); today != d.day {
		d.day = today
		if err := d.file.Rotate(); err != nil {
			return 0, err
		}
	}
	return d.file.Write(p)
}

// Close closes the file.
func (d *daily) Close() error { return d.file.Close() }

// traceTo writes every byte that passes as a line of level Debug (rule E32).
func traceTo(log *slog.Logger) gateway.Tracer {
	return gateway.TraceFunc(func(e gateway.TraceEvent) {
		attrs := make([]slog.Attr, 0, 5)
		attrs = append(attrs, slog.String("device", e.Device))
		if e.Client != 0 {
			attrs = append(attrs, slog.Uint64("client", e.Client), slog.String("address", e.Address), slog.Uint64("exchange", e.Exchange))
		}
		if e.Leg == gateway.Note {
			attrs = append(attrs, slog.String("text", e.Text))
		} else {
			attrs = append(attrs, slog.String("bytes", e.Hex))
		}
		log.LogAttrs(context.Background(), slog.LevelDebug, e.Leg.String(), attrs...)
	})
}
