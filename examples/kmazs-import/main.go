// Command kmazs-import imports users into a directory file, as KMAZS-Office does
// into its database: from a DBF table or from the JSON request of the Web-API.
//
//	kmazs-import [-plan] -directory dir.json [flags] FILE.dbf|FILE.json
//
// Exit codes: 0 done, 1 done with refused records, 2 request error (nothing was
// changed), 3 wrong input or usage, 4 done but the answer could not be written,
// 130 interrupted.
package main

import (
	"bufio"
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/office"
	"github.com/obmen-go/obmen/kmazs/office/dirfile"
)

const usage = `kmazs-import imports users into a directory file, as KMAZS-Office does into its
database, and prints its one-line response.

  kmazs-import [-plan] -directory dir.json [flags] FILE.dbf|FILE.json

FILE.json is a whole request of the Web-API; what it says itself wins over the
flags. Refused records and warnings are told on stderr.
Exit codes: 0 done, 1 done with refused records, 2 request error, nothing was
changed, 3 wrong input or usage, 4 done but the answer could not be written, 130
interrupted. -plan exits as the import would.

An empty directory is the file {}. A request in FILE.json:

  {"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки",
   "Users":[{"SYNCID":"1456735","SHORTNAME":"ИВАНОВ И.И.","KEY":"0000567890123456","DAYLIMIT":"100"}]}

Flags:
`

// The exit codes.
const (
	exitDone        = 0
	exitRefused     = 1
	exitRequest     = 2
	exitUsage       = 3
	exitUntold      = 4
	exitInterrupted = 130
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a reader that goes away is told of by the exit code
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	code := run(ctx, os.Args[1:])
	stop()
	os.Exit(code)
}

// job is what the command line asks for.
type job struct {
	file, directory string
	onlyPlan        bool
	settings        office.Settings
	options         kmazs.Options // where the request is silent
	codePage        dbfio.CodePage
	today           func() kmazs.Date
}

func run(ctx context.Context, args []string) int {
	j, err := parse(args)
	if errors.Is(err, flag.ErrHelp) {
		return exitDone
	}
	if err != nil {
		return complain(err)
	}
	request, err := read(ctx, j)
	var outside *inputError
	switch {
	case errors.As(err, &outside):
		return complain(err)
	case err != nil:
		return answer(ctx, nil, err)
	}
	for _, w := range request.Warnings {
		note(w.Message("ru"))
	}
	dir := dirfile.New(j.directory)
	snapshot, err := dir.Snapshot(ctx)
	if err != nil {
		return complain(err)
	}
	plan, err := office.NewPlan(snapshot, request, &j.settings, j.today())
	if err != nil {
		return answer(ctx, nil, err)
	}
	for _, f := range plan.Refusals() {
		note(f.Message("ru"))
	}
	for _, f := range plan.Warnings() {
		note(f.Message("ru"))
	}
	if j.onlyPlan {
		if err := printPlan(plan); err != nil {
			return untold("the plan", err)
		}
	} else if err := plan.Apply(ctx, dir, j.today()); err != nil {
		return answer(ctx, nil, err)
	} else {
		if code := answer(ctx, new(plan.Result()), nil); code == exitUntold {
			return code
		}
	}
	if plan.Refused() > 0 {
		return exitRefused
	}
	return exitDone
}

// answer prints the one-line response.
func answer(ctx context.Context, result *kmazs.Result, err error) int {
	if ctx.Err() != nil {
		fmt.Fprintln(os.Stderr, "kmazs-import: interrupted, nothing was changed")
		return exitInterrupted
	}
	_, failed := os.Stdout.Write(append(kmazs.ResponseTo(result, err).AppendJSON(nil), '\n'))
	switch {
	case failed == nil:
		return exitRequest
	case err != nil:
		note("kmazs-import: nothing was changed: " + plain(err))
		return exitRequest
	}
	return untold("the import was done, but its answer", failed)
}

// untold says that what was done could not be told.
func untold(what string, err error) int {
	note("kmazs-import: " + what + " could not be written: " + err.Error())
	return exitUntold
}

// complain tells of an input that is no request at all.
func complain(err error) int {
	if errors.Is(err, context.Canceled) {
		fmt.Fprintln(os.Stderr, "kmazs-import: interrupted, nothing was changed")
		return exitInterrupted
	}
	fmt.Fprintln(os.Stderr, "kmazs-import:", plain(err))
	return exitUsage
}

// plain is the English sentence of an error, with the system's reason.
func plain(err error) string {
	localized, ok := errors.AsType[interface {
		error
		Message(lang string) string
	}](err)
	if !ok {
		return err.Error()
	}
	text := localized.Message("en")
	if cause := errors.Unwrap(localized); cause != nil {
		text += " (" + cause.Error() + ")"
	}
	return text
}

func note(text string) { fmt.Fprintln(os.Stderr, text) }

