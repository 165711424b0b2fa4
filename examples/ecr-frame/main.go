// Command ecr-frame takes frames of a cash register's protocol apart: one line
// of hex in, one JSON object out.
package main

import (
	"bufio"
	"encoding/hex"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

const usage = `usage: ecr-frame -protocol NAME [-answers] < frames.txt

Reads one frame a line from stdin, in hex (any case, blanks allowed, one leading
ACK 06 or NAK 15 allowed), and answers each line, an empty one too, with one JSON
object on stdout:

  {"control":"ack","cmd":"50","data":"0000…","ok":true,"reencoded":"0105…"}
  {"ok":false,"error":"CRC is BD, computed BF"}

data is what follows the command code, reencoded the frame without the control
byte, control stands only if there was one. Exit 0 when all input was read,
2 for wrong usage.

`

// maxLine bounds one line: the longest frame in hex with a blank after each byte.
const maxLine = 1 << 20

func main() { os.Exit(run(os.Args[1:], os.Stdin, os.Stdout, os.Stderr)) }

func run(args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("ecr-frame", flag.ContinueOnError)
	flags.SetOutput(stderr)
	protocol := flags.String("protocol", "", "`protocol` of the frames: "+strings.Join(names(), ", "))
	answers := flags.Bool("answers", false, "the lines are answers of the device")
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		return 0
	case err != nil:
		return 2
	}
	parse, known := protocols[*protocol]
	switch {
	case *protocol == "":
		fmt.Fprintf(stderr, "ecr-frame: -protocol is missing, give one of: %s\n", strings.Join(names(), ", "))
		return 2
	case !known:
		fmt.Fprintf(stderr, "ecr-frame: -protocol %q is not supported, give one of: %s\n", *protocol, strings.Join(names(), ", "))
		return 2
	case flags.NArg() > 0:
		fmt.Fprintf(stderr, "ecr-frame: unexpected argument %q: frames come on stdin\n", flags.Arg(0))
		return 2
	}
	out := bufio.NewWriter(stdout)
	in := bufio.NewReaderSize(stdin, maxLine)
	for {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			break
		}
		if err == nil {
			err = answer(out, line, func(b []byte) (decoded, error) { return parse(b, *answers) })
		} else if errors.Is(err, errLongLine) {
			err = write(out, failed{Error: errLongLine.Error()})
		}
		if err == nil && in.Buffered() == 0 {
			err = out.Flush() // a script that waits for the answer to its line gets it
		}
		if err != nil {
			fmt.Fprintln(stderr, "ecr-frame:", err)
			return 1
		}
	}
	if err := out.Flush(); err != nil {
		fmt.Fprintln(stderr, "ecr-frame:", err)
		return 1
	}
	return 0
}

// decoded is the answer to a good line; the order of its members is the contract.
type decoded struct {
	Control   string `json:"control,omitempty"`
	Level     string `json:"level,omitempty"`
	Cmd       string `json:"cmd"`
	Data      string `json:"data"`
	OK        bool   `json:"ok"`
	Reencoded string `json:"reencoded"`
}

type failed struct {
	OK    bool   `json:"ok"`
	Error string `json:"error"`
}

func answer(out io.Writer, line string, parse func([]byte) (decoded, error)) error {
	d, err := decode(line, parse)
	if err != nil {
		return write(out, failed{Error: err.Error()})
	}
	return write(out, d)
}

func write(out io.Writer, v any) error {
	enc := json.NewEncoder(out)
	enc.SetEscapeHTML(false)
	return enc.Encode(v)
}

func decode(line string, parse func([]byte) (decoded, error)) (decoded, error) {
	text := strings.Join(strings.Fields(line), "")
	b, err := hex.DecodeString(text)
	if bad, ok := errors.AsType[hex.InvalidByteError](err); ok {
		return decoded{}, fmt.Errorf("%q is no hex digit", rune(bad))
	} else if err != nil {
		return decoded{}, errors.New("an odd number of hex digits")
	}
	if len(b) == 0 {
		return decoded{}, errors.New("the line is empty")
	}
	control := ""
	switch b[0] {
	case 0x06:
		control = "ack"
	case 0x15:
		control = "nak"
	}
	if control != "" {
		b = b[1:]
		if len(b) == 0 {
			return decoded{}, fmt.Errorf("no frame after the %s", strings.ToUpper(control))
		}
	}
	d, err := parse(b)
	d.Control = control
	return d, err
}

var errLongLine = errors.New("the line is longer than any frame")

// readLine returns a line without its end; a line that does not fit is skipped
// to its end and reported.
func readLine(in *bufio.Reader) (string, error) {
	line, err := in.ReadSlice('\n')
	long := errors.Is(err, bufio.ErrBufferFull)
	text := string(line)
	for errors.Is(err, bufio.ErrBufferFull) {
		_, err = in.ReadSlice('\n')
	}
	switch {
	case long && (err == nil || errors.Is(err, io.EOF)):
		return "", errLongLine
	case errors.Is(err, io.EOF) && text != "":
		err = nil
	}
	return text, err
}

func names() []string {
	var list []string
	for name := range protocols {
		list = append(list, name)
	}
	slices.Sort(list)
	return list
}
