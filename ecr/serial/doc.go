// Package serial opens serial ports for package ecr, over go.bug.st/serial, and
// hides what that library leaves to its users. Give [Dial] to an [ecr.Dialer].
// A program whose printer hangs on a COM port needs it.
//
// A [Port] differs from the library's port in this (rule E7):
//
//   - An expired read is os.ErrDeadlineExceeded; the library returns (0, nil), on
//     which io.ReadFull never ends. A Read with an empty buffer returns nothing;
//     there it says that the port is closed.
//   - A Write has a deadline and Close ends it; there it blocks for ever. After
//     Close it is refused; there it can reach another file.
//   - Close waits until no call is inside the library.
//   - A device that hung up is [ecr.ErrDeviceGone], every time and without
//     spinning; bytes that came before are still handed out.
//   - A port that is open already is refused, also for root and for this program
//     itself (a lock on the device file; Windows does it by itself).
//   - Speeds and modes are checked; a pty takes any.
//   - DTR and RTS are off; a pty, which has none, opens all the same.
//   - A descriptor of 1024 or more is refused on opening; there Read panics.
//
// One goroutine per port reads and ends with Close; on Linux it sleeps until
// something comes, elsewhere it looks up every 50 ms. At most 64 KiB are kept
// unread, then the line waits. A program that listens all the time takes the
// bytes from that goroutine itself with [Port.WriteTo]. Errors are [ecr.Error]
// with the codes of this package; the library's own errors stay inside.
package serial
