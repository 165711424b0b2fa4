package office

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/kmazs"
)

// stations records exchanges and when they started.
type stations struct {
	mu  sync.Mutex
	got []string
	err error
	t0  time.Time
}

func (x *stations) StartExchange(_ context.Context, list []int) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.got = append(x.got, fmt.Sprint(list, " after ", time.Since(x.t0)))
	return x.err
}

func (x *stations) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return strings.Join(x.got, "; ")
}

// slow is a directory whose Commit waits.
type slow struct {
	*Memory
	entered, release chan struct{}
}

func (d *slow) Commit(ctx context.Context, revision int64, c *Changes) error {
	close(d.entered)
	<-d.release
	return d.Memory.Commit(ctx, revision, c)
}

// restless is a directory that somebody else changes before the first commits.
type restless struct {
	*Memory
	others int
}

func (d *restless) Commit(ctx context.Context, revision int64, c *Changes) error {
	if d.others > 0 {
		d.others--
		s, _ := d.Snapshot(ctx)
		a := NewAccount(Driver)
		a.ShortName = fmt.Sprint("ДРУГОЙ ", d.others)
		if err := d.Memory.Commit(ctx, s.Revision, &Changes{Added: []Account{a}}); err != nil {
			return err
		}
	}
	return d.Memory.Commit(ctx, revision, c)
}

