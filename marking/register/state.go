package register

import (
	"context"

	"github.com/obmen-go/obmen/marking/session"
)

// State is 10h.
func (r *Register) State(ctx context.Context) (session.State, error) {
	s, err := r.device.State(ctx)
	return session.State{
		Mode: session.Mode(s.Mode), Kind: s.ReceiptType, Printing: session.Printing(s.Submode), Operations: s.Operations,
	}, translate(err)
}

// LastDocument is FF01h.
func (r *Register) LastDocument(ctx context.Context) (session.LastDocument, error) {
	s, err := r.device.FNStatus(ctx)
	return session.LastDocument{Number: s.LastFD, Storage: s.Number}, translate(err)
}

// OpenShift is FF0Bh. It can take minutes.
func (r *Register) OpenShift(ctx context.Context) error {
	_, err := r.device.OpenShift(ctx)
	return translate(err)
}

// CloseShift is FF43h.
func (r *Register) CloseShift(ctx context.Context) error {
	_, err := r.device.CloseShift(ctx)
	return translate(err)
}

// field is a place in the register's tables, in row 1.
type field struct{ table, number byte }

// place says where a setting stands (M53).
func (r *Register) place(ctx context.Context, s session.Setting) (field, error) {
	cashCore, err := r.cashCore(ctx)
	if err != nil {
		return field{}, err
	}
	switch s {
	case session.SettingTakeAnyCode:
		if cashCore {
			return field{1, 57}, nil
		}
		return field{17, 41}, nil
	case session.SettingStorageFault211:
		if !cashCore {
			return field{17, 61}, nil
		}
	case session.SettingOnlineCheck:
		return field{19, 8}, nil
	}
	return field{}, &Error{code: CodeSetting, safe: true, args: map[string]string{"setting": s.String()}}
}

// ReadSetting reads a setting; the field's layout is looked up first (2Eh).
func (r *Register) ReadSetting(ctx context.Context, s session.Setting) (int, error) {
	f, err := r.place(ctx, s)
	if err != nil {
		return 0, err
	}
	v, err := r.device.Number(ctx, f.table, 1, f.number)
	return int(v), translate(err)
}

// WriteSetting writes a setting if the value fits its field.
func (r *Register) WriteSetting(ctx context.Context, s session.Setting, value int) error {
	f, err := r.place(ctx, s)
	if err != nil {
		return err
	}
	return translate(r.device.SetNumber(ctx, f.table, 1, f.number, uint64(value)))
}

// Notifications is FF68h.
func (r *Register) Notifications(ctx context.Context) (session.Notifications, error) {
	n, err := r.device.Notifications(ctx)
	return session.Notifications{Queue: int(n.Queue), First: n.First, Since: n.Since, Percent: int(n.Percent)}, translate(err)
}
