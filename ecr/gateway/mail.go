package gateway

import (
	"io"
	"os"
	"sync"

	"github.com/obmen-go/obmen/ecr"
)

// mail is what others leave for whoever has the arbiter's turn.
type mail struct {
	mu   sync.Mutex
	conn ecr.Conn // whose input is taken; nil: nobody's
	read []byte   // where data was: it becomes free when the next is taken

	letter
}

// letter is one delivery.
type letter struct {
	data    []byte      // what the device sent
	err     error       // its connection ended
	dialled *dialResult // an attempt to reach it ended
	due     bool        // the timer fired
	stop    bool        // begin nothing new
	kill    bool        // end at once
}

// take empties the mail. The data lives until the next take or input.
func (m *mail) take() letter {
	m.mu.Lock()
	defer m.mu.Unlock()
	l := m.letter
	m.letter = letter{data: m.read[:0]}
	m.read = l.data
	return l
}

// input takes what the device sent, and nothing else.
func (m *mail) input() ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, err := m.data, m.err
	m.data, m.err, m.read = m.read[:0], nil, data
	return data, err
}

// expect says whose input is taken from now on.
func (m *mail) expect(conn ecr.Conn) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.conn, m.data, m.err = conn, m.data[:0], nil
}

// mostMail is how many bytes of the device wait before it is no longer read.
const mostMail = 64 << 10

// add takes input of a connection; full says that the reader should wait, and ok
// is false if nobody wants it any more.
func (m *mail) add(conn ecr.Conn, data []byte, err error) (full, ok bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.conn != conn {
		return false, false
	}
	m.data = append(m.data, data...)
	if err != nil {
		m.err = err
	}
	return len(m.data) > mostMail, true
}

// post leaves something other than input.
func (a *arbiter) post(what func(*letter)) {
	a.mail.mu.Lock()
	what(&a.mail.letter)
	a.mail.mu.Unlock()
	a.kick()
}

// listen reads from a connection until it ends. A serial line, which has buffers
// of its own, is worked on by the very thread that waits for it. Others are read
// on while run works: what is written to them may wait for a reader.
func (a *arbiter) listen(conn ecr.Conn) {
	in := &incoming{a, conn, a.kick}
	var err error
	if line, ok := conn.(lineWriter); ok {
		_, err = line.WriteTo(in)
	} else {
		in.tell = func() { nudge(a.wake) }
		buf := make([]byte, readSize)
		for err == nil {
			var n int
			n, err = conn.Read(buf)
			if _, gone := in.Write(buf[:n]); gone != nil {
				return
			}
		}
	}
	a.mail.add(conn, nil, err)
	in.tell()
}

// lineWriter is a serial line that hands its input on by itself, as that of
// package serial does.
type lineWriter interface {
	ecr.Line
	io.WriterTo
}

// incoming is the way of the device's bytes to the arbiter.
type incoming struct {
	a    *arbiter
	conn ecr.Conn
	tell func()
}

func (in *incoming) Write(data []byte) (int, error) {
	if len(data) == 0 {
		return 0, nil
	}
	full, ok := in.a.mail.add(in.conn, data, nil)
	if !ok {
		return 0, os.ErrClosed
	}
	if full { // the device sends more than whoever has the turn can handle
		in.a.turn <- struct{}{}
		<-in.a.turn
	}
	in.tell()
	return len(data), nil
}
