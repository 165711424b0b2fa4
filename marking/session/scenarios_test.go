package session_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/markingtest"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// The scenarios of the source, each with what was sent, what the cashier sees
// and what the register holds.

// says expects the source's text as the result's only message.
func says(t *testing.T, res session.Result, text string) {
	t.Helper()
	var list []string
	for _, n := range res.Notices {
		list = append(list, n.Message("ru"))
	}
	assert.Equal(t, []string{text}, list)
}

const (
	text211      = "Код товара не распознан. Попробуйте еще раз. Если это не поможет, то обратитесь в техническую поддержку"
	text255      = "Сканер не настроен. Обратитесь в техническую поддержку"
	textNegative = "Код товара прошел онлайн-проверку с отрицательным результатом. Попробуйте еще раз. Если ошибка повторится, то отложите товар в сторону и обратитесь в техническую поддержку."
	textNoLink   = "Проблема со связью ККТ с сервером проверки КМ. Возможно временный сбой. Обратитесь в техническую поддержку после обслуживания клиента."
	text128      = "Достигнут максимум по добавлению маркированных позиций в чек, составляющий 128 маркированных позиций! Можно продолжать добавлять в данный чек только немаркированные позиции! Для добавления большего количества маркированных позиций закройте данный чек и сформируйте новый."
	textFault    = "Продажа данного товара в одном чеке с предыдущими товарами невозможна. Замените этот товар другим или пробейте другим чеком"
	textTwice    = "Данный экземпляр маркированного товара уже добавлен в чек"
)

func TestLongCodeWithoutGS(t *testing.T) {
	for value, found := range map[int]string{0: "211", 1: "type 0"} {
		t.Run("M42 M43 table 17 field 41 is "+string(rune('0'+value)), func(t *testing.T) {
			d := sessiontest.NewDevice()
			d.Settings[session.SettingTakeAnyCode] = value
			tl := newTill(t, d, session.Options{SendAsScanned: true})
			res := tl.refuses(long88, notice.NotRecognised)
			says(t, res, text211)
			assert.Equal(t, found, map[bool]string{true: "211", false: "type 0"}[strings.Contains(res.Notices[0].Support("en"), "(D3h)")])
			assert.Contains(t, res.Notices[0].Support("en"), marking.CodeCauseNoGS)
			assert.Equal(t, []string{sessiontest.CallCheck}, d.Names(true), "after a refusal nothing is sent (M58)")
			assert.Empty(t, d.Saved())
		})
	}
	t.Run("M43 restored before it is sent, and sold", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		res := tl.sells(long88)
		assert.Empty(t, res.Notices)
		assert.Equal(t, marking.TypeTail88, res.Items[0].Answer.Type)
		assert.Equal(t, 2, strings.Count(tl.device.Saved()[0], "\x1d"))
		assert.True(t, res.Items[0].Mark.Warned(marking.WarnRestored), "support sees that the scanner lost GS")
		tl.closes(res.Items[0].Mark.Text())
	})
}

func TestShortCodeWithoutGS(t *testing.T) {
	t.Run("M43 type 255", func(t *testing.T) {
		for _, code := range []string{short13, short6} {
			tl := newTill(t, nil, session.Options{SendAsScanned: true})
			res := tl.refuses(code, notice.ScannerSetup)
			says(t, res, text255)
			assert.Equal(t, marking.TypeGS1, res.Items[0].Answer.Type)
			assert.Equal(t, []string{sessiontest.CallCheck}, tl.device.Names(true))
			tl = newTill(t, nil, session.Options{})
			tl.closes(tl.sells(code).Items[0].Mark.Text())
		}
	})
}

func TestDamagedTail(t *testing.T) {
	t.Run("M44 the source's damaged tail, then read well", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Online = func(string) sessiontest.Online { return sessiontest.OnlineNegative }
		tl := newTill(t, d, session.Options{})
		damaged := strings.Replace(markA, "bil1", "bil2", 1)
		res := tl.refuses(damaged, notice.Negative)
		says(t, res, textNegative)
		assert.Contains(t, res.Notices[0].Support("en"), "KMServerCheckingStatus 5")
		assert.Contains(t, res.Notices[0].Support("en"), marking.CodeWarnChecksum)
		assert.Equal(t, []string{sessiontest.CallCheck}, d.Names(true))
		// The misread is read well the second time: the same piece may be tried again.
		d.Online = nil
		tl.sells(markA)
		tl.closes(markA)
	})
}

