package scanner_test

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/scanner"
)

// A till's window hands its key events to a KeyReader. This scanner sends the
// separator as F8.
func ExampleKeyReader() {
	var keys scanner.KeyReader
	at := time.Now()
	for _, r := range "0104603745968015215YJF\"Z\b93NGv1\r" {
		e := scanner.Event{Time: at, Rune: r}
		if r == '\b' {
			e.Key = scanner.KeyF8
		}
		if scan, ok := keys.Feed(e); ok {
			code, err := marking.Read(scan, nil)
			fmt.Println(code.Identity(), err)
		}
		at = at.Add(2 * time.Millisecond)
	}
	// Output: 0104603745968015215YJF"Z <nil>
}

// A scanner on a COM port ends each scan with a line end.
func ExampleLines() {
	port := strings.NewReader("4606203090785\r\n04601653035829H;dV)bFABVUdGVz\r\n")
	for scan, err := range scanner.Lines(context.Background(), port) {
		if err != nil {
			fmt.Println(err)
			return
		}
		code, err := marking.Read(scan, nil)
		fmt.Println(code.Kind(), err)
	}
	// Output:
	// EAN13 <nil>
	// KMK <nil>
}
