package main

import (
	"context"
	"io"
	"os"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"
)

// progress is a bar on stderr, shown only on a terminal.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(total int64, unit string) *progress {
	if !term.IsTerminal(int(os.Stderr.Fd())) {
		return &progress{}
	}
	return &progress{progressbar.NewOptions64(total,
		progressbar.OptionSetDescription("reading "+unit),
		progressbar.OptionSetWriter(os.Stderr),
		progressbar.OptionShowBytes(unit == "bytes"),
		progressbar.OptionShowCount(),
		progressbar.OptionClearOnFinish())}
}

func (p *progress) add(n int) {
	if p.bar != nil {
		p.bar.Add(n)
	}
}

func (p *progress) close() {
	if p.bar != nil {
		p.bar.Finish()
	}
}

// source is a file that is being read: it moves the bar and ends with the context.
type source struct {
	ctx context.Context
	r   io.Reader
	bar *progress
}

func (s *source) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := s.r.Read(p)
	s.bar.add(n)
	return n, err
}
