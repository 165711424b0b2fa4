package exchange

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"io/fs"
	"log/slog"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
)

// clientLock keeps two senders out of one folder: one request may be in flight.
const clientLock = "kmazs-client.lock"

// clientTemp is the ending of the table's temporary name.
const clientTemp = ".client-tmp"

// ClientOptions are the options of a [Client]. Nil means the zero value.
type ClientOptions struct {
	// Table is the name of the table, lower-case Latin letters and digits before
	// .dbf (D5). It defaults to "users.dbf".
	Table string
	// CodePage of the table, dbfio.CP1251 or dbfio.CP866. It defaults to CP1251,
	// and users.flag names it always.
	CodePage dbfio.CodePage
	// KeysAsRFID writes keys of KEY_TYPE 1 into RFID; see kmazs.WriteTableOptions.
	KeysAsRFID bool
	// Every is the time between two looks for the result. It defaults to 5 s.
	Every time.Duration
	// Now is the clock of commandtime. It defaults to time.Now.
	Now func() time.Time
	// Logger gets what happens. It defaults to none.
	Logger *slog.Logger
}

// Client is the external system's side of a folder. It is for one goroutine.
type Client struct {
	folder flagfile.Folder
	opts   ClientOptions
}

// NewClient makes a client of a folder. It does no I/O.
func NewClient(fsys flagfile.FS, o *ClientOptions) *Client {
	c := &Client{}
	if o != nil {
		c.opts = *o
	}
	if c.opts.Table == "" {
		c.opts.Table = "users.dbf"
	}
	if c.opts.CodePage == 0 {
		c.opts.CodePage = dbfio.CP1251
	}
	if c.opts.Now == nil {
		c.opts.Now = time.Now
	}
	if c.opts.Logger == nil {
		c.opts.Logger = slog.New(slog.DiscardHandler)
	}
	if c.opts.Every <= 0 {
		c.opts.Every = 5 * time.Second
	}
	c.folder = flagfile.Folder{FS: fsys, Every: c.opts.Every}
	return c
}

// Reply is what the office answered.
type Reply struct {
	// Result is the result file: its times, its message, all its keys.
	Result *flagfile.Result

	client  *Client
	kind    flagfile.Kind
	request *flagfile.File
	tables  []string
	clocked bool // the clock made the request's number
}

// settleTime is how long Clean waits for the office's last step.
const settleTime = 5 * time.Second

// Clean removes the request's files, as the document asks the external system to:
// flag, table, result (FL9). Call it when the reply is safe in your own system: a
// program that dies before it finds the same reply again when it sends the same
// request with the same number. Where the office does not mark the request within
// 5 s, or another sender has taken the folder, the files are left to the next one.
func (r *Reply) Clean(ctx context.Context) error {
	f := r.client.folder
	soon, cancel := context.WithTimeout(ctx, settleTime)
	defer cancel()
	unlock, err := r.client.lock(soon)
	if err != nil {
		if ctx.Err() == nil && soon.Err() != nil {
			return nil
		}
		return err
	}
	defer unlock()
	if ok, err := f.Settled(ctx, r.kind, r.request, settleTime); err != nil || !ok {
		return err
	}
	flag, err := r.client.load(ctx, r.kind.RequestName())
	if err != nil || flag != nil && !flag.Answers(r.request) {
		return err // the next request lies there, under the same names
	}
	// Once the flag is gone nothing tells the next request that this second was
	// used (FL15): with a number made by the clock it could be this one, letter by
	// letter, and the office would answer it from the receipt.
	if r.clocked {
		r.client.leaveSecond(ctx, r.request)
	}
	return f.Clean(ctx, r.kind, r.tables...)
}