func TestRegisterWithoutNetwork(t *testing.T) {
	t.Run("M45 no link of the register, the permit check passed", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Settings[session.SettingOnlineCheck] = 0
		tl := newTill(t, d, session.Options{Permit: always(permitOK())})
		res := tl.sells(markA)
		says(t, res, textNoLink)
		assert.Equal(t, marking.ServerNoLink, res.Items[0].Answer.Server)
		assert.Equal(t, []notice.Answer{notice.OK, notice.Snooze}, res.Notices[0].Answers())
		tl.closes(markA)
	})
}

// The shop's permit checks, over HTTP as they are but without a network.
type shop struct {
	cdn   *permittest.CDN
	local *permittest.Local
	chain *permit.Chain
}

func newShop(t *testing.T, local bool) *shop {
	t.Helper()
	s := &shop{cdn: &permittest.CDN{Token: "secret-token"}, local: &permittest.Local{User: "u", Password: "p", ClientID: "9999078900001234"}}
	for _, m := range []string{markA, markB} {
		code, err := marking.Parse(m, nil)
		require.NoError(t, err)
		s.cdn.Goods.Put(code, nil)
		s.local.Goods.Put(code, nil)
	}
	routes := permittest.Transport{"cdn": s.cdn}
	if local {
		routes["lm"] = s.local
	}
	client := &http.Client{Transport: routes}
	cdn, err := permit.NewCDN(permit.CDNOptions{BaseURL: "http://cdn", Common: permit.Common{Client: client}, Online: permit.Online{Tokens: permit.StaticToken("secret-token", time.Time{})}})
	require.NoError(t, err)
	lm, err := permit.NewLocalModule(permit.LocalOptions{BaseURL: "http://lm", User: "u", Password: "p", ClientID: "9999078900001234", Common: permit.Common{Client: client}})
	require.NoError(t, err)
	s.chain = permit.NewChain(permit.ChainOptions{CDN: cdn, Local: lm})
	return s
}

func (s *shop) close() { _ = s.chain.Close() }

func TestPermitWithoutAnswer(t *testing.T) {
	for _, c := range []struct {
		name   string
		online bool // the register's own link
		local  func(*permittest.Local)
		absent bool
		want   notice.Kind
		sold   bool
	}{
		{"M46 stage 1, no local module", false, nil, true, notice.ForbiddenOffline, false},
		{"M46 stage 1, the local module lets it pass", false, nil, false, notice.SoldOffline, true},
		{"M46 stage 3, no local module", true, nil, true, notice.ForbiddenPermit, false},
		{"M46 stage 3, the local module lets it pass", true, nil, false, notice.SoldPermit, true},
		{"M46 stage 3, the local module is not ready", true, func(l *permittest.Local) { l.SetStatus("initialization") }, false, notice.ForbiddenPermit, false},
		{"M46 stage 3, the local module is silent", true, func(l *permittest.Local) { l.Fail(permittest.Fault{Hang: true}) }, false, notice.ForbiddenPermit, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := newShop(t, !c.absent)
				defer shop.close()
				shop.cdn.Fail(1, permittest.Fault{Hang: true})
				if c.local != nil {
					c.local(shop.local)
				}
				d := sessiontest.NewDevice()
				if !c.online {
					d.Online = func(string) sessiontest.Online { return sessiontest.OnlineOff }
				}
				tl := newTill(t, d, session.Options{Permit: shop.chain})
				began := time.Now()
				res := tl.scan(markA)
				assert.LessOrEqual(t, time.Since(began), permit.DefaultLimit, "the whole decision keeps its limit (M60)")
				assert.Equal(t, []notice.Kind{c.want}, kindsOf(res))
				assert.True(t, c.want.Source())
				assert.NotContains(t, res.Notices[0].Support("en"), "secret-token")
				assert.Contains(t, res.Notices[0].Support("en"), "permit check")
				if !c.sold {
					assert.Equal(t, flow.Refused, res.Items[0].State)
					assert.Equal(t, []string{sessiontest.CallCheck}, d.Names(true))
					tl.s.Close()
					return
				}
				tl.closes(markA)
				var value string
				for _, call := range d.Calls() {
					if v, ok := strings.CutPrefix(call.Text, "1265="); ok {
						value = v
					}
				}
				assert.Contains(t, value, "&Inst=", "the block names the local module (M66)")
				tl.s.Close()
			})
		})
	}
}

