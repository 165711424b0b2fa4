package permit

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The reason codes of refusals: the rows of the decision rules (M65). [Rules]
// lists them in their order.
const (
	CodeBadFormat      = "MARK-PERMIT-BAD-FORMAT"      // errorCode is not 0, or valid is false
	CodeNotFound       = "MARK-PERMIT-NOT-FOUND"       // found is false, or errorCode 10
	CodeNotApplied     = "MARK-PERMIT-NOT-APPLIED"     // utilised is false
	CodeNotVerified    = "MARK-PERMIT-NOT-VERIFIED"    // verified is false
	CodeBlocked        = "MARK-PERMIT-BLOCKED"         // isBlocked is true
	CodeSold           = "MARK-PERMIT-SOLD"            // sold is true
	CodeNotRealizable  = "MARK-PERMIT-NOT-REALIZABLE"  // realizable is false, and it is no grey zone
	CodeExpired        = "MARK-PERMIT-EXPIRED"         // expireDate is past
	CodeBelowMinimum   = "MARK-PERMIT-BELOW-MINIMUM"   // the price is below smp
	CodeAboveMaximum   = "MARK-PERMIT-ABOVE-MAXIMUM"   // tobacco above mrp
	CodeBelowRetail    = "MARK-PERMIT-BELOW-RETAIL"    // nicotine goods below mrp
	CodeNoUnitsLeft    = "MARK-PERMIT-NO-UNITS-LEFT"   // nothing is left of a pack that is sold in parts
	CodeLocalBlocked   = "MARK-PERMIT-LOCAL-BLOCKED"   // the local module: isBlocked
	CodeLocalGreyGTIN  = "MARK-PERMIT-LOCAL-GREY-GTIN" // the local module: isBlocked and isGreyGtin, only an online check can tell
	CodeLocalSold      = "MARK-PERMIT-LOCAL-SOLD"      // the local module: sold
	CodeOfflineBlocked = "MARK-PERMIT-OFFLINE-BLOCKED" // ТС ПИоТ checked offline: isBlocked
	CodeOfflineSold    = "MARK-PERMIT-OFFLINE-SOLD"    // ТС ПИоТ checked offline: sold
)

// The codes of what keeps a check without an answer, and of wrong settings.
const (
	CodeOptionURL       = "MARK-PERMIT-OPTION-URL"       // an address cannot be used
	CodeOptionMissing   = "MARK-PERMIT-OPTION-MISSING"   // a setting that must be there is not
	CodeOptionValue     = "MARK-PERMIT-OPTION-VALUE"     // a setting has a value that it cannot have
	CodeQuery           = "MARK-PERMIT-QUERY"            // what is asked about is no mark
	CodeNotConfigured   = "MARK-PERMIT-NOT-CONFIGURED"   // the chain has no such back end
	CodeUnreachable     = "MARK-PERMIT-UNREACHABLE"      // no connection
	CodeTimeout         = "MARK-PERMIT-TIMEOUT"          // no answer in time
	CodeCancelled       = "MARK-PERMIT-CANCELLED"        // the caller gave up
	CodeClosed          = "MARK-PERMIT-CLOSED"           // the checker was closed
	CodeUnauthorized    = "MARK-PERMIT-UNAUTHORIZED"     // 401: the token, or the login, is refused
	CodeToken           = "MARK-PERMIT-TOKEN"            // the source of tokens gave none
	CodeStatus          = "MARK-PERMIT-STATUS"           // an HTTP status that is no answer
	CodeBodyCode        = "MARK-PERMIT-BODY-CODE"        // the answer's own code is not 0
	CodeGarbage         = "MARK-PERMIT-GARBAGE"          // an answer that cannot be read
	CodeTooLarge        = "MARK-PERMIT-TOO-LARGE"        // an answer beyond MaxBody
	CodeMissing         = "MARK-PERMIT-MISSING"          // the answer does not speak of the mark
	CodeTwice           = "MARK-PERMIT-TWICE"            // the answer speaks of the mark twice
	CodeStamp           = "MARK-PERMIT-STAMP"            // the answer has no id or time that tag 1265 can hold
	CodeNoHosts         = "MARK-PERMIT-NO-HOSTS"         // the list of hosts is empty or holds none that may be asked
	CodeHostsDown       = "MARK-PERMIT-HOSTS-DOWN"       // no host answered
	CodeNotReady        = "MARK-PERMIT-NOT-READY"        // the local module is not ready
	CodeStore           = "MARK-PERMIT-STORE"            // the store failed
	CodeQueueFull       = "MARK-PERMIT-QUEUE-FULL"       // the log of sales holds as much as it may
	CodeNotAcknowledged = "MARK-PERMIT-NOT-ACKNOWLEDGED" // the local module did not take a sale or return
	CodeName            = "MARK-PERMIT-NAME"             // an UnmarshalText method does not know the name
)