// Send sends users and waits for the result until ctx ends. number is nummessage,
// the running number of the request; 0 lets the clock make one.
//
// A number names a request: sent again with the same records, options and number
// as a request that still lies in the folder, it is that request, and its reply is
// returned. So a program that was killed sends again and nothing is done twice.
//
// An answer with error=1 is an error with the code FLAG-REFUSED, beside the reply.
// When ctx ends first, the request is withdrawn, and the error's code is
// KMAZS-FOLDER-WITHDRAWN. What the folder cannot carry (K0) and records with
// findings are errors before anything is written.
func (c *Client) Send(ctx context.Context, request *kmazs.Request, number int64) (*Reply, error) {
	if err := expressible(&request.Options); err != nil {
		return nil, err
	}
	if err := dbfio.CheckUsersName(c.opts.Table); err != nil {
		return nil, err
	}
	for _, w := range kmazs.Advice(request.Options, request.Users()) {
		c.opts.Logger.Warn(w.String())
	}
	unlock, err := c.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()

	temp := c.opts.Table + clientTemp
	records, err := c.writeTable(ctx, temp, request)
	if err != nil {
		return nil, err
	}
	flag, err := c.usersFlag(ctx, &request.Options, records, number)
	if err != nil {
		return nil, err
	}
	r := &Reply{client: c, kind: flagfile.KindUsers, request: flag, tables: []string{c.opts.Table, temp}, clocked: number == 0}
	if old, err := c.earlier(ctx, flag, temp, number != 0); err != nil {
		return nil, err
	} else if old != nil {
		c.opts.Logger.Info("the same request lies in the folder: its result is taken", "file", flagfile.UsersFlag)
		r.request = old
		return r.wait(ctx)
	}
	if err := c.clear(ctx, flagfile.KindUsers); err != nil {
		return nil, err
	}
	// The table is complete before the flag appears (FL4).
	err = flagfile.Retry(ctx, c.opts.Table, func() error { return c.folder.FS.Rename(temp, c.opts.Table) })
	if err != nil {
		return nil, newError(CodeFolder).in(c.opts.Table).because(err).unsent()
	}
	if err := c.folder.Publish(ctx, flagfile.KindUsers, flag); err != nil {
		return nil, err
	}
	return r.wait(ctx)
}

// Exchange asks the office to begin an exchange with stations, nil meaning all,
// and waits for the answer, which comes when the exchange has begun (FL8).
func (c *Client) Exchange(ctx context.Context, stations []int, number int64) (*Reply, error) {
	list := kmazs.StationList{All: stations == nil, Numbers: stations}
	if !list.All && len(stations) == 0 {
		return nil, newError(CodeStations, "value", "").unsent()
	}
	unlock, err := c.lock(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	if err := c.clear(ctx, flagfile.KindExchange); err != nil {
		return nil, err
	}
	at, number, err := c.moment(ctx, flagfile.KindExchange, number)
	if err != nil {
		return nil, err
	}
	flag, err := flagfile.Exchange{CommandTime: at, Stations: list.String(), Number: &number}.File()
	if err != nil {
		return nil, err
	}
	if err := c.folder.Publish(ctx, flagfile.KindExchange, flag); err != nil {
		return nil, err
	}
	r := &Reply{client: c, kind: flagfile.KindExchange, request: flag}
	reply, err := r.wait(ctx)
	// Some offices answer with the time alone: at most one exchange a second.
	c.leaveSecond(ctx, flag)
	return reply, err
}

// leaveSecond waits until the clock has left the second of a request (FL15).
func (c *Client) leaveSecond(ctx context.Context, request *flagfile.File) {
	if now := c.opts.Now(); request.Has(flagfile.Main, "commandtime", string(flagfile.TimestampOf(now))) {
		pause(ctx, now.Truncate(time.Second).Add(time.Second).Sub(now))
	}
}

// wait returns the reply, or withdraws the request (FL9).
func (r *Reply) wait(ctx context.Context) (*Reply, error) {
	f := r.client.folder
	res, err := f.Wait(ctx, r.kind, r.request)
	if err != nil && ctx.Err() != nil {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), settleTime)
		defer cancel()
		found, e := f.Withdraw(late, r.kind, r.request)
		if found == nil {
			return nil, newError(CodeWithdrawn).because(errors.Join(errors.Unwrap(err), e))
		}
		res, err = found, e
	}
	if err != nil {
		return nil, err
	}
	r.Result = res
	return r, res.Err()
}

