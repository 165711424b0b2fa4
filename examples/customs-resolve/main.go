// Command customs-resolve decides who sends a message to the customs service,
// to which post and in which version, and says why.
//
//	customs-resolve FILE.json                     asks on the terminal
//	customs-resolve -batch [-answers first|decline]  facts as JSON lines on stdin
//	customs-resolve -replay SCENARIO.json         replays a conversation
//	customs-resolve -table                        the rule table as Markdown
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"

	"github.com/obmen-go/obmen/customs"
)

const usage = `Usage:
  customs-resolve [-lang ru|en] FILE.json           ask on the terminal and explain
  customs-resolve -batch [-answers first|decline]   facts as JSON lines on stdin, decisions on stdout
  customs-resolve -replay [-lang ru|en] FILE.json   replay a scenario file
  customs-resolve -table                            print the rule table as Markdown

FILE.json holds one object of facts, as in a line of -batch ("-" reads stdin).
Exit codes: 0 decided, 1 refused by a rule or a failed replay, 2 usage or
unreadable input, 3 cancelled.

  {"kind":"DECL","initiative":"USER","message":"OPEN","role":"INITIATING",
   "currentUser":"u1","users":[{"id":"u1","profiles":["p1","p2"]}],
   "clientPost":{"main":"10000010","border":""},
   "settings":{"post":"10000020","format":"5.1.0","spec":"3.3.0"},"reference":null}

`

// Exit codes.
const (
	exitRefused   = 1
	exitUsage     = 2
	exitCancelled = 3
)

var errUsage = errors.New("see customs-resolve -h")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code, err := run(ctx, os.Args[1:], os.Stdin, os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "customs-resolve: %v\n", err)
	}
	os.Exit(code)
}

func run(ctx context.Context, args []string, in io.Reader, out io.Writer) (int, error) {
	flags := flag.NewFlagSet("customs-resolve", flag.ContinueOnError)
	asBatch := flags.Bool("batch", false, "read facts as JSON lines on stdin, print a decision for each")
	answers := flags.String("answers", "first", "with -batch: `first` choice and yes everywhere, or decline")
	table := flags.Bool("table", false, "print the rule table as Markdown")
	replay := flags.Bool("replay", false, "replay a scenario file")
	lang := flags.String("lang", "ru", "language of questions and reasons: `ru` or en")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0, nil
	case err != nil:
		return exitUsage, errUsage
	}
	if *lang != "ru" && *lang != "en" {
		return exitUsage, fmt.Errorf("-lang %q is neither ru nor en", *lang)
	}
	single := !*asBatch && !*table
	if single && flags.NArg() != 1 || !single && flags.NArg() > 0 || *asBatch && *table || *replay && !single {
		return exitUsage, fmt.Errorf("one FILE.json, or -batch, or -table is needed; %w", errUsage)
	}
	switch {
	case *table:
		_, err := io.WriteString(out, customs.Table())
		return code(err), err
	case *asBatch:
		answer := answerFirst
		if *answers == "decline" {
			answer = answerDecline
		} else if *answers != "first" {
			return exitUsage, fmt.Errorf("-answers %q is neither first nor decline", *answers)
		}
		err := batch(in, out, answer)
		return code(err), err
	case *replay:
		return replayFile(ctx, flags.Arg(0), *lang, in, out)
	}
	return interactive(ctx, flags.Arg(0), *lang, in, out)
}

func code(err error) int {
	if err != nil {
		return exitUsage
	}
	return 0
}
