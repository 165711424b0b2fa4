package shtrihm_test

import (
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

// answering is a device that gives fixed answers by command and keeps the bodies
// that it was sent.
type answering struct {
	mu      sync.Mutex
	answers map[string]string // request's code in hex: answer behind it in hex
	bodies  []string
}

func (a *answering) dial(context.Context) (ecr.Conn, error) {
	host, device := net.Pipe()
	go func() {
		defer device.Close()
		for {
			head := make([]byte, 1)
			if _, err := io.ReadFull(device, head); err != nil {
				return
			}
			switch head[0] {
			case shtrihm.ENQ:
				device.Write([]byte{shtrihm.NAK})
				continue
			case shtrihm.ACK:
				continue
			}
			if _, err := io.ReadFull(device, head); err != nil {
				return
			}
			body := make([]byte, int(head[0])+1)
			if _, err := io.ReadFull(device, body); err != nil {
				return
			}
			text := strings.ToUpper(hex.EncodeToString(body[:len(body)-1]))
			code := text[:2]
			if code == "FF" {
				code = text[:4]
			}
			a.mu.Lock()
			a.bodies = append(a.bodies, text)
			answer, _ := hex.DecodeString(code + a.answers[code])
			a.mu.Unlock()
			frame, err := shtrihm.AppendBody(nil, answer)
			if err != nil {
				return
			}
			device.Write([]byte{shtrihm.ACK})
			device.Write(frame)
		}
	}()
	return host, nil
}

const pw30 = "1E000000"

// TestEncoding holds each command that the seed's receipt does not use against the
// bytes of the document, request and answer.
func TestEncoding(t *testing.T) {
	zeros := func(n int) string { return strings.Repeat("00", n) }
	line := func(text string) string { // cp1251, zeros behind it
		return text + zeros(40-len(text)/2)
	}
	day := time.Date(2026, 11, 23, 9, 30, 0, 0, time.UTC)
	for _, c := range []struct {
		name, request, answer string
		run                   func(ctx context.Context, d *shtrihm.Device) (any, error)
		want                  any
	}{
		{"13h beep", "13" + pw30, "001E", func(ctx context.Context, d *shtrihm.Device) (any, error) { return nil, d.Beep(ctx) }, nil},
		{"17h print a line", "17" + pw30 + "02" + line("CFE0EAE5F2"), "001E",
			func(ctx context.Context, d *shtrihm.Device) (any, error) { return nil, d.PrintText(ctx, "Пакет") }, nil},
		{"29h feed", "29" + pw30 + "0205", "001E", func(ctx context.Context, d *shtrihm.Device) (any, error) { return nil, d.Feed(ctx, 5) }, nil},
		{"41h Z report", "41" + pw30, "001E", func(ctx context.Context, d *shtrihm.Device) (any, error) { return nil, d.ZReport(ctx) }, nil},
		{"E0h open the shift", "E0" + pw30, "001E", func(ctx context.Context, d *shtrihm.Device) (any, error) { return nil, d.OpenShiftOld(ctx) }, nil},
		{"85h the old close", "85" + pw30 + "1027000000" + "0100000000" + zeros(10) + "9CFF" + "01000000" + line("C4E0"), "001E" + "F401000000",
			func(ctx context.Context, d *shtrihm.Device) (any, error) {
				return d.CloseReceiptOld(ctx, shtrihm.OldClosing{Payments: [4]int64{10000, 1}, Discount: -100, Taxes: [4]byte{1}, Text: "Да"})
			}, int64(500)},
		{"FF02h number of the fiscal drive", "FF02" + pw30, "00" + hex.EncodeToString([]byte("9287440301120991")),
			func(ctx context.Context, d *shtrihm.Device) (any, error) { return d.FNNumber(ctx) }, "9287440301120991"},
		{"FF03h its expiry", "FF03" + pw30, "00" + "1A0B17", func(ctx context.Context, d *shtrihm.Device) (any, error) { return d.FNExpiry(ctx) },
			time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC)},
		{"FF04h its version", "FF04" + pw30, "00" + hex.EncodeToString([]byte("fn_v_1_2        ")) + "01",
			func(ctx context.Context, d *shtrihm.Device) (any, error) {
				version, serial, err := d.FNVersion(ctx)
				if !serial {
					err = errors.Join(err, errors.New("not serial"))
				}
				return version, err
			}, "fn_v_1_2"},
		{"FF39h exchange with the operator", "FF39" + pw30, "00" + "0301" + "0200" + "67000000" + "1A0B17091E",
			func(ctx context.Context, d *shtrihm.Device) (any, error) { return d.OFDStatus(ctx) },
			shtrihm.OFDStatus{State: 3, Reading: 1, Queue: 2, First: 0x67, Since: day}},
		{"FF39h nothing waits", "FF39" + pw30, "00" + zeros(13), func(ctx context.Context, d *shtrihm.Device) (any, error) { return d.OFDStatus(ctx) }, shtrihm.OFDStatus{}},
		{"FF68h notifications", "FF68" + pw30, "00" + "02" + "0700" + "09000000" + "1A0B17091E" + "51",
			func(ctx context.Context, d *shtrihm.Device) (any, error) { return d.Notifications(ctx) },
			shtrihm.Notifications{State: 2, Queue: 7, First: 9, Since: day, Percent: 81}},
		{"FF71h begin an export", "FF71" + pw30, "00" + "0300" + "09000000" + "2C01", func(ctx context.Context, d *shtrihm.Device) (any, error) { return d.BeginExport(ctx) },
			shtrihm.Export{Total: 3, First: 9, Size: 300}},
		{"FF73h confirm an export", "FF73" + pw30 + "09000000" + "3412", "00",
			func(ctx context.Context, d *shtrihm.Device) (any, error) { return nil, d.ConfirmExport(ctx, 9, 0x1234) }, nil},
		{"FF45h six taxes", "FF45" + pw30 + "1027000000" + zeros(75) + "00" + "8E06000000" + zeros(25) + "02", "00" + zeros(13),
			func(ctx context.Context, d *shtrihm.Device) (any, error) {
				return d.CloseReceipt(ctx, shtrihm.Closing{Payments: [16]int64{10000}, TaxSystem: 2, Taxes: []int64{1678}})
			}, shtrihm.Closed{}},
		{"FF76h ten taxes", "FF76" + pw30 + "1027000000" + zeros(75) + "00" + zeros(30) + "0700000000" + zeros(15) + "02", "00" + zeros(13),
			func(ctx context.Context, d *shtrihm.Device) (any, error) {
				return d.CloseReceipt(ctx, shtrihm.Closing{Payments: [16]int64{10000}, TaxSystem: 2, Taxes: []int64{6: 7}})
			}, shtrihm.Closed{}},
		{"FF78h twelve taxes", "FF78" + pw30 + "1027000000" + zeros(75) + "00" + zeros(55) + "0900000000" + "02", "00" + zeros(13),
			func(ctx context.Context, d *shtrihm.Device) (any, error) {
				return d.CloseReceipt(ctx, shtrihm.Closing{Payments: [16]int64{10000}, TaxSystem: 2, Taxes: []int64{11: 9}})
			}, shtrihm.Closed{}},
	} {
		t.Run("E11 "+c.name, func(t *testing.T) {
			code := c.request[:2]
			if code == "FF" {
				code = c.request[:4]
			}
			a := &answering{answers: map[string]string{code: c.answer}}
			link := shtrihm.NewLink(a.dial, &shtrihm.Options{Level: shtrihm.LevelStandard})
			defer link.Close()
			got, err := c.run(t.Context(), shtrihm.NewDevice(link, &shtrihm.DeviceOptions{NoBaseline: true, Location: time.UTC}))
			if err != nil || got != c.want {
				t.Errorf("%+v, %v; want %+v", got, err, c.want)
			}
			if len(a.bodies) != 1 || a.bodies[0] != strings.ToUpper(c.request) {
				t.Errorf("sent %s\nwant %s", a.bodies, strings.ToUpper(c.request))
			}
		})
	}
	t.Run("E11 FF72h a part of a notification", func(t *testing.T) {
		a := &answering{answers: map[string]string{"FF72": "00" + "09000000" + "2C01" + "8000" + "0300" + "AABBCC"}}
		link := shtrihm.NewLink(a.dial, &shtrihm.Options{Level: shtrihm.LevelStandard})
		defer link.Close()
		got, err := shtrihm.NewDevice(link, nil).ExportBlock(t.Context())
		if err != nil || got.Number != 9 || got.Size != 300 || got.Offset != 128 || !bytes.Equal(got.Data, []byte{0xAA, 0xBB, 0xCC}) {
			t.Errorf("%+v, %v", got, err)
		}
	})
	t.Run("E11 FF32h FF33h FF64h a long list of tags goes in the blocks that are asked for", func(t *testing.T) {
		a := &answering{answers: map[string]string{"FF32": "0080", "FF33": "00", "FF64": "00"}}
		link := shtrihm.NewLink(a.dial, &shtrihm.Options{Level: shtrihm.LevelStandard})
		defer link.Close()
		tlv := bytes.Repeat([]byte{0x5A}, 300)
		if err := shtrihm.NewDevice(link, &shtrihm.DeviceOptions{NoBaseline: true}).LongOperationTag(t.Context(), tlv); err != nil {
			t.Fatal(err)
		}
		block := strings.Repeat("5A", 128)
		want := []string{"FF32" + pw30 + "2C01", "FF33" + pw30 + "0000" + "80" + block, "FF33" + pw30 + "8000" + "80" + block,
			"FF33" + pw30 + "0001" + "2C" + block[:88], "FF64" + pw30}
		if strings.Join(a.bodies, "\n") != strings.Join(want, "\n") {
			t.Errorf("sent\n%s\nwant\n%s", strings.Join(a.bodies, "\n"), strings.Join(want, "\n"))
		}
	})
	t.Run("E10 values that do not fit are not sent", func(t *testing.T) {
		a := &answering{}
		link := shtrihm.NewLink(a.dial, nil)
		defer link.Close()
		d := shtrihm.NewDevice(link, nil)
		ctx := t.Context()
		_, many := d.CloseReceipt(ctx, shtrihm.Closing{Taxes: make([]int64, 13)})
		_, negative := d.CloseReceipt(ctx, shtrihm.Closing{Taxes: []int64{-1}})
		_, long := d.CloseReceiptOld(ctx, shtrihm.OldClosing{Text: strings.Repeat("я", 41)})
		for i, err := range []error{
			many, negative, long, d.Feed(ctx, 0), d.Feed(ctx, 256), d.PrintText(ctx, strings.Repeat("я", 41)), d.PrintText(ctx, "日"),
			d.LongOperationTag(ctx, nil), d.LongOperationTag(ctx, make([]byte, 1<<16)),
		} {
			if e, ok := errors.AsType[*ecr.Error](err); !ok || e.Code() != shtrihm.CodeField || !e.SafeToRetry() {
				t.Errorf("%d: %v", i, err)
			}
		}
		if len(a.bodies) > 0 {
			t.Error(a.bodies)
		}
	})
}

