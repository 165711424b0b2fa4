// Command marking-scan reads scans of marking codes, a line each, and answers
// each with one JSON object: what the code is, the normalised code with its
// separators, and what was done to the scan, or a precise word on why not.
//
//	marking-scan [-hex] < scans.txt
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/obmen-go/obmen/marking"
)

func main() {
	hex := flag.Bool("hex", false, "lines are hex, any case, blanks allowed")
	flag.Usage = func() {
		fmt.Fprint(flag.CommandLine.Output(), `Usage: marking-scan [-hex] < SCANS

Reads one scan a line from the standard input and prints one JSON object for
each line that is not empty: kind, layout, the code in hex with its GS,
identity, application identifiers, what was done to the scan, checksum, the type
a register will give the code, and whether another reading fits; or kind
UNKNOWN with an error and its code. Ends with 0 when every line was answered.

  echo 010467000816368521bvSqkCsuoAyR591EE0992bil1m4L3i+LwU5EWxl4QsCrUD79hXRqrG3jNnnfoDvc= | marking-scan

`)
		flag.PrintDefaults()
	}
	flag.Parse()
	if flag.NArg() > 0 {
		fmt.Fprintf(os.Stderr, "marking-scan: unexpected argument %q: scans come on the standard input\n", flag.Arg(0))
		os.Exit(2)
	}
	if err := run(os.Stdin, os.Stdout, *hex); err != nil {
		fmt.Fprintf(os.Stderr, "marking-scan: %v\n", err)
		os.Exit(1)
	}
}

// answer is what is printed for a code.
type answer struct {
	Kind          marking.Kind         `json:"kind"`
	Layout        marking.Layout       `json:"layout"`
	Hex           string               `json:"hex"`
	Identity      string               `json:"identity"`
	AI            [][2]string          `json:"ai"`
	Actions       []string             `json:"actions"`
	Checksum      marking.Checksum     `json:"checksum"`
	PredictedType marking.RegisterType `json:"predictedType"`
	Ambiguous     bool                 `json:"ambiguous"`
}

// refusal is what is printed for a scan that gives no code.
type refusal struct {
	Kind  marking.Kind `json:"kind"`
	Error string       `json:"error"`
	Code  string       `json:"code"`
}

// maxLine is the longest line that is kept, three characters for each byte of
// the longest scan; of a longer one so much is read that it is refused for its length.
const maxLine = 3*marking.MaxScan + 8

func run(in io.Reader, out io.Writer, hex bool) error {
	r := bufio.NewReader(in)
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	for {
		line, err := readLine(r)
		if err != nil && err != io.EOF {
			return fmt.Errorf("reading the scans: %w", err)
		}
		if line = bytes.TrimRight(line, "\r\n"); !empty(line, hex) {
			if err := enc.Encode(scan(string(line), hex)); err != nil {
				return fmt.Errorf("writing the answer: %w", err)
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// readLine reads up to and with the next line feed, and keeps maxLine bytes of it.
func readLine(r *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		line = append(line, part[:min(len(part), maxLine-len(line))]...)
		if err != bufio.ErrBufferFull {
			return line, err
		}
	}
}

// empty says whether a line is not answered: nothing but a byte order mark, or
// blanks where blanks mean nothing.
func empty(line []byte, hex bool) bool {
	line = bytes.TrimPrefix(line, []byte("\ufeff"))
	if hex {
		line = bytes.Trim(line, " \t")
	}
	return len(line) == 0
}

func scan(line string, hex bool) any {
	if hex {
		text, err := marking.DecodeHex(strings.TrimPrefix(line, "\ufeff"))
		if err != nil {
			return refuse(err)
		}
		line = text
	}
	c, err := marking.Read(line, nil)
	if err != nil {
		return refuse(err)
	}
	a := answer{
		Kind: c.Kind(), Layout: c.Layout(), Hex: c.Hex(), Identity: c.Identity(),
		AI: [][2]string{}, Actions: []string{},
		Checksum: c.Checksum(), PredictedType: marking.Predict(c.Text()), Ambiguous: c.Ambiguous(),
	}
	for e := range c.Elements() {
		a.AI = append(a.AI, [2]string{e.AI, e.Value})
	}
	for act := range c.Actions() {
		a.Actions = append(a.Actions, act.String())
	}
	return a
}

// refuse turns "MARK-BAD-LENGTH" into the contract's "bad-length".
func refuse(err error) refusal {
	code := ""
	if e, ok := errors.AsType[*marking.Error](err); ok {
		code = strings.ToLower(strings.TrimPrefix(e.Code(), "MARK-"))
	}
	return refusal{Error: err.Error(), Code: code}
}
