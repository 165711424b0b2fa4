package gateway_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/gateway"
)

// bulky is a device that answers each request with its mark and 60 000 bytes.
func bulky(t *testing.T) ecr.DialFunc {
	return func(context.Context) (ecr.Conn, error) {
		conn, device := net.Pipe()
		t.Cleanup(func() { device.Close() })
		go func() {
			for {
				head := make([]byte, 4)
				if _, err := io.ReadFull(device, head); err != nil {
					return
				}
				rest := make([]byte, int(binary.LittleEndian.Uint16(head[1:])))
				if _, err := io.ReadFull(device, rest); err != nil {
					return
				}
				mark := rest[len(password) : len(password)+2]
				if _, err := device.Write(with(ack, bulk(mark...))); err != nil {
					return
				}
			}
		}()
		return conn, nil
	}
}

func bulk(mark ...byte) []byte {
	return answer(0xF1, append(bytes.Clone(mark), bytes.Repeat(mark, 30_000)...)...)
}

// TestSlowClients is over real TCP, whose buffers take a part of an answer.
func TestSlowClients(t *testing.T) {
	serve := func(t *testing.T, limit time.Duration) (address string, g *gateway.Gateway) {
		g = gateway.New(bulky(t), &gateway.Options{Reconnect: time.Second, EarlyAck: true, ClientWriteLimit: limit})
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan error, 1)
		go func() { ended <- g.Serve(ctx, l) }()
		t.Cleanup(func() {
			stop()
			if err := <-ended; err != nil {
				t.Error(err)
			}
		})
		return l.Addr().String(), g
	}
	client := func(t *testing.T, address string) net.Conn {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { conn.Close() })
		conn.SetDeadline(time.Now().Add(time.Minute))
		return conn
	}
	const many = 250 // 15 MB: more than the buffers hold
	ahead := func(t *testing.T, conn net.Conn) {
		for i := range byte(many) {
			if _, err := conn.Write(request(0xF1, i, i/2)); err != nil {
				t.Fatal(err)
			}
		}
	}
	fast := func(t *testing.T, conn net.Conn) time.Duration {
		began := time.Now()
		conn.Write(request(0xF1, 7, 7))
		got := make([]byte, len(bulk(7, 7))+1)
		if _, err := io.ReadFull(conn, got); err != nil || !bytes.Equal(got, with(ack, bulk(7, 7))) {
			t.Error("the other client's answer: ", err)
		}
		return time.Since(began)
	}
	t.Run("E27 a client that reads late gets every byte, in order", func(t *testing.T) {
		address, _ := serve(t, 30*time.Second)
		slow, other := client(t, address), client(t, address)
		ahead(t, slow)
		time.Sleep(200 * time.Millisecond)
		if took := fast(t, other); took > 5*time.Second {
			t.Errorf("the other client waited %v", took)
		}
		got := make([]byte, len(bulk(0, 1))+1)
		for i := range byte(many) {
			if _, err := io.ReadFull(slow, got); err != nil || !bytes.Equal(got, with(ack, bulk(i, i/2))) {
				t.Fatalf("answer %d: %v", i, err)
			}
		}
	})
	t.Run("E27 a client that never reads is hung up on, the others are served", func(t *testing.T) {
		address, g := serve(t, 300*time.Millisecond)
		deaf, other := client(t, address), client(t, address)
		ahead(t, deaf)
		served := uint64(0)
		for end := time.Now().Add(20 * time.Second); g.Snapshot().Failures[gateway.ClientSlow] == 0; {
			if took := fast(t, other); took > 5*time.Second {
				t.Errorf("the other client waited %v", took)
			}
			served++
			if time.Now().After(end) {
				t.Fatal("the client that does not read is still there")
			}
		}
		if n := g.Snapshot().Exchanges - served; n >= many {
			t.Errorf("%d exchanges: the test's buffers took all", n)
		}
	})
}