func TestPermitOf401AndForeignAnswers(t *testing.T) {
	for name, fault := range map[string]permittest.Fault{
		"M47 401 is no refusal":                       {Status: http.StatusUnauthorized},
		"M47 an answer for another code is no answer": {Foreign: true},
		"M47 an answer without the code is no answer": {Missing: true},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				shop := newShop(t, false)
				defer shop.close()
				shop.cdn.Fail(1, fault)
				tl := newTill(t, nil, session.Options{Permit: shop.chain})
				defer func() { tl.s.Close() }()
				res := tl.refuses(markA, notice.ForbiddenPermit)
				v := res.Items[0].Verdict
				assert.Equal(t, permit.OutcomeNoAnswer, v.Outcome)
				require.NotNil(t, v.Failure)
				assert.Equal(t, []string{sessiontest.CallCheck}, tl.device.Names(true))
				// The other piece, when the servers are well again.
				shop.cdn.Fail(1)
				time.Sleep(20 * time.Minute)
				tl.sells(markB)
				tl.closes(markB)
			})
		})
	}
}

func TestStorageFault(t *testing.T) {
	for value := range 2 {
		t.Run("M49 table 17 field 61 is "+string(rune('0'+value)), func(t *testing.T) {
			d := sessiontest.NewDevice()
			d.Settings[session.SettingStorageFault211] = value
			d.NoSave = func(m string) bool { return m == markB }
			tl := newTill(t, d, session.Options{})
			tl.sells(markA)
			res := tl.refuses(markB, notice.NotSaved)
			says(t, res, textFault)
			assert.Contains(t, res.Notices[0].Support("en"), marking.CodeCauseStorageFault)
			assert.Equal(t, []string{markA}, d.Saved())
			tl.closes(markA)
			// In another receipt the storage takes it.
			d.NoSave = nil
			tl.sells(markB)
			tl.closes(markB)
		})
	}
}

func TestLimitOf128(t *testing.T) {
	t.Run("M50 M51 the 128th is sold, the 129th stopped before it is sent; a removed one makes no room", func(t *testing.T) {
		list := marks(128, 130)
		tl := newTill(t, nil, session.Options{})
		for i, m := range list[:128] {
			res := tl.sells(m)
			if i < 127 {
				require.Empty(t, res.Notices)
				continue
			}
			says(t, res, text128) // M50: the 128th is sold, and says that it is the last
			assert.Equal(t, flow.Saved, res.Items[0].State)
		}
		tl.device.Forget()
		for _, m := range list[128:] {
			says(t, tl.refuses(m, notice.Limit), text128)
		}
		says(t, tl.refuses(list[128], notice.Limit), text128)
		assert.Empty(t, tl.device.Names(false), "M50: stopped before it is sent")
		_, err := tl.s.Add(tl.ctx(), goods("пакет"))
		require.NoError(t, err)
		// M51: a removed item's result counts, so it makes no room, but it comes back.
		_, err = tl.s.Remove(tl.ctx(), 1)
		require.NoError(t, err)
		says(t, tl.refuses(list[129], notice.Limit), text128)
		tl.sells(list[0])
		assert.Empty(t, tl.device.Names(false))
		tl.closes(list[:128]...)
		tl.sells(list[128])
	})
}

func TestDuplicate(t *testing.T) {
	t.Run("M41 the same piece twice: nothing is sent", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.sells(markA)
		tl.device.Forget()
		says(t, tl.refuses(markA, notice.Duplicate), textTwice)
		says(t, tl.refuses("]d2"+markA, notice.Duplicate), textTwice)
		assert.Empty(t, tl.device.Names(false), "nothing is sent")
		// Identities are case-sensitive.
		tl.sells(strings.Replace(markA, "bvSq", "BvSq", 1))
		tl.closes(markA, strings.Replace(markA, "bvSq", "BvSq", 1))
	})
}

func TestRemovedAndScannedAgain(t *testing.T) {
	t.Run("M51 removed: its result stays; scanned again: nothing is sent", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.sells(markA)
		tl.sells(markB)
		tl.device.Forget()
		res, err := tl.s.Remove(tl.ctx(), 1)
		require.NoError(t, err)
		assert.Equal(t, flow.Removed, res.Items[0].State)
		assert.Equal(t, []string{markA, markB}, tl.device.Saved(), "M51: the result stays saved")
		res = tl.sells(markA)
		assert.Equal(t, 1, res.Items[0].Number)
		assert.Empty(t, tl.device.Names(false), "M51: nothing is sent")
		_, err = tl.s.Remove(tl.ctx(), 2)
		require.NoError(t, err)
		tl.closes(markA)
		// The removed one goes in the next receipt, checked anew.
		tl.sells(markB)
		tl.closes(markB)
	})
}

