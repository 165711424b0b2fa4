//go:build unix && !linux

package serial

// alarm has nothing to wake: the library's Read looks up after each slice.
type alarm struct {
	port int
}

func newAlarm(port int) (alarm, error) { return alarm{port}, nil }

func (alarm) ring() {}

func (alarm) close() {}

func (p *Port) pull(chunk []byte) (int, error) { return p.port.Read(chunk) }
