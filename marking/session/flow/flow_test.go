package flow_test

import (
	"encoding/json"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/obmen-go/obmen/marking"
	"github.com/obmen-go/obmen/marking/permit"
	"github.com/obmen-go/obmen/marking/session/flow"
	"github.com/obmen-go/obmen/marking/session/notice"
)

var update = flag.Bool("update", false, "write the golden files")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, strings.ReplaceAll(string(want), "\r\n", "\n"), got)
}

func TestGolden(t *testing.T) {
	golden(t, "items.mmd", flow.Mermaid(flow.Items))
	golden(t, "receipts.mmd", flow.Mermaid(flow.Receipts))
	golden(t, "items.dot", flow.DOT(flow.Items))
	golden(t, "receipts.dot", flow.DOT(flow.Receipts))
	golden(t, "matrix.md", flow.MatrixMarkdown())
}

// Every pair of state and event is either a row of the table or an error that
// lists the rows of the state.
func TestTables(t *testing.T) {
	rows := map[[2]uint8]flow.ItemState{}
	for _, s := range flow.ItemSteps() {
		key := [2]uint8{uint8(s.From), uint8(s.Event)}
		_, twice := rows[key]
		assert.False(t, twice, "%v %v stands twice", s.From, s.Event)
		rows[key] = s.To
		assert.NotEmpty(t, s.Rule)
	}
	for s := flow.Scanned; s <= flow.Sold; s++ {
		for e := flow.Read; e <= flow.Forget; e++ {
			to, err := s.On(e)
			if want, ok := rows[[2]uint8{uint8(s), uint8(e)}]; ok {
				require.NoError(t, err)
				assert.Equal(t, want, to)
				continue
			}
			var fe *flow.Error
			require.ErrorAs(t, err, &fe)
			assert.Equal(t, flow.CodeEvent, fe.Code())
			assert.Equal(t, s, to, "the state stays")
			assert.Len(t, fe.Allowed(), len(s.Allowed()))
			for _, a := range s.Allowed() {
				assert.Contains(t, fe.Error(), a.String())
			}
		}
	}
	for s := flow.ReceiptState(0); s <= flow.UnknownReceipt; s++ {
		for e := flow.Begin; e <= flow.Abandon; e++ {
			_, err := s.On(e)
			assert.Equal(t, slices.Contains(s.Allowed(), e), err == nil, "%v %v", s, e)
		}
	}
}

// Every state can be reached, and from every one a final state can.
func TestNoDeadEnds(t *testing.T) {
	type edge struct{ from, to string }
	check := func(t *testing.T, edges []edge, first string, finals []string) {
		t.Helper()
		reach := func(seen map[string]bool, forward bool) {
			for again := true; again; {
				again = false
				for _, e := range edges {
					a, b := e.from, e.to
					if !forward {
						a, b = b, a
					}
					if seen[a] && !seen[b] {
						seen[b], again = true, true
					}
				}
			}
		}
		from, back := map[string]bool{first: true}, map[string]bool{}
		for _, f := range finals {
			back[f] = true
		}
		reach(from, true)
		reach(back, false)
		for _, e := range edges {
			assert.True(t, from[e.to], "%s is never reached", e.to)
			assert.True(t, back[e.from], "%s has no way out", e.from)
		}
	}
	var items, receipts []edge
	for _, s := range flow.ItemSteps() {
		items = append(items, edge{s.From.String(), s.To.String()})
	}
	for _, s := range flow.ReceiptSteps() {
		receipts = append(receipts, edge{s.From.String(), s.To.String()})
	}
	check(t, items, "scanned", []string{"sold", "refused", "dropped"})
	check(t, receipts, flow.ReceiptState(0).String(), []string{"closed", "cancelled"})
	// An item that stands in the receipt can always be taken out or forgotten.
	for s := flow.Scanned; s <= flow.Sold; s++ {
		if s.InReceipt() && s != flow.Sold {
			assert.NotEmpty(t, s.Allowed(), s.String())
		}
	}
}

// want says M47 in its own words, apart from the table.
func want(f flow.Finding, p permit.Outcome, l permit.LocalState) (sell bool, n notice.Kind, b flow.Block) {
	switch f {
	case flow.FoundRejected, flow.FoundUnidentified:
		return false, notice.NotRecognised, flow.NoBlock
	case flow.FoundGS1:
		return false, notice.ScannerSetup, flow.NoBlock
	case flow.FoundNegative:
		return false, notice.Negative, flow.NoBlock
	case flow.FoundFalse:
		return false, notice.FalseLocally, flow.NoBlock
	}
	if p == permit.OutcomeRefused || l == permit.LocalRefused {
		return false, notice.PermitRefused, flow.NoBlock
	}
	linked := f == flow.FoundPositive
	if p == permit.OutcomeNoAnswer {
		switch {
		case l == permit.LocalOK && linked:
			return true, notice.SoldPermit, flow.LocalBlock
		case l == permit.LocalOK:
			return true, notice.SoldOffline, flow.LocalBlock
		case linked:
			return false, notice.ForbiddenPermit, flow.NoBlock
		}
		return false, notice.ForbiddenOffline, flow.NoBlock
	}
	if p == permit.OutcomeOK {
		b = flow.OnlineBlock
	}
	if !linked {
		n = notice.RegisterOffline
	}
	return true, n, b
}