func parse(args []string) (*job, error) {
	j := &job{}
	flags := flag.NewFlagSet("kmazs-import", flag.ContinueOnError)
	flags.SetOutput(os.Stderr)
	flags.Usage = func() {
		out := flags.Output()
		fmt.Fprint(out, usage)
		flags.PrintDefaults()
	}
	s := &j.settings
	flags.BoolVar(&j.onlyPlan, "plan", false, "print what the import would do, a JSON object a line, and change nothing")
	flags.StringVar(&j.directory, "directory", "", "`FILE` with the directory of users (required)")
	flags.BoolVar(&s.AttachByKey, "attach-by-key", false, "find accounts by KEY or RFID, too")
	flags.BoolVar(&s.AttachByName, "attach-by-name", false, "find accounts by SHORTNAME, too")
	flags.BoolVar(&s.ProcessIsCar, "process-iscar", false, "honour ISCAR; without it all records are drivers")
	flags.BoolVar(&s.KeyAsUserName, "key-as-name", false, "let KEY stand for a missing SHORTNAME of a new user")
	flags.BoolVar(&s.Replace, "replace", false, "lock the accounts that no record reaches")
	flags.BoolVar(&s.ConfirmLocks, "confirm-locks", false, "with -replace: lock them however many they are")
	flags.BoolVar(&s.Strict, "strict", false, "refuse the whole request if any record is refused")
	flags.BoolVar(&s.AttachOnly, "attach-only", false, "store synchronisation ids of matched accounts, change nothing else")
	flags.Func("require", "`FIELDS` that the table must have: KEY,SHORTNAME", func(text string) error {
		for name := range strings.SplitSeq(text, ",") {
			f, ok := kmazs.ParseField(strings.ToUpper(strings.TrimSpace(name)))
			if !ok {
				return fmt.Errorf("there is no field %q", name)
			}
			s.RequiredFields = append(s.RequiredFields, f)
		}
		return nil
	})
	option(flags, &j.options.AllowedStations, "allowed-stations", "all, empty or `NUMBERS`, for users whose STATIONS is blank")
	option(flags, &j.options.StationsReplace, "stations-replace", "`PAIRS` of station numbers, 1=100,2=101")
	option(flags, &j.options.FuelReplace, "fuel-replace", "`PAIRS` of a fuel code and a fuel id of the directory, A92=1,DT=3")
	flags.Func("codepage", "code `PAGE` of FILE.dbf: auto, cp866, cp1251 (default auto)", func(text string) (err error) {
		if text == "auto" {
			text = ""
		}
		if text != "" {
			j.codePage, err = dbfio.ParseCodePage(text)
		}
		return err
	})
	j.today = func() kmazs.Date { return kmazs.DateOf(time.Now()) }
	flags.Func("today", "the office's `DAY`, yyyy-mm-dd (default: the day of the clock)", func(text string) error {
		day, err := kmazs.ParseDate(text)
		if err != nil || day.String() != text {
			return errors.New("write yyyy-mm-dd")
		}
		j.today = func() kmazs.Date { return day }
		return nil
	})
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, errors.New("wrong usage, see above") // the flag set has told the details
	}
	switch {
	case j.directory == "":
		return nil, errors.New("-directory is missing; name the file of the directory")
	case flags.NArg() != 1:
		return nil, fmt.Errorf("there are %d files to import; name one, after the flags", flags.NArg())
	}
	j.file = flags.Arg(0)
	return j, nil
}

// option is a flag that tells not given from empty.
func option(flags *flag.FlagSet, o *kmazs.Optional[string], name, help string) {
	flags.Func(name, help, func(text string) error {
		o.SetValue(text)
		return nil
	})
}

// inputError says that there is no request to answer.
type inputError struct{ err error }

func (e *inputError) Error() string { return plain(e.err) }

// Unwrap returns the reason.
func (e *inputError) Unwrap() error { return e.err }

// read reads the request; options of the command line fill in where it is silent.
func read(ctx context.Context, j *job) (*kmazs.Request, error) {
	var request *kmazs.Request
	switch strings.ToLower(filepath.Ext(j.file)) {
	case ".json":
		f, err := os.Open(j.file)
		if err != nil {
			return nil, &inputError{err}
		}
		defer f.Close()
		info, err := f.Stat()
		if err != nil {
			return nil, &inputError{err}
		}
		if info.IsDir() {
			return nil, &inputError{fmt.Errorf("%s is a folder", j.file)}
		}
		bar := newProgress(info.Size(), "bytes")
		defer bar.close()
		if request, err = kmazs.ReadJSON(&source{ctx, bufio.NewReaderSize(f, 1<<16), bar}, nil); err != nil {
			return nil, err
		}
	case ".dbf":
		bar := newProgress(-1, "records")
		defer bar.close()
		var err error
		request, err = kmazs.ReadTable(j.file, &kmazs.ReadTableOptions{CodePage: j.codePage, Progress: bar.add})
		if e, ok := errors.AsType[*dbfio.Error](err); ok && noTable[e.Code()] {
			return nil, &inputError{e}
		} else if err != nil {
			return nil, err
		}
	default:
		return nil, &inputError{fmt.Errorf("%s is neither a .dbf nor a .json file", j.file)}
	}
	fill(&request.Options.AllowedStations, j.options.AllowedStations)
	fill(&request.Options.StationsReplace, j.options.StationsReplace)
	fill(&request.Options.FuelReplace, j.options.FuelReplace)
	return request, nil
}

// noTable are the errors after which there is nothing to import; a damaged table
// is a request that is refused.
var noTable = map[string]bool{dbfio.CodeNotFound: true, dbfio.CodeNameAmbiguous: true, dbfio.CodeRead: true}

func fill(o *kmazs.Optional[string], from kmazs.Optional[string]) {
	if !o.HasValue() && !from.IsAbsent() {
		*o = from
	}
}
