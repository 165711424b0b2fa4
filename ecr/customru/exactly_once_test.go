package customru_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/customru/customrutest"
	"github.com/obmen-go/obmen/ecr/ecrtest"
)

// The proof of rules E10, E11 and E13: a host sends commands that add 1 kopeck
// to the drawer through a link, a line and a register that all fail, and at the
// end the drawer must hold what the host was told. Everything runs in virtual
// time, one event at a time, and one seed decides every fault: a failing seed is
// printed and OBMEN_SEED=N plays it again.
const (
	scripts     = 10_000
	manyScripts = 1_000_000 // with OBMEN_LONG=1
	fewScripts  = 500       // with -short
	commands    = 5         // of one script
)

func TestExactlyOnce(t *testing.T) {
	if seed, err := strconv.ParseUint(os.Getenv("OBMEN_SEED"), 10, 64); err == nil {
		t.Run("E11 seed", func(t *testing.T) {
			s := &simulation{seed: seed}
			defer func() { t.Log(s.describe() + "\n" + strings.Join(s.log, "\n")) }()
			s.run(t)
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
	results := make([]tally, workers)
	t.Run("E11 what was reported is what happened", func(t *testing.T) {
		for w := range workers {
			t.Run(fmt.Sprint("from ", w), func(t *testing.T) {
				t.Parallel()
				for seed := w; seed < n && !t.Failed(); seed += workers {
					results[w].add(one(t, seed))
				}
			})
		}
	})
	var all tally
	for _, r := range results {
		all.add(r)
	}
	t.Logf("%d scripts: %+v", n, all)
	// A simulation in which nothing went wrong proves nothing.
	for name, count := range map[string]int{
		"answered": all.Answered, "not sent": all.NotSent, "rejected": all.Rejected, "unknown": all.Unknown,
		"recovered as done": all.RecoveredDone, "recovered as not done": all.RecoveredNot,
	} {
		if count == 0 && !t.Failed() {
			t.Errorf("no command ended as %s", name)
		}
	}
}

// one plays a seed and says how to play it again if it failed.
func one(t *testing.T, seed uint64) tally {
	s := &simulation{seed: seed}
	defer func() {
		if t.Failed() {
			t.Logf("replay with OBMEN_SEED=%d: %s", seed, s.describe())
		}
	}()
	s.run(t)
	return s.tally
}

// tally counts how commands ended.
type tally struct {
	Answered, Refused, NotSent, Rejected, Unknown int
	RecoveredDone, RecoveredNot, Unresolved       int
}

func (t *tally) add(o tally) {
	t.Answered += o.Answered
	t.Refused += o.Refused
	t.NotSent += o.NotSent
	t.Rejected += o.Rejected
	t.Unknown += o.Unknown
	t.RecoveredDone += o.RecoveredDone
	t.RecoveredNot += o.RecoveredNot
	t.Unresolved += o.Unresolved
}

// simulation is one script.
type simulation struct {
	seed  uint64
	log   []string
	tally tally

	rng    *rand.Rand
	serial bool
	raw    bool // commands one after another by Do, without queries between them
	script ecrtest.Script
	lines  uint64
	noisy  int // one write in so many is mangled; 0 none
	// extra: the line adds bytes; otherwise it loses and damages them. Not both,
	// and no lost ACK with it: a NAK for an added byte, the ACK of the frame behind
	// it lost and its answer late cannot be told from a refusal by anybody.
	extra bool
}

func (s *simulation) describe() string {
	return fmt.Sprintf("serial %v, raw %v, noise 1/%d, -fault %q", s.serial, s.raw, s.noisy, s.script)
}

func (s *simulation) run(t *testing.T) {
	synctest.Test(t, s.play)
}

// plan draws the faults.
func (s *simulation) plan() {
	s.rng = rand.New(rand.NewPCG(s.seed, 17))
	s.serial = s.rng.IntN(2) == 0
	s.raw = s.rng.IntN(2) == 0
	if s.rng.IntN(2) == 0 {
		s.noisy = 4 + s.rng.IntN(30)
		s.extra = s.rng.IntN(3) == 0
	}
	actions := []ecrtest.Action{
		ecrtest.DropAnswer, ecrtest.DuplicateAnswer, ecrtest.Garble, ecrtest.Delay, ecrtest.Stall, ecrtest.HangUp,
		ecrtest.Refuse, ecrtest.Late, ecrtest.Interim, ecrtest.PowerLoss, ecrtest.NoACK,
	}
	for range s.rng.IntN(5) {
		step := ecrtest.Step{Do: actions[s.rng.IntN(len(actions))]}
		if s.extra && step.Do == ecrtest.NoACK {
			step.Do = ecrtest.DropAnswer
		}
		switch s.rng.IntN(6) {
		case 0:
			step.At, step.N = ecrtest.AtFrame, 1+s.rng.IntN(20)
		case 1:
			step.At, step.N = ecrtest.AtByte, 1+s.rng.IntN(200)
		case 2:
			step.At, step.After = ecrtest.AtTime, s.span(30*time.Second)
		default:
			step.At, step.Command, step.N = ecrtest.AtCommand, "50", 1+s.rng.IntN(commands)
		}
		switch step.Do {
		case ecrtest.Delay, ecrtest.Late:
			step.For = s.span(20 * time.Second)
		case ecrtest.Refuse:
			step.Value = 1 + s.rng.IntN(6)
		case ecrtest.Interim:
			step.Value = 1 + s.rng.IntN(3)
		case ecrtest.Garble:
			step.Value = s.rng.IntN(18) - 1
		}
		s.script = append(s.script, step)
	}
}

func (s *simulation) span(most time.Duration) time.Duration { return span(s.rng, most) }

// span draws a time with odd nanoseconds, so that no two events fall together.
func span(rng *rand.Rand, most time.Duration) time.Duration {
	return time.Duration(rng.Int64N(int64(most))) | 1
}

// line makes a line whose two directions draw from streams of their own: the two
// ends are goroutines, and only what each does for itself is in order.
func (s *simulation) line() *ecrtest.Line {
	s.lines++
	direction := func(n uint64) ecrtest.Mangle {
		rng := rand.New(rand.NewPCG(s.seed, n))
		return func(b []byte) []ecrtest.Piece {
			if s.noisy > 0 && rng.IntN(s.noisy) == 0 {
				if b = s.mangle(rng, b); len(b) == 0 {
					return nil
				}
			}
			return pieces(rng, b)
		}
	}
	return ecrtest.NewLine(direction(2*s.lines), direction(2*s.lines+1))
}

// doubles says whether frames may follow each other closely.
func (s *simulation) doubles() bool {
	for _, step := range s.script {
		if step.Do == ecrtest.DuplicateAnswer || step.Do == ecrtest.Interim {
			return true
		}
	}
	return false
}

// mangle draws what a line does to one write. Damage is one flipped bit in a good
// frame, and never one that the checksum cannot see: no link can know of that.
// Where frames follow each other, a longer LEN could borrow from the next one.
func (s *simulation) mangle(rng *rand.Rand, b []byte) []byte {
	if s.extra {
		return append([]byte{byte(0x80 | rng.IntN(128))}, b...)
	}
	switch rng.IntN(3) {
	case 0: // lost
		return nil
	case 1: // cut off
		return b[:rng.IntN(len(b))]
	}
	at, bit := rng.IntN(len(b)), byte(1)<<rng.IntN(8)
	bad := bytes.Clone(b)
	bad[at] ^= bit
	length := at == 1 || at == 2
	if (len(b) == 1 || holdsFrame(b)) && !holdsFrame(bad) && (!length || !s.doubles()) {
		return bad
	}
	return b
}

// pieces draws how a write comes out of the line.
func pieces(rng *rand.Rand, b []byte) []ecrtest.Piece {
	var list []ecrtest.Piece
	for len(b) > 0 {
		n := len(b)
		if rng.IntN(3) == 0 {
			n = 1 + rng.IntN(n)
		}
		list = append(list, ecrtest.Piece{Data: b[:n:n], After: span(rng, 20*time.Millisecond)})
		b = b[n:]
	}
	return list
}

// holdsFrame says whether a reader would find a good frame.
func holdsFrame(b []byte) bool {
	var scan customru.Scanner
	scan.Add(b)
	for {
		token, ok := scan.Next()
		if !ok || token.Kind == customru.TokenFrame {
			return ok
		}
	}
}

func (s *simulation) play(t *testing.T) {
	s.plan()
	faults := ecrtest.NewFaults(s.script)
	register := customrutest.New(&customrutest.Options{Faults: faults})
	server := &ecrtest.Server{
		Device: register, Faults: faults,
		Pipe: func() (ecr.Conn, ecr.Conn) { return s.line().Pair() },
	}
	dial := ecr.DialFunc(server.Dial)
	if s.serial {
		line := s.line()
		device := line.Device()
		server.Attach(device)
		defer device.Close()
		dial = func(context.Context) (ecr.Conn, error) { return line.Host(), nil }
	}
	start := time.Now()
	note := func(format string, args ...any) {
		s.log = append(s.log, fmt.Sprintf("%-14v ", time.Since(start))+fmt.Sprintf(format, args...))
	}
	link := customru.NewLink(dial, &customru.Options{Tracer: ecr.TraceFunc(func(e ecr.TraceEvent) { note("%s", e.Line()) })})
	device := customru.NewDevice(link, nil)
	defer func() {
		link.Close()
		server.Close()
	}()

	done, open := 0, 0 // commands that ran for certain, and that may have run
	for n := range commands {
		ctx, cancel := context.WithTimeout(t.Context(), s.patience())
		began := time.Now()
		doc, err := s.cashIn(ctx, device)
		cancel()
		if took := time.Since(began); took > 3*time.Minute {
			t.Errorf("seed %d: command %d took %v", s.seed, n, took)
		}
		note("command %d: %v, %v", n, ecr.OutcomeOf(err), err)
		switch ran := register.Executed(customru.CmdCashIn); ecr.OutcomeOf(err) {
		case ecr.Answered:
			if err != nil {
				s.tally.Refused++
				break
			}
			s.tally.Answered++
			done++
			// The answer must be this command's: the number of its document is the
			// number of documents, for nobody else sends.
			if int(doc.Number) != ran || int(doc.Cash) != ran {
				t.Errorf("seed %d: command %d was answered with document %d, cash %d; %d ran", s.seed, n, doc.Number, doc.Cash, ran)
			}
		case ecr.NotSent:
			s.tally.NotSent++
		case ecr.Rejected:
			s.tally.Rejected++
		case ecr.Unknown:
			s.tally.Unknown++
			verdict := customru.Undecidable // Do takes no baseline
			if !s.raw {
				verdict = s.recover(t, device, err, note)
			}
			switch verdict {
			case customru.Done:
				s.tally.RecoveredDone++
				done++
			case customru.NotDone:
				s.tally.RecoveredNot++
			default:
				s.tally.Unresolved++
				open++
			}
		}
		if ran := register.Executed(customru.CmdCashIn); ran < done || ran > done+open {
			t.Errorf("seed %d: after command %d: %d ran, %d were reported as done, %d as unknown", s.seed, n, ran, done, open)
		}
	}
	time.Sleep(5 * time.Minute) // whatever is still under way
	if ran := register.Executed(customru.CmdCashIn); ran < done || ran > done+open {
		t.Errorf("seed %d: in the end: %d ran, %d were reported as done, %d as unknown", s.seed, ran, done, open)
	}
}

func (s *simulation) cashIn(ctx context.Context, d *customru.Device) (doc customru.CashDocument, err error) {
	if !s.raw {
		return d.CashIn(ctx, 1)
	}
	a, err := d.Link().Do(ctx, customru.CmdCashIn, cashIn1)
	if err == nil {
		doc.Number = binary.LittleEndian.Uint16(a.Fields)
		doc.Cash = int64(binary.LittleEndian.Uint64(a.Fields[2:]))
	}
	return doc, err
}

// patience is how long the caller waits: often not to the end.
func (s *simulation) patience() time.Duration {
	if s.rng.IntN(5) == 0 {
		return s.span(12 * time.Second)
	}
	return time.Hour
}

// recover asks until the register tells; now and then it gives up.
func (s *simulation) recover(t *testing.T, d *customru.Device, unknown error, note func(string, ...any)) customru.Verdict {
	for range 1 + s.rng.IntN(8) {
		r, err := d.Recover(t.Context(), unknown)
		note("recovery: %v, %v", r.Verdict, err)
		if err == nil && r.Verdict != customru.Undecidable {
			return r.Verdict
		}
		if _, refused := errors.AsType[*customru.DeviceError](err); err == nil || refused {
			return customru.Undecidable
		}
		time.Sleep(s.span(10 * time.Second))
	}
	return customru.Undecidable
}

// TestSimulationIsDeterministic: a seed that fails must fail again.
func TestSimulationIsDeterministic(t *testing.T) {
	t.Run("E11 one seed, one run", func(t *testing.T) {
		for seed := range uint64(200) {
			a, b := &simulation{seed: seed}, &simulation{seed: seed}
			a.run(t)
			b.run(t)
			for i := range max(len(a.log), len(b.log)) {
				if i >= len(a.log) || i >= len(b.log) || a.log[i] != b.log[i] {
					t.Fatalf("seed %d differs at line %d:\n%s", seed, i, strings.Join(a.log[max(0, i-3):min(len(a.log), i+3)], "\n")+"\n---\n"+strings.Join(b.log[max(0, i-3):min(len(b.log), i+3)], "\n"))
				}
			}
		}
	})
}
