package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"github.com/obmen-go/obmen/flk"
	flkreport "github.com/obmen-go/obmen/flk/report"
	"github.com/obmen-go/obmen/flk/source"
)

type options struct {
	lenient                               bool
	source, statements, format, out, file string
}

func (o *options) profile() flk.Profile {
	if o.lenient {
		return flk.Lenient
	}
	return flk.Strict
}

// input is the file of the command line: one protocol or an archive of them. It
// is read as often as needed, because the summary comes before the rows.
type input struct {
	ctx     context.Context
	name    string
	file    *os.File
	archive *flk.Archive
}

func openInput(ctx context.Context, path string) (*input, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	in := &input{ctx: ctx, name: filepath.Base(path), file: f}
	info, err := f.Stat()
	if err == nil && info.IsDir() {
		err = fmt.Errorf("%s is a folder: name a file", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	head := make([]byte, 4)
	n, _ := f.ReadAt(head, 0)
	if bytes.HasPrefix(head[:n], []byte("PK")) || strings.EqualFold(filepath.Ext(path), ".zip") {
		if in.archive, err = flk.OpenArchive(f, info.Size(), nil); err != nil {
			f.Close()
			return nil, &contentError{err}
		}
	}
	return in, nil
}

// protocols opens each protocol from its beginning.
func (in *input) protocols() iter.Seq2[flk.Member, error] {
	if in.archive != nil {
		return func(yield func(flk.Member, error) bool) {
			for m, err := range in.archive.Protocols() {
				m.Reader = &patient{in.ctx, m.Reader}
				if !yield(m, err) {
					return
				}
			}
		}
	}
	return func(yield func(flk.Member, error) bool) {
		_, err := in.file.Seek(0, io.SeekStart)
		yield(flk.Member{Name: in.name, Reader: &patient{in.ctx, in.file}}, err)
	}
}

// patient stops reading when the program is interrupted.
type patient struct {
	ctx context.Context
	r   io.Reader
}

func (p *patient) Read(b []byte) (int, error) {
	if err := p.ctx.Err(); err != nil {
		return 0, err
	}
	return p.r.Read(b)
}

func report(ctx context.Context, o *options) (int, error) {
	in, err := openInput(ctx, o.file)
	if err != nil {
		return 0, err
	}
	defer in.file.Close()
	var index *source.Index
	if o.source != "" {
		if index, err = locate(in, o); err != nil {
			return 0, err
		}
	}
	data := &flkreport.Data{}
	data.Summary, data.Findings = judge(in, o, index)
	if err := ctx.Err(); err != nil {
		return 0, errors.New("interrupted")
	}
	for _, u := range data.Summary.Unreadable {
		where := u.File
		if !strings.Contains(u.Message, u.Path) {
			where += ", " + u.Path
		}
		fmt.Fprintf(os.Stderr, "flk-report: %s: %s\n", where, u.Message)
	}
	data.Entries = entries(in, o, index)
	err = write(o.out, []string{o.file, o.source}, func(w io.Writer) error { return show(w, o.format, data) })
	return data.Summary.ExitCode, err
}

func show(w io.Writer, format string, data *flkreport.Data) error {
	switch format {
	case "summary":
		return flkreport.SummaryJSON(w, data.Summary)
	case "json":
		return flkreport.JSON(w, data)
	case "csv":
		return flkreport.CSV(w, data)
	case "md":
		return flkreport.Markdown(w, data)
	case "html":
		return flkreport.HTML(w, data)
	}
	return flkreport.Text(w, data)
}

// judge reads everything once: validation, summary, join.
func judge(in *input, o *options, index *source.Index) (*flkreport.Summary, []flkreport.Finding) {
	collect := flkreport.NewCollector(in.name, &flkreport.Options{Profile: o.profile()})
	vo := &flk.ValidatorOptions{Profile: o.profile()}
	var join *flkreport.Join
	if index != nil {
		join = flkreport.NewJoin(index)
		vo.Source = &flk.SourceFacts{FileID: index.FileID, FileName: filepath.Base(o.source), Count: index.Statements}
	}
	var list []flkreport.Finding
	for m, err := range in.protocols() {
		if err != nil {
			collect.Protocol(m.Name, nil, nil, err)
			continue
		}
		r := flk.NewReader(m.Reader, &flk.ReaderOptions{Profile: o.profile()})
		v := flk.NewValidator(vo)
		header, err := r.ReadHeader()
		if err == nil {
			v.Header(header)
			for d, failed := range r.Documents() {
				if err = failed; err != nil {
					break
				}
				v.Document(d)
				collect.Document(d)
				if join != nil {
					join.Document(d)
				}
			}
		}
		var found *flk.Findings
		if err == nil {
			found = v.Finish()
		} else {
			found = v.SoFar()
		}
		collect.Protocol(m.Name, r.Header(), found, err)
		for i := range found.List {
			if len(list) < 1000 {
				list = append(list, flkreport.Finding{File: m.Name, Finding: &found.List[i]})
			}
		}
	}
	s := collect.Summary()
	if join != nil {
		s.Source = join.Summary(filepath.Base(o.source))
	}
	return s, list
}

// entries reads the protocols again for their rows. What cannot be read was said
// by judge already: the rows before it are shown.
func entries(in *input, o *options, index *source.Index) iter.Seq2[flkreport.Entry, error] {
	return func(yield func(flkreport.Entry, error) bool) {
		for m, err := range in.protocols() {
			if err != nil {
				continue
			}
			n := 0
			for d, err := range flk.NewReader(m.Reader, &flk.ReaderOptions{Profile: o.profile()}).Documents() {
				if err != nil {
					if in.ctx.Err() != nil {
						yield(flkreport.Entry{}, errors.New("interrupted"))
						return
					}
					break
				}
				n++
				for e := range flkreport.Rows(m.Name, n, d, index) {
					if !yield(e, nil) {
						return
					}
				}
			}
		}
	}
}

// locate looks up the protocols' positions and ids in the source file.
func locate(in *input, o *options) (*source.Index, error) {
	f, err := os.Open(o.source)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	want := &source.Options{Statements: o.statements}
	seen := map[string]bool{}
	add := func(list *[]string, s string) {
		if s != "" && len(seen) < source.MaxPositions && !seen[s] {
			s = strings.Clone(s)
			seen[s] = true
			*list = append(*list, s)
		}
	}
	for m, err := range in.protocols() {
		if err != nil {
			continue
		}
		for d, err := range flk.NewReader(m.Reader, &flk.ReaderOptions{Profile: o.profile()}).Documents() {
			if err != nil {
				break
			}
			add(&want.IDs, d.ID)
			for i := range d.Errors {
				add(&want.Positions, d.Errors[i].Position)
				add(&want.IDs, d.Errors[i].LastSucceededID)
			}
		}
	}
	index, err := source.Locate(&patient{in.ctx, f}, want)
	if e, ok := errors.AsType[*source.Error](err); ok && e.Code() == source.CodeUnreadable {
		return nil, &contentError{fmt.Errorf("%s: %w", o.source, err)}
	}
	return index, err
}
