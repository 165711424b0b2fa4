// Package marking reads the marking codes of Честный знак as scanners deliver
// them, restores their lost separators, and tells what a fiscal printer will
// say about them. A till, a stock program or a web shop needs it between the
// scanner and everything else.
//
// It follows the recommendations of a maker of fiscal printers for programs that
// work with marked goods ("Рекомендации при разработке программ для работы с
// маркированными товарами") and the public descriptions of the DataMatrix codes.
// The ids M1 to M34 below name the rules; comments and tests refer to them.
//
// Start with [Read]: it takes whatever came from the scanner. [Parse] takes a
// code that holds nothing but itself, [Restore] one whose separators are not to
// be trusted. The result, a [Code], holds the normalised code with its
// separators, its parts, and what was done to get there. The package scanner
// below this one makes whole scans out of key presses and port bytes; the
// package markingtest makes random codes for tests.
//
// # The code
//
//   - M1: one symbology prefix is taken off, once, as an action: ]d2 ]C1 ]Q3 ]e0
//     ]d1 ]E0 ]E4 ]C0 ]L0 ]L1 ]L2 ]Q1, one 0xE8 (the byte, or U+00E8), or a GS
//     in front. ]d1 before a code with application identifiers is a warning.
//     A run of GS in front counts as one, sent twice (decision).
//   - M2: AI 01 has 14 digits, the last a check digit. A wrong one is a warning:
//     test codes have it.
//   - M3: AI 21 has 1 to 20 of the 82 characters of GS1. The same characters are
//     all that any part of a code may hold.
//   - M4: AI 91 has 4 characters, 93 has 4, 92 has 44 or 88, 8005, 17 and 11
//     have 6 digits, 310x and 335x (x 0 to 5) 6 digits, 240 up to 30, 10 up to
//     20. With separators present, a 92 of another length passes with a warning;
//     its layout is the row with the nearest length (decision).
//   - M5: AIs of fixed length need no GS behind them. Where a layout has one
//     there and it is missing, it is put back.
//   - M6: a 44-character AI 92 is base64 of 32 bytes, of which the last 4,
//     little-endian, are the CRC-32 of the others. Unused bits must be zero
//     (decision).
//   - M7: codes without identifiers: КМК, 29 characters with a right check digit;
//     МИ; ЕГАИС of 68 and 150; bar codes; SSCC of 18 digits, with or without
//     its AI 00 (decision). 21 and 25 characters of a КМК are incomplete.
//   - M8: the price in a КМК is a number of base 80 in kopecks: [Code.Price].
//   - M9: no layout tells a product group. [Groups] is the table of groups.
//   - M14: the scan itself is kept: [Code.Original].
//
// # The layout table
//
// Lengths are without separators; a GS stands before each element behind the
// serial. [Layouts] gives the table as data.
//
//	id          serial  length   elements behind 01, GTIN, 21, serial
//	S6               6  30       93(4)
//	S7               7  31       93(4)
//	S13             13  37       93(4)
//	S20             20  44       93(4)
//	S6+W             6  40       93(4) 310x(6)
//	W+S6             6  40       310x(6) 93(4)
//	S7+V             7  41       93(4) 335x(6)
//	P7               7  41       8005(6) 93(4)
//	P7+240           7  44+k     8005(6) 93(4) 240(k), k = 1..30
//	L44-6            6  76       91(4) 92(44), ends with =
//	L44-13          13  83       91(4) 92(44), ends with =
//	L44-14          14  84       91(4) 92(44), ends with =
//	L44-20          20  90       91(4) 92(44), ends with =
//	L88-13          13  127      91(4) 92(88)
//	L88-14          14  128      91(4) 92(88)
//	L88-13+240      13  134      240(4) 91(4) 92(88), ends with ==
//	identity only    6  24       none: kind GS1, not a mark
//	identity only    7  25
//	identity only   13  31
//	identity only   20  38
//
// # Restoring
//
//   - M10: lost separators are restored by the total length and the AI digits at
//     fixed offsets from the end, as the table has them: never by a search for
//     91, 92 or 93. These digits stand inside GTINs, serials and tails too.
//   - M11: with separators present, a code is taken as it stands only if the
//     length of its serial and the order of its identifiers are a row of the
//     table. Otherwise all are taken out and restored, and each one that was
//     there must be among them; else the code is refused: [CodeGSInconsistent],
//     or the word for what is wrong inside, such as [CodeDuplicateAI] or
//     [CodeUnknownAI], when no row fits at all (decision). [Options].Nonstandard
//     takes codes with sound elements that are no row.
//   - M12: 31 characters without separators can be S7 or the bare identity of a
//     13-character serial whose characters 8 and 9 are "93", which one identity
//     in some 6 700 is. The full code is taken and [Code.Ambiguous] says so. No
//     other two rows can fit one code, so that a checksum never has to decide.
//     68 capital letters and digits that are both P7+240 and ЕГАИС-2.0 are an
//     error, [CodeAmbiguous].
//   - M13: the order in which [Read] works.
//
// What was cut off at the end of a P7+240 without its separators cannot be
// seen; nor can misread characters, but for a 44-character tail.
//
// # Scanners
//
//   - M20: for GS stand 1D, ↔, ␝, U+FFFD, 0xE8, [GS] <GS> {GS} (GS) |GS| |ГС|,
//     {FNC1} <FNC1>, ^], \x1d \u001d \035 with one or two backslashes, _x001d_,
//     &#x1D; &#29;, ~1 and ~029, in any letter case (decision). Those made of
//     characters that a serial may hold (<GS> (GS) <FNC1> _x001d_), and &#x1D;
//     &#29; ~1 U+FFFD, count only before 91 92 93 8005 240 310 335 17 10, and
//     at the very beginning before 01 (decision).
//   - M21: one Cyrillic letter outside |ГС| means that the scan was typed under
//     the Russian layout: all of it is mapped back, and a character that this
//     layout cannot type is [CodeMixedLayout]. CapsLock shows only in a
//     44-character tail: the case of all letters, Russian ones before they are
//     mapped, is swapped if the checksum holds then.
//   - M22: scanners in keyboard mode are read by package scanner.
//   - M23: [EncodeHex], [EncodeHexPairs], [DecodeHex].
//
// # The register
//
//   - M30, M31: [Predict] says which type a register will give to the bytes that
//     are sent, [Rejected] whether it answers error 211 instead; [Diagnose] names
//     the causes for support. SSCC is rejected (decision).
//   - M32: any [ServerError] but 0 counts as no link.
//   - M33: [Status] and its [Verdict].
//   - M34: the storage's own check: [Answer.RefusedLocally]. Result 1 refuses,
//     with error 3 or 4 beside it too; errors 1 and 2 say that nothing was
//     checked and never refuse (decision).
//
// # Error codes
//
// Reading returns one of these, a closed list; the program marking-scan prints
// them in small letters without MARK-.
//
//	MARK-NOT-RECOGNISED     no kind of code fits, or the check digit of a bar code is wrong
//	MARK-ILLEGAL-CHARACTER  a character outside set 82, or none of the digits that must stand there
//	MARK-MIXED-LAYOUT       Cyrillic letters beside what the Russian layout cannot type
//	MARK-GS-INCONSISTENT    separators that fit no layout
//	MARK-UNRESTORABLE       no separators, and no layout fits
//	MARK-AMBIGUOUS          two kinds fit
//	MARK-DUPLICATE-AI       an identifier twice; 310x and 335x count without their x
//	MARK-UNKNOWN-AI         an identifier that no mark uses
//	MARK-BAD-LENGTH         a value, a КМК, a GTIN or a whole scan of a wrong length
//	MARK-INCOMPLETE         01 without 21, or a КМК without price or check
//
// # Fiscal tags
//
// [Code.Text] is tag 2000, [Code.ProductTag] the child of tag 1163,
// [Code.AppendProductCode] tag 1162 of the older formats. A sign of furs with
// 21 characters, one more than tag 1307 holds, is handed on as it is (decision).
//
// # Concurrency, errors, limits
//
// Everything here is a pure function of its arguments: nothing blocks, nothing
// is kept between calls, and all of it may be used from several goroutines.
// Reading allocates one normalised code where separators were restored, and
// nothing where they were all there. Errors are of type *[Error] and never hold
// the code. Scans above [MaxScan] bytes are refused. A [Code] prints without
// its crypto tail, also in slog.
package marking