// The codes of warnings.
const (
	CodeWarnToken     = "MARK-PERMIT-WARN-TOKEN"     // the token expires soon
	CodeWarnClock     = "MARK-PERMIT-WARN-CLOCK"     // the answer's time is more than 5 minutes off the till's
	CodeWarnSync      = "MARK-PERMIT-WARN-SYNC"      // the local module has not synchronised for 24 hours
	CodeWarnForeign   = "MARK-PERMIT-WARN-FOREIGN"   // the answer speaks of marks that were not asked about
	CodeWarnOffline   = "MARK-PERMIT-WARN-OFFLINE"   // ТС ПИоТ answered from its local module
	CodeWarnEmergency = "MARK-PERMIT-WARN-EMERGENCY" // the check is suspended by an emergency
	CodeWarnPrice     = "MARK-PERMIT-WARN-PRICE"     // the price is not known and was not checked
	CodeWarnTracking  = "MARK-PERMIT-WARN-TRACKING"  // isTracking is false: sold and realizable were ignored
	CodeWarnHost      = "MARK-PERMIT-WARN-HOST"      // a host of the list may not be asked
)

// The codes of the marking system's errorCode, 1 to 11 of [Item.ErrorCode]: the
// detail of CodeBadFormat.
const (
	CodeErrorValidation = "MARK-PERMIT-ERRORCODE-1"  // the code breaks the rules of validation
	CodeErrorGTIN       = "MARK-PERMIT-ERRORCODE-2"  // no GTIN
	CodeErrorSerial     = "MARK-PERMIT-ERRORCODE-3"  // no serial
	CodeErrorCharacters = "MARK-PERMIT-ERRORCODE-4"  // illegal characters
	CodeErrorCrypto     = "MARK-PERMIT-ERRORCODE-5"  // the crypto tail has a wrong format
	CodeErrorSignature  = "MARK-PERMIT-ERRORCODE-6"  // the crypto signature does not hold
	CodeErrorKey        = "MARK-PERMIT-ERRORCODE-7"  // the crypto key is not valid
	CodeErrorForeign    = "MARK-PERMIT-ERRORCODE-8"  // the check of the issuing country failed
	CodeErrorAIs        = "MARK-PERMIT-ERRORCODE-9"  // application identifiers that are not supported
	CodeErrorUnknown    = "MARK-PERMIT-ERRORCODE-10" // not found
	CodeErrorOther      = "MARK-PERMIT-ERRORCODE"    // any other number
)

// Error is a refusal, a reason for having no answer, or a warning. Its texts
// hold no token, no password and no mark. It can be kept as JSON.
type Error struct {
	code  string
	path  string
	args  []arg
	cause error
	safe  bool
	own   map[string]string // texts by language, of a code that is not this package's
}

// Details are what a [Checker] of your own says of a refusal, a fault or a
// warning. Texts hold no token, no password and no mark.
type Details struct {
	// Path says where, as [Error.Path].
	Path string
	// EN says in lower case, without a full stop, what happened and what to do;
	// RU is a whole sentence.
	EN, RU string
	// Retry says that the same may be asked again without harm, and may help.
	Retry bool
	// Cause is the error below, nil for none. It is not kept in JSON.
	Cause error
}

