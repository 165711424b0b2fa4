package session_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/journal"
	"github.com/obmen-go/obmen/marking/session/notice"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

// day is one receipt of three goods, one of them removed, as a cashier sells it
// who follows the notices: whatever happens once, at its end both marks are sold
// in one receipt.
type day struct {
	t     *testing.T
	d     *sessiontest.Device
	reg   *sessiontest.Register
	store *crashStore
	opt   session.Options
	s     *session.Session
	said  []string
}

func newDay(t *testing.T, opt session.Options) *day {
	d := sessiontest.NewDevice()
	w := &day{t: t, d: d, reg: d.Connect(), store: &crashStore{crash: func(bool) {}}, opt: opt}
	w.start()
	return w
}

func (w *day) start() {
	opt := w.opt
	opt.Journal = w.store
	w.s = session.New(w.reg, &opt)
}

// do runs a call; a crash inside ends the program, which begins again and resumes.
func (w *day) do(call func(context.Context) (session.Result, error)) (res session.Result) {
	defer func() {
		r := recover()
		if r == nil {
			return
		}
		if _, ok := r.(sessiontest.Crash); !ok {
			panic(r)
		}
		w.said = append(w.said, "crash")
		w.s.Close()
		w.start()
		res = w.do(w.s.Resume)
	}()
	res, err := call(context.Background())
	for _, n := range res.Notices {
		w.said = append(w.said, n.Kind.String())
	}
	if err != nil {
		w.said = append(w.said, err.Error())
	}
	return res
}

func (w *day) has(mark string) bool {
	return slices.ContainsFunc(view(w.s).Items, func(it session.Item) bool { return it.State.InReceipt() && it.Mark.Text() == mark })
}

func (w *day) sold() bool { return len(w.d.Sold()) > 0 }

func (w *day) scan(mark string) {
	for range 3 {
		if w.sold() || w.has(mark) {
			return
		}
		w.do(func(ctx context.Context) (session.Result, error) { return w.s.Scan(ctx, mark, goods("x")) })
	}
}

func (w *day) run(third string) {
	w.scan(third)
	for range 3 {
		for _, it := range view(w.s).Items {
			if it.State.InReceipt() && it.Mark.Text() == third {
				w.do(func(ctx context.Context) (session.Result, error) { return w.s.Remove(ctx, it.Number) })
				break
			}
		}
	}
	w.scan(markA)
	w.scan(markB)
	for range 6 {
		v := view(w.s)
		if v.Receipt == flow.Closed {
			break
		}
		w.scan(markA)
		w.scan(markB)
		res := w.do(func(ctx context.Context) (session.Result, error) { return w.s.CloseReceipt(ctx, due(w.s)) })
		if res.Has(notice.ShiftClosed) {
			w.do(w.s.OpenShift)
		}
	}
	w.do(w.s.Resume)
}

// verify is the promise: sold once, whole, and the till knows it.
func (w *day) verify(where string) {
	w.t.Helper()
	var marks []string
	for _, s := range w.d.Sold() {
		marks = append(marks, s.Mark)
	}
	slices.Sort(marks)
	want := []string{markA, markB}
	slices.Sort(want)
	require.Equal(w.t, want, marks, "%s: %v", where, w.said)
	var sales []session.Document
	for _, doc := range w.d.Documents() {
		if doc.Operation == receipt.Sale {
			sales = append(sales, doc)
		}
	}
	require.Len(w.t, sales, 1, "%s: %v", where, w.said)
	require.Equal(w.t, receipt.Money(20000), sales[0].Sum)
	require.Equal(w.t, flow.Closed, view(w.s).Receipt, "%s: %v", where, w.said)
	require.False(w.t, w.d.ReceiptOpen())
	w.s.Close()
}

var modes = map[string]session.Options{"own": {}, "shared": {Shared: true}}

func TestLostReplyOfEveryCommand(t *testing.T) {
	third := marks(52, 1)[0]
	for name, opt := range modes {
		clean := newDay(t, opt)
		clean.run(third)
		clean.verify("clean")
		var calls []sessiontest.Call
		seen := map[string]int{}
		for _, c := range clean.d.Calls() {
			seen[c.Name]++
			c.N = seen[c.Name]
			calls = append(calls, c)
		}
		for kind, what := range map[sessiontest.FaultKind]string{sessiontest.Unsent: "not sent", sessiontest.LoseRequest: "request lost", sessiontest.LoseReply: "reply lost", sessiontest.PowerBefore: "power lost before", sessiontest.PowerAfter: "power lost after"} {
			t.Run(fmt.Sprintf("M52 M55 M56 %s, every command of a sale, register %s", what, name), func(t *testing.T) {
				for _, c := range calls {
					synctest.Test(t, func(t *testing.T) {
						at := fmt.Sprintf("%s#%d", c.Name, c.N)
						w := newDay(t, opt)
						w.d.Fault = sessiontest.Script(map[string]sessiontest.Fault{at: {Kind: kind}})
						w.run(third)
						w.verify(at)
					})
				}
			})
		}
	}
}

