package session

import (
	"context"
	"fmt"

	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// tell journals a notice, adds it to the result and hands it to Notify. One
// that is silenced is marked so, not left out (M48).
func (c *call) tell(ctx context.Context, n notice.Notice) error {
	s := c.s
	n.Silenced = s.silenced(n.Kind)
	if err := s.write(ctx, record{Notices: []notice.Notice{n}}); err != nil {
		return err
	}
	c.res.Notices = append(c.res.Notices, n)
	if s.opt.Notify != nil {
		s.opt.Notify(n)
	}
	return nil
}

// Snooze is the answer "Не напоминать 15 минут": notices of this kind are
// marked as silenced for Options.Snooze. It returns false, and does nothing,
// for refusals and unknown outcomes, which cannot be silenced (M48). It does not
// wait for a call under way.
func (s *Session) Snooze(k notice.Kind) bool {
	if !k.Silenceable() {
		return false
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.snoozed[k] = s.opt.Monotonic() + s.opt.Snooze
	return true
}

func (s *Session) silenced(k notice.Kind) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	until, ok := s.snoozed[k]
	if ok && s.opt.Monotonic() >= until {
		delete(s.snoozed, k)
		ok = false
	}
	return ok
}

// pending is the error for an item whose outcome is still unknown, nil if there
// is none.
func (c *call) pending() error {
	for _, it := range c.s.st.items {
		if it.state == flow.Unknown {
			e := c.s.fail(CodePending, nil).(*Error)
			e.path = fmt.Sprintf("item %d", it.number)
			return e
		}
	}
	return nil
}
