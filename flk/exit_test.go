package flk

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExitStatus(t *testing.T) {
	doc := func(result Result, all, ok string) *Document {
		return &Document{Source: SourceFile{Result: result, All: Count(all), OK: Count(ok)}}
	}
	full, none, part := doc(ResultFull, "3", "3"), doc(ResultNone, "3", "0"), doc(ResultPartial, "3", "2")
	for name, c := range map[string]struct {
		documents []*Document
		invalid   bool
		want      int
	}{
		"all accepted":                      {[]*Document{full, full}, false, ExitAccepted},
		"all rejected":                      {[]*Document{none, none}, false, ExitRejected},
		"one in part":                       {[]*Document{part}, false, ExitPartial},
		"one accepted, one rejected":        {[]*Document{full, none}, false, ExitPartial},
		"one accepted, one in part":         {[]*Document{full, part}, false, ExitPartial},
		"one rejected, one in part":         {[]*Document{none, part}, false, ExitPartial},
		"01 with fewer ok than all":         {[]*Document{doc(ResultFull, "3", "2")}, false, ExitPartial},
		"01 with counts that are none":      {[]*Document{doc(ResultFull, "x", "x")}, false, ExitPartial},
		"01 with one count that is none":    {[]*Document{doc(ResultFull, "0", "x")}, false, ExitPartial},
		"02 whatever the counts":            {[]*Document{doc(ResultNone, "3", "3")}, false, ExitRejected},
		"a finding of severity error":       {[]*Document{full}, true, ExitInvalid},
		"a rejected file with an error":     {[]*Document{none}, true, ExitInvalid},
		"no document, not even a finding":   {nil, false, ExitInvalid},
		"no document, and it is unreadable": {nil, true, ExitInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			var e ExitStatus
			for _, d := range c.documents {
				e.Document(d)
			}
			require.Equal(t, c.want, e.Code(c.invalid))
		})
	}
}
