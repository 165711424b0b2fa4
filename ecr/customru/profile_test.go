package customru_test

import (
	"bytes"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
)

func TestProfile(t *testing.T) {
	t.Run("E5 the paper mode is read from the device and written to it", func(t *testing.T) {
		for mode := customru.PaperSilent; mode <= customru.PaperRepeats; mode++ {
			inBubble(t, "", func(t *testing.T, b *bench) {
				p, err := b.device.Detect(t.Context())
				if err != nil || p.Paper != mode || p.Info.Firmware != "04.07.01" || p.PowerFail != customru.PowerFailKeeps || p.VATRates[0] != 2000 || p.NameLimit != 128 {
					t.Errorf("%+v, %v", p, err)
				}
				other := customru.PaperRepeats + customru.PaperSilent - mode
				must(t, b.device.SetPaperMode(t.Context(), other))
				if p, err := b.device.Detect(t.Context()); err != nil || p.Paper != other {
					t.Errorf("%+v, %v, want %v", p, err, other)
				}
			}, func(o *customrutest.Options, _ *customru.Options) { o.Paper = mode })
		}
	})
	t.Run("E5 names of the modes go there and back", func(t *testing.T) {
		for m := customru.PaperMode(0); m <= customru.PaperRepeats; m++ {
			text, _ := m.MarshalText()
			var again customru.PaperMode
			if err := again.UnmarshalText(text); err != nil || again != m {
				t.Errorf("%s: %v, %v", text, again, err)
			}
		}
		var m customru.PaperMode
		if err := m.UnmarshalText([]byte("x")); !hasCode(err, ecr.CodeName) || customru.PaperMode(9).String() != "PaperMode(9)" || customru.PowerFail(-1).String() != "PowerFail(-1)" {
			t.Error(err)
		}
	})
	t.Run("E2 fields that the firmware lacks are not sent", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			item := customru.Item{Name: "x", Quantity: 1000, Price: 1, Discount2: customru.Discount{Value: 1}, Department: 1}
			if err := d.Sell(ctx, customru.Sale, item); !refused(err, 105) { // nobody asked yet
				t.Error(err)
			}
			p, err := d.Detect(ctx)
			if err != nil || p.Info.Firmware != "04.01.22" || p.Paper != customru.PaperWaits || p.PowerFail != customru.PowerFailKeeps || p.Info.PowerOns != 0 {
				t.Errorf("%+v, %v", p, err)
			}
			if err := d.Sell(ctx, customru.Sale, item); !hasCode(err, customru.CodeField) {
				t.Error(err)
			}
			item.Discount2 = customru.Discount{}
			must(t, d.Sell(ctx, customru.Sale, item))
		}, func(o *customrutest.Options, _ *customru.Options) { o.Firmware = "04.01.22" })
	})
	t.Run("E50 the answer of FFH grows with the firmware", func(t *testing.T) {
		for firmware, size := range map[string]int{"04.01.22": 95, "04.03.00": 111, "04.07.01": 123} {
			inBubble(t, "", func(t *testing.T, b *bench) {
				a, err := b.link.Do(t.Context(), customru.CmdDeviceInfo, []byte{0x3F, 0x42, 0x0F, 0})
				if err != nil || len(a.Fields) != size {
					t.Errorf("%s: %d bytes, %v", firmware, len(a.Fields), err)
				}
				if i, err := b.device.Info(t.Context()); err != nil || i.Firmware != firmware || i.Model != "Q3X-Ф" || (i.PowerOns > 0) != (size == 123) {
					t.Errorf("%+v, %v", i, err)
				}
			}, func(o *customrutest.Options, _ *customru.Options) { o.Firmware = firmware })
		}
	})
	t.Run("E2 a name as long as family 018 allows", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			d, ctx := b.device, t.Context()
			family, err := d.ReadFamily(ctx, customru.FamilyPrinter)
			must(t, err)
			family[4] &^= 3
			must(t, d.WriteFamily(ctx, customru.FamilyPrinter, family))
			long := customru.Item{Name: string(bytes.Repeat([]byte("x"), 54)), Quantity: 1000, Price: 1, Department: 1}
			if err := d.Sell(ctx, customru.Sale, long); !refused(err, 108) {
				t.Error(err)
			}
			if p, err := d.Detect(ctx); err != nil || p.NameLimit != 53 {
				t.Errorf("%+v, %v", p, err)
			}
			if err := d.Sell(ctx, customru.Sale, long); !hasCode(err, customru.CodeField) {
				t.Error(err)
			}
		})
	})
}

