// Command flk-report shows what an FLK protocol says, in words, tables or JSON,
// makes protocols from outcomes, and prints the schemas.
//
//	flk-report [-lenient] [-source FILE [-statements XPATH]] [-format text|summary|json|csv|md|html] [-o FILE] FILE.xml|FILE.zip
//	flk-report make -layout elements|attributes|compact [-now RFC3339] [-o FILE] outcomes.json
//	flk-report xsd -layout elements|attributes|compact
//
// Exit codes: 0 everything accepted, 1 a part, 2 nothing, 3 the protocol cannot be
// read or is not valid, 4 wrong usage or a file that cannot be opened or written.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"

	"github.com/obmen-go/obmen/flk"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

func run(ctx context.Context, args []string) int {
	if len(args) > 0 {
		switch args[0] {
		case "make":
			return makeProtocol(args[1:])
		case "xsd":
			return printSchema(args[1:])
		}
	}
	return showReport(ctx, args)
}

var formats = []string{"text", "summary", "json", "csv", "md", "html"}

func showReport(ctx context.Context, args []string) int {
	var o options
	fs := flags("flk-report [flags] FILE.xml|FILE.zip\n       flk-report make -h\n       flk-report xsd -h",
		"Shows what an FLK protocol says.\nExit codes: 0 accepted, 1 in part, 2 rejected, 3 unreadable or not valid, 4 usage or file errors.")
	fs.BoolVar(&o.lenient, "lenient", false, "forgive what the lenient profile forgives")
	fs.StringVar(&o.source, "source", "", "the source `FILE`: any XML, to find positions in it")
	fs.StringVar(&o.statements, "statements", "", "`XPATH` of the element that repeats in the source file, such as /file/statement or //statement (default: children of the root)")
	fs.StringVar(&o.format, "format", "text", "`FORMAT`: "+strings.Join(formats, ", "))
	fs.StringVar(&o.out, "o", "", "write to `FILE` instead of the standard output")
	if code, ok := parse(fs, args, 1); !ok {
		return code
	}
	if !slices.Contains(formats, o.format) {
		return usage("unknown format %q: use one of %s", o.format, strings.Join(formats, ", "))
	}
	if o.statements != "" && o.source == "" {
		return usage("-statements needs -source")
	}
	o.file = fs.Arg(0)
	code, err := report(ctx, &o)
	if err != nil {
		return fail(err)
	}
	return code
}

func printSchema(args []string) int {
	fs := flags("flk-report xsd [-layout LAYOUT]", "Prints the XML schema of a layout.")
	layout := fs.String("layout", "elements", "`LAYOUT`: elements, attributes, compact")
	if code, ok := parse(fs, args, 0); !ok {
		return code
	}
	l, ok := flk.LayoutNamed(*layout)
	if !ok {
		return usage("unknown layout %q: use elements, attributes or compact", *layout)
	}
	schema, err := flk.AppendXSD(nil, l, nil)
	if err == nil {
		_, err = os.Stdout.Write(schema)
	}
	if err != nil {
		return fail(err)
	}
	return 0
}

func flags(synopsis, about string) *flag.FlagSet {
	fs := flag.NewFlagSet("flk-report", flag.ContinueOnError)
	fs.SetOutput(io.Discard)
	fs.Usage = func() {
		fmt.Fprintf(fs.Output(), "Usage: %s\n\n%s\n\n", synopsis, about)
		fs.PrintDefaults()
	}
	return fs
}

// parse reads the flags and wants n arguments; ok is false if the program ends here.
func parse(fs *flag.FlagSet, args []string, n int) (code int, ok bool) {
	err := fs.Parse(args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		fs.SetOutput(os.Stdout)
		fs.Usage()
		return 0, false
	case err != nil:
		return usage("%v", err), false
	case fs.NArg() != n && n == 0:
		return usage("unexpected argument %q", fs.Arg(0)), false
	case fs.NArg() < n:
		return usage("name the file to read"), false
	case fs.NArg() > n:
		return usage("unexpected argument %q: flags stand before the one file", fs.Arg(n)), false
	}
	return 0, true
}

func usage(format string, args ...any) int {
	fmt.Fprintf(os.Stderr, "flk-report: "+format+"\nRun flk-report -h for help.\n", args...)
	return flk.ExitUsage
}

// fail prints an error; what concerns a file's content is 3, all else 4.
func fail(err error) int {
	fmt.Fprintf(os.Stderr, "flk-report: %v\n", err)
	if _, ok := errors.AsType[*contentError](err); ok {
		return flk.ExitInvalid
	}
	return flk.ExitUsage
}

// contentError is about what a file holds, not about the file.
type contentError struct{ error }

func (e *contentError) Unwrap() error { return e.error }
