package exchange

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
)

// tablePolls is how many looks a missing or busy table is waited for (FL10).
const tablePolls = 3

// serveUsers carries out users.flag: commit, result, processed=1 (FL12).
func (o *Office) serveUsers(ctx context.Context, req *flagfile.Request) (done bool, err error) {
	begin := o.opts.Now()
	flag, err := req.File.Users()
	if err != nil {
		return o.refuse(ctx, req, begin, err)
	}
	table, name, err := o.openTable(ctx, flag.Table)
	if err != nil {
		return o.missed(ctx, req, flag.Table, err)
	}
	defer table.Close()
	o.misses = 0

	digest, err := digestOf(req, table)
	if err != nil {
		return false, newError(CodeUnreadable, "file", name, "reason", err).because(err)
	}
	result, known, err := o.importer.Receipt(ctx, digest)
	if err != nil {
		return o.failed(ctx, req, begin, err)
	}
	if known {
		// Carried out before, by an office that did not get to its answer.
		o.opts.Logger.Info("the request was carried out already: answered from its receipt", "file", flagfile.UsersFlag)
		if flag.AutoExchange && changed(result) {
			if err := o.importer.Exchange(ctx, nil); err != nil {
				o.opts.Logger.Error("exchange did not start", "error", err)
			}
		}
		return o.report(ctx, req, begin, result)
	}

	// Decoding reads the table once more; a digest of what it read shows whether
	// somebody writes into a table that users.flag says is complete.
	again := newDigest(req)
	request, err := o.readTable(ctx, io.TeeReader(table, again), name, &flag)
	if _, e := io.Copy(again, table); e != nil || again.String() != digest {
		return o.missed(ctx, req, flag.Table, errors.Join(flagfile.ErrBusy, e))
	}
	if err != nil {
		return o.refuse(ctx, req, begin, err)
	}
	if current, err := req.Current(ctx); err != nil || !current {
		return err == nil, err // withdrawn, or replaced by another request
	}
	result, err = o.importer.Import(ctx, request, digest)
	if err != nil {
		// A store may commit and lose its answer: the receipt tells.
		if done, known, e := o.importer.Receipt(ctx, digest); e == nil && known {
			return o.report(ctx, req, begin, done)
		}
		return o.failed(ctx, req, begin, err)
	}
	return o.report(ctx, req, begin, result)
}

func (o *Office) failed(ctx context.Context, req *flagfile.Request, begin time.Time, err error) (bool, error) {
	if ctx.Err() != nil {
		return false, ctx.Err() // stopped, not failed: the next start does it
	}
	return o.refuse(ctx, req, begin, err)
}

// digest names a request by the bytes of its flag and its table (FL12).
type digest struct{ hash.Hash }

func newDigest(req *flagfile.Request) digest {
	d := digest{sha256.New()}
	d.Write(req.Digest[:])
	return d
}

func (d digest) String() string { return hex.EncodeToString(d.Sum(nil)) }

// digestOf reads the table and leaves it at its beginning.
func digestOf(req *flagfile.Request, table io.ReadSeeker) (string, error) {
	d := newDigest(req)
	if _, err := io.Copy(d, table); err != nil {
		return "", err
	}
	_, err := table.Seek(0, io.SeekStart)
	return d.String(), err
}

// openTable opens the file of that exact name, else the only one that differs in
// case alone (D5).
func (o *Office) openTable(ctx context.Context, want string) (table flagfile.ReadFile, name string, err error) {
	open := func(name string) error {
		return flagfile.Retry(ctx, name, func() (err error) {
			table, err = o.folder.FS.Open(name)
			return err
		})
	}
	if err = open(want); !errors.Is(err, fs.ErrNotExist) {
		return table, want, err
	}
	names, listErr := o.folder.FS.Names()
	if listErr != nil {
		return nil, want, err
	}
	for _, n := range names {
		if strings.EqualFold(n, want) {
			if name != "" {
				return nil, want, err
			}
			name = n
		}
	}
	if name == "" {
		return nil, want, err
	}
	o.opts.Logger.Warn("the table's name differs from dbffile in case", "file", name, "dbffile", want)
	return table, name, open(name)
}

