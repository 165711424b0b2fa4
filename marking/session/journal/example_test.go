package journal_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/obmen-go/obmen/marking/session/journal"
)

// A till keeps its journal on the disk, and gives it to session.Options.
func Example() {
	dir, err := os.MkdirTemp("", "till")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx := context.Background()
	j, err := journal.Open(filepath.Join(dir, "till.journal"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer j.Close()
	if err := j.Append(ctx, []byte(`{"step":"check"}`)); err != nil {
		fmt.Println(err)
	}
	for record, err := range j.Records(ctx) {
		fmt.Println(string(record), err)
	}
	// Output: {"step":"check"} <nil>
}
