package kmazs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/obmen-go/obmen/dbfio"
)

// endless is a request of n records that takes no memory itself.
type endless struct {
	n, done int
	rest    []byte
}

func (e *endless) Read(p []byte) (int, error) {
	if len(e.rest) == 0 {
		switch {
		case e.done == 0:
			e.rest = []byte(strings.TrimSuffix(request(""), "]}"))
		case e.done <= e.n:
			comma := ","
			if e.done == 1 {
				comma = ""
			}
			e.rest = fmt.Appendf(e.rest, "%s\n{\"KEY\": \"%016X\", \"SHORTNAME\": \"ИВАНОВ И.И.\", \"SYNCID\": \"%d\", \"FULLNAME\": \"Иванов Иван Иванович\", \"CANTIDE\": true, \"DAYLIMIT\": \"100\"}", comma, e.done, e.done)
		case e.done == e.n+1:
			e.rest = []byte("]}")
		default:
			return 0, io.EOF
		}
		e.done++
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// heapWhile returns the largest heap seen while records are read and dropped.
func heapWhile(t *testing.T, n int) (largest uint64) {
	t.Helper()
	var m runtime.MemStats
	count := 0
	for _, err := range NewJSONDecoder(&endless{n: n}, &Limits{Bytes: 1 << 40}).Records() {
		if err != nil {
			t.Fatal(err)
		}
		if count++; count%(n/10) == 0 {
			runtime.GC()
			runtime.ReadMemStats(&m)
			largest = max(largest, m.HeapAlloc)
		}
	}
	if count != n {
		t.Fatalf("%d of %d records", count, n)
	}
	return largest
}

func TestMemory(t *testing.T) {
	many := 100_000
	if os.Getenv("OBMEN_LONG") != "" {
		many = 2_000_000
	}
	t.Run("decoding does not grow with the body", func(t *testing.T) {
		few, lots := heapWhile(t, 1000), heapWhile(t, many)
		if lots > few+512<<10 {
			t.Errorf("%d bytes for 1000 records, %d for %d", few, lots, many)
		}
	})
	t.Run("a record takes what the documentation says", func(t *testing.T) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		const n = 20_000
		list := make([]Record, 0, n)
		for r := range NewJSONDecoder(&endless{n: n}, nil).Records() {
			list = append(list, r)
		}
		runtime.GC()
		runtime.ReadMemStats(&after)
		texts := 16 + 19 + 5 + 38 // bytes of UTF-8
		if each := int(after.HeapAlloc-before.HeapAlloc) / n; each > 456+texts+40 {
			t.Errorf("%d bytes a record", each)
		}
		runtime.KeepAlive(list)
	})
	t.Run("a record costs one allocation", func(t *testing.T) {
		data, err := io.ReadAll(&endless{n: 1000})
		if err != nil {
			t.Fatal(err)
		}
		if got := testing.AllocsPerRun(5, func() {
			for _, err := range NewJSONDecoder(bytes.NewReader(data), nil).Records() {
				if err != nil {
					t.Fatal(err)
				}
			}
		}); got > 1100 {
			t.Errorf("%v allocations for 1000 records", got)
		}
	})
}

// Reading a JSON request, with a plain encoding/json decoder of the same fields
// beside it as the bound: it checks neither duplicate keys nor UTF-8 and keeps no
// states. On a busy 2-core machine ours took about a third of its time (130 against 47
// MB/s in one run) and one allocation a record against five.
func BenchmarkReadJSON(b *testing.B) {
	data, err := io.ReadAll(&endless{n: 10_000})
	if err != nil {
		b.Fatal(err)
	}
	b.Run("kmazs", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			for _, err := range NewJSONDecoder(bytes.NewReader(data), nil).Records() {
				if err != nil {
					b.Fatal(err)
				}
			}
		}
	})
	b.Run("encoding-json", func(b *testing.B) {
		b.SetBytes(int64(len(data)))
		b.ReportAllocs()
		for b.Loop() {
			var plain struct {
				Users []struct {
					KEY, SHORTNAME, SYNCID, FULLNAME, DAYLIMIT string
					CANTIDE                                    bool
				}
			}
			if err := json.Unmarshal(data, &plain); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkWriteJSON(b *testing.B) {
	users := make([]User, 10_000)
	for i := range users {
		users[i] = full()
	}
	b.ReportAllocs()
	for b.Loop() {
		if err := WriteJSON(io.Discard, Options{}, Users(users)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkReadTable(b *testing.B) {
	users := make([]User, 10_000)
	for i := range users {
		users[i] = full()
	}
	path := filepath.Join(b.TempDir(), "users.dbf")
	if _, err := WriteTable(path, Users(users), nil); err != nil {
		b.Fatal(err)
	}
	b.ReportAllocs()
	for b.Loop() {
		r, err := dbfio.Open(path, nil)
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range NewTableDecoder(r, nil).Records() {
			if err != nil {
				b.Fatal(err)
			}
		}
		r.Close()
	}
}

func BenchmarkCheck(b *testing.B) {
	u := full()
	b.ReportAllocs()
	for b.Loop() {
		if u.Check() != nil {
			b.Fatal("full is wrong")
		}
	}
}
