package customrutest

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"sync"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/customru"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// connection is one host at the register.
type connection struct {
	*Register
	conn ecr.Conn
	id   int
	scan customru.Scanner
	out  []byte
}

const (
	writeLimit   = 5 * time.Second // a host that does not read is hung up on
	interimPause = 2 * time.Second // between two interim frames (rule E5)
)

func (c *connection) serve(ctx context.Context) error {
	var last time.Time
	for {
		var deadline time.Time
		if c.scan.Pending() > 0 {
			deadline = last.Add(c.opt.InterByte)
		}
		if err := c.conn.SetReadDeadline(deadline); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err() // the end's own deadline may just have been overwritten
		}
		n, err := c.conn.Read(c.scan.Space())
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if n > 0 {
			last = time.Now()
			due, allowed := c.opt.Faults.Bytes(n)
			c.scan.Added(allowed)
			if err := c.items(ctx); err != nil {
				return err
			}
			if len(due) > 0 {
				return ecrtest.Ended(due[0].Do)
			}
			continue
		}
		if errors.Is(err, os.ErrDeadlineExceeded) {
			// The frame stopped in the middle.
			c.scan.Reset()
			err = c.send(ctx, []byte{customru.NAK})
		}
		if err != nil {
			return err
		}
	}
}

// items handles all that has arrived whole.
func (c *connection) items(ctx context.Context) error {
	for {
		item, ok := c.scan.Next()
		if !ok {
			return nil
		}
		if item.Kind == customru.TokenFrame {
			if err := c.frame(ctx, item.Frame); err != nil {
				return err
			}
			continue
		}
		if item.Kind == customru.TokenDamaged {
			c.opt.Faults.Frame(hex.EncodeToString(item.Raw[3:4]))
		} else {
			// A byte that begins no frame: one NAK, and the rest of what came with it
			// belongs to nothing. This also answers the probe 05h (rule E6).
			c.scan.Reset()
		}
		if err := c.send(ctx, []byte{customru.NAK}); err != nil {
			return err
		}
	}
}

// frame handles one good frame: faults, ACK, execution, answer.
func (c *connection) frame(ctx context.Context, f customru.Frame) error {
	hits := c.opt.Faults.Frame(hex.EncodeToString([]byte{byte(f.Cmd)}))
	for _, h := range hits {
		c.log.Info("fault", "step", h.String(), "command", f.Cmd.String())
	}
	switch {
	case hits.Has(ecrtest.PowerLoss):
		return ecrtest.Ended(ecrtest.PowerLoss)
	case hits.Has(ecrtest.Stall):
		return nil
	case hits.Has(ecrtest.Refuse):
		return c.send(ctx, []byte{customru.NAK})
	}
	cmd := f.Cmd
	idle := func() {}
	if !cmd.Reads() {
		c.work(1)
		idle = sync.OnceFunc(func() { c.work(-1) })
		defer idle()
	}
	if !hits.Has(ecrtest.NoACK) {
		if err := c.send(ctx, []byte{customru.ACK}); err != nil {
			return err
		}
	}
	delay := c.opt.Delay
	if s, ok := hits.Find(ecrtest.Delay); ok {
		delay += s.For
	}
	if err := wait(ctx, delay); err != nil {
		return err
	}
	done := c.execute(f)
	if cmd == customru.CmdReset {
		return c.reset(ctx, done.answer)
	}
	if hits.Has(ecrtest.HangUp) {
		return ecrtest.Ended(ecrtest.HangUp)
	}
	if s, ok := hits.Find(ecrtest.Late); ok {
		if err := wait(ctx, s.For); err != nil {
			return err
		}
	}
	if s, ok := hits.Find(ecrtest.Interim); ok {
		if err := c.interim(ctx, cmd, s.Value); err != nil {
			return err
		}
	}
	if done.prints > 0 {
		if silent, err := c.print(ctx, cmd, done.prints); err != nil || silent {
			return err
		}
	}
	idle() // before the answer: a host that has it must not find the register busy with it
	if err := c.reply(ctx, done.answer, hits); err != nil || !done.hangUp {
		return err
	}
	return ecrtest.Ended(ecrtest.HangUp)
}

