package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/obmen-go/obmen/dbfio"
)

// maxLine bounds one line of the input: a table of 2046 columns fits many times.
const maxLine = 16 << 20

func makeTable(ctx context.Context, args []string) error {
	flags := command("make", `[-codepage cp866] -fields "ID,C,40;DAYLIMIT,N,10,0;CANTIDE,L;TIMELIMIT,D" -o FILE < rows.jsonl`)
	var opts dbfio.WriteOptions
	flags.TextVar(&opts.CodePage, "codepage", dbfio.CP1251, "code page of the texts: `cp866` or cp1251")
	fields := flags.String("fields", "", "the `columns`: name,type,width,decimals between semicolons; types C, N, L, D")
	path := flags.String("o", "", "the table to make; it appears complete or not at all")
	if err := parse(flags, args); err != nil {
		return err
	}
	switch {
	case flags.NArg() > 0:
		return misuse(flags, "unexpected argument %q; rows are read from stdin", flags.Arg(0))
	case *fields == "":
		return misuse(flags, "-fields is needed")
	case *path == "":
		return misuse(flags, "-o is needed")
	}
	cols, err := dbfio.ParseColumns(*fields)
	if err != nil {
		return fmt.Errorf("-fields: %s", plain(err))
	}
	f, err := dbfio.Create(*path, cols, &opts)
	if err != nil {
		return err
	}
	defer f.Close()
	bar := newProgress(-1, "writing")
	defer bar.close()
	for line := range lines(ctx, os.Stdin) {
		if line.err != nil {
			return line.err
		}
		if line.number%1000 == 0 {
			bar.set(int64(line.number))
		}
		if err := addRow(f, line.text); err != nil {
			return inLine(line.number, err)
		}
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return f.Commit()
}

type inputLine struct {
	number int
	text   []byte
	err    error
}

// lines yields the lines that are not empty, until an interrupt. They are read
// beside, so that an interrupt ends the program while it waits for input.
func lines(ctx context.Context, src io.Reader) func(func(inputLine) bool) {
	return func(yield func(inputLine) bool) {
		next := make(chan inputLine)
		done := make(chan struct{})
		defer close(done)
		go func() {
			defer close(next)
			send := func(l inputLine) bool {
				select {
				case next <- l:
					return true
				case <-done:
					return false
				}
			}
			s := bufio.NewScanner(src)
			s.Buffer(make([]byte, 0, 1<<16), maxLine)
			for n := 1; s.Scan(); n++ {
				text := s.Bytes()
				if n == 1 {
					text = bytes.TrimPrefix(text, []byte("\ufeff"))
				}
				if text = bytes.TrimSpace(text); len(text) > 0 && !send(inputLine{n, bytes.Clone(text), nil}) {
					return
				}
			}
			if err := s.Err(); errors.Is(err, bufio.ErrTooLong) {
				send(inputLine{err: fmt.Errorf("stdin: a line is longer than %d bytes", maxLine)})
			} else if err != nil {
				send(inputLine{err: fmt.Errorf("stdin: %w", err)})
			}
		}()
		for {
			select {
			case <-ctx.Done():
				return
			case l, ok := <-next:
				if !ok || !yield(l) {
					return
				}
			}
		}
	}
}

// inLine puts the line of the input before an error, in place of the row.
func inLine(number int, err error) error {
	if list, ok := err.(dbfio.Problems); ok {
		var texts []string
		for _, e := range list {
			texts = append(texts, inLine(number, e).Error())
		}
		return errors.New(strings.Join(texts, "\ndbf: "))
	}
	e, ok := errors.AsType[*dbfio.Error](err)
	switch {
	case !ok:
		return fmt.Errorf("line %d%w", number, err)
	case e.Code() == dbfio.CodeWrite:
		return err
	case e.Column() != "":
		return fmt.Errorf("line %d, column %s: %s", number, e.Column(), e.Detail())
	}
	return fmt.Errorf("line %d: %s", number, e.Detail())
}

// cellError is a fault of the input itself.
func cellError(column, format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	if column == "" {
		return errors.New(": " + text)
	}
	return errors.New(", column " + column + ": " + text)
}

// addRow writes one JSON object as a row.
func addRow(f *dbfio.File, text []byte) error {
	if !utf8.Valid(text) {
		return cellError("", "the text is not valid UTF-8")
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if t, err := dec.Token(); err != nil || t != json.Delim('{') {
		return cellError("", "a JSON object is expected, as {\"ID\":\"1\"}")
	}
	cols := f.Columns()
	set := make([]bool, len(cols))
	for dec.More() {
		t, err := dec.Token()
		if err != nil {
			return jsonError(err)
		}
		key, _ := t.(string)
		col := f.Column(key)
		if col < 0 {
			return cellError("", "the table has no column %q; add it to -fields", key)
		}
		if set[col] {
			return cellError(cols[col].Name, "the key stands twice")
		}
		set[col] = true
		var value any
		if err := dec.Decode(&value); err != nil {
			return jsonError(err)
		}
		if err := setCell(f, col, cols[col], value); err != nil {
			return err
		}
	}
	if _, err := dec.Token(); err != nil {
		return jsonError(err)
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return cellError("", "something follows the JSON object")
	}
	return f.WriteRow()
}

func jsonError(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return cellError("", "the JSON object is not complete")
	}
	return cellError("", "the JSON is faulty: %v", err)
}

// setCell returns faults of the input; what does not fit the column comes with
// WriteRow, for all cells of the row together.
func setCell(f *dbfio.File, col int, c dbfio.Column, value any) error {
	text, isText := "", true
	switch v := value.(type) {
	case nil:
		f.SetBlank(col)
		return nil
	case string:
		text = v
	case json.Number:
		text = v.String()
	case bool:
		if c.Type == dbfio.Logical {
			f.SetBool(col, v)
			return nil
		}
		isText = false
	case map[string]any:
		if message, ok := v["error"]; ok && len(v) == 1 {
			return cellError(c.Name, "the cell is marked as invalid: %v", message)
		}
		isText = false
	default:
		isText = false
	}
	shown, _ := json.Marshal(value)
	if !isText {
		return cellError(c.Name, "%s does not go into a column of type %s", shown, c.Type)
	}
	switch trimmed := strings.TrimSpace(text); {
	case c.Type == dbfio.Character:
		f.SetText(col, text)
	case trimmed == "":
		f.SetBlank(col)
	case c.Type == dbfio.Numeric:
		f.SetNumber(col, trimmed)
	case c.Type == dbfio.Logical:
		switch strings.ToLower(trimmed) {
		case "true", "t", "y", "1":
			f.SetBool(col, true)
		case "false", "f", "n", "0":
			f.SetBool(col, false)
		default:
			return cellError(c.Name, "%s is not a logical value; use true, false or null", shown)
		}
	default:
		day, err := time.Parse(time.DateOnly, trimmed)
		if err != nil {
			if day, err = time.Parse("20060102", trimmed); err != nil {
				return cellError(c.Name, "%s is not a date; use \"YYYY-MM-DD\"", shown)
			}
		}
		f.SetTime(col, day)
	}
	return nil
}
