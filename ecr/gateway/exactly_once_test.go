package gateway_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/shtrihm"
	"github.com/obmen-go/obmen/ecr/shtrihm/shtrihmtest"
)

// The proof of rules E20 and E24 with all parts together: several tills, each
// with a link of its own, send commands through two gateways to two registers;
// lines, registers and tills fail, and the gateways are killed and started anew at
// random moments. In the end each register must have run what its tills were
// told, no more and no less. Everything runs in virtual time; a seed decides the
// faults, and OBMEN_SEED=N plays one again.
const (
	scripts     = 600
	manyScripts = 20_000 // with OBMEN_LONG=1
	fewScripts  = 60     // with -short
	tills       = 3      // of each device
	commands    = 4      // of each till
)

func TestExactlyOnce(t *testing.T) {
	if seed, err := strconv.ParseUint(os.Getenv("OBMEN_SEED"), 10, 64); err == nil {
		t.Run("E24 seed", func(t *testing.T) {
			s := &simulation{seed: seed}
			defer func() { t.Log(s.describe() + "\n" + strings.Join(s.log, "\n")) }()
			synctest.Test(t, s.play)
		})
		return
	}
	n := uint64(scripts)
	switch {
	case os.Getenv("OBMEN_LONG") == "1":
		n = manyScripts
	case testing.Short():
		n = fewScripts
	}
	workers := uint64(runtime.GOMAXPROCS(0))
	results := make([]map[string]int, workers)
	t.Run("E24 what tills were told is what happened", func(t *testing.T) {
		for w := range workers {
			results[w] = map[string]int{}
			t.Run(fmt.Sprint("from ", w), func(t *testing.T) {
				t.Parallel()
				for seed := w; seed < n && !t.Failed(); seed += workers {
					s := &simulation{seed: seed, tally: results[w]}
					synctest.Test(t, s.play)
					if t.Failed() {
						t.Logf("replay with OBMEN_SEED=%d: %s", seed, s.describe())
					}
				}
			})
		}
	})
	all := map[string]int{}
	for _, r := range results {
		for k, v := range r {
			all[k] += v
		}
	}
	t.Logf("%d scripts: %v", n, all)
	// A simulation in which nothing went wrong proves nothing.
	for _, protocol := range []string{"customru", "shtrihm v1", "shtrihm v2"} {
		for _, o := range []ecr.Outcome{ecr.Answered, ecr.NotSent, ecr.Unknown} {
			if all[protocol+" "+o.String()] == 0 && !t.Failed() {
				t.Errorf("%s: no command ended as %v", protocol, o)
			}
		}
	}
	if all["gateways killed"] == 0 {
		t.Error("no gateway was killed")
	}
}

type simulation struct {
	seed  uint64
	tally map[string]int

	mu    sync.Mutex
	log   []string
	plans []*device
	start time.Time
}

// device is one register with its gateway and its tills.
type device struct {
	*simulation
	name     string
	protocol gateway.Protocol
	level    shtrihm.Level // of the device
	serial   bool
	noisy    int
	script   ecrtest.Script
	kills    []time.Duration
	rng      *rand.Rand
	lines    uint64
}

func (s *simulation) describe() string {
	var list []string
	for _, d := range s.plans {
		list = append(list, fmt.Sprintf("%s: %v %v, serial %v, noise 1/%d, kills %v, -fault %q", d.name, d.protocol, d.level, d.serial, d.noisy, d.kills, d.script))
	}
	return strings.Join(list, "\n")
}

func (s *simulation) note(format string, args ...any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.log = append(s.log, fmt.Sprintf("%-14v ", time.Since(s.start))+fmt.Sprintf(format, args...))
}

func (s *simulation) count(what string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.tally != nil {
		s.tally[what]++
	}
}

func (s *simulation) play(t *testing.T) {
	s.start = time.Now()
	var wg sync.WaitGroup
	for i := range 2 {
		d := &device{simulation: s, name: fmt.Sprint("device ", i), rng: rand.New(rand.NewPCG(s.seed, uint64(100+i)))}
		d.plan(i)
		s.plans = append(s.plans, d)
		wg.Go(func() { d.play(t) })
	}
	wg.Wait()
}

