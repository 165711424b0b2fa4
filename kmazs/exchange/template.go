package exchange

import (
	"context"
	"io/fs"
	"time"

	"github.com/obmen-go/obmen/dbfio"
	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/kmazs"
)

// WriteTemplate writes an empty users.dbf of the whole schema and an example
// users.flag (D10), as KMAZS-Office does by its links "создать пример пустого
// DBF-файла" and "пример файла users.flag". It never replaces a file, and the flag
// is an example: an office that watches this folder would take it as a request
// with no users.
func WriteTemplate(ctx context.Context, fsys flagfile.FS, page dbfio.CodePage, now time.Time) error {
	const table = "users.dbf"
	names, err := fsys.Names()
	if err != nil {
		return newError(CodeFolder).because(err)
	}
	for _, name := range names {
		if name == table || name == flagfile.UsersFlag {
			return newError(CodeExists, "file", name).because(fs.ErrExist)
		}
	}
	c := NewClient(fsys, &ClientOptions{CodePage: page})
	if err := flagfile.Publish(ctx, fsys, table, clientTemp, func(w flagfile.WriteFile) error {
		_, err := kmazs.WriteTableTo(w, kmazs.Users(nil), &kmazs.WriteTableOptions{CodePage: page, Updated: now})
		return err
	}); err != nil {
		return err
	}
	flag, err := flagfile.Users{
		CommandTime:  flagfile.TimestampOf(now),
		Table:        table,
		Records:      new(int64(0)),
		AutoExchange: true,
		Number:       new(int64(1)),
		CodePage:     c.flagPage(),
		AttachByName: new(false),
		ProcessISCAR: new(false),
	}.File()
	if err != nil {
		return err
	}
	return flagfile.PublishFile(ctx, fsys, flagfile.UsersFlag, clientTemp, flag)
}
