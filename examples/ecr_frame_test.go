package examples

import (
	"encoding/json"
	"os"
	"strings"
	"testing"
)

func TestECRFrame(t *testing.T) {
	t.Run("E6 the vectors of CustomRU", func(t *testing.T) {
		b, err := os.ReadFile("../ecr/customru/testdata/vectors.txt")
		if err != nil {
			t.Fatal(err)
		}
		in := strings.NewReplacer("< ", "", "> ", "").Replace(string(b))
		r := run(t, "", in, "ecr-frame", "-protocol", "customru")
		if r.code != 0 || r.stderr != "" {
			t.Errorf("exit %d, stderr %q", r.code, r.stderr)
		}
		golden(t, "ecr-frame/vectors.jsonl", r.stdout)
		lines := strings.Split(strings.TrimSpace(in), "\n")
		for i, line := range strings.Split(strings.TrimSpace(r.stdout), "\n") {
			var got struct {
				OK        bool
				Control   string
				Reencoded string
			}
			if err := json.Unmarshal([]byte(line), &got); err != nil {
				t.Fatal(err)
			}
			want, ack := strings.CutPrefix(lines[i], "06")
			if !got.OK || got.Reencoded != want || (got.Control == "ack") != ack {
				t.Errorf("%s: %s", lines[i], line)
			}
		}
	})
	t.Run("E1 damaged frames, one line for each line", func(t *testing.T) {
		r := run(t, "", strings.Join([]string{
			"010500f13f420f0087",               // good
			" 15 01 05 00 F1 3f 42 0F 00 87\r", // blanks, any case, a NAK, the line end of Windows
			"06",                               // only an ACK
			"0606010500f13f420f0087",           // two of them
			"",                                 // empty
			"0",                                // odd
			"zz",                               // no hex
			"020500f13f420f0087",               // another start
			"010500f13f420f0086",               // another CRC
			"010500f13f420f",                   // short
			"010500f13f420f008700",             // long
			"01000000",                         // LEN 0
			"0101000606",                       // CMD 06 without data, CRC 1^6…
			strings.Repeat("00", 600_000),      // longer than any frame
			"010500f13f420f0087",               // good again, without a line end
		}, "\n"), "ecr-frame", "-protocol", "customru", "-answers")
		if r.code != 0 || r.stderr != "" {
			t.Errorf("exit %d, stderr %q", r.code, r.stderr)
		}
		golden(t, "ecr-frame/damaged.jsonl", r.stdout)
	})
	t.Run("E1 nothing in, nothing out", func(t *testing.T) {
		if r := run(t, "", "", "ecr-frame", "-protocol", "customru"); r != (result{}) {
			t.Errorf("%+v", r)
		}
	})
	for name, args := range map[string][]string{
		"usage without a protocol": {}, "usage with a strange one": {"-protocol", "x"},
		"usage with an argument": {"-protocol", "customru", "frames.txt"}, "usage with a strange flag": {"-x"},
	} {
		t.Run("E1 "+name, func(t *testing.T) {
			if r := run(t, "", "", "ecr-frame", args...); r.code != 2 || r.stdout != "" || r.stderr == "" {
				t.Errorf("%+v", r)
			}
		})
	}
}
