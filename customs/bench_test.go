package customs

import "testing"

// A decision scans the rows of four parts with some ANDs each; what costs is
// copying the step. Target: under 2 µs and at most 4 allocations.
func BenchmarkResolve(b *testing.B) {
	plain := base(b, KindDECL, InitiativeUser, MessageOther, 0)
	asked := base(b, KindDECL, InitiativeUser, MessageStatus, 0)
	asked.Reference = nil
	answers := []Answer{Choose("u0"), Choose("z2"), EnterPosts("10000050", "")}
	b.Run("no question", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Resolve(plain, nil, nil)
		}
	})
	b.Run("three answers", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			Resolve(asked, answers, nil)
		}
	})
}

func TestAllocations(t *testing.T) {
	asked := base(t, KindDECL, InitiativeUser, MessageStatus, 0)
	asked.Reference = nil
	answers := []Answer{Choose("u0"), Choose("z2"), EnterPosts("10000050", "")}
	if n := testing.AllocsPerRun(100, func() { Resolve(asked, answers, nil) }); n > 4 {
		t.Errorf("%v allocations, want at most 4", n)
	}
}