// NewError makes the error of a code of your own, for [Verdict.Refusal],
// [Verdict.Failure] and [Verdict.Warnings]. Its code should begin with the name
// of your package, not with MARK-PERMIT.
func NewError(code string, d Details) *Error {
	return &Error{code: code, path: d.Path, cause: d.Cause, safe: d.Retry, own: map[string]string{"en": d.EN, "ru": d.RU}}
}

// arg fills a placeholder of a text.
type arg struct {
	Name  string `json:"name"`
	Value string `json:"value"`
	// Code, if set, is a code whose own text is the value, in the same language.
	Code string `json:"code,omitempty"`
}

var _ error = (*Error)(nil)

// newError takes pairs of a name and a value.
func newError(code string, pairs ...any) *Error {
	e := &Error{code: code}
	for i := 0; i+1 < len(pairs); i += 2 {
		a := arg{Name: fmt.Sprint(pairs[i])}
		if d, ok := pairs[i+1].(detail); ok {
			a.Code = string(d)
		} else {
			a.Value = fmt.Sprint(pairs[i+1])
		}
		e.args = append(e.args, a)
	}
	return e
}

// detail is an argument that is a text of its own.
type detail string

func (e *Error) at(path string) *Error { e.path = path; return e }

func (e *Error) because(cause error) *Error { e.cause = cause; return e }

// retry marks what can be sent again without harm.
func (e *Error) retry() *Error { e.safe = true; return e }

// Error returns one line in English for logs.
func (e *Error) Error() string {
	text := e.text("en")
	if explained(e.cause) {
		text += ": " + e.cause.Error()
	}
	if e.path == "" {
		return "marking/permit: " + text
	}
	return "marking/permit: " + e.path + ": " + text
}

// Code returns one of the Code constants.
func (e *Error) Code() string { return e.code }

// Path says where: the host that was asked ("https://cdn01.crpt.ru"), the
// setting that is wrong ("BaseURL"), or "".
func (e *Error) Path() string { return e.path }

// Message returns a whole sentence: what happened and what to do. lang is "ru";
// any other language gives English.
func (e *Error) Message(lang string) string {
	if lang == "ru" {
		return e.text("ru")
	}
	s := e.text("en")
	r, size := utf8.DecodeRuneInString(s)
	if size == 0 {
		return ""
	}
	return string(unicode.ToUpper(r)) + s[size:] + "."
}

// SafeToRetry says that the same may be asked again without harm, and may help.
func (e *Error) SafeToRetry() bool { return e.safe }

// Unwrap returns the cause below: an error of the standard library, of the
// caller's own token source or store, or nil. Its text may name addresses.
func (e *Error) Unwrap() error { return e.cause }

func (e *Error) text(lang string) string {
	switch {
	case e.own[lang] != "":
		return e.own[lang]
	case lang == "ru":
		return e.fill(messagesRU)
	}
	return e.fill(messagesEN)
}

func (e *Error) fill(texts map[string]string) string {
	text := texts[e.code]
	if text == "" {
		return e.code
	}
	for _, a := range e.args {
		value := a.Value
		if a.Code != "" {
			value = texts[a.Code]
		}
		text = strings.ReplaceAll(text, "{"+a.Name+"}", value)
	}
	return text
}

type savedError struct {
	Code string `json:"code"`
	Path string `json:"path,omitempty"`
	Args []arg  `json:"args,omitempty"`
	Safe bool   `json:"safe,omitempty"`
	// Texts are those of a foreign code: who reads it later need not know it.
	Texts map[string]string `json:"texts,omitempty"`
}

// MarshalJSON keeps all but the cause.
func (e *Error) MarshalJSON() ([]byte, error) {
	return json.Marshal(savedError{e.code, e.path, e.args, e.safe, e.own})
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (e *Error) UnmarshalJSON(data []byte) error {
	var s savedError
	if err := json.Unmarshal(data, &s); err != nil {
		return err
	}
	*e = Error{code: s.Code, path: s.Path, args: s.Args, safe: s.Safe, own: s.Texts}
	return nil
}
