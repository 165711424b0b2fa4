package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http/httptest"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/permit/permittest"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/register"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
)

// The marks of the act: two of the source's receipt, one whose scanner dropped
// the separators, one that was sold elsewhere.
const (
	markGood    = "0104670008163685" + "21bvSqkCsuoAyR5" + "\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc="
	markNeigh   = "0104640203820010" + "211000000119818" + "\x1d91EE08\x1d92SSX6lLpW6N1Z7/JiwxRSfExUkYQt545QnXh9zoymZJo="
	markNoGS    = "0104603934000748215rRFTn7CqRO6f93AZub"
	markRefused = "0104603745968015215YJF\"Z\x1d93NGv1"
)

// shop is the stage of the second act: one register behind a gateway, the
// marking system over HTTP.
type shop struct {
	*stage
	register *shtrihmtest.Register
	gateway  *gateway.Gateway
	address  string
	permits  string
	online   *permittest.CDN
}

// shopTill is a till of the shop.
type shopTill struct {
	name    string
	shop    *shop
	session *session.Session
	ends    []io.Closer

	prints chan struct{} // closed when the first command of the receipt is sent

	mu      sync.Mutex
	printed []string // the commands of the receipt, in their order
}

func playShop(ctx context.Context, s *stage) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()

	s.scene("Две кассы магазина при АЗС делят одну ККТ: шлюз принимает обе и ведёт обмен по очереди")
	faults, err := ecrtest.ParseScript("cmd ff45#1 drop-answer")
	if err != nil {
		return err
	}
	st := &shop{stage: s, register: shtrihmtest.New(&shtrihmtest.Options{Faults: ecrtest.NewFaults(faults)})}
	device := &ecrtest.Server{Device: st.register}
	defer device.Close()
	at, err := device.Listen("127.0.0.1:0")
	if err != nil {
		return err
	}
	dial, err := new(ecr.Dialer).Func("tcp://" + at.String())
	if err != nil {
		return err
	}
	st.gateway = gateway.New(dial, &gateway.Options{
		Name: "ККТ", Protocol: gateway.ShtrihM, Reconnect: time.Second, EarlyAck: true, ReceiptGuard: true,
		// The simulated register answers at once: nobody has to wait a minute for a lost reply.
		AnswerLimit: time.Second, AnswerLimits: map[uint16]time.Duration{0xFF45: time.Second},
	})
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	st.address = "tcp://" + listener.Addr().String()
	served := make(chan error, 1)
	go func() { served <- st.gateway.Serve(ctx, listener) }()
	defer func() { stop(); <-served }()

	st.online = &permittest.CDN{Token: "tour"}
	web := httptest.NewServer(st.online)
	defer web.Close()
	st.permits = web.URL

	one, err := st.open(ctx, "касса 1")
	if err != nil {
		return err
	}
	defer one.close()
	two, err := st.open(ctx, "касса 2")
	if err != nil {
		return err
	}
	defer two.close()
	return st.day(ctx, one, two)
}

// day is the day of the two tills.
func (st *shop) day(ctx context.Context, one, two *shopTill) error {
	st.scene("Касса 1: товар с исправной маркой")
	if err := one.scan(ctx, "Инъектран", 100_00, markGood, flow.Ready, notice.None); err != nil {
		return err
	}
	st.scene("Касса 2 в это же время: другой товар")
	if err := two.scan(ctx, "Вода", 45_00, markNeigh, flow.Ready, notice.None); err != nil {
		return err
	}
	st.scene("Касса 1: сканер потерял разделители GS")
	if err := one.scan(ctx, "Молоко", 89_90, markNoGS, flow.Ready, notice.None); err != nil {
		return err
	}
	st.scene("Касса 1: этот экземпляр уже продан в другом магазине")
	if err := one.scan(ctx, "Сок", 70_00, markRefused, flow.Refused, notice.PermitRefused); err != nil {
		return err
	}
	st.scene("Касса 1: тот же экземпляр второй раз")
	if err := one.scan(ctx, "Инъектран", 100_00, markGood, flow.Refused, notice.Duplicate); err != nil {
		return err
	}

	st.scene("Обе кассы закрывают чеки сразу; ответ на закрытие первого чека теряется на линии")
	var wg sync.WaitGroup
	results, failures := make([]session.Result, 2), make([]error, 2)
	wg.Go(func() { results[0], failures[0] = one.pay(ctx) })
	wg.Go(func() {
		select {
		case <-one.prints: // the register prints for the neighbour when this one begins
		case <-ctx.Done():
		}
		results[1], failures[1] = two.pay(ctx)
	})
	wg.Wait()
	if err := errors.Join(failures...); err != nil {
		return err
	}
	for i, t := range []*shopTill{one, two} {
		t.tell(results[i])
		if err := expect(t.name+": the receipt", results[i].Receipt, flow.Closed); err != nil {
			return err
		}
		t.paper(results[i].Document)
	}

	st.scene("Что помнит ККТ и что видел шлюз")
	for _, c := range []struct {
		cmd  shtrihm.Command
		what string
		want int
	}{
		{0xFF46, "операций", 3}, {0xFF67, "привязанных марок", 3}, {0xFF45, "закрытых чеков", 2}, {0x88, "отмен", 0},
	} {
		ran := st.register.Executed(c.cmd)
		st.say("выполнено %s: %d", c.what, ran)
		if err := expect(c.what, ran, c.want); err != nil {
			return err
		}
	}
	seen := st.gateway.Snapshot()
	st.say("шлюз: ККТ на связи: %t, обменов больше полусотни: %t, без ответа: %d", seen.Connected, seen.Exchanges > 50, seen.Outcomes[ecr.Unknown])
	return nil
}

