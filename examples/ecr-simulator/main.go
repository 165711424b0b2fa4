// Command ecr-simulator is a cash register without hardware: it speaks the
// register's protocol over TCP or a serial line and can be made to fail by script.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/ecrtest"
	"github.com/obmen-go/obmen/ecr/serial"
)

const usage = `usage: ecr-simulator -protocol NAME [-listen ADDR] [-serial URL] [flags]

Simulates a cash register. Prints "listening on ADDR" on stdout when it is ready,
and the journal of commands on stderr. Ctrl-C ends it.

-fault takes steps separated by ; each of them AT ACTION[=VALUE]:

  AT      cmd CODE[#n]  the n-th arriving frame of a command (hex), resends after
                        NAK included; without #n every one
          frame N       the N-th arriving frame
          byte N        the N-th arriving byte
          time D        D after the start: hangup and power-loss at once, any
                        other action with the next frame
  ACTION  drop-answer        acknowledged and executed, no answer
          duplicate-answer   the answer is sent twice
          garble[=BYTE]      byte BYTE (from 0) of the answer is damaged; the last
          delay=D            D passes between ACK and execution
          late=D             executed at once, the answer comes D after the ACK
          stall              neither executed nor answered: silence
          hangup             executed, then the connection is closed
          nak[=N]            refused N times (1)
          interim=N          N frames of another command, 2 s apart, come first
          power-loss         all connections close, the port is dead for a second
          no-ack             executed and answered without ACK

Example: -fault "cmd 50#1 drop-answer; time 2s power-loss"

Exit 0 when it was ended, 1 when it could not run, 2 for wrong usage.

`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr))
}

// settings are what a protocol may look at.
type settings struct {
	protocol    string
	listen      string
	serial      string
	script      ecrtest.Script
	faults      *ecrtest.Faults
	delay       time.Duration
	shiftClosed bool
	ffAfterACK  bool
	cashCore    bool
	online      string
	marks       []string
	given       map[string]bool // flags that stood on the command line
	journal     io.Writer
	log         *slog.Logger
}

func parse(args []string, stderr io.Writer) (*settings, error) {
	s := &settings{given: map[string]bool{}, journal: stderr}
	flags := flag.NewFlagSet("ecr-simulator", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&s.protocol, "protocol", "", "`protocol` to speak: "+strings.Join(names(), ", "))
	flags.StringVar(&s.listen, "listen", "127.0.0.1:7778", "TCP `address` to listen on; port 0 takes a free one, empty none")
	flags.StringVar(&s.serial, "serial", "", "serial `url` to speak on, serial:///dev/ttyUSB0?baud=57600; without -listen instead of TCP")
	flags.DurationVar(&s.delay, "delay", 0, "`time` between ACK and answer of every command")
	shift := flags.String("shift", "open", "shift at the start: `open` or closed")
	fault := flags.String("fault", "", "fault `script`, see above")
	flags.BoolVar(&s.ffAfterACK, "ff-after-ack", false, "shtrihm: send FFh after the host's ACK")
	flags.BoolVar(&s.cashCore, "cash-core", false, "shtrihm: marking commands before the operation")
	flags.StringVar(&s.online, "online", "ok", "shtrihm: answer of the marking server: `ok`, negative, timeout, off")
	flags.Func("mark", "shtrihm: `REGEXP=ANSWER` for marks that match, overrides -online; repeatable", func(v string) error {
		s.marks = append(s.marks, v)
		return nil
	})
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	flags.Visit(func(f *flag.Flag) { s.given[f.Name] = true })
	fail := func(format string, args ...any) (*settings, error) {
		err := fmt.Errorf(format, args...)
		fmt.Fprintln(stderr, "ecr-simulator:", err)
		return nil, err
	}
	var err error
	switch {
	case flags.NArg() > 0:
		return fail("unexpected argument %q", flags.Arg(0))
	case s.protocol == "":
		return fail("-protocol is missing, give one of: %s", strings.Join(names(), ", "))
	case protocols[s.protocol] == nil:
		return fail("-protocol %q is not supported, give one of: %s", s.protocol, strings.Join(names(), ", "))
	case *shift != "open" && *shift != "closed":
		return fail("-shift %q: give open or closed", *shift)
	case s.delay < 0:
		return fail("-delay %v is negative", s.delay)
	}
	s.shiftClosed = *shift == "closed"
	if s.script, err = ecrtest.ParseScript(*fault); err != nil {
		return fail("-fault: %v", err)
	}
	s.faults = ecrtest.NewFaults(s.script)
	if s.serial != "" && !s.given["listen"] {
		s.listen = ""
	}
	if s.serial == "" && s.listen == "" {
		return fail("nothing to listen on: give -listen or -serial")
	}
	return s, nil
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, err := parse(args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	s.log = slog.New(slog.NewTextHandler(stderr, nil))
	device, err := protocols[s.protocol](s)
	if err != nil {
		fmt.Fprintln(stderr, "ecr-simulator:", err)
		return 2
	}
	server := &ecrtest.Server{Device: device, Faults: s.faults}
	defer server.Close()
	if s.listen != "" {
		addr, err := server.Listen(s.listen)
		if err != nil {
			fmt.Fprintln(stderr, "ecr-simulator:", err)
			return 1
		}
		fmt.Fprintf(stdout, "listening on %v\n", addr)
	}
	if s.serial != "" {
		line, err := (&ecr.Dialer{Serial: serial.Dial}).Dial(ctx, s.serial)
		if err != nil {
			fmt.Fprintln(stderr, "ecr-simulator:", err)
			return 1
		}
		defer line.Close()
		server.Attach(line)
		fmt.Fprintf(stdout, "listening on %s\n", s.serial)
	}
	<-ctx.Done()
	return 0
}

func names() []string {
	var list []string
	for name := range protocols {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
