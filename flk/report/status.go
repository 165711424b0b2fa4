package report

import "github.com/obmen-go/obmen/flk"

// Status says in a word what became of the files summed up.
type Status string

// The statuses, as [flk.ExitStatus] counts them.
const (
	StatusAccepted Status = "accepted" // flk.ExitAccepted
	StatusPartial  Status = "partial"  // flk.ExitPartial
	StatusRejected Status = "rejected" // flk.ExitRejected
	StatusInvalid  Status = "invalid"  // flk.ExitInvalid
)

var statuses = map[Status]struct {
	exit   int
	en, ru string
}{
	StatusAccepted: {flk.ExitAccepted, "the file is accepted in full", "файл полностью принят"},
	StatusPartial:  {flk.ExitPartial, "a part of the file's documents is accepted", "приняты сведения по отдельным документам файла"},
	StatusRejected: {flk.ExitRejected, "the file is rejected in full", "файл полностью не принят"},
	StatusInvalid:  {flk.ExitInvalid, "the protocol does not fit the format", "протокол не соответствует формату"},
}

func statusOf(exitCode int) Status {
	for s, is := range statuses {
		if is.exit == exitCode {
			return s
		}
	}
	return StatusInvalid
}

// Text returns the words for a person in Russian ("ru") or English; an unknown
// status is its own text.
func (s Status) Text(lang string) string {
	is, known := statuses[s]
	switch {
	case !known:
		return string(s)
	case lang == "ru":
		return is.ru
	}
	return is.en
}
