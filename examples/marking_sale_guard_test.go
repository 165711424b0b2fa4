package examples

import (
	"fmt"
	"net"
	"os/exec"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestMarkingSaleGuard(t *testing.T) {
	t.Parallel()
	needs(t, "redis-server")
	url := startRedis(t)
	const elsewhere = "Этот экземпляр маркированного товара уже продан или находится в чеке другой кассы."
	t.Run("M41 what one till has sold another does not", func(t *testing.T) {
		for i, want := range []struct {
			code   int
			stdout string
		}{{0, saleSold}, {1, "refused: item 1 (Инъектран): "}} {
			sim := startShtrih(t)
			r := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr, "-guard", url).run()
			r.wants(t, want.code, want.stdout)
			if i == 1 && !strings.Contains(r.stdout, "другой касс") && !strings.Contains(r.stdout, elsewhere) {
				t.Errorf("%q", r.stdout)
			}
		}
	})
	t.Run("M41 a refused receipt releases what it had", func(t *testing.T) {
		other := startRedis(t)
		bad := startShtrih(t, "-mark", "bvSqkC=negative")
		newSale(t, saleReceipt(), "-register", "tcp://"+bad.addr, "-guard", other).run().wants(t, 1, "refused: item 2 (Мерсилон)")
		good := startShtrih(t)
		newSale(t, saleReceipt(), "-register", "tcp://"+good.addr, "-guard", other).run().wants(t, 0, saleSold)
	})
	t.Run("M41 of two tills at once one sells", func(t *testing.T) {
		other := startRedis(t)
		var wg sync.WaitGroup
		var sold [4]int
		for i := range sold {
			sim := startShtrih(t)
			s := newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr, "-guard", other)
			wg.Go(func() { sold[i] = s.run().code })
		}
		wg.Wait()
		n := 0
		for _, code := range sold {
			if code == 0 {
				n++
			}
		}
		if n != 1 {
			t.Errorf("exit codes %v", sold)
		}
	})
	t.Run("M41 nothing is sold without the list", func(t *testing.T) {
		sim := startShtrih(t)
		newSale(t, saleReceipt(), "-register", "tcp://"+sim.addr, "-guard", "redis://:geheim@127.0.0.1:1/0").run().
			wants(t, 1, "refused: item 1 (Инъектран): ")
		if n := sim.executed("FF61h"); n != 0 {
			t.Errorf("%d checks were sent", n)
		}
	})
}

func startRedis(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	l.Close()
	cmd := exec.Command("redis-server", "--port", fmt.Sprint(addr.Port), "--bind", "127.0.0.1", "--dir", t.TempDir(), "--save", "", "--loglevel", "warning")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Kill()
		cmd.Wait()
	})
	for range 1000 {
		if c, err := net.Dial("tcp", addr.String()); err == nil {
			c.Close()
			return "redis://" + addr.String() + "/0"
		}
		time.Sleep(20 * time.Millisecond)
	}
	t.Fatal("redis-server does not listen")
	return ""
}