func TestShiftClosedAndOver(t *testing.T) {
	for _, c := range []struct {
		mode session.Mode
		want notice.Kind
		open func(*session.Session) (session.Result, error)
		sent []string
	}{
		{session.ModeShiftClosed, notice.ShiftClosed, func(s *session.Session) (session.Result, error) { return s.OpenShift(context.Background()) },
			[]string{sessiontest.CallOpenShift, sessiontest.CallCheck, sessiontest.CallAccept}},
		{session.ModeShiftOver, notice.ShiftOver, func(s *session.Session) (session.Result, error) { return s.RenewShift(context.Background()) },
			[]string{sessiontest.CallCloseShift, sessiontest.CallOpenShift, sessiontest.CallCheck, sessiontest.CallAccept}},
	} {
		t.Run("M54 "+c.want.String(), func(t *testing.T) {
			d := sessiontest.NewDevice()
			d.SetShift(c.mode)
			tl := newTill(t, d, session.Options{})
			res := tl.scan(markA)
			assert.Equal(t, []notice.Kind{c.want}, kindsOf(res))
			assert.Equal(t, flow.Held, res.Items[0].State)
			if c.mode == session.ModeShiftClosed {
				says(t, res, "Смена закрыта. Откройте смену и повторите.")
			}
			assert.Equal(t, []string{c.want.String()}, []string{tl.close().Notices[0].Kind.String()}, "the receipt waits, too")
			d.Forget()
			res, err := c.open(tl.s)
			require.NoError(t, err)
			require.Len(t, res.Items, 1)
			assert.Equal(t, flow.Saved, res.Items[0].State, "the command is run once more")
			assert.Equal(t, c.sent, d.Names(true))
			tl.closes(markA)
		})
	}
	t.Run("M54 over 24 hours with results saved: they are checked again", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.sells(markA)
		tl.device.SetShift(session.ModeShiftOver)
		res := tl.close()
		assert.Equal(t, []notice.Kind{notice.ShiftOver}, kindsOf(res))
		assert.Equal(t, flow.Collecting, res.Receipt)
		tl.device.LosePower() // its results are gone with the shift
		res, err := tl.s.RenewShift(tl.ctx())
		require.NoError(t, err)
		assert.Equal(t, flow.Saved, res.Items[0].State)
		tl.closes(markA)
	})
}

func TestPaperOut(t *testing.T) {
	t.Run("M74 a new roll in time", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			tl.sells(markA)
			tl.device.TakePaper(true)
			time.AfterFunc(10*time.Second, func() { tl.device.TakePaper(false) })
			res := tl.closes(markA)
			says(t, res, "Закончилась бумага. Замените ленту и продолжите.")
			assert.Contains(t, tl.device.Names(true), sessiontest.CallContinue)
		})
	})
	t.Run("M74 no roll within the limit: cancelled and printed anew", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			tl.sells(markA)
			tl.device.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallBind: {Kind: sessiontest.PaperAfter}})
			res := tl.close()
			assert.Equal(t, []notice.Kind{notice.PaperOut, notice.PrintStuck}, kindsOf(res))
			assert.Equal(t, flow.Printing, res.Receipt)
			assert.True(t, tl.device.ReceiptOpen())
			tl.device.TakePaper(false)
			tl.device.Fault = nil
			tl.closes(markA)
			assert.Contains(t, tl.device.Names(true), sessiontest.CallCancel)
			assert.Len(t, tl.device.Documents(), 1)
		})
	})
	t.Run("M74 after an accepted close the sale is done", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			tl := newTill(t, nil, session.Options{})
			tl.sells(markA)
			tl.device.Fault = sessiontest.Script(map[string]sessiontest.Fault{sessiontest.CallClose: {Kind: sessiontest.PaperAfter}})
			res := tl.closes(markA)
			assert.Equal(t, []notice.Kind{notice.PaperOut}, kindsOf(res))
		})
	})
}

func TestPowerLossBeforeTheReceipt(t *testing.T) {
	tl := newTill(t, nil, session.Options{})
	tl.sells(markA)
	tl.sells(markB)
	tl.device.LosePower()
	tl.device.Forget()
	res := tl.closes(markA, markB)
	assert.Equal(t, []notice.Kind{notice.Rechecked}, kindsOf(res))
	assert.Equal(t, []string{sessiontest.CallCheck, sessiontest.CallAccept, sessiontest.CallCheck, sessiontest.CallAccept}, slices.DeleteFunc(tl.device.Names(true), func(n string) bool { return n == sessiontest.CallDevice })[:4])

	t.Run("M55 a new refusal removes the item and stops the closing", func(t *testing.T) {
		d := sessiontest.NewDevice()
		tl := newTill(t, d, session.Options{})
		tl.sells(markA)
		tl.sells(markB)
		d.LosePower()
		d.Online = func(m string) sessiontest.Online {
			if m == markA {
				return sessiontest.OnlineNegative
			}
			return sessiontest.OnlineOK
		}
		res := tl.close()
		assert.Equal(t, flow.Collecting, res.Receipt)
		says(t, res, textNegative)
		assert.Equal(t, []flow.ItemState{flow.Refused, flow.Ready}, itemStates(view(tl.s)))
		assert.Empty(t, d.Documents())
		tl.closes(markB)
	})
	t.Run("M49 a power loss between two scans is no storage fault", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{})
		tl.sells(markA)
		tl.device.LosePower()
		res := tl.sells(markB) // the count is 1 before and 1 after
		assert.Empty(t, res.Notices)
		tl.closes(markA, markB)
	})
}

