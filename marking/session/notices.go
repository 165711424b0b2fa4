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
	if until, ok := s.snoozed[n.Kind]; ok {
		if n.Silenced = s.opt.Monotonic() < until; !n.Silenced {
			delete(s.snoozed, n.Kind)
		}
	}
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
// for refusals and unknown outcomes, which cannot be silenced (M48).
func (s *Session) Snooze(k notice.Kind) bool {
	if !k.Silenceable() {
		return false
	}
	<-s.turn
	defer s.leave()
	s.snoozed[k] = s.opt.Monotonic() + s.opt.Snooze
	return true
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
