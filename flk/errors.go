package flk

import (
	"errors"
	"strconv"

	"github.com/obmen-go/obmen/flk/internal/fault"
	"github.com/obmen-go/obmen/flk/internal/xmlscan"
)

// Codes of errors: the file cannot be read or written. They never change.
const (
	CodeSyntax         = "FLK-XML-SYNTAX"         // not well-formed
	CodeTruncated      = "FLK-XML-TRUNCATED"      // the file ends early
	CodeEmpty          = "FLK-XML-EMPTY"          // no element at all
	CodeDoctype        = "FLK-XML-DOCTYPE"        // a DOCTYPE, refused whatever it holds
	CodeEntity         = "FLK-XML-ENTITY"         // an entity that XML does not define
	CodeEncoding       = "FLK-XML-ENCODING"       // an encoding that is not supported
	CodeBytes          = "FLK-XML-BYTES"          // bytes that the declared encoding has not
	CodeCharacter      = "FLK-XML-CHARACTER"      // a character that XML 1.0 forbids
	CodeDepth          = "FLK-LIMIT-DEPTH"        // Limits.Depth
	CodeValueSize      = "FLK-LIMIT-VALUE"        // Limits.Value
	CodeAttributes     = "FLK-LIMIT-ATTRIBUTES"   // Limits.Attributes
	CodeDocumentSize   = "FLK-LIMIT-DOCUMENT"     // Limits.Document
	CodeEntries        = "FLK-LIMIT-ENTRIES"      // Limits.Entries
	CodeUnknownCount   = "FLK-LIMIT-UNKNOWN"      // Limits.Unknown
	CodeDocumentCount  = "FLK-LIMIT-DOCUMENTS"    // Decode: Limits.Documents
	CodeRead           = "FLK-READ"               // the reader failed; Unwrap has its error
	CodeWrite          = "FLK-WRITE"              // the writer failed; Unwrap has its error
	CodeWriteCharacter = "FLK-WRITE-CHARACTER"    // a value holds what XML cannot carry
	CodeUnencodable    = "FLK-WRITE-UNENCODABLE"  // a character that the encoding lacks
	CodeWriteEncoding  = "FLK-WRITE-ENCODING"     // an encoding that cannot be written
	CodeWriteName      = "FLK-WRITE-NAME"         // an unknown leaf without a usable name
	CodeWriteOrder     = "FLK-WRITE-ORDER"        // Writer methods called out of order
	CodeLayout         = "FLK-LAYOUT"             // a Layout with unusable names
	CodeZIP            = "FLK-ZIP"                // not a readable archive
	CodeZIPName        = "FLK-ZIP-NAME"           // a member with .. or an absolute path
	CodeZIPEmpty       = "FLK-ZIP-EMPTY"          // no *.xml in the archive
	CodeZIPSize        = "FLK-ZIP-SIZE"           // a size limit of ZIPLimits
	CodeZIPRatio       = "FLK-ZIP-RATIO"          // ZIPLimits.Ratio
	CodeZIPMembers     = "FLK-ZIP-MEMBERS"        // ZIPLimits.Members
	CodeCountry        = "FLK-BUILD-COUNTRY"      // a country code that is not three characters
	CodeClock          = "FLK-BUILD-CLOCK"        // a time that has no four-digit year
	CodeElement        = "FLK-BUILD-ELEMENT"      // an outcome names an element that does not exist
	CodeTotal          = "FLK-BUILD-TOTAL"        // a total outside 0 to 9999999
	CodeNoOutcomes     = "FLK-BUILD-NO-DOCUMENTS" // a protocol of no documents
	CodeFormatTwice    = "FLK-FORMAT-TWICE"       // a registry knows the format already
	CodeFormatName     = "FLK-FORMAT-NAME"        // a format without info_type or version
	CodeInvalid        = "FLK-INVALID"            // a FindingsError: a protocol with findings that are errors
)

type arg = fault.Arg

// Error is what reading, writing and building return. Findings about a readable
// protocol are not errors: see Finding.
type Error struct {
	code, path string
	args       []arg
	cause      error
}

func newError(code, path string, args ...arg) *Error {
	return &Error{code: code, path: path, args: args}
}

// Error returns one English line for logs.
func (e *Error) Error() string {
	text := fault.Format(messagesEN[e.code], e.args)
	if e.path != "" {
		text = e.path + ": " + text
	}
	if e.cause != nil {
		text += ": " + e.cause.Error()
	}
	return "flk: " + text
}

// Code returns one of the constants Code….
func (e *Error) Code() string { return e.code }

// Path returns where: "line 4, column 17", "documents[3].source_file.file_name",
// a member of an archive; "" if nowhere.
func (e *Error) Path() string { return e.path }

// Message returns a whole sentence in Russian ("ru") or English.
func (e *Error) Message(lang string) string { return message(lang, e.code, e.args, e.path) }

// Unwrap returns the cause: an error of the standard library or of the reader or
// writer that was passed in.
func (e *Error) Unwrap() error { return e.cause }

func message(lang, code string, args []arg, path string) string {
	if lang == "ru" {
		text := fault.FormatIn("ru", messagesRU[code], args)
		if path != "" {
			text += " (" + ruPath(path) + ")"
		}
		return text
	}
	text := fault.Sentence(fault.Format(messagesEN[code], args))
	if path != "" {
		text += " (" + path + ")"
	}
	return text
}

// ruPath gives a place of the XML text its Russian words; other paths are names
// of leaves and stay.
func ruPath(path string) string {
	if p, ok := parsePlace(path); ok {
		return "строка " + strconv.Itoa(int(p.Line)) + ", позиция " + strconv.Itoa(int(p.Col))
	}
	return path
}

const placeLine, placeColumn = "line ", ", column "

func place(p Pos) string {
	if p.Line == 0 {
		return ""
	}
	return placeLine + strconv.Itoa(int(p.Line)) + placeColumn + strconv.Itoa(int(p.Col))
}

func number(n int) string { return strconv.Itoa(n) }

// fromScan translates an error of the tokenizer at the border.
func fromScan(err error) error {
	e, ok := errors.AsType[*xmlscan.Error](err)
	if !ok {
		return err
	}
	at := place(Pos(e.Pos))
	detail := arg{Name: "detail", Value: fault.Clip(e.Detail), RU: fault.Clip(e.DetailRU)}
	limit := arg{Name: "limit", Value: number(e.Limit)}
	switch e.Kind {
	case xmlscan.KindSyntax:
		return newError(CodeSyntax, at, detail)
	case xmlscan.KindTruncated:
		if e.Detail == "" {
			detail.Value, detail.RU = "none", "нет"
		}
		return newError(CodeTruncated, at, detail)
	case xmlscan.KindEmpty:
		return newError(CodeEmpty, at)
	case xmlscan.KindDoctype:
		return newError(CodeDoctype, at)
	case xmlscan.KindEntity:
		return newError(CodeEntity, at, detail)
	case xmlscan.KindDepth:
		return newError(CodeDepth, at, limit)
	case xmlscan.KindToken:
		return newError(CodeValueSize, at, limit)
	case xmlscan.KindAttrs:
		return newError(CodeAttributes, at, limit)
	case xmlscan.KindEncoding:
		return newError(CodeEncoding, at, detail)
	case xmlscan.KindBytes:
		return newError(CodeBytes, at, detail)
	case xmlscan.KindCharacter:
		return newError(CodeCharacter, at, detail)
	}
	if own, ok := errors.AsType[*Error](e.Cause); ok {
		return own // of an Archive, with its own words
	}
	out := newError(CodeRead, at)
	out.cause = e.Cause
	return out
}
