// Package kmazs is the import of users into KMAZS-Office, the program behind
// fuel-dispensing controllers (КМАЗС), from the record to its two encodings. It
// follows "Организация импорта пользователей в базу данных ПО «КМАЗС-ОФИС» из
// внешней системы" (ООО «АВТОМАТИКА плюс», 10.07.2023). An ERP that gives its
// drivers and vehicles to a fuel station needs it, with one of the carriers.
//
// An external system such as an ERP sends users, drivers and vehicles, as JSON over
// the Web-API or as a DBF table with users.flag in a folder. Both are one thing
// here: User is a record, Request a whole import, WriteJSON and WriteTable write
// it, ReadJSON and ReadTable read it, Result and Response are the answer.
//
//   - kmazs (this package): records, their fields and what is wrong with them,
//     both codecs, the answer; all that needs no directory of users.
//   - kmazs/office: the office's side: which account a record reaches, what an
//     import does to the directory, replace mode.
//   - kmazs/webapi: the import over HTTP, client and handler.
//   - kmazs/exchange: the import through a folder, both sides.
//
// # Records
//
// A field is absent (no such column or key), blank (an empty cell, null or "") or a
// value, and Optional keeps these apart: DAYLIMIT 0 blocks a user, no DAYLIMIT
// changes nothing. The table of the 29 fields stands in one place, Field.Info; it
// drives both codecs and the validation.
//
// A decoder never stops at a wrong value: the field becomes invalid, a finding of
// the record says why, and reading goes on. Record.Findings holds all that can be
// said without a directory. Whether a finding counts is the office's to say: it
// drops those about fields that it ignores for the account, and those of a deleting
// record about anything but its identity.
//
// # Limits
//
// A decoded record takes about 450 bytes and its texts, in one allocation together;
// decoding itself holds one buffer of 64 KB, whatever the size of the input. Limits
// bounds the size of a text, the number of records and of findings.
//
// # Rules that live here
//
//   - K0: Options keeps "not given" apart from false. WriteJSON refuses options that
//     the Web-API cannot express, WriteTable writes AllowedStations into blank
//     STATIONS. The order of precedence is the office's.
//   - K1: ID and SYNCID are one id, compared exactly without outer blanks; both
//     given and different is a finding (decision). A JSON integer is taken by its
//     literal text, in every text field (decision).
//   - K4: KEY_TYPE makes RFID ignored, without it RFID goes before KEY; the ignored
//     one is not validated. A value in KEY_TYPE and RFID with a blank KEY changes
//     nothing and warns (decision).
//   - K5: ALLLIMIT and DOPLIMIT likewise (decision).
//   - K6: LIMITTYPE is 0, 1, 2, 4 or 7. That 7 is blank on a vehicle is the office's.
//   - K7: DEFGSM; one trailing separator is allowed, empty items and repeated codes
//     are findings (decision). "empty" alone, in any case, is every fuel. Unknown
//     fuels are the office's, and K8.
//   - K9: SMBEGTIME is rounded to ten minutes, half up; 23:55 becomes 0:00
//     (decision).
//   - K10: the syntax of STATIONS: numbers from 1 (decision), "all", "empty". A JSON
//     array is read too (decision). Unknown numbers and the meaning of "all" are the
//     office's.
//   - K12: the three states; the table says which blanks keep and which clear. Outer
//     blanks are taken off every text, and a text of blanks alone is blank, so that
//     both carriers mean the same (decision).
//   - K13, K19: Advice warns a client of what the office will do by itself.
//   - K14: widths count characters and bind JSON too, except STATIONS and DEFGSM
//     (decision). A table refuses a longer list and proposes "all".
//   - K15: unknown keys and columns warn, each once, and are ignored. JSON keys are
//     exact: "id" is not ID (decision).
//   - K16: Key and KeyRules. More digits than 16 hexadecimal or 20 decimal ones are
//     refused even if they are zeros; 20 digits are also the bound of a Premium-Card
//     (decision). Byte reversal is between decimal and hexadecimal spellings
//     (decision).
//   - K17: the range of PIN. DEFCARID is 0 to 2147483647, the document's Integer
//     (decision). Duplicate PINs are the office's.
//   - K20, K21: TestCharSet and ImportType are checked before a Request exists; a
//     list in AllowedStations that cannot be read is an error of the request. The
//     import type Replace is passed on in Options for the office to judge, and never
//     written.
//   - K22: NameKey says which KEY may stand for a name.
//   - K23: forms of values, order of keys. A whole number may have a point and zeros
//     after it, an exponent is refused; logicals are true and false in any case,
//     numbers are no logicals in JSON (decision). Blank is written as "", of a
//     logical as null (decision).
//   - K24: JSON is read strictly: invalid UTF-8 and half a surrogate pair (decision)
//     anywhere, duplicate keys in any object, whatever follows the end, nesting
//     deeper than 64, a string above 1 MiB are errors of the request.
//   - K25: the answer. The list of refused records (K41) stands at the end of the
//     line (decision), so that the part the document shows stays as it is.
//   - K42: Request.Fields are the columns, or the keys that any record has; an
//     invalid value counts as given.
//   - D4, D5, D10: WriteTable. Records of a table are numbered without the deleted
//     rows (decision).
//
// # Errors
//
// Errors are *Error, or Findings for several; see the root package for the contract.
// Their texts never hold the value of a field that is personal data or opens a pump.
// The cause of an error about a table is package dbfio's own. All types are plain
// data or belong to one goroutine at a time; the functions may be used by many.
package kmazs
