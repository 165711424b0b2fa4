package register

import (
	"context"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/marking/session"
)

// Options are the settings of a Register. Nil means the zero value.
type Options struct {
	// Password is the operator's. It defaults to shtrihm.DefaultPassword, the
	// system administrator's, which may write settings too.
	Password uint32
	// Department is the register's section for all goods, 0 to 16. It defaults to 0.
	Department uint8
	// GroupTags sends tags 1260 and 1291 as one group each in place of their
	// members one by one, which most models put together by themselves.
	GroupTags bool
	// Location is the register's time zone. It defaults to time.Local.
	Location *time.Location

	// Lease takes the register for this program where others use it too, and
	// waits for its turn as long as ctx lasts; release may be called more than
	// once. It defaults to taking turns among the users of this Register only.
	Lease func(ctx context.Context) (release func(), err error)
	// Guarded says that the line goes through a gateway that keeps other programs
	// out from a check (FF61h) to the end of the receipt. The end of a lease in
	// which no receipt was closed then frees the gateway with a cancel (88h); one
	// that finds nothing to cancel does no harm.
	Guarded bool
}

// Register is a Shtrih-M register as a session.Register. Its methods may be
// called from several goroutines; commands take turns.
type Register struct {
	device *shtrihm.Device
	opt    Options
	turn   chan struct{} // holds one value: whoever takes it has the lease

	mu    sync.Mutex
	model *shtrihm.Model // as read once
	kept  bool           // a gateway may be keeping others out for us
}

var _ session.Register = (*Register)(nil)

// New makes a Register on a link. It does no I/O, and the link stays the
// caller's to close. It panics if link is nil.
func New(link *shtrihm.Link, options *Options) *Register {
	if link == nil {
		panic("register: New needs a Link")
	}
	r := &Register{turn: make(chan struct{}, 1)}
	if options != nil {
		r.opt = *options
	}
	// The session writes down where it stands and asks for itself: queries before
	// each command would only cost time.
	r.device = shtrihm.NewDevice(link, &shtrihm.DeviceOptions{
		Password: r.opt.Password, Location: r.opt.Location, NoBaseline: true,
	})
	r.turn <- struct{}{}
	return r
}

// releaseLimit bounds the cancel that frees a gateway.
const releaseLimit = 5 * time.Second

// Lease makes the register the caller's own until release is called.
func (r *Register) Lease(ctx context.Context) (release func(), err error) {
	take := r.opt.Lease
	if take == nil {
		take = r.takeTurn
	}
	end, err := take(ctx)
	if err != nil || !r.opt.Guarded {
		return end, err
	}
	return sync.OnceFunc(func() {
		defer end()
		if r.guarded() {
			soon, cancel := context.WithTimeout(context.WithoutCancel(ctx), releaseLimit)
			defer cancel()
			// A receipt that is open is kept: its session will settle it.
			if s, err := r.device.State(soon); err == nil && s.Mode != shtrihm.ModeReceipt {
				_, _ = r.device.CancelReceipt(soon)
			}
		}
	}), nil
}

func (r *Register) takeTurn(ctx context.Context) (func(), error) {
	select {
	case <-r.turn:
		return sync.OnceFunc(func() { r.turn <- struct{}{} }), nil
	case <-ctx.Done():
		return nil, &Error{code: CodeBusy, safe: true, cause: context.Cause(ctx)}
	}
}

// guards notes that a gateway now keeps others out, or no longer does.
func (r *Register) guards(on bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.kept = on
}

func (r *Register) guarded() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	kept := r.kept
	r.kept = false
	return kept
}

// cashCore says whether tags and mark go before their operation (M70). The model
// is asked once.
func (r *Register) cashCore(ctx context.Context) (bool, error) {
	r.mu.Lock()
	model := r.model
	r.mu.Unlock()
	if model != nil {
		return model.CashCore(), nil
	}
	m, err := r.device.Model(ctx)
	if err != nil {
		return false, translate(err)
	}
	r.mu.Lock()
	r.model = &m
	r.mu.Unlock()
	return m.CashCore(), nil
}
