package customrutest

import (
	"testing"

	"github.com/obmen-go/obmen/ecr/customru"
)

// play runs commands on a register without a connection: a command code, the
// length of what follows the password, and that many bytes, again and again.
func play(t *testing.T, r *Register, plan []byte) {
	c := &connection{Register: r, id: 1}
	for len(plan) >= 2 {
		n := min(int(plan[1]), len(plan)-2)
		cmd := customru.Command(plan[0])
		done := c.execute(customru.Frame{Cmd: cmd, Data: append([]byte{0x3F, 0x42, 0x0F, 0}, plan[2:2+n]...)})
		answer, err := customru.ParseFrame(done.answer)
		if err != nil || answer.Cmd != cmd || len(answer.Data) < 2 {
			t.Fatalf("%v is answered with %X, %v", cmd, done.answer, err)
		}
		if cmd == customru.CmdReset && answer.Data[0] == 0 && answer.Data[1] == 0 {
			r.doReset()
		}
		plan = plan[2+n:]
		invariants(t, r)
	}
}

// invariants hold after every command.
func invariants(t *testing.T, r *Register) {
	t.Helper()
	open := r.state&openReceipt != 0
	sum := r.receipt.subtotal()
	var shares uint64
	for _, amount := range r.receipt.amounts() {
		shares += amount
	}
	switch {
	case sum > maxMoney || r.cash > maxMoney+maxMoney:
		t.Fatalf("subtotal %d, cash %d", sum, r.cash)
	case shares != sum && len(r.receipt.items) > 0:
		t.Fatalf("the items' shares are %d of %d: %+v", shares, sum, r.receipt)
	case open && (r.phase < phaseOpen || r.phase > phasePay), !open && r.phase != phaseNone && r.state != stateNonFiscal:
		t.Fatalf("state %v in phase %d", r.state, r.phase)
	case r.confirmed > r.fd || len(r.docs) > keptDocuments+1 || len(r.tags) > maxPending:
		t.Fatalf("%d documents confirmed of %d, %d kept, %d tags", r.confirmed, r.fd, len(r.docs), len(r.tags))
	}
	var discounts, markups uint64
	for kind := range 4 {
		discounts += r.drawer[6+2*kind].sum
		markups += r.drawer[7+2*kind].sum
	}
	for row, kinds := range r.rows.discounts {
		for _, c := range kinds {
			if (adjustment{row: row}).markup() {
				markups -= c.sum
			} else {
				discounts -= c.sum
			}
		}
	}
	if discounts != 0 || markups != 0 {
		t.Fatalf("FAH and FCH differ by %d and %d", int64(discounts), int64(markups))
	}
}

// FuzzExecute: no sequence of commands breaks the register or its figures.
func FuzzExecute(f *testing.F) {
	item := []byte{0x80, 38, 1, 0, 0, 0, '0', '0', '0', 0xE8, 3, 0, 0, 0, 0xE7, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 0xE8, 3, 0, 0, 0, 0, 0, 0, 1, 0, 'x'}
	item[1] = byte(len(item) - 2)
	adjust := append([]byte{0x90, 38, 2, 0, 7, 0, 0, 0, 0, 0, 0, 0}, make([]byte, 28)...)
	pay := append([]byte{0x85, 42, 0, 0, 0xFF, 0xFF, 0, 0, 0, 0, 0, 0}, make([]byte, 32)...)
	join := func(parts ...[]byte) (all []byte) {
		for _, p := range parts {
			all = append(all, p...)
		}
		return all
	}
	f.Add(join(item, item, adjust, pay))
	f.Add(join(item, []byte{0x8F, 0}, []byte{0x88, 0}, []byte{0x41, 2, 0, 0}, []byte{0xD9, 2, 0, 0}))
	f.Add([]byte{0x50, 8, 1, 0, 0, 0, 0, 0, 0, 0, 0xEA, 4, 101, 0, 0, 0, 0xEB, 0, 0x16, 0})
	f.Add(join(item, []byte{0x91}, adjust[1:], item, adjust, []byte{0x89, 2, 1, 0}, pay))
	f.Fuzz(func(t *testing.T, plan []byte) {
		if len(plan) > 4000 {
			return
		}
		play(t, New(&Options{MaxItems: 8}), plan)
	})
}

func TestExecute(t *testing.T) {
	t.Run("E50 every command of the table answers, whatever its data", func(t *testing.T) {
		for cmd := range 256 {
			for n := range 60 {
				plan := append([]byte{byte(cmd), byte(n)}, make([]byte, n)...)
				for i := range n {
					plan[2+i] = byte(i * 7)
				}
				r := New(nil)
				play(t, r, plan)
				play(t, r, plan)
			}
		}
	})
	t.Run("E50 the memory of a register is bounded", func(t *testing.T) {
		r := New(nil)
		for range keptDocuments + 100 {
			play(t, r, []byte{0x1F, 2, 0, 0})
		}
		if len(r.docs) != keptDocuments+1 { // and the registration
			t.Errorf("%d documents", len(r.docs))
		}
	})
}
