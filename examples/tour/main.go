// Command tour plays a day at a filling station and its shop on real files and
// loopback connections, act by act, and ends with 0 only if everything was as
// it should be.
//
//	go run ./examples/tour [-html FILE]
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
)

// act is one part of the day. Acts join as their packages land.
type act struct {
	number int
	title  string
	play   func(ctx context.Context, s *stage) error
}

var acts = []act{
	{1, "Пользователи из ERP приходят на АЗС", playUsers},
	{2, "Магазин: маркированный товар на одной ККТ", playShop},
	{3, "Таможня: кто отправляет, на какой пост и по какой версии", playCustoms},
	{4, "Протокол ФЛК прочитан и сведён", playFLK},
}

func main() {
	page := flag.String("html", "", "`file` for the transcript as a page (default tour.html in a temporary folder)")
	flag.Usage = func() {
		fmt.Fprintf(flag.CommandLine.Output(), "Usage: tour [-html FILE]\n\nPlays a day at a filling station and its shop with every package of the module.\n\n")
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "tour: unexpected argument %q\n", flag.Arg(0))
		os.Exit(2)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, *page); err != nil {
		fmt.Fprintf(os.Stderr, "tour: %v\n", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, page string) error {
	dir, err := os.MkdirTemp("", "obmen-tour-")
	if err != nil {
		return err
	}
	if page == "" {
		page = filepath.Join(dir, "tour.html")
	}
	s := &stage{out: os.Stdout, dir: dir}
	for _, a := range acts {
		s.begin(a)
		if err := a.play(ctx, s); err != nil {
			return fmt.Errorf("act %d: %w", a.number, err)
		}
	}
	if err := s.writePage(page); err != nil {
		return err
	}
	s.line("")
	s.line(page)
	return nil
}
