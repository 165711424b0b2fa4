package main

import (
	"bytes"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/gateway/config"
)

func TestLog(t *testing.T) {
	count := func(t *testing.T, dir string) int {
		t.Helper()
		list, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return len(list)
	}
	t.Run("E36 a new file each day, also after a restart", func(t *testing.T) {
		s := logSettings{t.TempDir(), 10, 30, 10}
		now := time.Now()
		d := newDaily(s)
		d.now = func() time.Time { return now }
		d.Write([]byte("one\n"))
		d.Write([]byte("two\n"))
		if n := count(t, s.dir); n != 1 {
			t.Errorf("%d files on one day", n)
		}
		now = now.AddDate(0, 0, 1)
		d.Write([]byte("three\n"))
		d.Close()
		if n := count(t, s.dir); n != 2 {
			t.Errorf("%d files on two days", n)
		}
		if b, err := os.ReadFile(filepath.Join(s.dir, logName)); err != nil || string(b) != "three\n" {
			t.Errorf("%q, %v", b, err)
		}
		old := now.AddDate(0, 0, -3)
		if err := os.Chtimes(filepath.Join(s.dir, logName), old, old); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond) // old files are named by the millisecond
		d = newDaily(s)
		d.Write([]byte("four\n"))
		d.Close()
		if b, err := os.ReadFile(filepath.Join(s.dir, logName)); err != nil || string(b) != "four\n" || count(t, s.dir) != 3 {
			t.Errorf("%q, %v", b, err)
		}
	})
	t.Run("E36 a new file when it is full", func(t *testing.T) {
		s := logSettings{t.TempDir(), 1, 30, 10}
		d := newDaily(s)
		line := bytes.Repeat([]byte("x"), 400_000)
		for range 3 {
			d.Write(line)
		}
		d.Close()
		if n := count(t, s.dir); n != 2 {
			t.Errorf("%d files", n)
		}
	})
	t.Run("E36 a service without stderr still has its file", func(t *testing.T) {
		var file bytes.Buffer
		if n, err := (both{&file, os.NewFile(^uintptr(0), "none")}).Write([]byte("x")); n != 1 || err != nil || file.String() != "x" {
			t.Errorf("%d, %v, %q", n, err, file.String())
		}
	})
	t.Run("E40 the levels have the source's names", func(t *testing.T) {
		var out bytes.Buffer
		log, done, err := openLog(logSettings{}, config.LevelVerbose, &out)
		if err != nil {
			t.Fatal(err)
		}
		defer done()
		for l := config.LevelVerbose; l <= config.LevelFatal; l++ {
			log.Log(t.Context(), l.Slog(), "x", "level", slog.LevelInfo)
			if want := "level=" + l.String() + " msg=x"; !strings.Contains(out.String(), want) {
				t.Errorf("no %q in %q", want, out.String())
			}
		}
	})
	t.Run("E32 a step of the trace", func(t *testing.T) {
		var out bytes.Buffer
		log := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
		traceTo(log).Trace(gateway.TraceEvent{Device: "0", Leg: gateway.ToDevice, Client: 2, Address: "a:1", Exchange: 7, Hex: "01 05"})
		traceTo(log).Trace(gateway.TraceEvent{Device: "0", Leg: gateway.Note, Text: "hello"})
		for _, want := range []string{`msg=gateway>device device=0 client=2 address=a:1 exchange=7 bytes="01 05"`, "msg=note device=0 text=hello"} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("no %q in %s", want, out.String())
			}
		}
	})
}

func TestPage(t *testing.T) {
	t.Run("E31 every state, outcome and trouble has its words in both languages", func(t *testing.T) {
		if len(words["ru"]) != len(words["en"]) {
			t.Errorf("%d words in Russian, %d in English", len(words["ru"]), len(words["en"]))
		}
		for key := range words["ru"] {
			if words["en"][key] == "" {
				t.Errorf("%s has no English word", key)
			}
		}
		for s := gateway.Down; s <= gateway.Stopped; s++ {
			if words["ru"]["state-"+s.String()] == "" {
				t.Errorf("state %v has no words", s)
			}
		}
		for _, f := range gateway.Failures() {
			if troubleText("ru", f) == f.String() || troubleText("en", f) == f.String() {
				t.Errorf("trouble %v has no words", f)
			}
		}
		if got := troubleText("ru", 99); got != "Failure(99)" {
			t.Error(got)
		}
	})
}
