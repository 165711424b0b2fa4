package flk

// Exit codes of command-line programs about protocols.
const (
	ExitAccepted = 0 // every document has result 01 and ok = all
	ExitPartial  = 1 // anything between
	ExitRejected = 2 // every document has result 02
	ExitInvalid  = 3 // unreadable, or a finding of severity error
	ExitUsage    = 4 // wrong usage, or a file that cannot be opened or written
)

// ExitStatus counts for the exit code; feed it every document.
type ExitStatus struct {
	documents, accepted, rejected int
}

// Document counts one document.
func (e *ExitStatus) Document(d *Document) {
	e.documents++
	all, known := d.Source.All.Int()
	ok, known2 := d.Source.OK.Int()
	switch {
	case d.Source.Result == ResultFull && known && known2 && all == ok:
		e.accepted++
	case d.Source.Result == ResultNone:
		e.rejected++
	}
}

// Code returns the exit code; invalid says that the protocol could not be read or
// has a finding of severity error. Warnings never change it.
func (e *ExitStatus) Code(invalid bool) int {
	switch {
	case invalid || e.documents == 0:
		return ExitInvalid
	case e.accepted == e.documents:
		return ExitAccepted
	case e.rejected == e.documents:
		return ExitRejected
	}
	return ExitPartial
}