// missed counts the looks for a table and gives up after the third.
func (o *Office) missed(ctx context.Context, req *flagfile.Request, name string, reason error) (done bool, err error) {
	if o.missing != req.Digest {
		o.missing, o.misses = req.Digest, 0
	}
	if o.misses++; o.misses < tablePolls {
		o.opts.Logger.Info("the table is missing or busy, looked for again", "file", name, "look", o.misses, "error", reason)
		return false, nil
	}
	o.misses = 0
	if e, ok := errors.AsType[*flagfile.Error](reason); ok && e.Code() == flagfile.CodeAccess {
		return o.refuse(ctx, req, o.opts.Now(), e) // names the service account
	}
	return o.refuse(ctx, req, o.opts.Now(), newError(CodeNoTable, "file", name).because(reason))
}

// readTable decodes the table into a request with the options of the flag. An
// error refuses the request.
func (o *Office) readTable(ctx context.Context, table io.Reader, name string, flag *flagfile.Users) (*kmazs.Request, error) {
	unreadable := func(err error) error { return newError(CodeUnreadable, "file", name, "reason", err).because(err) }
	r, err := dbfio.NewReader(table, &dbfio.ReadOptions{CodePage: o.pageOf(ctx, name, flag), Mask: kmazs.PersonalColumns()})
	if err != nil {
		return nil, unreadable(err)
	}
	request, err := kmazs.ReadTableFrom(r, nil)
	if err != nil {
		return nil, unreadable(err)
	}
	// The reader goes by the size, so its count is that of the physical rows (FL11).
	live, deleted := r.Counts()
	if flag.Records != nil && *flag.Records != live+deleted && *flag.Records != live {
		return nil, newError(CodeRecordCount, "announced", *flag.Records, "rows", live+deleted, "live", live)
	}
	for _, w := range request.Warnings {
		o.opts.Logger.Warn(w.String(), "file", name)
	}
	request.Options = kmazs.Options{
		AttachByName:    optional(flag.AttachByName),
		ProcessIsCar:    optional(flag.ProcessISCAR),
		StationsReplace: given(flag.StationsReplace),
		FuelReplace:     given(flag.FuelReplace),
		AutoExchange:    kmazs.Value(flag.AutoExchange),
	}
	return request, nil
}

func optional(b *bool) (o kmazs.Optional[bool]) {
	if b != nil {
		o.SetValue(*b)
	}
	return o
}

func given(s string) (o kmazs.Optional[string]) {
	if s != "" {
		o.SetValue(s)
	}
	return o
}

// pageOf is the table's code page by K0 and D2; 0 lets the table's mark decide.
func (o *Office) pageOf(ctx context.Context, name string, flag *flagfile.Users) dbfio.CodePage {
	switch flag.CodePage {
	case flagfile.CodePage1251:
		return dbfio.CP1251
	case flagfile.CodePage866:
		return dbfio.CP866
	}
	if o.opts.CodePage != 0 {
		return o.opts.CodePage
	}
	stem, _, _ := strings.Cut(name, ".")
	var text []byte
	err := flagfile.Retry(ctx, stem+".cpg", func() error {
		f, err := o.folder.FS.Open(stem + ".cpg")
		if err != nil {
			return err
		}
		defer f.Close()
		text, err = io.ReadAll(io.LimitReader(f, 64))
		return err
	})
	if err != nil {
		return 0
	}
	page, err := dbfio.ParseCodePage(strings.TrimSpace(string(text)))
	if err != nil {
		return 0
	}
	return page
}

// report writes the result of an import, with the counts if the office tells them (K41).
func (o *Office) report(ctx context.Context, req *flagfile.Request, begin time.Time, r kmazs.Result) (done bool, err error) {
	var extra []string
	if o.importer.Settings().ShowRefused {
		for _, c := range []struct {
			key string
			n   int
		}{
			{"addcnt", r.Added}, {"updcnt", r.Updated()}, {"delcnt", r.Deleted}, {"ignoredcnt", r.Ignored}, {"refusedcnt", len(r.Refused)},
		} {
			extra = append(extra, c.key, strconv.Itoa(c.n))
		}
	}
	return o.finish(ctx, req, begin, false, "", extra...)
}

func changed(r kmazs.Result) bool { return r.Added+r.Updated()+r.Deleted+r.Locked > 0 }
