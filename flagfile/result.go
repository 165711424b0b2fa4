package flagfile

import "strings"

// Outcome is what the office adds to a request to make its result (FL5).
type Outcome struct {
	// Failed is error=1: the whole request was refused.
	Failed bool
	// Text is errmsg, with its line breaks; empty unless Failed.
	Text string
	// Begin and End say when the office worked on the request. For an exchange
	// End is the moment of the answer, not the end of the exchange (FL8).
	Begin, End Timestamp
}

// Result is what stands in usersres.flag or exchgres.flag.
type Result struct {
	Outcome
	// File is the whole result: the repeated fields of the request (File.Users,
	// File.Exchange), errmsg as it was written, and whatever else the office says.
	File *File
}

// Result reads a result file. The repeated request is not read: a request that
// was refused because it is wrong has to have a readable result.
func (f *File) Result() (*Result, error) {
	r := reader{file: f}
	if !f.Processed() {
		r.add(fail(CodeNotProcessed, ""), "processed")
	}
	res := &Result{File: f}
	if n := r.number("error"); n != nil {
		res.Failed = *n != 0 // the source knows 0 and 1; any other number is no success (decision)
	} else if len(r.problems) == 0 {
		r.add(fail(CodeMissing, ""), "error")
	}
	raw, _ := f.Get(Main, "errmsg")
	res.Text = UnescapeText(raw)
	res.Begin, res.End = r.time("procbegin"), r.time("procend")
	return res, r.problems.err()
}

// Err is nil if the office did what was asked, else an error with its message (FL7).
func (r *Result) Err() error {
	if !r.Failed {
		return nil
	}
	return fail(CodeRefused, "", "text", r.Text)
}

// Answer makes the result of a request: all its fields, then processed, error,
// errmsg, procbegin, procend, the extra pairs (key, value, …), and ready=1 last.
// Characters that windows-1251 lacks become ? and are returned in lost (FL6).
func (f *File) Answer(o Outcome, extra ...string) (result *File, lost []rune, err error) {
	result = f.Clone()
	lost = result.windows1251()
	result.Delete(Main, "ready")
	if result.index(Main, "errmsg") >= 0 && !o.Failed {
		result.Delete(Main, "errmsg") // of a request that was made from an old result
	}
	text, gone := replace1251(EscapeText(o.Text))
	lost = append(lost, gone...)
	pairs := []string{"processed", "1", "error", logical(&o.Failed)}
	if o.Failed {
		pairs = append(pairs, "errmsg", decode1251([]byte(text)))
	}
	pairs = append(pairs, "procbegin", string(o.Begin), "procend", string(o.End))
	pairs = append(append(pairs, extra...), "ready", "1")
	for i := 0; i+1 < len(pairs); i += 2 {
		if err := result.Set(Main, pairs[i], pairs[i+1]); err != nil {
			return nil, lost, err
		}
	}
	return result, lost, nil
}

// Answers says whether a result belongs to a request (FL15): both have the same
// commandtime, as text, and the same nummessage. An office that does not repeat
// nummessage in an exchange result is believed on the time alone.
func (f *File) Answers(request *File) bool {
	if !sameText(f, request, "commandtime") {
		return false
	}
	if _, given := f.Get(Main, "nummessage"); !given && strings.EqualFold(commandOf(request), CommandExchange) {
		return true
	}
	return sameText(f, request, "nummessage")
}

func commandOf(f *File) string {
	command, _ := f.Get(Main, "command")
	return strings.Trim(command, blanks)
}

func sameText(a, b *File, key string) bool {
	x, _ := a.Get(Main, key)
	y, _ := b.Get(Main, key)
	return strings.Trim(x, blanks) == strings.Trim(y, blanks)
}
