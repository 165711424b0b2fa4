package customru_test

import (
	"os"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/serial"
)

// TestConformance runs against the simulator over TCP and, when OBMEN_ECR_ADDR
// names one, against a real register: tcp://192.168.0.89:9100.
func TestConformance(t *testing.T) {
	dialer := ecr.Dialer{Serial: serial.Dial}
	t.Run("E50 simulator", func(t *testing.T) {
		server := &ecrtest.Server{Device: customrutest.New(nil)}
		defer server.Close()
		addr, err := server.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		dial, err := dialer.Func("tcp://" + addr.String())
		if err != nil {
			t.Fatal(err)
		}
		customrutest.TestDevice(t, dial, nil)
	})
	t.Run("E50 the suite sends every command that has a name", func(t *testing.T) {
		sent := map[customru.Command]bool{}
		for _, o := range []customrutest.Options{{Model: customrutest.ModelFusion}, {Model: customrutest.ModelVKP80}} {
			register := customrutest.New(&o)
			server := &ecrtest.Server{Device: register}
			customrutest.TestDevice(t, server.Dial, nil)
			server.Close()
			for cmd := range 256 {
				if cmd := customru.Command(cmd); register.Executed(cmd) > 0 {
					sent[cmd] = true
				}
			}
		}
		sent[customru.CmdRegistrationTag] = sent[customru.CmdRegistrationTag] && sent[customru.CmdNextRegistration]
		for cmd := range 256 {
			cmd := customru.Command(cmd)
			named := strings.Contains(cmd.String(), " ")
			// The simulated OFD confirms nothing by itself, so that E6H is refused.
			if named && !sent[cmd] && cmd != customru.CmdOFDReceipt {
				t.Errorf("%v was never executed", cmd)
			}
		}
	})
	t.Run("E50 older registers pass too", func(t *testing.T) {
		for _, o := range []customrutest.Options{
			{Firmware: "04.01.22", FFD105: true, Errors: customrutest.ErrorsMixed},
			{Firmware: "04.01.30", Model: customrutest.ModelTK302, Errors: customrutest.ErrorsFull},
		} {
			server := &ecrtest.Server{Device: customrutest.New(&o)}
			customrutest.TestDevice(t, server.Dial, nil)
			server.Close()
		}
	})
	t.Run("E50 real register", func(t *testing.T) {
		address := os.Getenv("OBMEN_ECR_ADDR")
		if address == "" {
			t.Skip("OBMEN_ECR_ADDR names no register")
		}
		dial, err := dialer.Func(address)
		if err != nil {
			t.Fatal(err)
		}
		customrutest.TestDevice(t, dial, &customru.DeviceOptions{})
	})
}
