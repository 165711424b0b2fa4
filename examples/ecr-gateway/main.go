// Command ecr-gateway shares fiscal registers among several programs over TCP. It
// takes the place of the service ECRService, with the same config.xml.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/gateway"
	"github.com/obmen-go/obmen/ecr/gateway/config"
	"github.com/obmen-go/obmen/ecr/shtrihm"
)

const usage = `usage: ecr-gateway [run] -config config.xml [flags]
       ecr-gateway install [-name NAME] [-print] -config config.xml [flags]
       ecr-gateway start|stop|uninstall [-name NAME]

Shares fiscal registers among several programs: each Connection of config.xml
listens on ListeningPort + Id, and every request is passed on unchanged, one at a
time. Prints "listening on ADDR" on stdout for each when it is ready; the log goes
to stderr and into -log-dir. Ctrl-C or SIGTERM ends it in order.

The page of -status shows people what is going on; /metrics is for Prometheus;
/healthz answers 200 when every register is connected, else 503.

install makes a service of Windows or systemd that runs with the same flags;
-print shows what it would install. It needs administrator rights.

Exit 0 when it was ended, 1 when it could not run, 2 for wrong usage.

`

func main() {
	os.Exit(dispatch(os.Args[1:], os.Stdout, os.Stderr))
}

// dispatch finds the sub-command; without one the gateway runs.
func dispatch(args []string, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		switch args[0] {
		case "install", "uninstall", "start", "stop":
			return control(newManager(), args[0], args[1:], stdout, stderr)
		case "run":
			args = args[1:]
		}
	}
	return launch(args, stdout, stderr)
}

// console runs the gateway until a signal. A second one does not cut the stop,
// which is bounded (rule E35): an exchange would be lost.
func console(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	return run(ctx, args, stdout, stderr)
}

// settings are the flags.
type settings struct {
	config   string
	bind     string
	status   string
	protocol gateway.Protocol
	level    shtrihm.Level
	guard    bool
	idleByte bool
	clients  int
	log      logSettings
	given    map[string]bool // flags that stood on the command line

	// Of install alone.
	name  string
	print bool
}

func parse(command string, args []string, stderr io.Writer) (*settings, error) {
	s := &settings{given: map[string]bool{}}
	flags := flag.NewFlagSet("ecr-gateway", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	fail := func(format string, args ...any) (*settings, error) {
		err := fmt.Errorf(format, args...)
		fmt.Fprintln(stderr, "ecr-gateway:", err)
		return nil, err
	}
	if command != "" {
		flags.StringVar(&s.name, "name", defaultName, "`name` of the service: letters, digits, . _ -")
	}
	if command != "" && command != "install" {
		if err := flags.Parse(args); err != nil {
			return nil, err
		}
		if flags.NArg() > 0 {
			return fail("unexpected argument %q", flags.Arg(0))
		}
		return s, checkName(s.name, stderr)
	}
	flags.StringVar(&s.config, "config", "config.xml", "the service's configuration `file`")
	flags.StringVar(&s.bind, "bind", "127.0.0.1", "`address` to listen on for clients; 0.0.0.0 is every interface: the line has no passwords")
	flags.StringVar(&s.status, "status", "127.0.0.1:9101", "`address` of the status page, /metrics and /healthz; empty: none")
	flags.TextVar(&s.protocol, "protocol", gateway.CustomRU, "`protocol` of the registers: customru, shtrihm or raw")
	level := flags.String("device-level", "v1", "shtrihm: link `level` towards the register, v1 or v2; clients choose their own")
	flags.BoolVar(&s.idleByte, "ff-after-ack", false, "shtrihm: send FFh to a client after its ACK, which few wait for")
	flags.BoolVar(&s.guard, "receipt-guard", false, "let others' commands wait while a client has a receipt open")
	flags.IntVar(&s.clients, "clients", 32, fmt.Sprintf("most clients of one register at once, 1 to %d", mostClients))
	flags.StringVar(&s.log.dir, "log-dir", "", "`folder` of the log file; a service of Windows has ECRService in its ProgramData")
	flags.IntVar(&s.log.megabytes, "log-size", 10, "`megabytes` after which a new log file begins; every day has its own too")
	flags.IntVar(&s.log.days, "log-days", 30, "`days` after which old log files are deleted")
	flags.IntVar(&s.log.files, "log-files", 100, "most old log `files` that are kept")
	if command == "install" {
		flags.BoolVar(&s.print, "print", false, "show what would be installed, and change nothing")
	}
	if err := flags.Parse(args); err != nil {
		return nil, err
	}
	flags.Visit(func(f *flag.Flag) { s.given[f.Name] = true })
	switch {
	case flags.NArg() > 0:
		return fail("unexpected argument %q", flags.Arg(0))
	case s.clients < 1 || s.clients > mostClients:
		return fail("-clients %d: give 1 to %d", s.clients, mostClients)
	case s.protocol != gateway.ShtrihM && (s.given["device-level"] || s.given["ff-after-ack"]):
		return fail("-device-level and -ff-after-ack are of -protocol shtrihm: give that too, or leave them out")
	case s.log.megabytes < 1 || s.log.days < 1 || s.log.files < 1:
		return fail("-log-size, -log-days and -log-files must be at least 1")
	case *level == "v1":
		s.level = shtrihm.LevelStandard
	case *level == "v2":
		s.level = shtrihm.LevelAlternative
	default:
		return fail("-device-level %q: give v1 or v2", *level)
	}
	if command == "install" {
		return s, checkName(s.name, stderr)
	}
	return s, nil
}

// mostClients is for one register where all registers have so many.
const mostClients = gateway.MostClients / config.MaxConnections

var serviceName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.-]{0,79}$`)

// checkName keeps a name from being a path or several words.
func checkName(name string, stderr io.Writer) error {
	if serviceName.MatchString(name) {
		return nil
	}
	err := fmt.Errorf("-name %q: give letters, digits and . _ - alone", name)
	fmt.Fprintln(stderr, "ecr-gateway:", err)
	return err
}

// run runs the gateway until ctx ends.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	s, err := parse("", args, stderr)
	switch {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	if err := serve(ctx, s, stdout, stderr); err != nil {
		fmt.Fprintln(stderr, "ecr-gateway:", err)
		return 1
	}
	return 0
}

// load reads the configuration; its errors name the file and the line.
func load(path string) (*config.Config, error) {
	c, err := config.Load(path)
	if e, ok := errors.AsType[*ecr.Error](err); ok {
		return nil, errors.New(located(path, e))
	}
	return c, err
}

// located words an error of a configuration for people: "config.xml: line 7: …".
func located(path string, e *ecr.Error) string {
	text := strings.TrimPrefix(e.Error(), "ecr: ")
	if e.Code() == config.CodeFile {
		return text
	}
	return filepath.Base(path) + ": " + text
}
