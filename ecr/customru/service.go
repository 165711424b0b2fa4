package customru

import (
	"context"
	"time"

	"github.com/obmen-go/obmen/ecr/internal/field"
)

// StopPrinting is 19H: it ends a long non-fiscal print. Do not send it into an
// open receipt: the document does not say what becomes of that.
func (d *Device) StopPrinting(ctx context.Context) error {
	return d.call(ctx, d.request(CmdStopPrinting), nil)
}

// SetTime is 21H: hours, minutes and seconds of t.
func (d *Device) SetTime(ctx context.Context, t time.Time) error {
	t = t.In(d.opt.Location)
	r := d.request(CmdSetTime).put(uint64(t.Hour()), 1).put(uint64(t.Minute()), 1).put(uint64(t.Second()), 1)
	return d.call(ctx, r, nil)
}

// SetDate is 22H and 23H, which confirms it: day, month and year of t.
func (d *Device) SetDate(ctx context.Context, t time.Time) error {
	t = t.In(d.opt.Location)
	for _, cmd := range [...]Command{CmdSetDate, CmdConfirmDate} {
		r := d.request(cmd).put(uint64(t.Day()), 1).put(uint64(t.Month()), 1).
			number(labelDate, int64(t.Year()), 2000, 2255, 0).put(uint64(t.Year()-2000), 1)
		if err := d.call(ctx, r, nil); err != nil && !warning(err) {
			return err
		}
	}
	return nil
}

// Beep is 13H.
func (d *Device) Beep(ctx context.Context) error { return d.call(ctx, d.request(CmdBeep), nil) }

// Cut is 25H: it cuts the paper, partially or through.
func (d *Device) Cut(ctx context.Context, partial bool) error {
	kind := uint64(0)
	if partial {
		kind = 1
	}
	return d.call(ctx, d.request(CmdCut).put(kind, 1), nil)
}

// Eject is 27H: it puts the receipt out, on the VKP80-Ф only. The document prints
// a length with one byte more than the fields it lists: the fields are sent
// (decision).
func (d *Device) Eject(ctx context.Context) error { return d.call(ctx, d.request(CmdEject), nil) }

// OpenDrawer is 28H: cash drawer 0 or 1.
func (d *Device) OpenDrawer(ctx context.Context, number int) error {
	return d.call(ctx, d.request(CmdDrawer).number(labelDrawer, int64(number), 0, 1, 1), nil)
}

// Feed is 29H: 1..255 lines of receipt tape. The flags byte is 0, as in the
// document's example.
func (d *Device) Feed(ctx context.Context, lines int) error {
	return d.call(ctx, d.request(CmdFeed).put(0, 1).number(labelLines, int64(lines), 1, 255, 1), nil)
}

// Display is 2AH: up to 20 characters on a line of the customer display, from 1.
func (d *Device) Display(ctx context.Context, line int, text string) error {
	r := d.request(CmdDisplay).put(1, 1).number(labelLine, int64(line), 1, 255, 1).fixed(labelText, text, 20)
	return d.call(ctx, r, nil)
}

// OpenCover is 2BH.
func (d *Device) OpenCover(ctx context.Context) error {
	return d.call(ctx, d.request(CmdOpenCover), nil)
}

// ResetKind is what [Device.Reset] does.
type ResetKind byte

// The kinds of reset.
const (
	ResetFull   ResetKind = 0    // all; date and time must be set afterwards
	ResetKeep   ResetKind = 1    // keep the settings if possible
	ResetReboot ResetKind = 0x80 // restart only
)

// Reset is 16H: the device answers first, then runs it and may hang up. Kinds
// other than [ResetFull] need firmware from 04.01.40.
func (d *Device) Reset(ctx context.Context, kind ResetKind) error {
	r := d.request(CmdReset)
	if kind != ResetFull { // which needs no field, so that every firmware takes it
		r.since("04.01.40", labelReset, true)
		r.put(uint64(kind), 1)
	}
	return d.call(ctx, r, nil)
}

// SelfTest is 2EH: it starts the device's self-test. Not on the TK302-ФБ.
func (d *Device) SelfTest(ctx context.Context) error {
	return d.call(ctx, d.request(CmdSelfTest), nil)
}

// SelfTestResult is 2FH: the result of the last self-test, whose bits the
// document does not explain.
func (d *Device) SelfTestResult(ctx context.Context) (result uint32, err error) {
	err = d.call(ctx, d.request(CmdSelfTestResult), func(in *field.Reader) { result = in.U32() })
	return result, err
}