// TestAgainstSimulator runs the same commands where they mean something.
func TestAgainstSimulator(t *testing.T) {
	t.Run("E50 printing, numbers of the drive, long tags, both other closes", func(t *testing.T) {
		both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
			ctx := t.Context()
			if err := errors.Join(d.Beep(ctx), d.PrintText(ctx, "Пакет"), d.Feed(ctx, 3)); err != nil {
				t.Error(err)
			}
			number := must[string](t)(d.FNNumber(ctx))
			if s := must[shtrihm.FNStatus](t)(d.FNStatus(ctx)); s.Number != number || len(number) != 16 {
				t.Error(number, s)
			}
			if day := must[time.Time](t)(d.FNExpiry(ctx)); day.Before(time.Now()) {
				t.Error(day)
			}
			if version, serial, err := d.FNVersion(ctx); err != nil || version == "" || !serial {
				t.Error(version, serial, err)
			}
			if e := must[shtrihm.OFDStatus](t)(d.OFDStatus(ctx)); e.Queue != 0 || !e.Since.IsZero() {
				t.Errorf("%+v", e)
			}
			if n := must[shtrihm.Notifications](t)(d.Notifications(ctx)); n.Queue != 0 || !n.Since.IsZero() {
				t.Errorf("%+v", n)
			}
			for _, taxes := range []int{10, 12} {
				if err := d.Operation(ctx, item); err != nil {
					t.Error(err)
				}
				var long []byte
				for range 3 {
					long, _ = shtrihm.AppendTLV(long, 1265, bytes.Repeat([]byte("x"), 120))
				}
				if err := d.LongOperationTag(ctx, long); err != nil && taxes == 10 {
					t.Log(err) // a tag that stands three times may be refused; it must not be half there
				}
				closed, err := d.CloseReceipt(ctx, shtrihm.Closing{Payments: [16]int64{10000}, TaxSystem: 2, Taxes: make([]int64, taxes)})
				if err != nil || closed.FD == 0 {
					t.Errorf("%d taxes: %+v %v", taxes, closed, err)
				}
			}
			if err := d.OpenReceipt(ctx, shtrihm.Sale); err != nil {
				t.Error(err)
			}
			if err := d.Operation(ctx, item); err != nil {
				t.Error(err)
			}
			if change := must[int64](t)(d.CloseReceiptOld(ctx, shtrihm.OldClosing{Payments: [4]int64{10500}})); change != 500 {
				t.Error(change)
			}
			if err := errors.Join(d.ZReport(ctx), d.OpenShiftOld(ctx)); err != nil {
				t.Error(err)
			}
			if b.register.Executed(0x41) != 1 || b.register.Executed(0xE0) != 1 || b.register.Executed(0xFF76) != 1 || b.register.Executed(0xFF78) != 1 {
				t.Error("a command did not run as itself")
			}
		})
	})
}

