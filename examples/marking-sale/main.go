// Command marking-sale sells one receipt with marked goods on a Shtrih-M register:
// each mark is checked by the register and the permit check, then the receipt is
// printed.
//
//	go run ./examples/marking-sale -register tcp://127.0.0.1:7778 -permit cdn+https://cdn.crpt.ru receipt.json
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/serial"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/receipt"
	"github.com/obmen-go/obmen/marking/session/redisguard"
)

// The exit codes.
const (
	exitSold    = 0
	exitRefused = 1 // nothing was sold, and the message says why
	exitUnknown = 2 // whether it was sold is not known
	exitWrong   = 3 // wrong input or usage
)

const usage = `usage: marking-sale -register URL [-permit KIND+URL …] [flags] receipt.json
       marking-sale -dry-run [-permit KIND+URL …] receipt.json

Sells a receipt with marked goods. The result is one line on stdout; progress,
the messages for the cashier and what support needs go to stderr. Ctrl-C stops
as soon as it is known what the register holds; a second one stops at once.

-permit asks whether the goods may be sold; each kind may be given once:

  cdn+https://HOST     the True API; its token is in OBMEN_CDN_TOKEN
  lm+http://HOST       the local module, asked where online has no answer;
                       OBMEN_LM_USER and OBMEN_LM_PASSWORD
  piot+https://HOST    ТС ПИоТ, in the place of cdn; OBMEN_PIOT_TOKEN

  ?version=N behind an address of lm (1, 2) or piot (1 to 3) chooses the version
  of its interface. Without -permit no goods need a permit check.

-dry-run prints the commands for the register in the form of the maker's listing
and sends it nothing; with -permit the goods are asked for, so that the listing
has the tags of the answers. A listing holds whole marks.

A receipt that was interrupted is settled when the same command is run again: its
steps are kept in a journal beside receipt.json until its outcome is known and
written to stdout. After that the same command sells the goods once more.

receipt.json, prices and sums in kopecks, the mark as bytes in hex:

  {"type":"sale","taxSystem":2,"payments":{"electronic":5550},
   "items":[{"name":"Вода","price":5550,"quantity":"1","tax":4,"group":13,
   "mark":"303130343630333933343030303734383231357252465446376E3743711D3933415A7562"}]}

Exit 0 sold, 1 refused (nothing was sold), 2 the outcome is unknown, 3 wrong input.

`

// settings are the program's flags.
type settings struct {
	register string
	dial     ecr.DialFunc
	permits  permits
	limit    time.Duration
	shared   bool
	patience time.Duration
	guard    *redisguard.Guard
	dry      bool
	journal  string
	decide   string
	file     string
	receipt  receipt.Receipt
}

// wrong is a wrong input that was not explained yet.
type wrong struct{ lines []string }

func (w *wrong) Error() string { return strings.Join(w.lines, "\n") }

func bad(format string, args ...any) error { return &wrong{[]string{fmt.Sprintf(format, args...)}} }

