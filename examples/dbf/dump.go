package main

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"strconv"
	"time"

	"golang.org/x/term"

	"github.com/obmen-go/obmen/dbfio"
)

func dump(ctx context.Context, args []string) error {
	flags := command("dump", "[-codepage auto|cp866|cp1251] [-deleted] [-count] FILE")
	var opts dbfio.ReadOptions
	flags.TextVar(&opts.CodePage, "codepage", dbfio.CodePage(0), "code page of the texts: `auto`, cp866, cp1251; auto asks a .cpg file and the table's mark")
	flags.BoolVar(&opts.Deleted, "deleted", false, "print the rows that are marked as deleted too; stderr names them")
	count := flags.Bool("count", false, "decode every cell and print only the number of rows and the seconds it took")
	if err := parse(flags, args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return misuse(flags, "one FILE is needed, after the flags")
	}
	begin := time.Now()
	r, err := dbfio.Open(flags.Arg(0), &opts)
	if err != nil {
		return err
	}
	defer r.Close()
	opened := r.Warnings()
	printWarnings(os.Stderr, opened)
	if *count {
		err = countRows(ctx, r, begin)
	} else {
		err = printRows(ctx, r)
	}
	printWarnings(os.Stderr, r.Warnings()[len(opened):])
	return err
}

// printRows prints a JSON object per row. A faulty record is named on stderr and
// the rows after it still come; the exit code tells.
func printRows(ctx context.Context, r *dbfio.Reader) error {
	out := bufio.NewWriterSize(os.Stdout, 1<<16)
	keys := make([][]byte, len(r.Columns()))
	for i, c := range r.Columns() {
		keys[i] = append(appendString(nil, c.Name), ':')
	}
	var line []byte
	var deleted ranges
	var faults faulty
	bar := &progress{}
	if !term.IsTerminal(int(os.Stdout.Fd())) { // rows on the screen are progress enough
		bar = newProgress(int64(r.Header().Records), "reading")
	}
	defer bar.close()
	for row, err := range r.Rows() {
		if ctx.Err() != nil {
			out.Flush() // whole rows only
			return ctx.Err()
		}
		if err != nil {
			faults.add(err)
			continue
		}
		if n := row.Number(); n%4096 == 0 {
			bar.set(int64(n))
		}
		line = append(line[:0], '{')
		for i, key := range keys {
			if i > 0 {
				line = append(line, ',')
			}
			line = appendCell(append(line, key...), row.Cell(i))
		}
		line = append(line, '}', '\n')
		if _, err := out.Write(line); err != nil {
			return err
		}
		if row.Deleted() {
			deleted.add(row.Number())
		}
	}
	if err := out.Flush(); err != nil {
		return err
	}
	bar.close()
	if deleted.text != "" {
		fmt.Fprintln(os.Stderr, "deleted rows:", deleted.String())
	}
	return faults.err()
}

// faulty keeps the errors of records: the first is printed last, as the
// program's own error, the others as they come, up to a bound.
type faulty struct {
	first error
	n     int
}

const maxFaultLines = 20

func (f *faulty) add(err error) {
	if f.n++; f.n == 1 {
		f.first = err
	} else if f.n <= maxFaultLines {
		fmt.Fprintln(os.Stderr, "dbf:", plain(err))
	}
}

func (f *faulty) err() error {
	if f.n > maxFaultLines {
		fmt.Fprintf(os.Stderr, "dbf: and %d more faulty records\n", f.n-maxFaultLines)
	}
	return f.first
}

// ranges collects rising numbers as "3, 7-9".
type ranges struct {
	text     string
	from, to int64
}

func (g *ranges) add(n int64) {
	if g.text != "" && n == g.to+1 {
		g.to = n
		return
	}
	g.text = g.String()
	if g.text != "" {
		g.text += ", "
	}
	g.text += strconv.FormatInt(n, 10)
	g.from, g.to = n, n
}

func (g *ranges) String() string {
	if g.to > g.from {
		return g.text + "-" + strconv.FormatInt(g.to, 10)
	}
	return g.text
}

// countRows decodes every cell as dump would and prints rows and seconds.
func countRows(ctx context.Context, r *dbfio.Reader, begin time.Time) error {
	bar := newProgress(int64(r.Header().Records), "reading")
	defer bar.close()
	cols := r.Columns()
	var rows int64
	var faults faulty
	for row, err := range r.Rows() {
		if err != nil {
			faults.add(err)
			continue
		}
		for i := range cols {
			decode(row.Cell(i), cols[i])
		}
		if rows++; rows%4096 == 0 {
			if ctx.Err() != nil {
				return ctx.Err()
			}
			bar.set(rows)
		}
	}
	bar.close()
	seconds := time.Since(begin).Seconds()
	fmt.Printf("{\"rows\":%d,\"seconds\":%.3f}\n", rows, seconds)
	return faults.err()
}

func decode(c dbfio.Cell, col dbfio.Column) {
	switch col.Type {
	case dbfio.Character:
		c.Text()
	case dbfio.Logical:
		c.Bool()
	case dbfio.Date, dbfio.DateTime:
		c.Time()
	default:
		if _, _, err := c.Int(); err != nil {
			c.Number()
		}
	}
}

// appendCell appends a cell as JSON: a string, a number, a logical, a date, null
// for blank (a blank text is ""), or {"error":"…"}.
func appendCell(dst []byte, c dbfio.Cell) []byte {
	var err error
	switch c.Column().Type {
	case dbfio.Character:
		var s string
		if s, _, err = c.Text(); err == nil {
			return appendString(dst, s)
		}
	case dbfio.Logical:
		v, ok, e := c.Bool()
		if err = e; ok {
			return strconv.AppendBool(dst, v)
		}
	case dbfio.Date, dbfio.DateTime:
		s, ok, e := c.Text()
		if err = e; ok {
			return appendString(dst, s)
		}
	default:
		n, ok, e := c.Int()
		if ok && c.Column().Decimals == 0 {
			return strconv.AppendInt(dst, n, 10)
		}
		if ok || e != nil {
			s, _, e := c.Number() // with its decimals, or too long for an int64
			if err = e; err == nil {
				return append(dst, s...)
			}
		}
	}
	if err != nil {
		return append(appendString(append(dst, `{"error":`...), plain(err)), '}')
	}
	return append(dst, "null"...)
}

// appendString appends a JSON string; letters stay letters, and so do < and &.
func appendString(dst []byte, s string) []byte {
	plainText := true
	for i := range len(s) {
		if s[i] < 0x20 || s[i] == '"' || s[i] == '\\' || s[i] == 0x7F {
			plainText = false
			break
		}
	}
	if plainText {
		return append(append(append(dst, '"'), s...), '"')
	}
	dst = append(dst, '"')
	for i := range len(s) {
		switch b := s[i]; {
		case b == '"' || b == '\\':
			dst = append(dst, '\\', b)
		case b == '\n':
			dst = append(dst, '\\', 'n')
		case b == '\r':
			dst = append(dst, '\\', 'r')
		case b == '\t':
			dst = append(dst, '\\', 't')
		case b < 0x20 || b == 0x7F:
			dst = fmt.Appendf(dst, "\\u%04x", b)
		default:
			dst = append(dst, b)
		}
	}
	return append(dst, '"')
}
