package main

import (
	"bytes"
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
)

// stage is what an act plays on: a folder of its own and a transcript that goes
// to the terminal and to the page.
type stage struct {
	out  io.Writer
	dir  string
	acts []playedAct
}

type playedAct struct {
	Number int
	Title  string
	Lines  []playedLine
}

type playedLine struct{ Kind, Text string }

func (s *stage) begin(a act) {
	if len(s.acts) > 0 {
		fmt.Fprintln(s.out)
	}
	s.acts = append(s.acts, playedAct{Number: a.number, Title: a.title})
	fmt.Fprintf(s.out, "Акт %d. %s\n", a.number, a.title)
}

// folder makes a folder for an act's files.
func (s *stage) folder(name string) (string, error) {
	dir := filepath.Join(s.dir, name)
	return dir, os.MkdirAll(dir, 0o755)
}

func (s *stage) line(text string) { fmt.Fprintln(s.out, text) }

// scene opens a step of the act.
func (s *stage) scene(format string, args ...any) { s.add("scene", "\n  ", format, args...) }

// say prints what happened.
func (s *stage) say(format string, args ...any) { s.add("say", "    ", format, args...) }

// shown prints what a cashier or clerk sees, word for word.
func (s *stage) shown(format string, args ...any) { s.add("shown", "    │ ", format, args...) }

func (s *stage) add(kind, indent, format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	fmt.Fprintln(s.out, indent+text)
	a := &s.acts[len(s.acts)-1]
	a.Lines = append(a.Lines, playedLine{kind, text})
}

// expect ends the act when something is not as it should be.
func expect[T comparable](what string, got, want T) error {
	if got != want {
		return fmt.Errorf("%s: got %v, want %v", what, got, want)
	}
	return nil
}

//go:embed page.html
var pageSource string

func (s *stage) writePage(path string) error {
	page, err := template.New("page").Parse(pageSource)
	if err != nil {
		return err
	}
	var b bytes.Buffer
	if err := page.Execute(&b, s.acts); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o644)
}