// TestMoreFailureModes names the rows of the list of failures that TestFailureModes has not.
func TestMoreFailureModes(t *testing.T) {
	t.Run("E15 14 A2h, notifications pile up and sales of marks are blocked", func(t *testing.T) {
		a := &answering{answers: map[string]string{"FF61": "A2", "FF70": "00" + "01" + "02" + "25" + "00" + "00" + "04" + "2C01"}}
		link := shtrihm.NewLink(a.dial, &shtrihm.Options{Level: shtrihm.LevelStandard})
		defer link.Close()
		d := shtrihm.NewDevice(link, &shtrihm.DeviceOptions{NoBaseline: true})
		_, err := d.CheckMark(t.Context(), shtrihm.PieceSold, seedMark(t), nil)
		e, ok := errors.AsType[*shtrihm.DeviceError](err)
		if !ok || e.Number != 0xA2 || e.Message("ru") == "" || e.Message("en") == e.Message("ru") {
			t.Errorf("%v", err)
		}
		if m := must[shtrihm.MarkingStatus](t)(d.MarkingStatus(t.Context())); m.Notification != 2 || m.Store != 4 || m.Queue != 300 {
			t.Errorf("the warning before it: %+v", m)
		}
	})
	t.Run("E15 15 A1h to FF69h 2, a model that cannot clear says so and goes on", func(t *testing.T) {
		a := &answering{answers: map[string]string{"FF69": "A1", "10": "001E" + strings.Repeat("00", 2) + "0200" + strings.Repeat("00", 10)}}
		link := shtrihm.NewLink(a.dial, &shtrihm.Options{Level: shtrihm.LevelStandard})
		defer link.Close()
		d := shtrihm.NewDevice(link, &shtrihm.DeviceOptions{NoBaseline: true})
		_, err := d.AcceptMark(t.Context(), shtrihm.ClearAll)
		if e, ok := errors.AsType[*shtrihm.DeviceError](err); !ok || e.Number != 0xA1 || ecr.OutcomeOf(err) != ecr.Answered {
			t.Errorf("%v", err)
		}
		if s, err := d.State(t.Context()); err != nil || s.Mode != shtrihm.ModeShiftOpen {
			t.Errorf("%+v, %v", s, err)
		}
	})
	t.Run("E20 17 programs of one process take turns by whole sessions", func(t *testing.T) {
		both(t, "", func(t *testing.T, b *bench, d *shtrihm.Device) {
			var wg sync.WaitGroup
			for range 4 {
				wg.Go(func() {
					err := d.Session(t.Context(), func(d *shtrihm.Device) error {
						if err := d.OpenReceipt(t.Context(), shtrihm.Sale); err != nil {
							return err // another session's receipt would be open
						}
						if err := d.Operation(t.Context(), item); err != nil {
							return err
						}
						_, err := d.CloseReceipt(t.Context(), shtrihm.Closing{Payments: [16]int64{10000}, TaxSystem: 2})
						return err
					})
					if err != nil {
						t.Error(err)
					}
				})
			}
			wg.Wait()
			if n := b.register.Executed(0xFF45); n != 4 {
				t.Errorf("%d receipts", n)
			}
		}, func(o *shtrihmtest.Options, _ *shtrihm.Options) {})
	})
}
