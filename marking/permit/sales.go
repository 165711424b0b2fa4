package permit

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/obmen-go/obmen/marking"
)

// MaxSales is how many codes wait for the local module by default.
const MaxSales = 10_000

// SalesLogOptions are the settings of a [SalesLog].
type SalesLogOptions struct {
	// Store keeps what was not acknowledged over a restart. It has no default.
	Store Store
	// Max is how many codes may wait. It defaults to MaxSales.
	Max int
	// Logger gets technical events. It defaults to silence.
	Logger *slog.Logger
}

// SalesLog tells the local module of sales and returns after the receipt has
// closed, so that it knows what was sold while there is no internet (M63). What
// it is given is stored first, then sent in its order, again and again until
// the module has acknowledged it; the sale is never held up. It may be used
// from several goroutines.
//
// Only version 2 of the module can be told.
type SalesLog struct {
	module *LocalModule
	store  Store
	max    int
	log    *slog.Logger
	life   life
	wake   chan struct{}

	mu      sync.Mutex
	loaded  bool
	next    uint64
	entries []*saleEntry

	// sending is full while somebody sends; unlike a mutex it can be waited for
	// with a context.
	sending chan struct{}
}

// saleEntry is one stored call of Sold or Returned, less what was acknowledged.
type saleEntry struct {
	key    string
	Return bool     `json:"return,omitempty"`
	CIS    []string `json:"cis"`
}

const salesPrefix = "sale-"

// The pauses between tries: they double from the first to the last.
const (
	firstPause = 5 * time.Second
	lastPause  = 10 * time.Minute
	tellLimit  = 10 * time.Second
)

// NewSalesLog makes a log without any input or output; [SalesLog.Start] begins.
// Errors are of type *Error.
func NewSalesLog(m *LocalModule, opts SalesLogOptions) (*SalesLog, error) {
	switch {
	case m == nil:
		return nil, newError(CodeOptionMissing, "setting", "LocalModule").at("LocalModule")
	case m.version < 2:
		return nil, newError(CodeOptionValue, "setting", "Version", "value", m.version, "want", "2").at("Version")
	case opts.Store == nil:
		return nil, newError(CodeOptionMissing, "setting", "Store").at("Store")
	}
	if opts.Max <= 0 {
		opts.Max = MaxSales
	}
	if opts.Logger == nil {
		opts.Logger = slog.New(slog.DiscardHandler)
	}
	return &SalesLog{module: m, store: opts.Store, max: opts.Max, log: opts.Logger, wake: make(chan struct{}, 1), sending: make(chan struct{}, 1)}, nil
}

// Start reads what an earlier run has left and begins to send.
func (l *SalesLog) Start(ctx context.Context) error {
	if err := l.load(ctx); err != nil {
		return err
	}
	if _, ok := l.life.spawn(context.WithoutCancel(ctx), l.work); !ok {
		return newError(CodeClosed)
	}
	l.alarm()
	return nil
}

// Close ends the sending and waits for it; what is not acknowledged stays in
// the store.
func (l *SalesLog) Close() error {
	l.life.close()
	return nil
}

// Sold tells that the marks were sold in a receipt that has closed. A pack that
// is sold in parts is told with its last part. It returns when the marks are
// stored; an error of type *Error says that they are not.
func (l *SalesLog) Sold(ctx context.Context, marks ...marking.Code) error {
	return l.add(ctx, false, marks)
}

// Returned tells that the marks were brought back, like [SalesLog.Sold].
func (l *SalesLog) Returned(ctx context.Context, marks ...marking.Code) error {
	return l.add(ctx, true, marks)
}

// Pending is how many codes wait for an acknowledgement.
func (l *SalesLog) Pending() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count()
}

func (l *SalesLog) count() int {
	n := 0
	for _, e := range l.entries {
		n += len(e.CIS)
	}
	return n
}

func (l *SalesLog) add(ctx context.Context, isReturn bool, marks []marking.Code) error {
	if len(marks) == 0 {
		return nil
	}
	if err := l.load(ctx); err != nil {
		return err
	}
	e := &saleEntry{Return: isReturn}
	for _, m := range marks {
		e.CIS = append(e.CIS, m.Identity())
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if waiting := l.count(); waiting+len(e.CIS) > l.max {
		return newError(CodeQueueFull, "count", waiting)
	}
	e.key = fmt.Sprintf("%s%016d", salesPrefix, l.next)
	if err := l.save(ctx, e); err != nil {
		return err
	}
	l.next++
	l.entries = append(l.entries, e)
	l.alarm()
	return nil
}

func (l *SalesLog) save(ctx context.Context, e *saleEntry) error {
	if err := l.store.Save(ctx, e.key, encode(e)); err != nil {
		return newError(CodeStore).because(err).retry()
	}
	return nil
}

// alarm wakes the worker.
func (l *SalesLog) alarm() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// load reads the store once. An entry that cannot be read is left alone: it is
// support's to look at.
func (l *SalesLog) load(ctx context.Context) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.loaded {
		return nil
	}
	keys, err := l.store.Keys(ctx, salesPrefix)
	if err != nil {
		return newError(CodeStore).because(err).retry()
	}
	var entries []*saleEntry
	next := uint64(0)
	for _, key := range keys {
		n, err := strconv.ParseUint(strings.TrimPrefix(key, salesPrefix), 10, 64)
		if err != nil {
			continue
		}
		next = max(next, n+1)
		data, err := l.store.Load(ctx, key)
		if err != nil {
			return newError(CodeStore).because(err).retry()
		}
		e := &saleEntry{key: key}
		if json.Unmarshal(data, e) != nil || len(e.CIS) == 0 {
			l.log.Error("permit: a stored sale cannot be read", "key", key)
			continue
		}
		entries = append(entries, e)
	}
	l.entries, l.next, l.loaded = entries, next, true
	return nil
}