// span draws a time with odd nanoseconds, so that no two events fall together.
func span(rng *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(rng.Int64N(int64(most))) | 1
}

func (d *device) plan(i int) {
	d.protocol = gateway.CustomRU
	command := "50"
	if (d.seed+uint64(i))%2 == 1 {
		d.protocol, command = gateway.ShtrihM, "13"
		d.level = shtrihm.LevelStandard + shtrihm.Level(d.rng.IntN(2))
	}
	d.serial = d.rng.IntN(2) == 0
	if d.rng.IntN(2) == 0 {
		d.noisy = 8 + d.rng.IntN(40)
	}
	for range d.rng.IntN(3) {
		d.kills = append(d.kills, span(d.rng, time.Minute))
	}
	actions := []ecrtest.Action{
		ecrtest.DropAnswer, ecrtest.DuplicateAnswer, ecrtest.Garble, ecrtest.Delay, ecrtest.Stall, ecrtest.HangUp,
		ecrtest.Refuse, ecrtest.Late, ecrtest.Interim, ecrtest.PowerLoss, ecrtest.NoACK,
	}
	for range d.rng.IntN(6) {
		step := ecrtest.Step{Do: actions[d.rng.IntN(len(actions))]}
		switch d.rng.IntN(6) {
		case 0:
			step.At, step.N = ecrtest.AtFrame, 1+d.rng.IntN(3*tills*commands)
		case 1:
			step.At, step.N = ecrtest.AtByte, 1+d.rng.IntN(600)
		case 2:
			step.At, step.After = ecrtest.AtTime, span(d.rng, time.Minute)
		default:
			step.At, step.Command, step.N = ecrtest.AtCommand, command, 1+d.rng.IntN(tills*commands)
		}
		switch step.Do {
		case ecrtest.Delay, ecrtest.Late:
			step.For = span(d.rng, 90*time.Second)
		case ecrtest.Refuse:
			step.Value = 1 + d.rng.IntN(6)
		case ecrtest.Interim:
			step.Value = 1 + d.rng.IntN(3)
		case ecrtest.Garble:
			step.Value = d.rng.IntN(12) - 1
		}
		d.script = append(d.script, step)
	}
}

// line is one that loses, cuts and damages writes, as the checksum can see.
func (d *device) line() *ecrtest.Line {
	d.lines++
	direction := func(n uint64) ecrtest.Mangle {
		rng := rand.New(rand.NewPCG(d.seed, n))
		return func(b []byte) []ecrtest.Piece { return d.mangle(rng, b) }
	}
	return ecrtest.NewLine(direction(1000*d.lines), direction(1000*d.lines+1))
}

func (d *device) mangle(rng *rand.Rand, b []byte) []ecrtest.Piece {
	if d.noisy > 0 && rng.IntN(d.noisy) == 0 {
		switch rng.IntN(3) {
		case 0: // lost
			return nil
		case 1: // cut off
			b = b[:rng.IntN(len(b))]
		case 2: // one bit in a longer write; a changed length could borrow from the next frame
			if len(b) > 6 {
				b = append([]byte(nil), b...)
				b[5+rng.IntN(len(b)-5)] ^= 1 << rng.IntN(8)
			}
		}
	}
	var pieces []ecrtest.Piece
	for len(b) > 0 {
		n := len(b)
		if rng.IntN(3) == 0 {
			n = 1 + rng.IntN(n)
		}
		pieces = append(pieces, ecrtest.Piece{Data: b[:n:n], After: span(rng, 20*time.Millisecond)})
		b = b[n:]
	}
	return pieces
}