func parse(args []string, stdin io.Reader, stderr io.Writer) (*settings, error) {
	s := &settings{}
	f := flag.NewFlagSet("marking-sale", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&s.register, "register", "", "`URL` of the register: tcp://host:port or serial:///dev/ttyUSB0?baud=115200")
	var addresses []string // looked at later: the flag package would quote a password in them
	f.Func("permit", "`KIND+URL` of a permit check, see above; may be repeated", func(v string) error {
		addresses = append(addresses, v)
		return nil
	})
	f.DurationVar(&s.limit, "permit-limit", permit.DefaultLimit, "`time` that one permit decision may take")
	f.BoolVar(&s.shared, "shared-register", false, "other tills use the register too, through a gateway that keeps them out from a check to the end of the receipt (ecr-gateway -receipt-guard)")
	f.DurationVar(&s.patience, "patience", defaultPatience, "`time` for which a register that does not answer is asked again")
	guard := f.String("guard", "", "redis:// `URL` of the list of sold marks that all tills share")
	f.BoolVar(&s.dry, "dry-run", false, "print the commands for the register and send it nothing")
	f.StringVar(&s.journal, "journal", "", "`file` that keeps the steps until the outcome is known (default receipt.json.journal)")
	f.StringVar(&s.decide, "decide", "", "`sold` or not-sold: how the unknown receipt of the run before ended, by its paper")
	f.Usage = func() {
		fmt.Fprint(f.Output(), usage)
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		return s, err
	}
	switch {
	case f.NArg() == 0:
		return s, bad("no receipt: name a file such as receipt.json, or - for the standard input")
	case f.NArg() > 1:
		return s, bad("%q is one argument too many: give one receipt, behind the flags", f.Arg(1))
	case s.register == "" && !s.dry:
		return s, bad("-register is missing: give tcp://host:port or serial:///dev/ttyUSB0?baud=115200, or use -dry-run")
	case s.limit <= 0:
		return s, bad("-permit-limit %v: give a time such as 1.5s", s.limit)
	case s.patience <= 0:
		return s, bad("-patience %v: give a time such as 30s", s.patience)
	case s.decide != "" && s.decide != "sold" && s.decide != "not-sold":
		return s, bad("-decide %q: give sold or not-sold", s.decide)
	}
	var err error
	for i, a := range addresses {
		if err := s.permits.set(a); err != nil {
			return s, bad("-permit number %d: %v", i+1, err)
		}
	}
	if *guard != "" {
		if s.guard, err = redisguard.Open(*guard, nil); err != nil {
			return s, bad("-guard: give redis://[:password@]host[:port][/database]")
		}
	}
	if s.register != "" {
		if s.dial, err = (&ecr.Dialer{Serial: serial.Dial}).Func(s.register); err != nil {
			return s, bad("-register %q: give tcp://host:port or serial:///dev/ttyUSB0?baud=115200 (%v)", s.register, err)
		}
	}
	s.file = f.Arg(0)
	if s.journal == "" {
		s.journal = s.file + ".journal"
		if s.file == "-" {
			s.journal = "marking-sale.journal"
		}
	}
	return s, s.read(stdin)
}

// read reads the receipt; every problem in it gets a line.
func (s *settings) read(stdin io.Reader) error {
	in, name := stdin, "standard input"
	if s.file != "-" {
		f, err := os.Open(s.file)
		if err != nil {
			return bad("the receipt cannot be read: %v", err)
		}
		defer f.Close()
		in, name = f, s.file
	}
	r, err := receipt.Decode(in)
	if problems, ok := errors.AsType[receipt.Problems](err); ok {
		return problemLines(name, problems)
	}
	if err != nil {
		return bad("the receipt cannot be read: %v", err)
	}
	s.receipt = r
	return nil
}

func problemLines(name string, problems receipt.Problems) error {
	w := &wrong{}
	for _, p := range problems {
		w.lines = append(w.lines, name+": "+strings.TrimPrefix(p.Error(), "receipt: "))
	}
	return w
}

func main() {
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away must not end a sale midway
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	context.AfterFunc(ctx, stop) // a second one ends the program at once
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	s, err := parse(args, stdin, stderr)
	if s.guard != nil {
		defer s.guard.Close()
	}
	if err == nil {
		if s.dry {
			return dryRun(ctx, s, stdout, stderr)
		}
		return sell(ctx, s, stdout, stderr)
	}
	if errors.Is(err, flag.ErrHelp) {
		return exitSold
	}
	return explain(stderr, err)
}

// explain prints a wrong input; the flag package has explained its own already.
func explain(stderr io.Writer, err error) int {
	if w, ok := errors.AsType[*wrong](err); ok {
		for _, line := range w.lines {
			fmt.Fprintln(stderr, "marking-sale:", line)
		}
	}
	return exitWrong
}
