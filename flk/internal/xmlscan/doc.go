// Package xmlscan is the narrow XML tokenizer under the FLK reader and the
// source resolver: it knows elements, attributes, text, CDATA and the five named
// entities, refuses every DOCTYPE, holds one token at a time, and says the line
// and column of what it returns. It reads UTF-8, UTF-16 and single-byte code
// pages by byte order mark and declaration.
//
// A fuzz target holds it against encoding/xml: whatever both accept has the same
// tokens. It is stricter where XML 1.0 is: repeated attributes, text outside the
// root, a second root, missing blanks between attributes.
package xmlscan