// work marks the register as active from the ACK of a command to its answer.
func (c *connection) work(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.busy += n
}

// reply sends the answer as the faults want it.
func (c *connection) reply(ctx context.Context, answer []byte, hits ecrtest.Hits) error {
	if hits.Has(ecrtest.DropAnswer) {
		return nil
	}
	twice := hits.Has(ecrtest.DuplicateAnswer)
	if s, ok := hits.Find(ecrtest.Garble); ok {
		answer = ecrtest.Damage(answer, s.Value, func(b []byte) bool {
			return holdsFrame(b) || twice && holdsFrame(append(append([]byte(nil), b...), b...))
		})
	}
	if twice {
		if err := c.send(ctx, answer); err != nil {
			return err
		}
	}
	return c.send(ctx, answer)
}

// holdsFrame says whether a reader would find a good frame in damaged bytes: a
// checksum of 8 bits lets one of 256 through, which is not the damage asked for.
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

// print keeps the answer back while the register prints, and while it has no
// paper; silent says that no answer will come.
func (c *connection) print(ctx context.Context, cmd customru.Command, lines int) (silent bool, err error) {
	for told := 0; ; told++ {
		c.mu.Lock()
		paper, has, mode := c.paper, c.hasPaper(), c.paperMode()
		c.mu.Unlock()
		if has {
			break
		}
		if mode == customru.PaperRepeats || mode == customru.PaperTells && told == 0 {
			if err := c.message(ctx, cmd, c.opt.OwnPaperMessages); err != nil {
				return false, err
			}
		}
		if mode == customru.PaperSilent || mode == customru.PaperTells {
			return true, nil
		}
		pause := time.NewTimer(interimPause)
		select {
		case <-paper:
		case <-pause.C:
		case <-ctx.Done():
			err = ctx.Err()
		}
		pause.Stop()
		if err != nil {
			return false, err
		}
	}
	return false, wait(ctx, time.Duration(lines)*c.opt.PrintTime)
}

// interim sends paper messages, the pause between them.
func (c *connection) interim(ctx context.Context, cmd customru.Command, n int) error {
	for i := range n {
		if i > 0 {
			if err := wait(ctx, interimPause); err != nil {
				return err
			}
		}
		if err := c.message(ctx, cmd, false); err != nil {
			return err
		}
	}
	return nil
}

// message is a paper message: the document does not give its bytes, so it is an
// answer of another command with code 480 (decision), or of the command itself.
func (c *connection) message(ctx context.Context, cmd customru.Command, own bool) error {
	other := customru.CmdStatus
	switch {
	case own:
		other = cmd
	case cmd == other:
		other = customru.CmdLastError
	}
	b, err := customru.AppendFrame(nil, other, field.AppendUint(nil, codePaper|operator<<16, 3))
	if err != nil {
		return err
	}
	return c.send(ctx, b)
}

// reset is 16H: the answer goes out first, then it runs; a reboot hangs up (rule E6).
func (c *connection) reset(ctx context.Context, answer []byte) error {
	if err := c.send(ctx, answer); err != nil {
		return err
	}
	c.mu.Lock()
	reboot := c.doReset()
	c.mu.Unlock()
	if reboot {
		return ecrtest.Ended(ecrtest.HangUp)
	}
	return nil
}

func (c *connection) send(ctx context.Context, b []byte) error {
	if err := c.conn.SetWriteDeadline(time.Now().Add(writeLimit)); err != nil {
		return err
	}
	_, err := c.conn.Write(b)
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// release gives up the document that an exclusive connection held.
func (c *connection) release() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owner == c.id {
		c.owner = 0
	}
}

func wait(ctx context.Context, d time.Duration) error {
	if d <= 0 {
		return nil
	}
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
