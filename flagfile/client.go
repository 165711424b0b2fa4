package flagfile

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"time"
)

// InFlight returns the request that lies in the folder and is not processed yet,
// or nil (FL9). A flag that is not ready is in flight too: somebody is writing it.
// Ask before writing the table: the office may still read the old one.
func (f Folder) InFlight(ctx context.Context, kind Kind) (*File, error) {
	old, err := f.load(ctx, kind.RequestName())
	if err != nil || old == nil || old.Processed() {
		return nil, err
	}
	return old, nil
}

// load is nil for a missing file.
func (f Folder) load(ctx context.Context, name string) (*File, error) {
	file, err := Load(ctx, f.FS, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return file, err
}

// Publish lays a request into the folder: never over one that is in flight (FL9),
// and only after a stale result is gone (FL15). The table has to be complete
// before (FL4). An error whose SafeToRetry is true means that the office has not
// seen the request; only a rename whose outcome cannot be learned is not so.
func (f Folder) Publish(ctx context.Context, kind Kind, request *File) error {
	old, err := f.InFlight(ctx, kind)
	if err != nil {
		return safe(err)
	}
	if old != nil {
		return fail(CodeInFlight, kind.RequestName()).retryable()
	}
	if err := f.remove(ctx, kind.ResultName()); err != nil {
		return safe(err)
	}
	err = PublishFile(ctx, f.FS, kind.RequestName(), clientSuffix, request)
	if err == nil {
		return nil
	}
	// On a network share a rename may report a failure and have happened.
	switch there, e := f.load(ctx, kind.RequestName()); {
	case e != nil:
		return err
	case there != nil && bytes.Equal(there.Bytes(), request.Bytes()):
		return nil
	}
	return safe(err)
}

func safe(err error) error {
	if e, ok := errors.AsType[*Error](err); ok {
		e.safe = true
	}
	return err
}

func (f Folder) remove(ctx context.Context, name string) error {
	err := Retry(ctx, name, func() error { return f.FS.Remove(name) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// Wait polls until the result of the request is there, complete and its own
// (FL3, FL15), or ctx ends: then the error has the code FLAG-TIMEOUT (or wraps
// context.Canceled) and the request is still in the folder: call Withdraw.
//
// A failing look does not end the wait, since a network share may be away for a
// while; the last failure is the cause in the time-out's error.
//
// If an office that finished an earlier, withdrawn request has just put that one
// back over this request, it is published again.
func (f Folder) Wait(ctx context.Context, kind Kind, request *File) (*Result, error) {
	var last error
	for {
		res, err := f.look(ctx, kind, request)
		if res != nil {
			return res, err
		}
		if err == nil {
			err = f.restore(ctx, kind, request)
		}
		if err != nil && ctx.Err() == nil {
			last = err
		}
		if ctx.Err() != nil || !sleep(ctx, f.every()) {
			cause := ctx.Err()
			if last != nil {
				cause = errors.Join(cause, last)
			}
			return nil, fail(CodeTimeout, kind.ResultName()).because(cause)
		}
	}
}

// look returns the result of the request if it is there.
func (f Folder) look(ctx context.Context, kind Kind, request *File) (*Result, error) {
	file, err := f.load(ctx, kind.ResultName())
	if err != nil || file == nil || !file.Ready() || !file.Answers(request) {
		return nil, err
	}
	return file.Result()
}

func (f Folder) restore(ctx context.Context, kind Kind, request *File) error {
	flag, err := f.load(ctx, kind.RequestName())
	if err != nil || flag == nil || !flag.Processed() || flag.Answers(request) {
		return err
	}
	return PublishFile(ctx, f.FS, kind.RequestName(), clientSuffix, request)
}

// Withdraw takes a request back after a time-out: the flag is renamed, then the
// folder is searched once more for its result (FL9), which is returned if it is
// there. Without one the office may or may not have acted: the next request
// settles it.
func (f Folder) Withdraw(ctx context.Context, kind Kind, request *File) (*Result, error) {
	name := kind.RequestName()
	flag, err := f.load(ctx, name)
	if err != nil {
		return nil, err
	}
	if flag != nil && flag.Answers(request) && !flag.Processed() {
		err := Retry(ctx, name, func() error { return f.FS.Rename(name, name+withdrawnSuffix) })
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return nil, err
		}
	}
	return f.look(ctx, kind, request)
}

// Settled waits until the office has marked the request processed=1, its last act,
// or the flag is gone, for at most the given time. Removing the files earlier
// would let the office put the flag back.
func (f Folder) Settled(ctx context.Context, kind Kind, request *File, most time.Duration) (bool, error) {
	ctx, cancel := context.WithTimeout(ctx, most)
	defer cancel()
	for {
		flag, err := f.load(ctx, kind.RequestName())
		if err == nil && (flag == nil || flag.Processed() || !flag.Answers(request)) {
			return true, nil
		}
		if !sleep(ctx, f.every()) {
			return false, err
		}
	}
}

// Clean removes what belongs to a finished request, in the order flag, tables,
// result (FL9): at no moment a flag names a table that is gone. Files that are
// missing already are no error.
func (f Folder) Clean(ctx context.Context, kind Kind, tables ...string) error {
	names := append([]string{kind.RequestName()}, tables...)
	names = append(names, kind.RequestName()+withdrawnSuffix, kind.ResultName())
	for _, name := range names {
		if err := f.remove(ctx, name); err != nil {
			return err
		}
	}
	return nil
}

// Repeats says whether two requests ask for the same thing: all keys of [main]
// are equal but for commandtime and processed. A client that was killed after
// publishing finds its own request by this, given that both carry a nummessage,
// and waits for that result instead of sending twice.
func (f *File) Repeats(other *File) bool {
	if _, numbered := f.Get(Main, "nummessage"); !numbered {
		return false
	}
	for _, pair := range [2][2]*File{{f, other}, {other, f}} {
		for _, key := range pair[0].Keys(Main) {
			if key != "commandtime" && key != "processed" && !sameText(pair[0], pair[1], key) {
				return false
			}
		}
	}
	return true
}
