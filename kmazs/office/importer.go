package office

import (
	"context"
	"errors"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/obmen-go/obmen/kmazs"
)

// Importer is an office: it takes requests from whatever carries them, one at a
// time, applies them to a directory and tells the stations. It is safe for
// several goroutines. Close it.
type Importer struct {
	dir      Directory
	settings Settings
	now      func() time.Time
	log      *slog.Logger
	pacer    *pacer
	turn     chan struct{} // holds one token while an import runs
	closed   atomic.Bool
}

// NewImporter makes an office on a directory. Nil settings and options mean
// their zero values. It does no I/O.
func NewImporter(dir Directory, settings *Settings, options *Options) *Importer {
	if settings == nil {
		settings = &Settings{}
	}
	if options == nil {
		options = &Options{}
	}
	im := &Importer{dir: dir, settings: *settings, now: options.Now, log: options.Logger, turn: make(chan struct{}, 1)}
	if im.now == nil {
		im.now = time.Now
	}
	if im.log == nil {
		im.log = slog.New(slog.DiscardHandler)
	}
	im.pacer = newPacer(options.Exchanger, options.ExchangePause, im.log)
	return im
}

// Settings returns the office's settings.
func (im *Importer) Settings() Settings { return im.settings }

// Today is the office's day.
func (im *Importer) Today() kmazs.Date { return kmazs.DateOf(im.now()) }

// planAttempts bounds how often an import starts again because another process
// changed the directory meanwhile.
const planAttempts = 5

// Import carries a request out and returns its result: it waits until no other
// import runs, plans, and commits everything or nothing. An error says that
// nothing was imported; refused records are no error unless the settings are
// strict or replace users.
//
// A digest that is not empty names the request (FL12): the receipt of it is
// stored with the changes, and the same digest again returns the result of then
// without importing anything.
func (im *Importer) Import(ctx context.Context, request *kmazs.Request, digest string) (kmazs.Result, error) {
	select {
	case im.turn <- struct{}{}:
	case <-ctx.Done():
		return kmazs.Result{}, ctx.Err()
	}
	defer func() { <-im.turn }()
	return im.importNow(ctx, request, digest)
}

// TryImport is Import that returns ErrBusy at once while another import runs (K26).
func (im *Importer) TryImport(ctx context.Context, request *kmazs.Request, digest string) (kmazs.Result, error) {
	select {
	case im.turn <- struct{}{}:
	default:
		return kmazs.Result{}, ErrBusy
	}
	defer func() { <-im.turn }()
	return im.importNow(ctx, request, digest)
}

func (im *Importer) importNow(ctx context.Context, request *kmazs.Request, digest string) (kmazs.Result, error) {
	if im.closed.Load() {
		return kmazs.Result{}, ErrClosed
	}
	if digest != "" {
		if r, err := im.dir.Receipt(ctx, digest); err != nil {
			return kmazs.Result{}, err
		} else if r != nil {
			return r.Result, nil
		}
	}
	for attempt := 1; ; attempt++ {
		plan, err := im.Plan(ctx, request)
		if err != nil {
			return kmazs.Result{}, err
		}
		changes := plan.Changes()
		if digest != "" {
			changes.Receipt = &Receipt{Digest: digest, Result: plan.Result(), At: im.now()}
		}
		err = plan.commit(ctx, im.dir, changes, im.Today())
		if (errors.Is(err, ErrRevision) || hasCode(err, CodeDayChanged)) && attempt < planAttempts {
			continue
		}
		if err != nil {
			return kmazs.Result{}, err
		}
		im.logPlan(ctx, plan)
		im.tell(ctx, request, plan)
		return plan.Result(), nil
	}
}

// Plan plans a request on the directory as it is now and changes nothing.
func (im *Importer) Plan(ctx context.Context, request *kmazs.Request) (*Plan, error) {
	s, err := im.dir.Snapshot(ctx)
	if err != nil {
		return nil, err
	}
	return NewPlan(s, request, &im.settings, im.Today())
}

// Receipt returns the result of the request with this digest, if it was carried out.
func (im *Importer) Receipt(ctx context.Context, digest string) (result kmazs.Result, ok bool, err error) {
	r, err := im.dir.Receipt(ctx, digest)
	if err != nil || r == nil {
		return kmazs.Result{}, false, err
	}
	return r.Result, true, nil
}

// tell lets the stations know of changes (K43). What fails here fails after the
// import, so it is logged and does not change the result.
func (im *Importer) tell(ctx context.Context, request *kmazs.Request, plan *Plan) {
	if !plan.Changed() || im.pacer.target == nil {
		return
	}
	if !request.Options.AutoExchange.Or(false) {
		im.pacer.changed()
		return
	}
	if err := im.pacer.now(ctx, nil); err != nil {
		im.log.ErrorContext(ctx, "exchange did not start", "error", err)
	}
}

// Exchange starts an exchange with these stations, nil meaning all, and returns
// when it has begun (exchg.flag). An unknown station is an error, and nothing
// starts.
func (im *Importer) Exchange(ctx context.Context, stations []int) error {
	s, err := im.dir.Snapshot(ctx)
	if err != nil {
		return err
	}
	known := stationSet(s.Stations)
	for _, n := range stations {
		if !known[n] {
			return newError(CodeUnknownStation, 0, "station", n)
		}
	}
	return im.pacer.now(ctx, stations)
}

// Close starts an exchange that waits for its pause at once, waits until it and a
// running import are done, and refuses imports from then on.
func (im *Importer) Close(ctx context.Context) error {
	im.closed.Store(true)
	select {
	case im.turn <- struct{}{}:
		<-im.turn
	case <-ctx.Done():
		return ctx.Err()
	}
	return im.pacer.close(ctx)
}

func hasCode(err error, code string) bool {
	e, ok := errors.AsType[*Error](err)
	return ok && e.Code() == code
}

// logPlan writes a line a record in the manner of UsrSyncLog.log (K47): numbers,
// codes and the names of fields, no values.
func (im *Importer) logPlan(ctx context.Context, plan *Plan) {
	if !im.log.Enabled(ctx, slog.LevelInfo) {
		return
	}
	for line := range plan.Lines() {
		level := slog.LevelInfo
		attrs := []slog.Attr{slog.Int("record", line.N), slog.String("action", line.Action.String())}
		if line.By != ByNothing {
			attrs = append(attrs, slog.String("by", line.By.String()))
		}
		if line.Number != 0 {
			attrs = append(attrs, slog.Int("account", line.Number))
		}
		if len(line.Changes) > 0 {
			fields := make([]string, len(line.Changes))
			for i, c := range line.Changes {
				fields[i] = c.Field.String()
			}
			attrs = append(attrs, slog.Any("fields", fields))
		}
		if line.Code != "" {
			level = slog.LevelWarn
			attrs = append(attrs, slog.String("code", line.Code))
		}
		im.log.LogAttrs(ctx, level, "user import", attrs...)
	}
	r := plan.Result()
	im.log.LogAttrs(ctx, slog.LevelInfo, "user import done",
		slog.Int("added", r.Added), slog.Int("updated", r.Updated()), slog.Int("deleted", r.Deleted),
		slog.Int("ignored", r.Ignored), slog.Int("refused", plan.Refused()), slog.Int("locked", r.Locked))
}