// TestPaper: a cash-in without paper, in each mode of the device, with a host
// that knows the mode and one that does not.
func TestPaper(t *testing.T) {
	type mode struct {
		device   customru.PaperMode
		own      bool // paper messages are answers of the command itself
		detected bool
	}
	for name, c := range map[string]struct {
		mode
		code string        // of the error; "": answered
		took time.Duration // until the call returned
	}{
		"silent":                            {mode{device: customru.PaperSilent}, ecr.CodeAnswerTimeout, 10 * time.Second},
		"silent, detected":                  {mode{device: customru.PaperSilent, detected: true}, ecr.CodeAnswerTimeout, 10 * time.Second},
		"waits, for too long":               {mode{device: customru.PaperWaits}, ecr.CodeAnswerTimeout, 10 * time.Second},
		"tells":                             {mode{device: customru.PaperTells}, ecr.CodeAnswerTimeout, 10 * time.Second},
		"tells, detected":                   {mode{device: customru.PaperTells, detected: true}, customru.CodePaper, 0},
		"tells by its own answer, detected": {mode{device: customru.PaperTells, own: true, detected: true}, customru.CodePaper, 0},
		"repeats":                           {mode{device: customru.PaperRepeats}, "", time.Minute},
		"repeats its own answer, detected":  {mode{device: customru.PaperRepeats, own: true, detected: true}, "", time.Minute},
	} {
		t.Run("E5 a device that "+name, func(t *testing.T) {
			inBubble(t, "", func(t *testing.T, b *bench) {
				if c.detected {
					_, err := b.device.Detect(t.Context())
					must(t, err)
				}
				b.register.SetPaper(false)
				time.AfterFunc(time.Minute, func() { b.register.SetPaper(true) })
				start := time.Now()
				_, err := b.device.CashIn(t.Context(), 100)
				if took := time.Since(start).Round(time.Second); took != c.took {
					t.Errorf("took %v, want %v (%v)", took, c.took, err)
				}
				if c.code == "" {
					if err != nil || b.register.Executed(customru.CmdCashIn) != 1 {
						t.Error(err)
					}
					return
				}
				if ecr.OutcomeOf(err) != ecr.Unknown || !hasCode(err, c.code) {
					t.Fatal(err)
				}
				if status, err := b.device.Status(t.Context()); err != nil || !status.PaperOut || !status.Printing {
					t.Errorf("%+v, %v", status, err)
				}
				if _, busy := b.device.Recover(t.Context(), err); !hasCode(busy, customru.CodeBusy) {
					t.Errorf("without paper: %v", busy)
				}
				if _, err := b.device.CashIn(t.Context(), 1); !refused(err, 3503) {
					t.Errorf("another command meanwhile: %v", err)
				}
				time.Sleep(time.Minute)
				if r, err := b.device.Recover(t.Context(), err); err != nil || r.Verdict != customru.Done {
					t.Errorf("with paper again: %+v, %v", r, err)
				}
			}, func(o *customrutest.Options, _ *customru.Options) { o.Paper, o.OwnPaperMessages = c.device, c.own })
		})
	}
	t.Run("E5 a host that waits long enough gets the answer after silence", func(t *testing.T) {
		inBubble(t, "", func(t *testing.T, b *bench) {
			b.register.SetPaper(false)
			time.AfterFunc(4*time.Minute, func() { b.register.SetPaper(true) })
			if err := b.cashIn(t); err != nil {
				t.Error(err)
			}
		}, func(_ *customrutest.Options, o *customru.Options) {
			o.CommandLimits = map[customru.Command]customru.Limits{customru.CmdCashIn: {Answer: 10 * time.Minute}}
		})
	})
}

// TestCutAnswers sends every answer of the document in two writes.
func TestCutAnswers(t *testing.T) {
	t.Run("E6 the link takes every vector, cut at every byte boundary", func(t *testing.T) {
		for _, v := range vectors(t) {
			if v[0] != customru.ACK {
				continue
			}
			want, err := customru.ParseFrame(bare(v))
			must(t, err)
			for cut := range len(v) + 1 {
				synctest.Test(t, func(t *testing.T) { exchangeCut(t, v, cut, want) })
			}
		}
	})
}

func exchangeCut(t *testing.T, v []byte, cut int, want customru.Frame) {
	host, device := pair(t)
	go func() {
		defer device.Close()
		if _, err := device.Read(make([]byte, 100)); err != nil {
			return
		}
		device.Write(v[:cut])
		time.Sleep(500 * time.Millisecond)
		device.Write(v[cut:])
		device.Read(make([]byte, 1))
	}()
	link := customru.NewLink(ecr.Once(host), nil)
	a, err := link.Do(t.Context(), want.Cmd, cashIn1[:4])
	link.Close()
	time.Sleep(time.Second) // for the device
	code := int(want.Data[0]) | int(want.Data[1])<<8
	refusal, _ := errors.AsType[*customru.DeviceError](err)
	if int(a.Code) != code || code == 0 && err != nil || code != 0 && (refusal == nil || int(refusal.Number) != code) || !bytes.Equal(a.Fields, want.Data[3:]) {
		t.Errorf("%X cut at %d: %+v, %v", v, cut, a, err)
	}
}
