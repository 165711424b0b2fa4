package examples

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestFrameShtrih(t *testing.T) {
	type line struct {
		Control, Level, Cmd, Data, Reencoded, Error string
		OK                                          bool
	}
	decode := func(t *testing.T, stdin string, args ...string) []line {
		t.Helper()
		r := run(t, "", stdin, "ecr-frame", append([]string{"-protocol", "shtrihm"}, args...)...)
		if r.code != 0 || r.stderr != "" {
			t.Fatalf("exit %d, %s", r.code, r.stderr)
		}
		var list []line
		for text := range strings.Lines(r.stdout) {
			var l line
			if err := json.Unmarshal([]byte(text), &l); err != nil {
				t.Fatalf("%s: %v", text, err)
			}
			list = append(list, l)
		}
		return list
	}
	t.Run("E6 every published frame", func(t *testing.T) {
		text, err := os.ReadFile("../ecr/shtrihm/testdata/frames.txt")
		if err != nil {
			t.Fatal(err)
		}
		var levels, frames []string
		for l := range strings.Lines(string(text)) {
			if f := strings.Fields(l); len(f) == 3 && f[0] != "#" {
				levels, frames = append(levels, f[0]), append(frames, f[2])
			}
		}
		got := decode(t, strings.ToUpper(strings.Join(frames, "\n"))+"\n", "-answers")
		if len(frames) < 50 || len(got) != len(frames) {
			t.Fatalf("%d answers to %d frames", len(got), len(frames))
		}
		for i, l := range got {
			if !l.OK || l.Level != levels[i] || l.Reencoded != frames[i] {
				t.Errorf("%s: %+v", frames[i], l)
			}
		}
	})
	t.Run("E6 control bytes, commands of two bytes, damage", func(t *testing.T) {
		got := decode(t, "06 02 03 FF 46 00 BA\n15 0205111E0000000A\n8f00000f1d\n\n0203ff4600bb\n8f0000\n")
		want := []line{
			{Control: "ack", Level: "v1", Cmd: "ff46", Data: "00", Reencoded: "0203ff4600ba", OK: true},
			{Control: "nak", Level: "v1", Cmd: "11", Data: "1e000000", Reencoded: "0205111e0000000a", OK: true},
			{Level: "v2", Reencoded: "8f00000f1d", OK: true},
		}
		for i, w := range want {
			if got[i] != w {
				t.Errorf("line %d: %+v, want %+v", i+1, got[i], w)
			}
		}
		for i, l := range got[len(want):] {
			if l.OK || l.Error == "" {
				t.Errorf("line %d: %+v", i+len(want)+1, l)
			}
		}
		if len(got) != 6 {
			t.Errorf("%d answers to 6 lines", len(got))
		}
	})
}