func TestReturn(t *testing.T) {
	asked := 0
	checker := permit.CheckerFunc(func(context.Context, permit.Query) permit.Verdict { asked++; return permitOK() })
	tl := newTill(t, nil, session.Options{Permit: checker})
	require.NoError(t, tl.s.BeginReturn(tl.ctx()))
	require.Error(t, tl.s.BeginReturn(tl.ctx()), "one receipt at a time")
	tl.sells(markA)
	assert.Zero(t, asked, "M76: returns are not asked for")
	assert.Equal(t, "status 3", tl.device.Calls()[1].Text)
	tl.closes(markA)
	assert.True(t, tl.device.Sold()[0].Return)
	for _, c := range tl.device.Calls() {
		assert.NotEqual(t, sessiontest.CallTag, c.Name, "no block 1260")
	}
	t.Run("M76 [М-] still refuses", func(t *testing.T) {
		d := sessiontest.NewDevice()
		d.Online = func(string) sessiontest.Online { return sessiontest.OnlineNegative }
		tl := newTill(t, d, session.Options{})
		require.NoError(t, tl.s.BeginReturn(tl.ctx()))
		tl.refuses(markA, notice.Negative)
	})
	t.Run("M76 a switch asks for returns too", func(t *testing.T) {
		tl := newTill(t, nil, session.Options{Permit: checker, CheckReturns: true})
		require.NoError(t, tl.s.BeginReturn(tl.ctx()))
		tl.sells(markA)
		assert.Equal(t, 1, asked)
	})
}

func TestPartialSale(t *testing.T) {
	t.Run("M41 M71 a second portion in one receipt", func(t *testing.T) {
		var asked permit.Query
		checker := permit.CheckerFunc(func(_ context.Context, q permit.Query) permit.Verdict { asked = q; return permitOK() })
		tl := newTill(t, nil, session.Options{Permit: checker})
		g := goods("таблетки")
		g.Status, g.Unit, g.Quantity, g.Fraction = receipt.MeasuredSold, 0, receipt.One, receipt.Fraction{Numerator: 1, Denominator: 3}
		res, err := tl.s.Scan(tl.ctx(), markA, g)
		require.NoError(t, err)
		require.Equal(t, flow.Saved, res.Items[0].State)
		assert.True(t, asked.Partial)
		assert.Equal(t, "status 2", tl.device.Calls()[1].Text)
		// M41: a second portion of the same pack in one receipt.
		res, err = tl.s.Scan(tl.ctx(), markA, g)
		require.NoError(t, err)
		says(t, res, textTwice)
		tl.closes(markA)
	})
}

func TestUnreadable(t *testing.T) {
	t.Run("M42 a scan that is no mark is never sent", func(t *testing.T) {
		g := markingtest.New(5)
		for _, scan := range []string{"", "12", g.Barcode(13), g.Barcode(18), markA[:40], "прив"} {
			tl := newTill(t, nil, session.Options{})
			res := tl.refuses(scan, notice.NotRecognised)
			says(t, res, text211)
			assert.NotEmpty(t, res.Notices[0].Details)
			assert.Empty(t, tl.device.Names(false))
		}
	})
}

// A journal on disk, closed and opened between the scans and the close.
func TestFileJournal(t *testing.T) {
	path := t.TempDir() + "/till.journal"
	d := sessiontest.NewDevice()
	for i, m := range []string{markA, markB} {
		j, err := journal.Open(path)
		require.NoError(t, err)
		tl := newTill(t, d, session.Options{Journal: j})
		res, err := tl.s.Resume(tl.ctx())
		require.NoError(t, err)
		assert.Empty(t, res.Notices)
		tl.sells(m)
		if i == 1 {
			v := view(tl.s)
			assert.Equal(t, markA, v.Items[0].Mark.Text())
			tl.closes(markA, markB)
		}
		require.NoError(t, j.Close())
	}
}
