package receipt_test

import (
	"context"
	"errors"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
)

// recorder is a printer that keeps what it was told and fails when asked to.
type recorder struct {
	got  []any
	fail error
}

var _ receipt.Printer = (*recorder)(nil)

func (r *recorder) keep(v any) error {
	r.got = append(r.got, v)
	return r.fail
}

func (r *recorder) Device(context.Context) (receipt.Device, error)         { return receipt.Device{}, r.fail }
func (r *recorder) OpenCheck(_ context.Context, t receipt.Type) error      { return r.keep(t) }
func (r *recorder) Operation(_ context.Context, o receipt.Operation) error { return r.keep(o) }
func (r *recorder) SendTag(_ context.Context, t receipt.Tag) error         { return r.keep(t) }
func (r *recorder) SendItemBarcode(_ context.Context, m receipt.Mark) (receipt.Bound, error) {
	return receipt.Bound{Checked: true}, r.keep(m)
}
func (r *recorder) CloseCheck(_ context.Context, c receipt.CloseCheck) (receipt.Closed, error) {
	return receipt.Closed{Change: 5, Document: 7, Sign: 9}, r.keep(c)
}

func TestDo(t *testing.T) {
	t.Run("M72 each command runs as it stands in the plan", func(t *testing.T) {
		plan := compose(t, medicines(), checks(), receipt.Device{OperationLast: true})
		var want []any
		reg := &recorder{}
		for _, s := range plan.Steps {
			reply, err := receipt.Do(t.Context(), reg, s.Command)
			require.NoError(t, err)
			switch c := s.Command.(type) {
			case receipt.OpenCheck:
				want = append(want, c.Type)
			case receipt.SendTag:
				want = append(want, c.Tag)
			case receipt.SendItemBarcode:
				want = append(want, c.Mark)
				require.True(t, reply.Bound.Checked)
			case receipt.CloseCheck:
				want = append(want, c)
				require.Equal(t, receipt.Closed{Change: 5, Document: 7, Sign: 9}, reply.Closed)
			default:
				want = append(want, c)
			}
		}
		require.Equal(t, want, reg.got)
	})
	t.Run("M74 the register's error comes as it is", func(t *testing.T) {
		failure := errors.New("paper")
		for _, s := range compose(t, medicines(), checks(), receipt.Device{OperationLast: true}).Steps {
			_, err := receipt.Do(t.Context(), &recorder{fail: failure}, s.Command)
			require.ErrorIs(t, err, failure)
		}
	})
	t.Run("M74 a mark that the register found bad when it was bound", func(t *testing.T) {
		good := marking.Answer{Type: marking.TypeTail44, Status: 15}
		bad := good
		bad.Status = 5
		for _, c := range []struct {
			bound   receipt.Bound
			refused bool
		}{
			{receipt.Bound{}, false},
			{receipt.Bound{Checked: true, Answer: good}, false},
			{receipt.Bound{Checked: true, Answer: bad}, true},
			{receipt.Bound{Checked: false, Answer: bad}, false},
			{receipt.Bound{Checked: true, Answer: marking.Answer{Type: marking.TypeGS1}}, true},
			{receipt.Bound{Checked: true}, true},
			{receipt.Bound{Checked: true, Answer: marking.Answer{Type: marking.TypeTail44, Server: marking.ServerNoLink}}, false},
			{receipt.Bound{Checked: true, Answer: marking.Answer{Type: marking.TypeTail88, Server: marking.ServerNoLink, LocalResult: marking.LocalFalse}}, true},
		} {
			require.Equal(t, c.refused, c.bound.Refused(), "%+v", c.bound)
		}
	})
}
