package session

import (
	"context"
	"fmt"
	"time"

	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// What CheckNotifications tells of.
const (
	notificationAge     = 24 * time.Hour // a register may not sell after some days without sending
	notificationPercent = 80
)

// watch looks at the notifications in every answer that carries them (M59) and
// tells once each time they get worse.
func (c *call) watch(ctx context.Context, ws WorkStatus) error {
	s := c.s
	was := s.watched
	s.watched = ws
	blocked := ws.NotificationStatus == 2 && was.NotificationStatus != 2
	fuller := ws.Storage >= 2 && ws.Storage > was.Storage
	if !blocked && !fuller {
		return nil
	}
	return c.tell(ctx, notice.Notice{Kind: notice.NotificationsDue, Details: []string{
		fmt.Sprintf("MCNotificationStatus %d, MCStorageSize %d, MessageCount %d", ws.NotificationStatus, ws.Storage, ws.Queue)}})
}

// CheckNotifications asks the register about the notifications of sold marks
// that were not sent yet (FF68h) and tells if they wait for longer than a day
// or fill their store by more than 80 % (M59). A till calls it now and then,
// best when the shift begins and ends.
func (s *Session) CheckNotifications(ctx context.Context) (Notifications, Result, error) {
	if err := s.enter(ctx); err != nil {
		return Notifications{}, Result{}, err
	}
	defer s.leave()
	c := s.call()
	n, err := s.register.Notifications(ctx)
	if err != nil {
		return n, c.result(), s.fail(CodeRegister, err)
	}
	old := n.Queue > 0 && !n.Since.IsZero() && s.opt.Now().Sub(n.Since) > notificationAge
	if old || n.Percent > notificationPercent {
		err = c.tell(ctx, notice.Notice{Kind: notice.NotificationsDue, Details: []string{
			fmt.Sprintf("%d notifications wait, the first is number %d, the store is %d %% full", n.Queue, n.First, n.Percent)}})
	}
	return n, c.result(), err
}

// SettingReport is one setting of the register as it is and as it should be.
type SettingReport struct {
	// Setting is which one.
	Setting Setting
	// Value is what the register has, Recommended what keeps the flow going.
	Value, Recommended int
}

// Breaks says whether the value is in the way of the flow.
func (r SettingReport) Breaks() bool { return r.Value != r.Recommended }

// settings are those that the source names, with what it recommends (M53).
var settings = [...]SettingReport{
	{Setting: SettingTakeAnyCode, Recommended: 0},
	{Setting: SettingStorageFault211, Recommended: 0},
	{Setting: SettingOnlineCheck, Recommended: 1},
}

// CheckSettings reads the settings that the flow depends on; nothing is written
// (M53). Those that break it come with a notice.
func (s *Session) CheckSettings(ctx context.Context) ([]SettingReport, Result, error) {
	if err := s.enter(ctx); err != nil {
		return nil, Result{}, err
	}
	defer s.leave()
	c := s.call()
	var list []SettingReport
	for _, r := range settings {
		value, err := s.register.ReadSetting(ctx, r.Setting)
		if err != nil {
			return list, c.result(), s.fail(CodeSetting, err)
		}
		r.Value = value
		list = append(list, r)
		if r.Breaks() {
			n := notice.Notice{Kind: notice.UnwiseSetting, Details: []string{fmt.Sprintf("%s is %d, recommended %d", r.Setting, r.Value, r.Recommended)}}
			if err := c.tell(ctx, n); err != nil {
				return list, c.result(), err
			}
		}
	}
	return list, c.result(), nil
}

// SetRecommendedSettings writes the recommended values where others stand, the
// only call that writes settings (M53). Registers take them while no shift is
// open; it returns what it has changed.
func (s *Session) SetRecommendedSettings(ctx context.Context) ([]SettingReport, error) {
	if err := s.enter(ctx); err != nil {
		return nil, err
	}
	defer s.leave()
	var changed []SettingReport
	for _, r := range settings {
		value, err := s.register.ReadSetting(ctx, r.Setting)
		if err != nil {
			return changed, s.fail(CodeSetting, err)
		}
		if value == r.Recommended {
			continue
		}
		if err := s.register.WriteSetting(ctx, r.Setting, r.Recommended); err != nil {
			return changed, s.fail(CodeSetting, err)
		}
		r.Value = value
		changed = append(changed, r)
	}
	return changed, nil
}

// ClearRegister makes room: it cancels a receipt that was left open on the
// register and clears results of checks that an aborted receipt has left, where
// the register can do that (M49). Items of this receipt are checked again when
// it closes. It is for a receipt that is collecting, or for none.
func (s *Session) ClearRegister(ctx context.Context) (Result, error) {
	if err := s.enter(ctx); err != nil {
		return Result{}, err
	}
	defer s.leave()
	if s.st.resumed {
		return Result{}, s.fail(CodeResume, nil)
	}
	if s.st.receipt != 0 && !s.st.receipt.Done() {
		if _, err := s.st.receipt.On(flow.Change); err != nil {
			return Result{}, s.fail(CodeEvent, err)
		}
	}
	c := s.call()
	release, err := c.lease(ctx)
	if err != nil {
		return c.result(), s.fail(CodeRegister, err)
	}
	defer release()
	state, err := s.register.State(ctx)
	if err != nil {
		return c.result(), s.fail(CodeRegister, err)
	}
	if state.Mode == ModeReceipt {
		if err := s.register.CancelCheck(ctx); err != nil {
			return c.result(), s.fail(CodeRegister, err)
		}
	}
	err = c.clearSaved(ctx)
	return c.result(), err
}

// clearSaved clears all saved results. A register that cannot (A1h, 37h) keeps
// them, which is told; they count towards 128 until the next receipt closes.
func (c *call) clearSaved(ctx context.Context) error {
	s := c.s
	s.progress("clear", 0)
	failed := s.register.ClearMarkingCodes(ctx)
	ws, err := s.register.MarkingCodeWorkStatus(ctx)
	if err != nil {
		return nil // the count before the next check tells
	}
	if ws.Saved == 0 {
		return s.write(ctx, record{Saved: new(0), Gone: true})
	}
	n := notice.Notice{Kind: notice.Leftovers, Details: []string{fmt.Sprintf("%d saved results", ws.Saved)}}
	if failed != nil {
		n.Details = append(n.Details, failed.Error())
	}
	if err := s.write(ctx, record{Saved: new(ws.Saved)}); err != nil {
		return err
	}
	return c.tell(ctx, n)
}
