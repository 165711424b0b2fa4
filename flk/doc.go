// Package flk reads, checks, writes, sums up and acts on FLK protocols: the
// files with which one tax authority tells another what format and logic
// control found in a file of statements (section 6.6, "Формат представления
// файла протокола ФЛК", ТСФЛК version 2.0). You need it to act on the protocols
// that come back, or to give them out.
//
// Decode and Encode hold a protocol in memory, Reader and Writer go document by
// document in memory that does not depend on their number. Validate and Validator
// judge what can be read. Build makes a protocol from outcomes, AppendXSD the
// schema, OpenArchive reads ZIP files. Sub-package report sums up and shows,
// source finds positions in the file that was checked.
//
// # Layout
//
// The document gives tables, not the XML around them. So every container name,
// the nesting, and whether leaves are elements or attributes is an assumption and
// lies in a Layout with presets. Reading takes either style and ignores
// namespaces; leaves are found by code in the nearest group. Unknown leaves are
// kept and written back.
//
// # Rules
//
// The values of a protocol are the text of the file: what is wrong is read, kept
// and reported, never repaired. Lengths count code points. Rules F1 to F23 are the
// lines of the table that Fields returns: presence, length, format, values.
// Findings of them are errors in both profiles, except: unknown country or a mix
// of digits and letters (F1, F10), telephone (F7) and e-mail (F8) shape, a path
// separator (F18), leading zeros (F14, F15): warnings in both; receive_date (F11),
// white space around a value, 36 characters in F22, unknown leaves and containers,
// another order or layout: errors in Strict, warnings in Lenient.
//
// Between leaves (strict, lenient; E error, W warning):
//
//	X1  E E  docs_count_ok is not greater than docs_count_all
//	X2  E W  01: both counts are equal
//	X3  W W  01: no errors
//	X4  E W  02: docs_count_ok is 0
//	X5  W W  02: a summary error or an entry says why
//	X6  E W  03: docs_count_ok between 0 and docs_count_all
//	X7  W W  03: an error entry
//	X8  W W  docs_count_all 0 only with 02
//	X9  W W  summary code and text together
//	X10 W W  countries reversed; sender other than receiver: E W
//	X11 W W  the answer is not older than the source file
//	X12 W W  recieve_date between both files' dates
//	X13 E E  the two file_id differ
//	X14 W -  file_name begins with the source's file_id
//	X15 E W  id_document is unique; case does not matter (decision)
//	X16 W -  not more failed statements than all minus ok
//	X17 W W  no entry twice (code, position, value)
//	X18 E W  one source file, one result
//	X19 E W  file_id and file_name are the source file's; its count: W W
//
// # Decisions
//
// Written by default: UTF-8, dates dd.mm.yyyy, recieve_date as the document
// misspells it. A byte order mark outweighs the XML declaration. TAB, LF and CR
// count as characters of an erroneous value (F19), elsewhere as control
// characters. In Strict a value with white space around it is reported once and
// then judged without. With several documents Build writes the sums into each,
// because X18 wants one result for one source file; an error of no element
// rejects its document. A second file identifier within a second takes the next
// free one.
//
// # Limits, concurrency, errors
//
// A DOCTYPE is refused whatever it holds. Limits and ZIPLimits bound memory. X15
// and X18 remember 2·10⁶ fingerprints of 64 bits, then say so once and stop; the
// first 1 000 findings are kept, the rest is counted. Readers, Writers and
// Validators are for one goroutine, tables and options for many. Errors are *Error
// with a stable code, a place and Russian and English words. The sender's data is
// personal: fmt and slog show it masked, findings never hold it.
package flk