func TestCrashAtEveryStep(t *testing.T) {
	third := marks(52, 1)[0]
	for name, opt := range modes {
		for _, keeps := range []bool{true, false} {
			t.Run(fmt.Sprintf("M56 before and after every command, register %s, its receipt outlives the till: %v", name, keeps), func(t *testing.T) {
				clean := newDay(t, opt)
				clean.run(third)
				n := len(clean.d.Calls())
				for k := 1; k <= n; k++ {
					for _, kind := range []sessiontest.FaultKind{sessiontest.CrashBefore, sessiontest.CrashAfter} {
						synctest.Test(t, func(t *testing.T) {
							w := newDay(t, opt)
							i, at := 0, ""
							w.d.Fault = func(c sessiontest.Call) sessiontest.Fault {
								if i++; i != k {
									return sessiontest.Fault{}
								}
								at = fmt.Sprintf("%s#%d, fault %d", c.Name, c.N, kind)
								return sessiontest.Fault{Kind: kind}
							}
							if !keeps {
								// The register was switched off with the till.
								fault := w.d.Fault
								resumed := false
								w.d.Fault = func(c sessiontest.Call) sessiontest.Fault {
									f := fault(c)
									if i == k+1 && !resumed {
										resumed = true
										return sessiontest.Fault{Kind: sessiontest.PowerBefore}
									}
									return f
								}
							}
							w.run(third)
							w.verify(at)
						})
					}
				}
			})
		}
		t.Run("M52 M56 before and after every write of the journal, register "+name, func(t *testing.T) {
			writes := 0
			clean := newDay(t, opt)
			clean.store.crash = func(bool) { writes++ }
			clean.run(third)
			clean.verify("clean")
			for k := 1; k <= writes; k++ {
				synctest.Test(t, func(t *testing.T) {
					w := newDay(t, opt)
					i := 0
					w.store.crash = func(bool) {
						if i++; i == k {
							panic(sessiontest.Crash{})
						}
					}
					w.run(third)
					w.verify(fmt.Sprint("write ", k))
				})
			}
		})
	}
}

// failStore refuses to write from a moment on.
type failStore struct {
	journal.Memory
	left int
}

func (s *failStore) Append(ctx context.Context, r []byte) error {
	if s.left--; s.left < 0 {
		return fmt.Errorf("disk full")
	}
	return s.Memory.Append(ctx, r)
}

func TestJournalFirst(t *testing.T) {
	t.Run("M52 M56 what cannot be journalled is not done", func(t *testing.T) {
		clean := &failStore{left: 1 << 20}
		sale := func(store journal.Store) (d *sessiontest.Device, err error) {
			d = sessiontest.NewDevice()
			s := session.New(d.Connect(), &session.Options{Journal: store})
			if _, err = s.Scan(t.Context(), markA, goods("x")); err != nil {
				return d, err
			}
			_, err = s.CloseReceipt(t.Context(), due(s))
			return d, err
		}
		_, err := sale(clean)
		require.NoError(t, err)
		writes := 1<<20 - clean.left
		sent := map[string]int{}
		for k := range writes {
			d, err := sale(&failStore{left: k})
			require.Error(t, err)
			n := map[string]int{}
			for _, c := range d.Names(true) {
				n[c]++
			}
			for _, c := range []string{sessiontest.CallCheck, sessiontest.CallAccept, sessiontest.CallOperation, sessiontest.CallBind, sessiontest.CallClose} {
				if n[c] > 0 && sent[c] == 0 {
					sent[c] = k
				}
			}
		}
		// Each command needs at least one record more than the one before it.
		order := []string{sessiontest.CallCheck, sessiontest.CallAccept, sessiontest.CallOperation, sessiontest.CallBind, sessiontest.CallClose}
		for i, c := range order {
			require.NotZero(t, sent[c], "%s was sent with nothing in the journal", c)
			if i > 0 {
				require.Greater(t, sent[c], sent[order[i-1]], c)
			}
		}
	})
}