func TestImporter(t *testing.T) {
	limit := func(t *testing.T, n int) *kmazs.Request {
		return request(t, fmt.Sprint("SYNCID=A DAYLIMIT=", n))
	}
	t.Run("K45 an import that another process disturbs is planned again", func(t *testing.T) {
		dir := &restless{NewMemory(officeOf("1 id=A name=А")), 2}
		im := NewImporter(dir, nil, nil)
		result, err := im.Import(t.Context(), limit(t, 5), "")
		if err != nil || result.UpdatedByID != 1 {
			t.Errorf("%+v, %v", result, err)
		}
		dir.others = 100
		if _, err := im.Import(t.Context(), limit(t, 6), ""); !errors.Is(err, ErrRevision) {
			t.Errorf("the error is %v", err)
		}
	})
	t.Run("K45 Apply is refused after a change and on another day", func(t *testing.T) {
		dir := NewMemory(officeOf("1 id=A name=А"))
		im := NewImporter(dir, nil, &Options{Now: func() time.Time { return today.Time(time.UTC) }})
		plan, err := im.Plan(t.Context(), limit(t, 5))
		if err != nil {
			t.Fatal(err)
		}
		if err := plan.Apply(t.Context(), dir, today.AddDays(1)); !hasCode(err, CodeDayChanged) {
			t.Errorf("another day: %v", err)
		}
		if err := plan.Apply(t.Context(), dir, today); err != nil {
			t.Error(err)
		}
		if err := plan.Apply(t.Context(), dir, today); !errors.Is(err, ErrRevision) {
			t.Errorf("applied twice: %v", err)
		}
	})
	t.Run("FL12 the same digest again gives the result of then", func(t *testing.T) {
		dir := NewMemory(officeOf("1 id=A name=А"))
		im := NewImporter(dir, nil, nil)
		first, err := im.Import(t.Context(), limit(t, 5), "digest")
		if err != nil {
			t.Fatal(err)
		}
		second, err := im.Import(t.Context(), limit(t, 7), "digest")
		if err != nil || fmt.Sprint(second) != fmt.Sprint(first) || first.UpdatedByID != 1 {
			t.Errorf("%+v, then %+v, %v", first, second, err)
		}
		if s, _ := dir.Snapshot(t.Context()); s.Accounts[0].DayLimit != Litres(5) {
			t.Error("the second import was carried out")
		}
		if r, ok, err := im.Receipt(t.Context(), "digest"); !ok || err != nil || r.UpdatedByID != 1 {
			t.Errorf("%+v, %v, %v", r, ok, err)
		}
		if _, ok, err := im.Receipt(t.Context(), "other"); ok || err != nil {
			t.Error(ok, err)
		}
	})
	t.Run("FL12 an import that changes nothing leaves a receipt", func(t *testing.T) {
		im := NewImporter(NewMemory(officeOf("1 id=A name=А day=5")), nil, nil)
		if _, err := im.Import(t.Context(), limit(t, 5), "same"); err != nil {
			t.Fatal(err)
		}
		if r, ok, _ := im.Receipt(t.Context(), "same"); !ok || r.Ignored != 1 {
			t.Errorf("%+v, %v", r, ok)
		}
	})
	t.Run("K26 one import at a time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			dir := &slow{NewMemory(officeOf("1 id=A name=А")), make(chan struct{}), make(chan struct{})}
			im := NewImporter(dir, nil, nil)
			first, second := limit(t, 5), limit(t, 5)
			var wg sync.WaitGroup
			wg.Go(func() {
				if _, err := im.Import(context.Background(), first, ""); err != nil {
					t.Error(err)
				}
			})
			<-dir.entered
			if _, err := im.TryImport(context.Background(), second, ""); !errors.Is(err, ErrBusy) {
				t.Errorf("the error is %v, want ErrBusy", err)
			}
			ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
			defer cancel()
			if _, err := im.Import(ctx, second, ""); !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("the error is %v, want that of the context", err)
			}
			wg.Go(func() {
				if r, err := im.Import(context.Background(), second, ""); err != nil || r.Ignored != 1 {
					t.Error(r, err)
				}
			})
			synctest.Wait()
			close(dir.release)
			wg.Wait()
			if err := im.Close(context.Background()); err != nil {
				t.Error(err)
			}
			if _, err := im.Import(context.Background(), second, ""); !errors.Is(err, ErrClosed) {
				t.Errorf("the error is %v, want ErrClosed", err)
			}
		})
	})
	t.Run("K47 a line a record, without values", func(t *testing.T) {
		var log bytes.Buffer
		im := NewImporter(NewMemory(officeOf("1 id=A name=ИВАНОВ key=A1")), nil,
			&Options{Logger: slog.New(slog.NewTextHandler(&log, nil))})
		_, err := im.Import(t.Context(), request(t, "SYNCID=A KEY=DEADBEEF PIN=4711 FULLNAME=Тайный SHORTNAME=Секрет CARDNUM=0815",
			"SYNCID=B SHORTNAME=Скрытый KEY=xyzzy"), "")
		if err != nil {
			t.Fatal(err)
		}
		text := log.String()
		for _, want := range []string{"record=1 action=update by=id account=1", "SHORTNAME FULLNAME KEY PIN CARDNUM", "record=2 action=refuse", "code=KMAZS-KEY-HEX"} {
			if !strings.Contains(text, want) {
				t.Errorf("%q is not in\n%s", want, text)
			}
		}
		for _, secret := range []string{"DEADBEEF", "deadbeef", "4711", "Тайный", "Секрет", "0815", "Скрытый", "xyzzy", "ИВАНОВ", "A1"} {
			if strings.Contains(text, secret) {
				t.Errorf("%q is in the log\n%s", secret, text)
			}
		}
	})
	t.Run("K41 the result lists refused records by option", func(t *testing.T) {
		for _, show := range []bool{false, true} {
			im := NewImporter(NewMemory(officeOf()), &Settings{ShowRefused: show}, nil)
			r, err := im.Import(t.Context(), request(t, "SYNCID=A DAYLIMIT=x SHORTNAME=А"), "")
			if err != nil || r.Ignored != 1 || (r.Refused != nil) != show {
				t.Errorf("%+v, %v", r, err)
			}
			if show && (r.Refused[0].N != 1 || r.Refused[0].Field != "DAYLIMIT" || r.Refused[0].Code != "KMAZS-NUMBER" || r.Refused[0].Text == "") {
				t.Errorf("%+v", r.Refused)
			}
		}
	})
}