// work sends until the end.
func (l *SalesLog) work(ctx context.Context) {
	pause := firstPause
	for {
		select {
		case <-ctx.Done():
			return
		case <-l.wake:
		}
		for {
			err := l.Flush(ctx)
			if ctx.Err() != nil {
				return
			}
			if err == nil {
				pause = firstPause
				break
			}
			l.log.Warn("permit: sales wait for the local module", "count", l.Pending(), "error", err)
			select {
			case <-ctx.Done():
				return
			case <-time.After(pause):
			}
			pause = min(2*pause, lastPause)
		}
	}
}

// Flush tries once, now, to send all that waits. nil means that nothing waits
// any more; else an error of type *Error.
func (l *SalesLog) Flush(ctx context.Context) error {
	if err := l.load(ctx); err != nil {
		return err
	}
	select {
	case l.sending <- struct{}{}:
		defer func() { <-l.sending }()
	case <-ctx.Done():
		return broken(ctx, ctx.Err(), time.Now())
	}
	l.mu.Lock()
	entries := slices.Clone(l.entries)
	l.mu.Unlock()
	refused := map[string]bool{}
	for _, e := range entries {
		if err := l.tell(ctx, e, refused); err != nil {
			return err
		}
	}
	if len(refused) > 0 {
		return newError(CodeNotAcknowledged, "count", len(refused)).retry()
	}
	return nil
}

// tell sends an entry. Codes that the module refuses stay, and hold back what
// is told of the same codes later, but nothing else. An error means that the
// module cannot be told anything now.
func (l *SalesLog) tell(ctx context.Context, e *saleEntry, refused map[string]bool) error {
	l.mu.Lock()
	var list []string
	for _, cis := range e.CIS {
		if !refused[cis] {
			list = append(list, cis)
		}
	}
	l.mu.Unlock()
	for part := range slices.Chunk(list, MaxCodes) {
		taken, err := l.part(ctx, e.Return, part)
		if err != nil {
			return err
		}
		for _, cis := range part {
			if !slices.Contains(taken, cis) {
				refused[cis] = true
			}
		}
		if err := l.settle(ctx, e, taken); err != nil {
			return err
		}
	}
	return nil
}

// part sends at most MaxCodes codes, and each alone if the module refuses them
// together: one bad code must not hold up the others.
func (l *SalesLog) part(ctx context.Context, isReturn bool, list []string) (taken []string, err error) {
	taken, fault := l.module.tell(ctx, isReturn, list)
	if fault == nil {
		return taken, nil
	}
	if fault.Code() != CodeStatus && fault.Code() != CodeBodyCode || fault.SafeToRetry() {
		return nil, fault
	}
	if len(list) == 1 {
		return nil, nil
	}
	for i := range list {
		one, err := l.part(ctx, isReturn, list[i:i+1])
		if err != nil {
			return taken, err
		}
		taken = append(taken, one...)
	}
	return taken, nil
}

// settle forgets what was acknowledged.
func (l *SalesLog) settle(ctx context.Context, e *saleEntry, taken []string) error {
	if len(taken) == 0 {
		return nil
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	e.CIS = slices.DeleteFunc(e.CIS, func(cis string) bool { return slices.Contains(taken, cis) })
	if len(e.CIS) > 0 {
		return l.save(ctx, e)
	}
	l.entries = slices.DeleteFunc(l.entries, func(o *saleEntry) bool { return o == e })
	if err := l.store.Delete(ctx, e.key); err != nil {
		// It will be told once more after a restart, which does no harm.
		return newError(CodeStore).because(err).retry()
	}
	return nil
}

// tell sends codes to the module and returns those it has acknowledged. Errors
// that are safe to retry concern the module, others the codes.
func (m *LocalModule) tell(ctx context.Context, isReturn bool, list []string) ([]string, *Error) {
	ctx, cancel := context.WithTimeout(ctx, tellLimit)
	defer cancel()
	name := "cis/sell"
	if isReturn {
		name = "cis/return"
	}
	request := struct {
		List []string `json:"cis_list"`
	}{list}
	r, err := m.exchange(ctx, http.MethodPost, name, encode(request))
	if err != nil {
		if r.status == http.StatusTooManyRequests || r.status == http.StatusRequestTimeout || r.status >= 500 {
			err.retry()
		}
		return nil, err
	}
	o, fault := parseObject(r.body)
	if fault != nil {
		return nil, newError(CodeGarbage, "where", fault).because(fault).at(m.base)
	}
	if n := o.bodyCode(); n != bodyOK {
		return nil, codeError(n, o.description(), m.secrets()).at(m.base)
	}
	if !o.has("results") {
		return list, nil // the status is the acknowledgement
	}
	var taken []string
	for _, result := range o.objects("results") {
		cis := result.text("cis")
		if ok := result.flag("success"); is(ok, true) && slices.Contains(list, cis) {
			taken = append(taken, cis)
		}
	}
	if fault := o.err(); fault != nil {
		return nil, newError(CodeGarbage, "where", fault).because(fault).at(m.base)
	}
	return taken, nil
}