func TestMatrix(t *testing.T) {
	t.Run("M47 every cell", func(t *testing.T) {
		cells := 0
		for f := flow.FoundPositive; f <= flow.FoundFalse; f++ {
			for p := permit.OutcomeOK; p <= permit.OutcomeNotRequired; p++ {
				for l := permit.LocalAbsent; l <= permit.LocalNoAnswer; l++ {
					d := flow.Decide(f, p, l)
					sell, n, b := want(f, p, l)
					assert.Equal(t, []any{sell, n, b}, []any{d.Sell, d.Notice, d.Block}, "%v, %v, local %v", f, p, l)
					assert.NotEmpty(t, d.Rule)
					assert.False(t, !d.Sell && d.Block != flow.NoBlock, "a refusal has no block")
					assert.False(t, !d.Sell && d.Notice == notice.None, "a refusal says why")
					cells++
				}
			}
		}
		assert.Equal(t, 7*5*5, cells)
	})
	t.Run("M47 a local module that was not asked counts as absent", func(t *testing.T) {
		for f := flow.FoundPositive; f <= flow.FoundFalse; f++ {
			for p := permit.OutcomeOK; p <= permit.OutcomeNotRequired; p++ {
				assert.Equal(t, flow.Decide(f, p, permit.LocalAbsent), flow.Decide(f, p, permit.LocalUnset))
			}
		}
	})
	t.Run("M47 what is no value refuses", func(t *testing.T) {
		assert.False(t, flow.Decide(0, 0, 0).Sell)
		assert.False(t, flow.Decide(99, 99, 99).Sell)
		assert.False(t, flow.Decide(flow.FoundPositive, permit.OutcomeUnset, permit.LocalOK).Sell)
	})
	t.Run("M43 M44 findings", func(t *testing.T) {
		ok := marking.Answer{Type: marking.TypeTail44, Server: marking.ServerLinked, Status: 15}
		with := func(change func(*marking.Answer)) marking.Answer { a := ok; change(&a); return a }
		for _, c := range []struct {
			answer marking.Answer
			want   flow.Finding
		}{
			{ok, flow.FoundPositive},
			{with(func(a *marking.Answer) { a.Status = 5 }), flow.FoundNegative},
			{with(func(a *marking.Answer) { a.Status = 3 }), flow.FoundNoVerdict},
			{with(func(a *marking.Answer) { a.Server = marking.ServerNoLink }), flow.FoundNoVerdict},
			{with(func(a *marking.Answer) { a.Server = marking.ServerTimeout }), flow.FoundNoVerdict},
			{with(func(a *marking.Answer) { a.Type = marking.TypeUnidentified }), flow.FoundUnidentified},
			{with(func(a *marking.Answer) { a.Type = marking.TypeGS1 }), flow.FoundGS1},
			{with(func(a *marking.Answer) { a.Type = 77 }), flow.FoundUnidentified},
			{marking.Answer{Type: marking.TypeTail88, Server: marking.ServerNoLink, LocalResult: marking.LocalFalse}, flow.FoundFalse},
			{marking.Answer{Type: marking.TypeTail88, Server: marking.ServerLinked, Status: 15, LocalResult: marking.LocalFalse}, flow.FoundPositive},
		} {
			assert.Equal(t, c.want, flow.Find(c.answer), "%+v", c.answer)
		}
	})
}

func TestNames(t *testing.T) {
	type name interface {
		MarshalText() ([]byte, error)
		String() string
	}
	for _, v := range []name{flow.Scanned, flow.Collecting, flow.Read, flow.Begin, flow.FoundNegative} {
		text, err := v.MarshalText()
		require.NoError(t, err)
		assert.Equal(t, v.String(), string(text))
	}
	var s flow.ItemState
	require.NoError(t, json.Unmarshal([]byte(`"saved"`), &s))
	assert.Equal(t, flow.Saved, s)
	var r flow.ReceiptState
	require.NoError(t, r.UnmarshalText([]byte("unknown")))
	var ie flow.ItemEvent
	require.NoError(t, ie.UnmarshalText([]byte("send-check")))
	var re flow.ReceiptEvent
	require.NoError(t, re.UnmarshalText([]byte("send-close")))
	var f flow.Finding
	require.NoError(t, f.UnmarshalText([]byte("[М+]")))
	err := s.UnmarshalText([]byte("nonsense"))
	fe, ok := errors.AsType[*flow.Error](err)
	require.True(t, ok)
	assert.Equal(t, flow.CodeName, fe.Code())
	assert.Empty(t, fe.Path())
	assert.Contains(t, fe.Message("ru"), "nonsense")
	assert.Contains(t, fe.Message("en"), "Nonsense is no state of an item")
	assert.Equal(t, "ItemState(200)", flow.ItemState(200).String())
	assert.Equal(t, "ReceiptState(200)", flow.ReceiptState(200).String())
	assert.Equal(t, "Block(9)", flow.Block(9).String())
	_, err = flow.Closed.On(flow.Print)
	assert.EqualError(t, err, "flow: print does not fit the state closed of the receipt; what fits: -")
	fe, _ = errors.AsType[*flow.Error](err)
	assert.Equal(t, "closed", fe.State())
	assert.Equal(t, "receipt", fe.Path())
}

func TestZeroText(t *testing.T) {
	t.Run("M40 what is not set can be stored and read back", func(t *testing.T) {
		type all struct {
			Item    flow.ItemState
			Receipt flow.ReceiptState
			Finding flow.Finding
			Event   flow.ItemEvent
			Happens flow.ReceiptEvent
		}
		for _, want := range []all{{}, {Item: flow.Saved, Receipt: flow.Closed, Finding: flow.FoundPositive}} {
			text, err := json.Marshal(want)
			assert.NoError(t, err)
			var got all
			assert.NoError(t, json.Unmarshal(text, &got))
			assert.Equal(t, want, got)
		}
	})
}
