// Command dbf looks into DBF tables and makes them.
//
//	dbf dump [-codepage auto|cp866|cp1251] [-deleted] [-count] FILE
//	dbf make [-codepage cp866] -fields "ID,C,40;DAYLIMIT,N,10,0;CANTIDE,L" -o FILE
//	dbf fill -rows N -o FILE
//
// Exit codes: 0 done, 1 the table or the input is faulty, 2 wrong usage, 130
// interrupted.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/obmen-go/obmen/dbfio"
)

const usage = `dbf looks into DBF tables and makes them.

  dbf dump [-codepage auto|cp866|cp1251] [-deleted] [-count] FILE
        prints each row as a JSON object, keys in the order of the columns
  dbf make [-codepage cp866] -fields "ID,C,40;DAYLIMIT,N,10,0;CANTIDE,L;TIMELIMIT,D" -o FILE
        makes a table from JSON objects on stdin, one a line
  dbf fill -rows N -o FILE
        makes a users table of the whole schema with made-up values

Use "dbf COMMAND -h" for the flags of a command.
Exit codes: 0 done, 1 faulty table or input, 2 wrong usage, 130 interrupted.
`

// The exit codes.
const (
	exitDone        = 0
	exitFaulty      = 1
	exitUsage       = 2
	exitInterrupted = 130
)

// errUsage has been printed already, with the flags.
var errUsage = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:])
	stop()
	switch {
	case err == nil || errors.Is(err, flag.ErrHelp):
		os.Exit(exitDone)
	case errors.Is(err, errUsage):
		os.Exit(exitUsage)
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(os.Stderr, "dbf: interrupted; no table was written, and rows printed so far are not all")
		os.Exit(exitInterrupted)
	}
	fmt.Fprintln(os.Stderr, "dbf:", plain(err))
	os.Exit(exitFaulty)
}

func run(ctx context.Context, args []string) error {
	if len(args) == 0 {
		fmt.Fprint(os.Stderr, usage)
		return errUsage
	}
	switch args[0] {
	case "dump":
		return dump(ctx, args[1:])
	case "make":
		return makeTable(ctx, args[1:])
	case "fill":
		return fill(ctx, args[1:])
	case "-h", "-help", "--help", "help":
		fmt.Print(usage)
		return nil
	}
	return misuse(nil, "unknown command %q; use dump, make or fill", args[0])
}

// command returns the flags of a command; -h prints its line and the flags.
func command(name, line string) *flag.FlagSet {
	flags := flag.NewFlagSet("dbf "+name, flag.ContinueOnError)
	flags.SetOutput(os.Stderr)
	flags.Usage = func() {
		fmt.Fprintf(flags.Output(), "usage: dbf %s %s\n", name, line)
		flags.PrintDefaults()
	}
	return flags
}

// parse reads the flags; what is wrong with them has been said when it fails.
func parse(flags *flag.FlagSet, args []string) error {
	for _, a := range args {
		if a == "-h" || a == "-help" || a == "--help" {
			flags.SetOutput(os.Stdout)
		}
	}
	if err := flags.Parse(args); errors.Is(err, flag.ErrHelp) {
		return err
	} else if err != nil {
		return errUsage
	}
	return nil
}

// misuse says what is wrong with the command line.
func misuse(flags *flag.FlagSet, format string, args ...any) error {
	fmt.Fprintf(os.Stderr, "dbf: "+format+"\n", args...)
	if flags != nil {
		flags.Usage()
	} else {
		fmt.Fprint(os.Stderr, usage)
	}
	return errUsage
}

// plain leaves out the package's name, which says nothing to who runs a program.
func plain(err error) string {
	e, ok := errors.AsType[*dbfio.Error](err)
	if !ok || error(e) != err {
		return err.Error()
	}
	if p := e.Path(); p != "" {
		return p + ": " + e.Detail()
	}
	return e.Detail()
}

// printWarnings prints what the reader tolerated.
func printWarnings(w io.Writer, list []dbfio.Warning) {
	for _, warning := range list {
		fmt.Fprintln(w, "warning:", warning.Message("en"))
	}
}
