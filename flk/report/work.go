package report

import (
	"hash/maphash"
	"slices"
	"strings"

	"github.com/obmen-go/obmen/flk"
)

var seed = maphash.MakeSeed()

func fingerprint(s string) uint64 { return maphash.String(seed, s) }

// clone cuts a short value loose from the document that holds it.
func clone(s string) string { return strings.Clone(s) }

// Dictionary gives error codes their texts.
type Dictionary map[string]string

// Filter chooses error entries of a document.
type Filter func(*flk.Document, *flk.ErrorEntry) bool

// Codes keeps entries with one of these codes.
func Codes(codes ...string) Filter {
	return func(_ *flk.Document, e *flk.ErrorEntry) bool { return slices.Contains(codes, e.Code) }
}

// Not turns a filter round: Not(Codes("W1")) ignores W1.
func Not(f Filter) Filter {
	return func(d *flk.Document, e *flk.ErrorEntry) bool { return !f(d, e) }
}

// Both keeps what two filters keep.
func Both(a, b Filter) Filter {
	return func(d *flk.Document, e *flk.ErrorEntry) bool { return a(d, e) && b(d, e) }
}

// Difference is what changed from one protocol to that of the file sent again.
type Difference struct {
	// Fixed stood in the first only, New in the second only, Remaining in both.
	Fixed, New, Remaining []flk.ErrorEntry
}

// Diff compares the error entries of two protocols by code, position and value;
// an entry that stands twice is matched twice.
func Diff(before, after *flk.Protocol) Difference {
	type key struct{ code, position, mean string }
	left := map[key]int{}
	each := func(p *flk.Protocol, do func(key, flk.ErrorEntry)) {
		for _, d := range p.Documents {
			for _, e := range d.Errors {
				do(key{e.Code, e.Position, e.Mean}, e)
			}
		}
	}
	each(before, func(k key, _ flk.ErrorEntry) { left[k]++ })
	var diff Difference
	each(after, func(k key, e flk.ErrorEntry) {
		if left[k] > 0 {
			left[k]--
			diff.Remaining = append(diff.Remaining, e)
		} else {
			diff.New = append(diff.New, e)
		}
	})
	each(before, func(k key, e flk.ErrorEntry) {
		if left[k] > 0 {
			left[k]--
			diff.Fixed = append(diff.Fixed, e)
		}
	})
	return diff
}
