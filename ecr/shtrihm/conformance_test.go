package shtrihm_test

import (
	"fmt"
	"net"
	"os"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/serial"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

var levels = []shtrihm.Level{shtrihm.LevelAuto, shtrihm.LevelStandard, shtrihm.LevelAlternative}

// TestConformance runs against the simulator over TCP and, when
// OBMEN_SHTRIHM_ADDR names one, against a real register: tcp://192.168.137.111:7778.
func TestConformance(t *testing.T) {
	dialer := ecr.Dialer{Serial: serial.Dial}
	for _, level := range levels {
		t.Run("E50 simulator, "+level.String(), func(t *testing.T) {
			shtrihmtest.TestDevice(t, simulated(t, dialer), level, nil)
		})
	}
	t.Run("E50 real register", func(t *testing.T) {
		address := os.Getenv("OBMEN_SHTRIHM_ADDR")
		if address == "" {
			t.Skip("OBMEN_SHTRIHM_ADDR names no register")
		}
		dial, err := dialer.Func(address)
		if err != nil {
			t.Fatal(err)
		}
		shtrihmtest.TestDevice(t, dial, shtrihm.LevelAuto, nil)
	})
}

func simulated(t *testing.T, dialer ecr.Dialer) ecr.DialFunc {
	t.Helper()
	server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
	t.Cleanup(func() { server.Close() })
	addr, err := server.Listen("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	dial, err := dialer.Func("tcp://" + addr.String())
	if err != nil {
		t.Fatal(err)
	}
	return dial
}

// Hosts of both levels take turns at one register, each with a connection of its
// own for every command, and nothing is left running after them.
func TestHostsComeAndGo(t *testing.T) {
	t.Run("E50 hosts of both levels come and go", func(t *testing.T) {
		before := runtime.NumGoroutine()
		register := shtrihmtest.New(nil)
		server := &ecrtest.Server{Device: register}
		var wg sync.WaitGroup
		var turn sync.Mutex // a register serves one host at a time
		for n := range 4 {
			wg.Go(func() {
				for range 10 {
					turn.Lock()
					link := shtrihm.NewLink(server.Dial, &shtrihm.Options{Level: levels[1+n%2]})
					_, err := link.Do(t.Context(), beep, password)
					link.Close()
					turn.Unlock()
					if err != nil {
						t.Errorf("host %d: %v", n, err)
					}
				}
			})
		}
		wg.Wait()
		server.Close()
		if got := register.Executed(beep); got != 40 {
			t.Errorf("%d commands ran, want 40", got)
		}
		for deadline := time.Now().Add(5 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(deadline); {
			time.Sleep(10 * time.Millisecond)
		}
		if after := runtime.NumGoroutine(); after > before {
			t.Errorf("%d goroutines, %d before", after, before)
		}
	})
	t.Run("E50 raw connections at once do not break the register", func(t *testing.T) {
		server := &ecrtest.Server{Device: shtrihmtest.New(nil)}
		defer server.Close()
		addr, err := server.Listen("127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		var wg sync.WaitGroup
		for n := range 6 {
			wg.Go(func() {
				conn, err := net.Dial("tcp", addr.String())
				if err != nil {
					t.Error(err)
					return
				}
				defer conn.Close()
				frame, _ := shtrihm.AppendFrame(nil, beep, password)
				if n%2 == 0 {
					frame, _ = shtrihm.AppendNumbered(nil, shtrihm.Numbered{HasNumber: true, Number: uint16(n), Body: append([]byte{0x13}, password...)})
				}
				for range 50 {
					if _, err := conn.Write(frame); err != nil {
						t.Error(err)
						return
					}
					conn.SetReadDeadline(time.Now().Add(5 * time.Second))
					if _, err := conn.Read(make([]byte, 64)); err != nil {
						t.Error(fmt.Errorf("host %d: %w", n, err))
						return
					}
				}
			})
		}
		wg.Wait()
	})
}
