package flagtest_test

import (
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/obmen-go/obmen/flagfile"
	"github.com/obmen-go/obmen/flagfile/flagtest"
)

// A program is killed in the middle of its first write.
func Example() {
	disk := flagtest.NewDisk()
	program := disk.Process()
	program.KillAt(2, flagtest.Halfway)
	w, _ := program.Create("users.flag")
	_, err := io.WriteString(w, "ready=1\n")
	fmt.Println(errors.Is(err, flagtest.ErrKilled), program.Dead())
	fmt.Printf("%q\n", disk.Get("users.flag"))
	// Output:
	// true true
	// "read"
}

func TestDisk(t *testing.T) {
	disk := flagtest.NewDisk()
	disk.LikeWindows()
	a, b := disk.Process(), disk.Process()
	disk.Put("x", []byte("old"))
	r, err := a.Open("x")
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Remove("x"); !errors.Is(err, flagfile.ErrBusy) {
		t.Errorf("an open file is removed: %v", err)
	}
	a.Kill()
	if _, err := r.Read(make([]byte, 1)); !errors.Is(err, flagtest.ErrKilled) {
		t.Errorf("a dead process reads: %v", err)
	}
	if err := b.Remove("x"); err != nil {
		t.Errorf("a dead process holds its file: %v", err)
	}
	w, err := b.Create("y")
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{"new", "er"} {
		if _, err := io.WriteString(w, part); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := w.Seek(1, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write([]byte("E")); err != nil {
		t.Fatal(err)
	}
	if got := string(disk.Get("y")); got != "nEwer" {
		t.Errorf("%q", got)
	}
	disk.PowerLoss()
	if got := disk.Get("y"); len(got) != 0 {
		t.Errorf("unsynced bytes survive: %q", got)
	}
}