// open starts a till: its line to the gateway, its permit check, its session.
func (st *shop) open(ctx context.Context, name string) (*shopTill, error) {
	t := &shopTill{name: name, shop: st, prints: make(chan struct{})}
	dir, err := st.folder(strings.ReplaceAll(name, " ", "-"))
	if err != nil {
		return nil, err
	}
	dial, err := new(ecr.Dialer).Func(st.address)
	if err != nil {
		return nil, err
	}
	link := shtrihm.NewLink(dial, nil)
	t.ends = append(t.ends, link)
	cdn, err := permit.NewCDN(permit.CDNOptions{
		BaseURL: st.permits, FiscalDrive: "9999078900000001",
		Online: permit.Online{Tokens: permit.StaticToken("tour", time.Time{})},
	})
	if err != nil {
		return nil, err
	}
	checker := permit.NewChain(permit.ChainOptions{CDN: cdn, Limit: 5 * time.Second})
	t.ends = append(t.ends, checker)
	if err := checker.Start(ctx); err != nil {
		return nil, err
	}
	steps, err := journal.Open(filepath.Join(dir, "journal"))
	if err != nil {
		return nil, err
	}
	t.ends = append(t.ends, steps)
	t.session = session.New(register.New(link, &register.Options{Guarded: true}), &session.Options{
		Permit: checker, Journal: steps, Till: name, Shared: true,
		Progress: func(p session.Progress) {
			if p.Total > 0 {
				t.mu.Lock()
				if len(t.printed) == 0 {
					close(t.prints)
				}
				t.printed = append(t.printed, p.Step)
				t.mu.Unlock()
			}
		},
		Logger: slog.New(slog.DiscardHandler),
	})
	_, err = t.session.Resume(ctx)
	return t, err
}

func (t *shopTill) close() {
	t.session.Close()
	for _, e := range slices.Backward(t.ends) {
		_ = e.Close()
	}
}

// scan scans a mark and shows what the cashier sees.
func (t *shopTill) scan(ctx context.Context, name string, price receipt.Money, mark string, want flow.ItemState, told notice.Kind) error {
	code, err := marking.Read(mark, nil)
	if err != nil {
		return err
	}
	t.shop.online.Goods.Put(code, map[string]any{"sold": mark == markRefused})
	res, err := t.session.Scan(ctx, mark, session.Goods{Name: name, Price: price, Quantity: receipt.One, Tax: 4})
	if err != nil {
		return err
	}
	item := res.Items[0]
	t.shop.say("%s: %s, %s руб., %s %s: %s", t.name, name, price, item.Mark.Kind(), item.Mark.Layout(), item.State)
	for a := range item.Mark.Actions() {
		t.shop.say("код исправлен: %s", a)
	}
	t.tell(res)
	if told == notice.None {
		return errors.Join(expect(name, item.State, want), expect("notices", len(res.Notices), 0))
	}
	return errors.Join(expect(name, item.State, want), expect("notice "+told.String(), res.Has(told), true))
}

// tell shows the notices as the cashier sees them.
func (t *shopTill) tell(res session.Result) {
	for _, n := range res.Notices {
		t.shop.shown("%s", n.Message("ru"))
	}
}

// pay closes the receipt, paid by card.
func (t *shopTill) pay(ctx context.Context) (session.Result, error) {
	var sum receipt.Money
	view, err := t.session.View(ctx)
	if err != nil {
		return session.Result{}, err
	}
	for _, it := range view.Items {
		if it.State.InReceipt() {
			cost, ok := it.Goods.Cost()
			if !ok {
				return session.Result{}, fmt.Errorf("%s: the cost of %s does not fit", t.name, it.Goods.Name)
			}
			sum += cost
		}
	}
	return t.session.CloseReceipt(ctx, session.Payment{
		TaxSystem: receipt.TaxSystemIncome, Payments: receipt.Payments{Electronic: sum},
	})
}

// paper shows the receipt.
func (t *shopTill) paper(d *session.Document) {
	t.shop.say("%s: чек напечатан, команд в нём %d", t.name, len(t.printed))
	t.shop.shown("КАССОВЫЙ ЧЕК · ПРИХОД")
	view, _ := t.session.View(context.Background()) // read before: it cannot fail
	for _, it := range view.Items {
		if it.State != flow.Sold {
			continue
		}
		t.shop.shown("%-24s %10s", it.Goods.Name+" [М+]", it.Goods.Price)
	}
	t.shop.shown("%-24s %10s", "ИТОГ", d.Sum)
	t.shop.shown("%s", fmt.Sprintf("ФД %d  ФП %010d", d.Number, d.Sign))
}
