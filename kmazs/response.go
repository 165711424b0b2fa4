package kmazs

import (
	"bytes"
	"encoding/json"
	"errors"
	"strconv"
)

// Response is the answer of the Web-API (K25): a result, or an error that says
// that nothing was imported.
type Response struct {
	// Result is what the import did; nil with an error.
	Result *Result
	// ErrCode is 0 with a result; any other number is an error.
	ErrCode int
	// ErrMsg is the text of the error.
	ErrMsg string
}

// ResponseTo is the answer to an import with this outcome. The text of an error is
// its Russian message.
func ResponseTo(r *Result, err error) Response {
	if err == nil {
		return Response{Result: r}
	}
	text := err.Error()
	var localized interface{ Message(lang string) string }
	if errors.As(err, &localized) {
		text = localized.Message("ru")
	}
	return Response{ErrCode: 1, ErrMsg: text}
}

// AppendJSON appends the answer as one line without a line break, its keys in the
// order of the document's sample. The list of refused records follows if the
// result has one (K41).
func (r Response) AppendJSON(dst []byte) []byte {
	if r.Result == nil {
		code := r.ErrCode
		if code == 0 {
			code = 1
		}
		dst = strconv.AppendInt(append(dst, `{"ErrCode":`...), int64(code), 10)
		dst = appendString(append(dst, `,"ErrMsg":`...), r.ErrMsg)
		return append(dst, '}')
	}
	dst = append(dst, `{"ImportUsersResult":{`...)
	for i, c := range counts {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = append(dst, '"')
		dst = append(dst, c.name...)
		dst = strconv.AppendInt(append(dst, `":`...), int64(*c.of(r.Result)), 10)
	}
	dst = append(dst, `},"ErrCode":0`...)
	if r.Result.Refused != nil {
		dst = append(dst, `,"Refused":[`...)
		for i, refusal := range r.Result.Refused {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = refusal.appendJSON(dst)
		}
		dst = append(dst, ']')
	}
	return append(dst, '}')
}

// counts are the counters of a result in the order of the document's sample.
var counts = [...]struct {
	name string
	of   func(*Result) *int
}{
	{"LockedCnt", func(r *Result) *int { return &r.Locked }},
	{"UpdByIdCnt", func(r *Result) *int { return &r.UpdatedByID }},
	{"DelCnt", func(r *Result) *int { return &r.Deleted }},
	{"AddCnt", func(r *Result) *int { return &r.Added }},
	{"IgnoredCnt", func(r *Result) *int { return &r.Ignored }},
	{"UpdByNameCnt", func(r *Result) *int { return &r.UpdatedByName }},
	{"UpdByKeyCnt", func(r *Result) *int { return &r.UpdatedByKey }},
}

func (r *Refusal) appendJSON(dst []byte) []byte {
	dst = strconv.AppendInt(append(dst, `{"n":`...), int64(r.N), 10)
	dst = appendString(append(dst, `,"field":`...), r.Field)
	dst = appendString(append(dst, `,"code":`...), r.Code)
	dst = appendString(append(dst, `,"text":`...), r.Text)
	return append(dst, '}')
}

// ParseResponse reads an answer. Unknown members and error codes are fine, since
// the document announces new ones; an error says that it is no such answer at
// all, so that nothing is known about the import.
func ParseResponse(data []byte) (Response, error) {
	var in struct {
		ImportUsersResult map[string]json.RawMessage
		Refused           []Refusal
		ErrCode           *int
		ErrMsg            string
	}
	if err := json.Unmarshal(bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")), &in); err != nil {
		return Response{}, newError(CodeResponse)
	}
	switch {
	case in.ErrCode == nil:
		return Response{}, newError(CodeResponse)
	case *in.ErrCode != 0:
		return Response{ErrCode: *in.ErrCode, ErrMsg: in.ErrMsg}, nil
	case in.ImportUsersResult == nil:
		return Response{}, newError(CodeResponse)
	}
	r := Response{Result: &Result{Refused: in.Refused}}
	for _, c := range counts {
		raw, ok := in.ImportUsersResult[c.name]
		if !ok {
			continue
		}
		if err := json.Unmarshal(raw, c.of(r.Result)); err != nil {
			return Response{}, newError(CodeResponse)
		}
	}
	return r, nil
}

// Err is nil for a result; else an *Error with CodeOfficeRefused that holds the
// office's code and text.
func (r Response) Err() error {
	if r.ErrCode == 0 && r.Result != nil {
		return nil
	}
	return newError(CodeOfficeRefused, "number", r.ErrCode, "text", r.ErrMsg)
}
