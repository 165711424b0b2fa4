package gateway_test

import (
	"context"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/gateway"
)

// faulty is a device that echoes requests and fails at random; it counts what ran.
type faulty struct {
	mu   sync.Mutex
	rand *rand.Rand
	ran  map[uint64]int // by the mark of the request
}

func (f *faulty) dial(context.Context) (ecr.Conn, error) {
	host, device := net.Pipe()
	go f.serve(device)
	return host, nil
}

// executed notes that a request ran and says what goes wrong with it.
func (f *faulty) dice() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.rand.IntN(300)
}

func (f *faulty) run(mark uint64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ran[mark]++
}

func (f *faulty) times(mark uint64) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.ran[mark]
}

// serve answers until the host hangs up, or a fault ends the connection.
func (f *faulty) serve(conn net.Conn) {
	defer conn.Close()
	var scan customru.Scanner
	buf := make([]byte, 4096)
	for {
		n, err := conn.Read(buf)
		if err != nil {
			return
		}
		scan.Add(buf[:n])
		for t, ok := scan.Next(); ok; t, ok = scan.Next() {
			if t.Kind != customru.TokenFrame {
				if t.Control == 0x05 {
					conn.Write([]byte{nak})
				}
				continue
			}
			mark := binary.LittleEndian.Uint64(t.Frame.Data[8:])
			whole := append([]byte{ack}, t.Raw...)
			switch f.dice() {
			case 0: // nothing is heard of it, and it did not run
				continue
			case 1: // it ran, and nothing is heard of it
				f.run(mark)
				continue
			case 2: // refused
				conn.Write([]byte{nak})
				continue
			case 3: // taken, then silence
				f.run(mark)
				conn.Write([]byte{ack})
				continue
			case 4: // the line breaks before it ran
				return
			case 5: // the line breaks in mid-answer
				f.run(mark)
				conn.Write(whole[:len(whole)/2])
				return
			case 6: // damaged
				f.run(mark)
				whole[len(whole)-1] ^= 0x55
			case 7: // noise before it
				f.run(mark)
				conn.Write([]byte{0x00, 0x7F, 0x33})
			case 8: // late: the gateway has given up
				f.run(mark)
				conn.Write([]byte{ack})
				time.Sleep(70 * time.Second)
				conn.Write(whole[1:])
				continue
			case 9: // twice
				f.run(mark)
				conn.Write(whole)
				conn.Write(whole[1:])
				continue
			default:
				f.run(mark)
			}
			if _, err := conn.Write(whole); err != nil {
				return
			}
		}
	}
}

// TestSoak: 64 clients, a device that fails in every way at random. Nobody gets
// bytes of another's exchange; what a client was told is what happened.
func TestSoak(t *testing.T) {
	exchanges := 2000
	if testing.Short() {
		exchanges = 60
	}
	bubble(t, "E27 64 clients and a device that fails at random", func(t *testing.T) {
		device := &faulty{rand: rand.New(rand.NewPCG(27, 64)), ran: map[uint64]int{}}
		b := start(t, device.dial, gateway.Options{Reconnect: time.Second, MaxClients: 80, QueueLimit: 10 * time.Minute})
		var mu sync.Mutex
		told := map[string]int{}
		var wg sync.WaitGroup
		for c := range uint64(64) {
			wg.Go(func() {
				var conn ecr.Conn
				random := rand.New(rand.NewPCG(c, 1))
				buf := make([]byte, exchangeLength+1)
				for i := range uint64(exchanges) {
					if conn == nil {
						var err error
						if conn, err = b.listen.dial(t.Context()); err != nil {
							t.Error(err)
							return
						}
					}
					mark := c<<32 | i
					request := markedRequest(mark)
					conn.SetReadDeadline(time.Now().Add(time.Hour))
					conn.SetWriteDeadline(time.Now().Add(time.Hour))
					if random.IntN(200) == 0 { // the client goes away in mid-exchange
						conn.Write(request)
						time.Sleep(time.Duration(random.IntN(50)) * time.Millisecond)
						conn.Close()
						conn = nil
						if n := device.times(mark); n > 1 {
							t.Errorf("%x ran %d times", mark, n)
						}
						continue
					}
					outcome := "lost"
					if _, err := conn.Write(request); err == nil {
						n, _ := io.ReadFull(conn, buf[:1])
						switch {
						case n == 1 && buf[0] == nak:
							outcome = "refused"
						case n == 1 && buf[0] == ack:
							if _, err := io.ReadFull(conn, buf[1:]); err == nil {
								outcome = "answered"
								whole := string(buf[1:])
								damaged := whole[:len(whole)-1] == string(request[:len(request)-1])
								if whole != string(request) && !damaged {
									t.Errorf("client %d got somebody else's answer: % X", c, buf)
								}
							}
						case n == 1:
							t.Errorf("client %d got %02X", c, buf[0])
						}
					}
					switch n := device.times(mark); {
					case outcome == "refused" && n != 0:
						t.Errorf("%x ran %d times and the client was told that it did not", mark, n)
					case outcome == "answered" && n != 1, n > 1:
						t.Errorf("%x %s and ran %d times", mark, outcome, n)
					}
					mu.Lock()
					told[outcome]++
					mu.Unlock()
					if outcome != "answered" {
						conn.Close()
						conn = nil
						time.Sleep(time.Second) // as a program does before it tries again
					}
				}
				if conn != nil {
					conn.Close()
				}
			})
		}
		wg.Wait()
		time.Sleep(2 * time.Minute) // until the last late answer
		t.Log(told, b.gateway.Snapshot().Failures)
		if told["answered"] < 50*exchanges || told["lost"] == 0 || !testing.Short() && told["refused"] == 0 {
			t.Errorf("%v: the faults were not what this test is for", told)
		}
	})
}

const exchangeLength = 40

// markedRequest is a request with a number in it.
func markedRequest(mark uint64) []byte {
	data := make([]byte, exchangeLength-customru.MinFrame)
	copy(data, password)
	binary.LittleEndian.PutUint64(data[8:], mark)
	return frame(0x50, data...)
}
