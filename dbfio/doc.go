// Package dbfio reads and writes dBASE tables (.dbf) exactly: what is in a cell
// comes out of it, and what does not fit is an error that says where. You need
// it wherever an old program on the other side takes or gives data as .dbf.
//
//	r, err := dbfio.Open("users.dbf", nil)
//	…
//	for row, err := range r.Rows() {
//		limit, ok, err := row.Named("DAYLIMIT").Int()
//
// A Reader gives rows, a Row cells, a Cell its value by a typed accessor: Text,
// Int, Scaled, Number, Bool, Time. Structs and Decoder map rows to Go structs
// by tags. A Writer takes a row cell by cell (SetText, SetInt …, WriteRow), an
// Encoder takes structs. Create makes a file that appears whole or not at all.
//
// The package serves the tables by which ERP systems hand users to KMAZS-Office
// ("Организация импорта пользователей в базу данных ПО «КМАЗС-ОФИС»",
// АВТОМАТИКА плюс, 10.07.2023), and knows nothing of their contents: any plain
// table will do.
//
// # Rules
//
// The names D1 to D13 stand in comments and tests. "(decision)" marks what the
// format or that document leave open.
//
//   - D1: Written is plain dBASE III: version 0x03, no memo, columns C, N, L, D,
//     a header of 33+32n bytes, an end mark, the page's language driver mark.
//     Read are also dBASE IV and FoxPro headers and the types F, I, B, Y, T.
//     Columns of other types, memos above all, are left out with a warning.
//   - D2: The code page is the forced one, else the one a .cpg file beside the
//     table names, else that of a known mark, else the caller's default, else
//     CP1251 with a warning. Mark 0x57 ("ANSI") names no page (decision). Create
//     refuses to write beside a .cpg file that names another page (decision).
//   - D3: Column names have at most 10 characters: Latin letters, digits, "_", a
//     letter first (decision). Texts go up to 255 characters; the option Classic
//     keeps to dBASE's own 254.
//   - D4: Any set of columns in any order, down to one column and one record.
//   - D5: Open takes the exact name, else a single file whose name differs in
//     case, with a warning. CheckUsersName says which names a users table may have.
//   - D6: A cell is blank, a value, or invalid; and absent where there is no such
//     column. An invalid cell leaves the others of its row readable.
//   - D7: A text too long, a number too wide or with more decimals, a character
//     that the page lacks, a year outside 1..9999: errors that name row, column
//     and value. Nothing is cut, nothing replaced. NUL is no character (decision).
//   - D8: Tolerated are a missing end mark, a wrong number of records (the file's
//     size decides, with a warning), deleted rows, names in lower case (given
//     back in upper case (decision)), garbage after them and after the end mark.
//     A truncated last record is an error after all whole rows. A header that
//     contradicts itself or the file is an error. A record that begins with
//     neither blank nor asterisk is an error if the header counts it, and ends
//     the table otherwise (decision); an end mark in a counted record's place,
//     while all counted records are there, is an error too (decision).
//   - D9: Rows are streamed both ways. A target that can seek gets its count at
//     the end, another needs it beforehand; a file is written under another name,
//     synced and renamed, on Windows with patience for who holds the old one.
//   - D10: A table without rows is written like any other.
//   - D11: No input makes the package panic, hang, or take more memory than one
//     record and one header can be long, some 64 KB each.
//   - D12: Rows map to structs and typed cells. Integers come from text and from
//     numbers whose decimals are zeros, logicals from text and numbers 0 and 1,
//     of any width (decision). A plain Go field that could not tell blank from
//     zero refuses a blank cell (decision): take Optional or a pointer.
//   - D13: Reading and writing cells is as fast as a loop by hand; a row costs
//     one allocation to read, for its texts, and none to write.
//
// # Errors, concurrency, limits
//
// Errors are of type *Error, several of one row Problems; a cause from the file
// system is wrapped. Values stand in errors unless the option Mask names their
// column. Warnings are values, nothing is logged. Readers and writers are not
// safe for concurrent use, but independent of each other. A table has at most
// 2046 columns and records of 65535 bytes, as its header can say, and 2^32-1 rows.
package dbfio