func TestExchanges(t *testing.T) {
	// play runs steps against an office whose pause is a minute.
	play := func(t *testing.T, pause time.Duration, failing error, do func(*Importer, *stations)) string {
		t.Helper()
		x := &stations{err: failing}
		synctest.Test(t, func(t *testing.T) {
			x.t0 = time.Now()
			im := NewImporter(NewMemory(officeOf("1 id=A name=А")), nil, &Options{Exchanger: x, ExchangePause: pause})
			do(im, x)
			x.mu.Lock()
			x.err = nil
			x.mu.Unlock()
			if err := im.Close(context.Background()); err != nil {
				t.Error(err)
			}
		})
		return x.text()
	}
	set := func(t *testing.T, im *Importer, n int, auto bool) {
		t.Helper()
		r := request(t, fmt.Sprint("SYNCID=A DAYLIMIT=", n))
		if auto {
			r.Options.AutoExchange = kmazs.Value(true)
		}
		if _, err := im.Import(context.Background(), r, ""); err != nil {
			t.Error(err)
		}
	}
	for name, c := range map[string]struct {
		pause time.Duration
		err   error
		do    func(*Importer, *stations)
		want  string
	}{
		"K43 once, the pause after the last change": {time.Minute, nil, func(im *Importer, _ *stations) {
			set(t, im, 1, false)
			time.Sleep(40 * time.Second)
			set(t, im, 2, false)
			time.Sleep(59 * time.Second)
			set(t, im, 2, false) // changes nothing
			time.Sleep(5 * time.Minute)
		}, "[] after 1m40s"},
		"K43 off by default": {0, nil, func(im *Importer, _ *stations) {
			set(t, im, 1, false)
			time.Sleep(time.Hour)
		}, ""},
		"K43 at once for autoexchange, which takes a waiting one over": {time.Minute, nil, func(im *Importer, _ *stations) {
			set(t, im, 1, false)
			time.Sleep(10 * time.Second)
			set(t, im, 2, true)
			time.Sleep(time.Hour)
		}, "[] after 10s"},
		"K43 autoexchange without a change": {time.Minute, nil, func(im *Importer, _ *stations) {
			set(t, im, 1, true)
			set(t, im, 1, true)
		}, "[] after 0s"},
		"K43 some stations at once, the waiting exchange still comes": {time.Minute, nil, func(im *Importer, _ *stations) {
			set(t, im, 1, false)
			if err := im.Exchange(context.Background(), []int{1, 10}); err != nil {
				t.Error(err)
			}
			time.Sleep(time.Hour)
		}, "[1 10] after 0s; [] after 1m0s"},
		"K43 Close starts the waiting one": {time.Hour, nil, func(im *Importer, _ *stations) {
			set(t, im, 1, false)
			time.Sleep(time.Minute)
		}, "[] after 1m0s"},
		"K43 one that did not start is tried again": {time.Minute, errors.New("busy"), func(im *Importer, x *stations) {
			set(t, im, 1, false)
			time.Sleep(90 * time.Second)
			x.mu.Lock()
			x.err = nil
			x.mu.Unlock()
			time.Sleep(time.Hour)
		}, "[] after 1m0s; [] after 2m0s"},
		"K43 at once failed, after the pause again": {time.Minute, errors.New("busy"), func(im *Importer, x *stations) {
			set(t, im, 1, true)
			x.mu.Lock()
			x.err = nil
			x.mu.Unlock()
			time.Sleep(time.Hour)
		}, "[] after 0s; [] after 1m0s"},
		"FL8 an unknown station starts nothing": {time.Minute, nil, func(im *Importer, _ *stations) {
			err := im.Exchange(context.Background(), []int{1, 99})
			if e, ok := errors.AsType[*Error](err); !ok || e.Code() != CodeUnknownStation || !strings.Contains(e.Message("ru"), "99") {
				t.Errorf("the error is %v", err)
			}
		}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			if got := play(t, c.pause, c.err, c.do); got != c.want {
				t.Errorf("exchanges: %q, want %q", got, c.want)
			}
		})
	}
	t.Run("K43 Close does not wait for ever for an exchange that hangs", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			hung := ExchangerFunc(func(ctx context.Context, _ []int) error {
				<-ctx.Done()
				return ctx.Err()
			})
			im := NewImporter(NewMemory(officeOf("1 id=A name=А")), nil, &Options{Exchanger: hung, ExchangePause: time.Minute})
			set(t, im, 1, false)
			time.Sleep(2 * time.Minute)
			ctx, cancel := context.WithTimeout(context.Background(), time.Second)
			defer cancel()
			im.Close(ctx)
			if _, err := im.Import(context.Background(), nil, ""); !errors.Is(err, ErrClosed) {
				t.Errorf("the error is %v", err)
			}
		})
	})
	t.Run("K43 no exchanger", func(t *testing.T) {
		im := NewImporter(NewMemory(officeOf()), nil, nil)
		if err := im.Exchange(t.Context(), nil); !hasCode(err, CodeNoExchanger) {
			t.Errorf("the error is %v", err)
		}
		if err := im.Close(t.Context()); err != nil {
			t.Error(err)
		}
	})
}
