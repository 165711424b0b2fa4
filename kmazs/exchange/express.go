package exchange

import (
	"context"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
)

// expressible refuses options that users.flag has no key for (K0). An option that
// says false passes: a folder's silence leaves it to the office.
func expressible(o *kmazs.Options) error {
	switch {
	case o.AttachByKey.Or(false):
		return newError(CodeOption, "option", "AllowAttachByKey").unsent()
	case o.KeyAsUserName.Or(false):
		return newError(CodeOption, "option", "AllowKeyAsUserName").unsent()
	case o.Replace:
		return newError(CodeReplaceMode).unsent()
	}
	return nil
}

// writeTable writes the users under a temporary name and returns how many there
// are. AllowedStations goes into each blank STATIONS (K0).
func (c *Client) writeTable(ctx context.Context, name string, request *kmazs.Request) (records int, err error) {
	var w flagfile.WriteFile
	err = flagfile.Retry(ctx, name, func() (err error) { w, err = c.folder.FS.Create(name); return err })
	if err != nil {
		return 0, newError(CodeFolder).in(name).because(err).unsent()
	}
	allowed, _ := request.Options.AllowedStations.Get()
	records, err = kmazs.WriteTableTo(w, request.Users(), &kmazs.WriteTableOptions{
		CodePage:        c.opts.CodePage,
		AllowedStations: allowed,
		KeysAsRFID:      c.opts.KeysAsRFID,
		Updated:         c.opts.Now(),
	})
	if err == nil {
		err = w.Sync()
	}
	if e := w.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = c.folder.FS.Remove(name) // best effort: it is overwritten next time
	}
	return records, err
}

// usersFlag makes users.flag of the request's options.
func (c *Client) usersFlag(ctx context.Context, o *kmazs.Options, records int, number int64) (*flagfile.File, error) {
	at, number, err := c.moment(ctx, flagfile.KindUsers, number)
	if err != nil {
		return nil, err
	}
	u := flagfile.Users{
		CommandTime:  at,
		Table:        c.opts.Table,
		Records:      new(int64(records)),
		AutoExchange: o.AutoExchange.Or(false),
		Number:       &number,
		CodePage:     c.flagPage(),
		AttachByName: pointer(o.AttachByName),
		ProcessISCAR: pointer(o.ProcessIsCar),
	}
	u.StationsReplace, _ = o.StationsReplace.Get()
	u.FuelReplace, _ = o.FuelReplace.Get()
	return u.File()
}

func (c *Client) flagPage() flagfile.CodePage {
	if c.opts.CodePage == dbfio.CP866 {
		return flagfile.CodePage866
	}
	return flagfile.CodePage1251
}

func pointer(o kmazs.Optional[bool]) *bool {
	if v, ok := o.Get(); ok {
		return &v
	}
	return nil
}