// lock waits until no other sender works in the folder.
func (c *Client) lock(ctx context.Context) (unlock func(), err error) {
	for {
		lock, err := c.folder.FS.Lock(clientLock)
		switch {
		case err == nil:
			return func() { lock.Close() }, nil
		case errors.Is(err, errors.ErrUnsupported):
			return func() {}, nil // the rule of one request in flight still holds
		case !errors.Is(err, flagfile.ErrLocked):
			return nil, newError(CodeFolder).in(clientLock).because(err).unsent()
		}
		if !pause(ctx, c.opts.Every) {
			return nil, newError(CodeSenderBusy).because(ctx.Err()).unsent()
		}
	}
}

// clear waits until no request is in flight (FL9); before that not even the table
// may change.
func (c *Client) clear(ctx context.Context, kind flagfile.Kind) error {
	for told := false; ; told = true {
		old, err := c.folder.InFlight(ctx, kind)
		if err != nil || old == nil {
			return err
		}
		if !told {
			c.opts.Logger.Warn("an earlier request is not processed yet: waiting for it", "file", kind.RequestName())
		}
		if !pause(ctx, c.opts.Every) {
			return newError(CodeEarlier).in(kind.RequestName()).because(ctx.Err()).unsent()
		}
	}
}

// moment makes the commandtime and, unless one is given, the number of a request:
// neither is that of the request before (FL15).
func (c *Client) moment(ctx context.Context, kind flagfile.Kind, number int64) (flagfile.Timestamp, int64, error) {
	old, err := c.load(ctx, kind.RequestName())
	if err != nil {
		return "", 0, err
	}
	for {
		now := c.opts.Now()
		at, made := flagfile.TimestampOf(now), number
		if number == 0 {
			made = now.Unix()
		}
		if old == nil || !old.Has(flagfile.Main, "commandtime", string(at)) {
			return at, made, nil
		}
		if !pause(ctx, time.Second) {
			return "", 0, newError(CodeEarlier).in(kind.RequestName()).because(ctx.Err()).unsent()
		}
	}
}

// load is nil for a missing file.
func (c *Client) load(ctx context.Context, name string) (*flagfile.File, error) {
	f, err := flagfile.Load(ctx, c.folder.FS, name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}

// earlier finds the same request in the folder, left there by a sender that was
// killed. Without a number of its own, only one that waits still is the same.
func (c *Client) earlier(ctx context.Context, flag *flagfile.File, temp string, numbered bool) (*flagfile.File, error) {
	old, err := c.load(ctx, flagfile.UsersFlag)
	if err != nil || old == nil || !old.Ready() || old.Processed() && !numbered {
		return nil, err
	}
	if n, ok := old.Get(flagfile.Main, "nummessage"); ok && !numbered {
		flag = flag.Clone()
		if err := flag.Set(flagfile.Main, "nummessage", n); err != nil {
			return nil, err
		}
	}
	if !old.Repeats(flag) {
		return nil, nil
	}
	res, err := c.load(ctx, flagfile.UsersResult)
	if err != nil {
		return nil, err
	}
	answered := res != nil && res.Ready() && res.Answers(old)
	switch {
	case old.Processed() && !answered:
		return nil, nil // its result is gone: send again
	case answered && !numbered:
		return nil, nil // the office is between its result and its mark: clear waits
	}
	fresh, err := c.hash(ctx, temp)
	if err != nil {
		return nil, err
	}
	lying, err := c.hash(ctx, c.opts.Table)
	if errors.Is(err, fs.ErrNotExist) || lying != fresh {
		return nil, nil
	}
	return old, err
}

func (c *Client) hash(ctx context.Context, name string) (sum [sha256.Size]byte, err error) {
	err = flagfile.Retry(ctx, name, func() error {
		f, err := c.folder.FS.Open(name)
		if err != nil {
			return err
		}
		defer f.Close()
		h := sha256.New()
		if _, err := io.Copy(h, f); err != nil {
			return err
		}
		h.Sum(sum[:0])
		return nil
	})
	return sum, err
}