// play runs one device with its gateway and tills to the end.
func (d *device) play(t *testing.T) {
	f := ecrtest.NewFaults(d.script)
	server := &ecrtest.Server{Faults: f, Pipe: func() (ecr.Conn, ecr.Conn) { return d.line().Pair() }}
	var executed func() int
	if d.protocol == gateway.CustomRU {
		r := customrutest.New(&customrutest.Options{Faults: f})
		server.Device, executed = r, func() int { return r.Executed(customru.CmdCashIn) }
	} else {
		r := shtrihmtest.New(&shtrihmtest.Options{Faults: f, FFAfterACK: d.rng.IntN(2) == 0})
		server.Device, executed = r, func() int { return r.Executed(0x13) }
	}
	dial := ecr.DialFunc(server.Dial)
	if d.serial {
		line := d.line()
		end := line.Device()
		server.Attach(end)
		defer end.Close()
		dial = func(context.Context) (ecr.Conn, error) { return line.Host(), nil }
	}
	defer server.Close()

	// The gateway, killed and started anew.
	opt := gateway.Options{
		Name: d.name, Protocol: d.protocol, DeviceLevel: d.level, Reconnect: 2 * time.Second,
		EarlyAck: d.rng.IntN(2) == 0, EarlyAckDelay: 5 * time.Millisecond, ReleasePort: d.rng.IntN(6) == 0,
		Tracer: gateway.TraceFunc(func(e gateway.TraceEvent) { d.note("%s", e.Line()) }),
	}
	var mu sync.Mutex
	var listen *listener
	serve := func() (*gateway.Gateway, chan error) {
		g, l, ended := gateway.New(dial, &opt), newListener(), make(chan error, 1)
		mu.Lock()
		listen = l
		mu.Unlock()
		go func() { ended <- g.Serve(context.Background(), l) }()
		return g, ended
	}
	g, ended := serve()
	done := make(chan struct{})
	var keeper sync.WaitGroup
	keeper.Go(func() {
		for _, at := range d.kills {
			select {
			case <-time.After(at):
				d.note("%s: the gateway is killed", d.name)
				d.count("gateways killed")
				g.Close()
				if err := <-ended; !errors.Is(err, ecr.ErrClosed) {
					t.Errorf("Serve: %v", err)
				}
				time.Sleep(time.Second)
				g, ended = serve()
			case <-done:
				return
			}
		}
		<-done
	})
	connect := func(ctx context.Context) (ecr.Conn, error) {
		mu.Lock()
		l := listen
		mu.Unlock()
		return l.dial(ctx)
	}

	var wg sync.WaitGroup
	var sure, open int // commands that ran for certain, and that may have run
	for i := range tills {
		rng := rand.New(rand.NewPCG(d.seed, uint64(500+i)))
		level := shtrihm.LevelStandard + shtrihm.Level(rng.IntN(2))
		what := "customru"
		var do func(ctx context.Context) error
		if d.protocol == gateway.CustomRU {
			link := customru.NewLink(connect, nil)
			defer link.Close()
			do = func(ctx context.Context) error {
				_, err := link.Do(ctx, customru.CmdCashIn, cashIn(1)[4:16])
				return err
			}
		} else {
			what = "shtrihm " + level.String()
			link := shtrihm.NewLink(connect, &shtrihm.Options{Level: level, Limits: shtrihm.Limits{ACK: 10 * time.Second}})
			defer link.Close()
			do = func(ctx context.Context) error {
				_, err := link.Do(ctx, 0x13, []byte{30, 0, 0, 0})
				return err
			}
		}
		wg.Go(func() {
			for n := range commands {
				patience := time.Hour
				if rng.IntN(6) == 0 {
					patience = span(rng, 30*time.Second)
				}
				ctx, cancel := context.WithTimeout(context.Background(), patience)
				err := do(ctx)
				cancel()
				o := ecr.OutcomeOf(err)
				d.note("%s till %d command %d: %v, %v", d.name, i, n, o, err)
				d.count(what + " " + o.String())
				mu.Lock()
				switch {
				case err == nil:
					sure++
				case o == ecr.Unknown:
					open++
				}
				mu.Unlock()
				time.Sleep(span(rng, 3*time.Second))
			}
		})
	}
	wg.Wait()
	close(done)
	keeper.Wait()
	time.Sleep(5 * time.Minute) // whatever is still under way
	if ran := executed(); ran < sure || ran > sure+open {
		t.Errorf("seed %d, %s: %d ran, %d were reported as done, %d as unknown", d.seed, d.name, ran, sure, open)
	}
	g.Close()
	<-ended
}
