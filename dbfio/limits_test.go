package dbfio

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"os"
	"runtime"
	"strings"
	"testing"
)

// endless is a source that repeats a record without holding a table.
type endless struct {
	head, record []byte
	rows, at     int
}

func (e *endless) Read(p []byte) (int, error) {
	n := 0
	for n < len(p) {
		if len(e.head) > 0 {
			c := copy(p[n:], e.head)
			e.head, n = e.head[c:], n+c
			continue
		}
		if e.rows == 0 {
			if n == 0 {
				return 0, io.EOF
			}
			break
		}
		c := copy(p[n:], e.record[e.at:])
		n += c
		if e.at += c; e.at == len(e.record) {
			e.at = 0
			e.rows--
		}
	}
	return n, nil
}

// heapPeak runs work, which calls tick now and then, and returns the greatest
// heap seen above that before.
func heapPeak(work func(tick func())) uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	before, peak := m.HeapAlloc, uint64(0)
	work(func() {
		runtime.ReadMemStats(&m)
		if m.HeapAlloc > before {
			peak = max(peak, m.HeapAlloc-before)
		}
	})
	return peak
}

func rowsOfTable() []int {
	if os.Getenv("OBMEN_LONG") == "1" {
		return []int{1000, 1_000_000}
	}
	return []int{1000, 50_000}
}

const memoryBound = 16 << 20 // rule D13

func TestMemory(t *testing.T) {
	table := benchTable(t, 1)
	head := table[:33+32*len(benchColumns)]
	for _, rows := range rowsOfTable() {
		t.Run("D9 reading holds one buffer however long the table is", func(t *testing.T) {
			h := bytes.Clone(head)
			binary.LittleEndian.PutUint32(h[4:], uint32(rows))
			n := 0
			peak := heapPeak(func(tick func()) {
				err := readCells(&endless{head: h, record: table[len(head) : len(head)+1017], rows: rows}, func([]value) {
					if n++; n%500 == 0 {
						tick()
					}
				})
				if err != nil || n != rows {
					t.Fatal(n, err)
				}
			})
			t.Logf("%d rows: %d KB", rows, peak>>10)
			if peak > memoryBound {
				t.Errorf("%d rows took %d bytes", rows, peak)
			}
		})
		t.Run("D9 writing holds one buffer however long the table is", func(t *testing.T) {
			peak := heapPeak(func(tick func()) {
				w, err := NewStreamWriter(io.Discard, uint32(rows), benchColumns, &WriteOptions{CodePage: CP866})
				if err != nil {
					t.Fatal(err)
				}
				u := benchRecord()
				for n := range rows {
					if err := u.setCells(w); err != nil {
						t.Fatal(err)
					}
					if n%500 == 0 {
						tick()
					}
				}
				if err := w.Close(); err != nil {
					t.Fatal(err)
				}
			})
			t.Logf("%d rows: %d KB", rows, peak>>10)
			if peak > 1<<20 {
				t.Errorf("%d rows took %d bytes", rows, peak)
			}
		})
	}
}

func TestBounds(t *testing.T) {
	allocated := func(f func()) uint64 {
		var a, b runtime.MemStats
		runtime.ReadMemStats(&a)
		f()
		runtime.ReadMemStats(&b)
		return b.TotalAlloc - a.TotalAlloc
	}
	t.Run("D11 the largest header there is", func(t *testing.T) {
		tab := rawTable{version: 0x03, mark: 0x65, count: math.MaxUint32 & math.MaxInt, end: ""}
		for range 2046 {
			tab.cols = append(tab.cols, Column{"A", Character, 32, 0})
		}
		tab.records = []string{" " + strings.Repeat("\xff", 2046*32)}
		b := tab.bytes()
		rows := 0
		n := allocated(func() {
			r, err := NewReader(bytes.NewReader(b), nil)
			if err != nil {
				t.Fatal(err)
			}
			for row, err := range r.Rows() {
				if err != nil {
					t.Fatal(err)
				}
				row.Cell(0).Text()
				rows++
			}
			if len(r.Warnings()) > maxWarnings {
				t.Error(len(r.Warnings()))
			}
		})
		if rows != 1 || n > 2<<20 {
			t.Errorf("%d rows, %d bytes", rows, n)
		}
	})
	t.Run("D11 lengths are believed only as far as the file goes", func(t *testing.T) {
		b := plain("A,C,3", " abc").bytes()
		b[8], b[9], b[10], b[11] = 0xff, 0xff, 0xff, 0xff
		n := allocated(func() {
			_, err := NewReader(bytes.NewReader(b), nil)
			wantCode(t, err, CodeHeaderShort)
		})
		if n > 200<<10 {
			t.Errorf("%d bytes for a file of %d", n, len(b))
		}
	})
	t.Run("D11 a source that never gives anything does not hang the reader", func(t *testing.T) {
		tab := plain("A,C,3", " abc").bytes()
		r, err := NewReader(io.MultiReader(bytes.NewReader(tab[:65]), nothing{}), nil)
		if err != nil {
			t.Fatal(err)
		}
		_, err = r.Read()
		if wantCode(t, err, CodeRead); !errors.Is(err, io.ErrNoProgress) {
			t.Error(err)
		}
		_, err = NewReader(nothing{}, nil)
		wantCode(t, err, CodeRead)
		early := plain("A,C,3", " abc", "\x1aabc")
		early.count = 1 << 30
		r, err = NewReader(io.MultiReader(bytes.NewReader(early.bytes()), nothing{}), nil)
		if err != nil {
			t.Fatal(err)
		}
		same(t, texts(r), "abc")
	})
	t.Run("D11 an exponent cannot make a number long", func(t *testing.T) {
		for _, s := range []string{"1e401", "1e-401", "1e99999999999999999999", "1e+", "e5"} {
			if _, ok := parseDecimal([]byte(s)); ok {
				t.Error(s)
			}
		}
	})
	t.Run("D11 the .cpg file is read only so far", func(t *testing.T) {
		path := put(t, "a.dbf", plain("A,C,1", " a").bytes())
		if err := os.WriteFile(strings.TrimSuffix(path, "dbf")+"cpg", bytes.Repeat([]byte("x"), 1<<20), 0o644); err != nil {
			t.Fatal(err)
		}
		r, err := Open(path, nil)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		if len(r.Warnings()) != 1 || len(r.Warnings()[0].String()) > 200 {
			t.Error(r.Warnings())
		}
	})
}

type nothing struct{}

func (nothing) Read([]byte) (int, error) { return 0, nil }
