package kmazs

// Limits bound what a request may make its reader hold. Zero values stand for the
// defaults. A decoded record takes about 450 bytes and its texts, a finding about
// 300.
type Limits struct {
	// Bytes is the size of a JSON text. It defaults to 256 MiB.
	Bytes int64
	// Records is the number of records. It defaults to 2 000 000.
	Records int
	// Findings is how many may be wrong with all records together. It defaults
	// to 1 000 000.
	Findings int
}

const (
	defaultMaxBytes    = 256 << 20
	defaultMaxRecords  = 2_000_000
	defaultMaxFindings = 1_000_000

	// maxWarnings bounds how many unknown columns or keys are told.
	maxWarnings = 100
)

func (l *Limits) defaults() Limits {
	var limits Limits
	if l != nil {
		limits = *l
	}
	if limits.Bytes <= 0 {
		limits.Bytes = defaultMaxBytes
	}
	if limits.Records <= 0 {
		limits.Records = defaultMaxRecords
	}
	if limits.Findings <= 0 {
		limits.Findings = defaultMaxFindings
	}
	return limits
}
