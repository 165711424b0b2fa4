// Package scanner turns what a bar code scanner sends into whole scans, ready
// for [github.com/obmen-go/obmen/marking.Read]: key events of a scanner in
// keyboard mode ([KeyReader], [Keys]), bytes of one on a COM port ([Lines]),
// and pasted text ([Paste]). You need it in front of package marking unless
// somebody else reads the scanner.
//
// # Scanners in keyboard mode (rule M22)
//
// A scan is a run of at least 8 characters with gaps of at most 50 ms, ended by
// Enter, Tab or 100 ms of silence. A person who types is slower, so nothing
// typed by hand becomes a scan. Within a scan stand for GS: the character 1D,
// the key F8, Ctrl+], and ALT held while 029 is typed; ALT with 29 gives ↔,
// which reading the scan takes for GS. Other characters may come by ALT and
// their number as well. Enter and Tab may follow the last character within the
// 100 ms (decision). A system that delivers both the digits under ALT and the
// character they make is understood: the character counts once (decision).
//
// The texts are handed on as they arrived, in the keyboard layout in which they
// were typed: putting that right is the work of marking.Read.
//
// A KeyReader belongs to one goroutine. Nothing here holds more than
// marking.MaxScan bytes and a little; longer scans are cut off just behind that
// limit, so that marking.Read refuses them for their length.
package scanner
