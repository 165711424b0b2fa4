package exchange

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"slices"
	"strings"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs/office"
)

// LockName is the file by which an office keeps other offices out of its folder.
const LockName = "kmazs-office.lock"

// OfficeOptions are the options of an [Office]. Nil means the zero value.
type OfficeOptions struct {
	// Every is the time between two looks into the folder. It defaults to 5 s.
	Every time.Duration
	// CodePage is the page of tables whose users.flag says none (K0). By default
	// the table decides: a .cpg file, its mark, else CP1251.
	CodePage dbfio.CodePage
	// Now is the clock of procbegin and procend. It defaults to time.Now.
	Now func() time.Time
	// Logger gets what happens in the folder. It defaults to none.
	Logger *slog.Logger
}

// Office is the office's side of a folder: it takes users.flag and exchg.flag,
// lets an office.Importer carry them out, and answers. It is for one goroutine.
//
// Whatever moment it is killed at, it goes on by what the files and the receipts
// of the directory say when it starts again (FL12).
type Office struct {
	folder   flagfile.Folder
	importer *office.Importer
	opts     OfficeOptions

	misses   int              // polls in which the table of the request was not there
	missing  [32]byte         // the request they belong to
	misnamed bool             // users.flag.txt was told of
	told     map[string]error // file -> the last failure told of it
}

// NewOffice makes an office on a folder. It does no I/O. The importer stays the
// caller's: it may serve the Web-API too, and its caller closes it.
func NewOffice(fsys flagfile.FS, importer *office.Importer, o *OfficeOptions) *Office {
	of := &Office{importer: importer, told: map[string]error{}}
	if o != nil {
		of.opts = *o
	}
	if of.opts.Now == nil {
		of.opts.Now = time.Now
	}
	if of.opts.Logger == nil {
		of.opts.Logger = slog.New(slog.DiscardHandler)
	}
	if of.opts.Every <= 0 {
		of.opts.Every = 5 * time.Second
	}
	of.folder = flagfile.Folder{FS: fsys, Every: of.opts.Every}
	return of
}

// Run serves the folder until ctx ends, and returns nil then. Another office in the
// folder is an error with the code KMAZS-FOLDER-LOCKED; failures of the folder are
// logged and tried again, since a share may be away for a while.
func (o *Office) Run(ctx context.Context) error {
	return o.locked(func() error {
		o.opts.Logger.Info("the folder is watched", "every", o.opts.Every)
		for {
			_, _ = o.Poll(ctx) // what fails is logged there
			if !pause(ctx, o.opts.Every) {
				return nil
			}
		}
	})
}

// RunOnce serves what lies in the folder and returns. A request whose table is
// missing keeps it for as many looks as Run would grant (FL10).
func (o *Office) RunOnce(ctx context.Context) error {
	return o.locked(func() error {
		for look := 1; ; look++ {
			waiting, err := o.Poll(ctx)
			if !waiting && err == nil || look > tablePolls {
				return err
			}
			if !pause(ctx, o.opts.Every) {
				return ctx.Err()
			}
		}
	})
}

func (o *Office) locked(serve func() error) error {
	lock, err := o.folder.FS.Lock(LockName)
	switch {
	case errors.Is(err, flagfile.ErrLocked):
		return newError(CodeLocked).in(LockName)
	case errors.Is(err, errors.ErrUnsupported):
		o.opts.Logger.Warn("this folder cannot be locked: make sure that no other office serves it")
		return serve()
	case err != nil:
		return newError(CodeFolder).in(LockName).because(err)
	}
	return errors.Join(serve(), closed(lock))
}

func closed(c io.Closer) error {
	if err := c.Close(); err != nil {
		return newError(CodeFolder).in(LockName).because(err)
	}
	return nil
}

func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// Poll looks into the folder once and serves what is ready. waiting says that a
// request is there that could not be answered yet; an error is what hindered it.
// Poll does not lock the folder; Run and RunOnce do.
func (o *Office) Poll(ctx context.Context) (waiting bool, err error) {
	o.noticeMisnamed(ctx)
	for _, kind := range []flagfile.Kind{flagfile.KindUsers, flagfile.KindExchange} {
		done, e := o.serve(ctx, kind)
		if ctx.Err() != nil {
			return true, errors.Join(err, ctx.Err())
		}
		o.tell(kind.RequestName(), e)
		waiting = waiting || !done
		err = errors.Join(err, e)
	}
	return waiting, err
}

// serve answers the request of a kind, if there is one.
func (o *Office) serve(ctx context.Context, kind flagfile.Kind) (done bool, err error) {
	req, err := o.folder.Claim(ctx, kind)
	if err != nil || req == nil {
		return err == nil, err
	}
	for _, w := range req.File.Warnings() {
		o.opts.Logger.Warn(w.Text, "file", kind.RequestName(), "line", w.Line)
	}
	if kind == flagfile.KindExchange {
		return o.serveExchange(ctx, req)
	}
	return o.serveUsers(ctx, req)
}

// tell logs a failure once, and its end.
func (o *Office) tell(name string, err error) {
	last := o.told[name]
	switch {
	case err == nil && last != nil:
		delete(o.told, name)
		o.opts.Logger.Info("the folder works again", "file", name)
	case err != nil && (last == nil || last.Error() != err.Error()):
		o.told[name] = err
		o.opts.Logger.Error("the folder fails, tried again at every look", "file", name, "error", err)
	}
}

// noticeMisnamed warns once of the trap that Notepad sets (FL10).
func (o *Office) noticeMisnamed(ctx context.Context) {
	if o.misnamed {
		return
	}
	names, err := o.folder.FS.Names()
	if err != nil || ctx.Err() != nil {
		return
	}
	if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, flagfile.MisnamedRequest) }) {
		o.misnamed = true
		o.opts.Logger.Warn("users.flag.txt is not users.flag: rename it; Windows hides the ending .txt", "file", flagfile.MisnamedRequest)
	}
}

// finish writes the result and processed=1. text is "" for success.
func (o *Office) finish(ctx context.Context, req *flagfile.Request, begin time.Time, failed bool, text string, extra ...string) (done bool, err error) {
	file, lost, err := req.File.Answer(flagfile.Outcome{
		Failed: failed,
		Text:   text,
		Begin:  flagfile.TimestampOf(begin),
		End:    flagfile.TimestampOf(o.opts.Now()),
	}, extra...)
	if err != nil {
		return false, err
	}
	if len(lost) > 0 {
		o.opts.Logger.Warn("characters that windows-1251 lacks became ? in the result", "file", req.Kind.ResultName(), "characters", string(lost))
	}
	if err := req.Answer(ctx, file); err != nil {
		return false, err
	}
	return true, nil
}

// localized is what every error of this module offers.
type localized interface{ Message(lang string) string }

// refuse ends a request with error=1 (FL5). The text is Russian, as a clerk reads it.
func (o *Office) refuse(ctx context.Context, req *flagfile.Request, begin time.Time, reason error) (done bool, err error) {
	o.opts.Logger.Warn("request refused", "file", req.Kind.RequestName(), "error", reason)
	var text localized
	if !errors.As(reason, &text) {
		text = newError(CodeFailed, "reason", reason).because(reason)
	}
	return o.finish(ctx, req, begin, true, text.Message("ru"))
}
