// Command kmazs-office is the office's side of the user import, for testing an
// integration without KMAZS-Office: it watches an exchange folder, serves the
// Web-API, and keeps its users in a JSON file.
//
//	kmazs-office -directory dir.json -folder DIR [-every 5s] [-once]
//	kmazs-office -directory dir.json -listen 127.0.0.1:8080 -user U -password-env VAR
//
// It logs every record to stderr, by numbers and field names, never by values.
// Exit codes: 0 stopped or done, 1 failed, 3 wrong input or usage.
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
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/exchange"
	"github.com/obmen-go/obmen/kmazs/office"
	"github.com/obmen-go/obmen/kmazs/office/dirfile"
)

// The exit codes.
const (
	exitDone   = 0
	exitFailed = 1
	exitUsage  = 3
)

// config is the command line.
type config struct {
	directory, folder         string
	listen, user, passwordEnv string
	every, pause              time.Duration
	once                      bool
	settings                  office.Settings
}

// usageError is wrong input: exit 3.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

const sample = `  {"stations":[1,2,10],"fuels":[{"id":1,"code":"92"}],
   "departments":[{"syncId":"D1","name":"Склад","stations":[1]}],
   "accounts":[{"number":12,"syncId":"1456735","shortName":"ИВАНОВ И.И.","dayLimit":100,"stations":"all"}]}
`

var errTold = errors.New("wrong usage")

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	if err == nil || errors.Is(err, flag.ErrHelp) {
		os.Exit(exitDone)
	}
	if !errors.Is(err, errTold) {
		fmt.Fprintln(os.Stderr, "kmazs-office:", err)
	}
	if _, ok := errors.AsType[usageError](err); ok {
		os.Exit(exitUsage)
	}
	os.Exit(exitFailed)
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	directory := dirfile.New(c.directory)
	if _, err := directory.Snapshot(ctx); err != nil {
		return usageError{fmt.Errorf("-directory: %w", err)}
	}
	importer := office.NewImporter(directory, &c.settings, &office.Options{
		Exchanger: office.ExchangerFunc(func(_ context.Context, stations []int) error {
			log.Info("exchange with stations begins (this program has none: nothing is sent)", "stations", kmazs.StationList{All: stations == nil, Numbers: stations}.String())
			return nil
		}),
		ExchangePause: c.pause,
		Logger:        log,
	})
	err = serve(ctx, c, importer, log, stdout)
	late, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	return errors.Join(err, importer.Close(late))
}

func parse(args []string, stderr io.Writer) (*config, error) {
	c := &config{}
	s := &c.settings
	f := flag.NewFlagSet("kmazs-office", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.directory, "directory", "", "JSON `file` with accounts, departments, stations and fuels (needed)")
	f.StringVar(&c.folder, "folder", "", "exchange `folder` to watch")
	f.StringVar(&c.listen, "listen", "", "`address` to serve the Web-API at, such as 127.0.0.1:8080")
	f.StringVar(&c.user, "user", "", "login of the Web-API's operator")
	f.StringVar(&c.passwordEnv, "password-env", "", "environment `variable` that holds the operator's password")
	f.DurationVar(&c.every, "every", 5*time.Second, "time between two looks into the folder")
	f.BoolVar(&s.AttachByKey, "attach-by-key", false, "a record may find its account by KEY")
	f.BoolVar(&s.AttachByName, "attach-by-name", false, "a record may find its account by SHORTNAME")
	f.BoolVar(&s.KeyAsUserName, "key-as-name", false, "KEY may stand for SHORTNAME of a new account")
	f.BoolVar(&s.ProcessIsCar, "process-iscar", false, "honour ISCAR; else every record is a driver")
	f.BoolVar(&s.Replace, "replace", false, "lock the accounts that an import does not name")
	f.BoolVar(&s.Strict, "strict", false, "a refused record refuses the whole import")
	f.BoolVar(&s.ShowRefused, "show-refused", false, "list refused records in the answer, count records in usersres.flag")
	f.Func("require", "columns that a table must have, as `KEY,…`", func(list string) error {
		for name := range strings.SplitSeq(list, ",") {
			field, ok := kmazs.ParseField(strings.ToUpper(strings.TrimSpace(name)))
			if !ok {
				return fmt.Errorf("no field is named %q", name)
			}
			s.RequiredFields = append(s.RequiredFields, field)
		}
		return nil
	})
	f.Func("pause", "`seconds` after the last change when an exchange with the stations begins; 0 = never", func(text string) (err error) {
		if n, e := strconv.ParseUint(text, 10, 31); e == nil {
			c.pause = time.Duration(n) * time.Second
			return nil
		}
		if c.pause, err = time.ParseDuration(text); err != nil || c.pause < 0 {
			return fmt.Errorf("%q is neither seconds nor a duration", text)
		}
		return nil
	})
	f.BoolVar(&c.once, "once", false, "serve what lies in the folder and end")
	f.Usage = func() {
		fmt.Fprintf(f.Output(), "Usage: kmazs-office -directory dir.json [-folder DIR] [-listen ADDRESS -user U -password-env VAR] [flags]\n\n"+
			"Plays KMAZS-Office for an external system that imports users.\n"+
			"Exit codes: 0 stopped or done, 1 failed, 3 wrong input or usage.\n\n"+
			"dir.json is {} for an office without users, or:\n\n"+sample+"\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, usageError{errTold} // the flag package has said why
	}
	return c, c.check(f.Args())
}

func (c *config) check(rest []string) error {
	bad := func(format string, args ...any) error {
		return usageError{fmt.Errorf(format+"; see -h", args...)}
	}
	switch {
	case len(rest) > 0:
		return bad("unexpected argument %q", rest[0])
	case c.directory == "":
		return bad("-directory is missing")
	case c.folder == "" && c.listen == "":
		return bad("give -folder, -listen, or both")
	case c.once && (c.folder == "" || c.listen != ""):
		return bad("-once is for -folder alone")
	case c.every <= 0:
		return bad("-every must be above 0")
	case c.listen != "" && (c.user == "" || c.passwordEnv == ""):
		return bad("-listen needs -user and -password-env")
	case c.listen == "" && (c.user != "" || c.passwordEnv != ""):
		return bad("-user and -password-env are for -listen")
	case c.listen != "" && os.Getenv(c.passwordEnv) == "":
		return bad("the environment variable %s of -password-env is empty", c.passwordEnv)
	}
	if c.folder != "" {
		if info, err := os.Stat(c.folder); err != nil || !info.IsDir() {
			return bad("-folder: %q is no folder", c.folder)
		}
	}
	return nil
}

// serve runs the folder and the Web-API until ctx ends or one of them fails.
func serve(ctx context.Context, c *config, importer *office.Importer, log *slog.Logger, stdout io.Writer) error {
	watcher := exchange.NewOffice(flagfile.Dir(c.folder), importer, &exchange.OfficeOptions{Every: c.every, Logger: log})
	if c.once {
		return watcher.RunOnce(ctx)
	}
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	jobs := make(chan error, 2)
	running := 0
	start := func(job func() error) {
		running++
		go func() { jobs <- job() }()
	}
	if c.folder != "" {
		start(func() error { return watcher.Run(ctx) })
	}
	if c.listen != "" {
		start(func() error { return listenAndServe(ctx, c, importer, log, stdout) })
	}
	var err error
	for range running {
		err = errors.Join(err, <-jobs)
		stop() // one of two is no office
	}
	return err
}
