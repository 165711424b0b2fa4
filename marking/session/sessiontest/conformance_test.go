package sessiontest_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session"
	"github.com/obmen-go/obmen/marking/session/sessiontest"
)

var marks = [2]receipt.Mark{
	"0104670008163685" + "21bvSqkCsuoAyR5" + "\x1d91EE09\x1d92bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc=",
	"0104640203820010" + "211000000119818" + "\x1d91EE08\x1d92SSX6lLpW6N1Z7/JiwxRSfExUkYQt545QnXh9zoymZJo=",
}

func env(d *sessiontest.Device) sessiontest.RegisterEnv {
	return sessiontest.RegisterEnv{Register: d.Connect(), Marks: marks, Wait: time.Millisecond, Unplug: func() {
		d.Fault = func(sessiontest.Call) sessiontest.Fault { return sessiontest.Fault{Kind: sessiontest.Unsent} }
	}}
}

func TestRegister(t *testing.T) {
	for name, kind := range map[string]receipt.Device{"operation first": {}, "operation last": {OperationLast: true}, "groups": {GroupTags: true}} {
		t.Run(name, func(t *testing.T) {
			sessiontest.TestRegister(t, func(*testing.T) sessiontest.RegisterEnv {
				d := sessiontest.NewDevice()
				d.Kind, d.PrintFor = kind, 2
				return env(d)
			})
		})
	}
}

// wrong is a register with one fault.
type wrong struct {
	session.Register
	fault string
}

func (w wrong) CancelCheck(ctx context.Context) error {
	if s, err := w.State(ctx); w.fault == "cancel" && err == nil && s.Mode != session.ModeReceipt {
		_, err := w.Register.AcceptMarkingCode(ctx)
		return err
	}
	return w.Register.CancelCheck(ctx)
}

func (w wrong) OpenCheck(ctx context.Context, t receipt.Type) error {
	if w.fault == "context" {
		ctx = context.WithoutCancel(ctx)
	}
	return w.Register.OpenCheck(ctx, t)
}

func (w wrong) AcceptMarkingCode(ctx context.Context) (marking.Status, error) {
	s, err := w.Register.AcceptMarkingCode(ctx)
	if w.fault == "order" {
		err = nil
	}
	return s, err
}

func (w wrong) FindDocument(ctx context.Context, n uint32) (session.Document, error) {
	d, err := w.Register.FindDocument(ctx, n)
	if w.fault == "document" {
		d.Sum++
	}
	return d, err
}

func (w wrong) Lease(ctx context.Context) (func(), error) {
	release, err := w.Register.Lease(ctx)
	if w.fault == "lease" {
		return func() {}, err
	}
	return release, err
}

var finds = map[string]string{"cancel": "cancel_nothing", "context": "ended_context", "order": "not_checked", "document": "found_again", "lease": "a_lease"}

// TestWrongRegister runs the suite on the register that the environment names.
func TestWrongRegister(t *testing.T) {
	fault := os.Getenv("WRONG_REGISTER")
	if fault == "" {
		t.Skip("run by TestRegisterFinds")
	}
	sessiontest.TestRegister(t, func(*testing.T) sessiontest.RegisterEnv {
		e := env(sessiontest.NewDevice())
		e.Register = wrong{e.Register, fault}
		return e
	})
}

func TestRegisterFinds(t *testing.T) {
	for fault, name := range finds {
		t.Run("M52 "+fault, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run", "^TestWrongRegister$", "-test.timeout", "5s")
			cmd.Env = append(os.Environ(), "WRONG_REGISTER="+fault)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), name) {
				t.Errorf("not found: %v\n%s", err, out)
			}
		})
	}
}

func ExampleTestRegister() {
	// In a test of an implementation, here of the register in memory:
	_ = func(t *testing.T) {
		sessiontest.TestRegister(t, func(t *testing.T) sessiontest.RegisterEnv {
			return sessiontest.RegisterEnv{Register: sessiontest.NewDevice().Connect(), Marks: marks}
		})
	}
	fmt.Println("ok")
	// Output: ok
}
