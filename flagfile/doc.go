// Package flagfile reads, writes and carries users.flag, exchg.flag and their
// results: the small INI files by which an external system and KMAZS-Office
// talk through a shared folder. You need it on either side of such a folder, if
// package kmazs/exchange does more than you want.
//
// It follows "Организация импорта пользователей в базу данных ПО «КМАЗС-ОФИС»"
// (АВТОМАТИКА плюс, 10.07.2023), sections on the DBF file and on the exchange.
//
// Three layers, each usable alone:
//
//   - [File], [Parse]: any flag file, with everything that stands in it.
//   - [Users], [Exchange], [Result]: the typed content of the four files.
//   - [Folder]: publishing, waiting, claiming and answering, for both sides.
//
// The import of users itself, with tables and accounts, is kmazs/exchange.
//
// # Rules
//
//   - FL1: one section [main], windows-1251, key=value without blanks around the
//     equals sign, CRLF written and any line end read; names are case-insensitive,
//     the first of duplicates wins, lines that begin with ; and whatever is unknown
//     stay where they are. A UTF-8 mark is read with a warning (decision). The one
//     byte that windows-1251 leaves undefined, 0x98, survives (decision).
//   - FL2: keys and forms of users.flag. Times are compared as text; day, month and
//     hour may have one digit. An empty value is an absent one (decision).
//   - FL3: a file without ready=1 is not there yet; ready=1 is the last line written.
//   - FL4: written under a temporary name in the same folder, synced, renamed.
//   - FL5: the result repeats the request and adds processed, error, errmsg,
//     procbegin, procend; the request gets processed=1, before its ready line
//     (decision), so that ready stays last.
//   - FL6: errmsg is escaped and read back exactly; what windows-1251 lacks becomes
//     ? and is reported. A text with outer blanks is wrapped in quotes too (decision).
//   - FL7: error=1 is a Go error with the office's message; any other non-zero
//     number counts as 1 (decision).
//   - FL8: exchg.flag and exchgres.flag.
//   - FL9: one request in flight; withdrawing is renaming; Clean removes flag,
//     table, result in this order. The client waits for processed=1 before it
//     cleans (decision), or a slow office would put the flag back.
//   - FL10: polling, 5 s by default; access denied names the service account.
//   - FL12: the order of an office's steps: commit, result, processed=1, the last
//     only if the request is still the same.
//   - FL13: a dbffile that is no plain name, or is a device name, is refused on
//     every system.
//   - FL14: an operation on a busy file is repeated for about 2 s.
//   - FL15: a result belongs to a request if commandtime and nummessage match.
//   - FL16: the remarks of the document's samples are never written and never
//     stripped: the typed reader fails and names key and remark.
//
// FL11 (record count), the receipts of FL12 and the lock file of FL10 belong to
// kmazs/exchange.
//
// # Limits
//
// A flag file has at most [MaxSize] bytes. Reading goes through gopkg.in/ini.v1
// with every name and value guarded, so that none of its quoting, continuation and
// comment rules applies; writing is this package's own.
//
// # Errors
//
// Errors are *[Error], several of one file come as [Problems]. A missing file is
// fs.ErrNotExist where it is not simply a nil result.
package flagfile
