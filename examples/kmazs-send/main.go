// Command kmazs-send is the external system's side of the user import.
//
//	kmazs-send -folder DIR [flags] users.json      through a folder, as DBF and users.flag
//	kmazs-send -url URL -user U -password-env VAR users.json      through the Web-API
//	kmazs-send -exchange 1,2,3|all -folder DIR      begins an exchange with stations
//	kmazs-send -template DIR      writes an empty users.dbf and an example users.flag
//
// users.json is the whole request, as the Web-API takes it. The result is printed:
// the lines of usersres.flag, or the answer of the Web-API.
//
// Exit codes: 0 done, 1 refused by the office, 2 time-out or no usable answer,
// 3 wrong input or usage.
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
	"syscall"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
	"github.com/obmen-go/obmen/kmazs/exchange"
	"github.com/obmen-go/obmen/kmazs/webapi"
)

// The exit codes.
const (
	exitDone    = 0
	exitRefused = 1
	exitTimeout = 2
	exitUsage   = 3
)

// config is the command line.
type config struct {
	folder, exchange, template string
	url, user, passwordEnv     string
	file                       string
	page                       dbfio.CodePage
	number                     int64
	timeout, every             time.Duration
	options                    kmazs.Options // where users.json is silent
	given                      []string      // names of the flags on the command line
}

// exit is an error with its exit code.
type exit struct {
	error
	code int
}

func (e exit) Unwrap() error { return e.error }

func misuse(format string, args ...any) error {
	return exit{fmt.Errorf(format+"; see -h", args...), exitUsage}
}

