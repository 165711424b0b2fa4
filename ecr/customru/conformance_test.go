package customru_test

import (
	"os"
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