const sample = `  {"ImportUsersParams":{"ImportType":"Update"},"TestCharSet":"Проверка кодировки",
   "Users":[{"SYNCID":"1456735","SHORTNAME":"ИВАНОВ И.И.","KEY":"0000567890123456","DAYLIMIT":"100"}]}
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
		report(os.Stderr, err)
	}
	os.Exit(exitCode(err))
}

// report prints an error, findings in the records one a line.
func report(w io.Writer, err error) {
	findings, ok := errors.AsType[kmazs.Findings](err)
	if !ok {
		fmt.Fprintln(w, "kmazs-send:", err)
		return
	}
	for _, f := range findings {
		fmt.Fprintln(w, "kmazs-send:", f)
	}
	fmt.Fprintln(w, "kmazs-send: nothing was sent")
}

// exitCode sorts an error by what the caller has to do.
func exitCode(err error) int {
	if e, ok := errors.AsType[exit](err); ok {
		return e.code
	}
	var coded interface{ Code() string }
	if errors.As(err, &coded) {
		switch coded.Code() {
		case flagfile.CodeRefused, webapi.CodeRefused, webapi.CodeLogin, webapi.CodeTooLarge:
			return exitRefused
		case exchange.CodeWithdrawn, exchange.CodeEarlier, exchange.CodeSenderBusy,
			webapi.CodeUnreachable, webapi.CodeBroken, webapi.CodeBusy, webapi.CodeStatus, webapi.CodeAnswer:
			return exitTimeout
		}
	}
	return exitUsage
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	c, err := parse(args, stderr)
	if err != nil {
		return err
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	interrupted := ctx
	if c.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, c.timeout)
		defer cancel()
	}
	switch {
	case c.template != "":
		return exchange.WriteTemplate(ctx, flagfile.Dir(c.template), c.page, time.Now())
	case c.exchange != "":
		reply, err := c.beginExchange(ctx, log)
		return show(interrupted, reply, err, log, stdout)
	}
	request, err := c.read()
	if err != nil {
		return err
	}
	for _, w := range request.Warnings {
		log.Warn(w.String())
	}
	if c.url != "" {
		return c.post(ctx, request, log, stdout)
	}
	stop := waiting()
	reply, err := c.client(log).Send(ctx, request, c.number)
	stop()
	return show(interrupted, reply, err, log, stdout)
}

func parse(args []string, stderr io.Writer) (*config, error) {
	c := &config{page: dbfio.CP1251}
	f := flag.NewFlagSet("kmazs-send", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&c.folder, "folder", "", "exchange `folder` of the office")
	f.StringVar(&c.url, "url", "", "`URL` of the Web-API's import of users")
	f.StringVar(&c.user, "user", "", "login for the Web-API")
	f.StringVar(&c.passwordEnv, "password-env", "", "environment `variable` that holds the password")
	f.StringVar(&c.exchange, "exchange", "", "begin an exchange with these `stations`: 1,2,3 or all")
	f.StringVar(&c.template, "template", "", "write an empty users.dbf and an example users.flag into this `folder`")
	f.Func("codepage", "code page of the table: cp1251 (default) or cp866", func(name string) error {
		page, err := dbfio.ParseCodePage(name)
		if err != nil || page != dbfio.CP1251 && page != dbfio.CP866 {
			return fmt.Errorf("%q is neither cp1251 nor cp866", name)
		}
		c.page = page
		return nil
	})
	autoExchange := f.Bool("autoexchange", false, "ask for sending the changes to the stations at once")
	byName := f.Bool("attach-by-name", false, "records may find their accounts by SHORTNAME, where users.json does not say")
	isCar := f.Bool("process-iscar", false, "the office shall honour ISCAR")
	f.Int64Var(&c.number, "nummessage", 0, "running `number` of the request; the same number and users are never imported twice; 0 = by the clock")
	f.DurationVar(&c.timeout, "timeout", 2*time.Minute, "how long to wait for the result; 0 = for ever")
	f.DurationVar(&c.every, "every", time.Second, "time between two looks for the result")
	f.Usage = func() {
		fmt.Fprint(f.Output(), "Usage: kmazs-send -folder DIR [flags] users.json\n"+
			"       kmazs-send -url URL -user U -password-env VAR users.json\n"+
			"       kmazs-send -exchange 1,2,3|all -folder DIR\n"+
			"       kmazs-send -template DIR\n\n"+
			"Sends users to KMAZS-Office, waits for the result and prints it.\n"+
			"After a time-out users.dbf and users.flag.withdrawn stay in the folder; delete them, they hold KEY and PIN.\n"+
			"Exit codes: 0 done, 1 refused by the office, 2 time-out or no usable answer, 3 wrong input or usage.\n\n"+
			"users.json:\n\n"+sample+"\n")
		f.PrintDefaults()
	}
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return nil, err
		}
		return nil, exit{errTold, exitUsage} // the flag package has said why
	}
	f.Visit(func(given *flag.Flag) {
		c.given = append(c.given, given.Name)
		switch given.Name {
		case "autoexchange":
			c.options.AutoExchange = kmazs.Value(*autoExchange)
		case "attach-by-name":
			c.options.AttachByName = kmazs.Value(*byName)
		case "process-iscar":
			c.options.ProcessIsCar = kmazs.Value(*isCar)
		}
	})
	return c, c.check(f.Args())
}

func (c *config) check(rest []string) error {
	jobs := 0
	for _, job := range []bool{c.template != "", c.exchange != "", len(rest) > 0} {
		if job {
			jobs++
		}
	}
	switch {
	case jobs == 0:
		return misuse("give users.json, -exchange or -template")
	case jobs > 1 || len(rest) > 1:
		return misuse("give one of users.json, -exchange and -template")
	case c.template != "" && c.folder+c.url != "":
		return misuse("-template names its folder itself")
	case c.exchange != "" && (c.folder == "" || c.url != ""):
		return misuse("-exchange needs -folder: the Web-API has no command for it")
	case c.template == "" && (c.folder == "") == (c.url == ""):
		return misuse("give either -folder or -url")
	case c.url != "" && (c.user == "" || c.passwordEnv == ""):
		return misuse("-url needs -user and -password-env")
	case c.url != "" && os.Getenv(c.passwordEnv) == "":
		return misuse("the environment variable %s of -password-env is empty", c.passwordEnv)
	case c.every <= 0:
		return misuse("-every must be above 0")
	case c.timeout < 0 || c.number < 0:
		return misuse("-timeout and -nummessage cannot be below 0")
	}
	job, fits := c.job()
	for _, name := range c.given {
		if !slices.Contains(fits, name) {
			return misuse("-%s means nothing %s", name, job)
		}
	}
	for _, folder := range []string{c.folder, c.template} {
		if info, err := os.Stat(folder); folder != "" && (err != nil || !info.IsDir()) {
			return misuse("%q is no folder", folder)
		}
	}
	if len(rest) == 1 {
		c.file = rest[0]
	}
	return nil
}

// job names what the command line asks for, and the flags that have a meaning in it.
func (c *config) job() (name string, fits []string) {
	switch {
	case c.template != "":
		return "with -template", []string{"template", "codepage", "timeout"}
	case c.exchange != "":
		return "with -exchange", []string{"exchange", "folder", "nummessage", "timeout", "every"}
	case c.url != "":
		return "with -url", []string{"url", "user", "password-env", "attach-by-name", "autoexchange", "process-iscar", "timeout"}
	}
	return "with -folder", []string{"folder", "codepage", "autoexchange", "nummessage", "attach-by-name", "process-iscar", "timeout", "every"}
}

// read decodes users.json; flags hold where it is silent (K0).
func (c *config) read() (*kmazs.Request, error) {
	f, err := os.Open(c.file)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	request, err := kmazs.ReadJSON(f, nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", c.file, err)
	}
	for _, o := range []struct{ said, flag *kmazs.Optional[bool] }{
		{&request.Options.AutoExchange, &c.options.AutoExchange},
		{&request.Options.AttachByName, &c.options.AttachByName},
		{&request.Options.ProcessIsCar, &c.options.ProcessIsCar},
	} {
		if !o.said.HasValue() {
			*o.said = *o.flag
		}
	}
	return request, nil
}

func (c *config) client(log *slog.Logger) *exchange.Client {
	return exchange.NewClient(flagfile.Dir(c.folder), &exchange.ClientOptions{CodePage: c.page, Every: c.every, Logger: log})
}

func (c *config) beginExchange(ctx context.Context, log *slog.Logger) (*exchange.Reply, error) {
	list, err := kmazs.ParseStations(c.exchange)
	if err != nil || !list.All && len(list.Numbers) == 0 {
		return nil, misuse("-exchange: %q is neither station numbers such as 1,2,3 nor all", c.exchange)
	}
	var stations []int
	if !list.All {
		stations = list.Numbers
	}
	defer waiting()()
	return c.client(log).Exchange(ctx, stations, c.number)
}

// show prints the result before the files are removed: a program killed in
// between finds them again.
func show(ctx context.Context, reply *exchange.Reply, err error, log *slog.Logger, stdout io.Writer) error {
	if reply == nil {
		return err
	}
	if _, e := io.WriteString(stdout, reply.Result.File.Text()); e != nil {
		return e
	}
	if e := reply.Clean(ctx); e != nil {
		log.Warn("the request's files were not removed", "error", e)
	}
	return err
}
