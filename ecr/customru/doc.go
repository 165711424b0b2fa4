// Package customru is the host's side of CustomRU, the command protocol of the
// Russian Custom fiscal printers (Q3X-Ф, K3-Ф, VKP80-Ф, FUSION-Ф, TK302-ФБ with
// firmware 04.xx), after the vendor's "Протокол команд, ККТ CUSTOM", version
// 01.43. A till that sells on such a printer needs it.
//
// [AppendFrame], [ParseFrame] and [Scanner] are the frames, [Link] carries
// exchanges with [Link.Do], [Device] has the commands a POS program needs as
// methods. After an unknown outcome [Device.Recover] asks the register whether
// the lost command ran. Package customrutest simulates a register.
//
// A sale is OpenReceipt → Sell … → CloseReceipt. VAT is not a field of an item:
// the department is, and [Device.VATTable] reads which department carries which
// VAT. Marking is tag 1162 in the item and nothing else: this protocol has no
// command that checks a code.
//
// # Waits
//
// See the table of package ecr. The document gives 1 s for reads and 3 s for
// sales; the vendor's own host waits 10 s, and so does this one. An answer can
// take minutes when the paper is out: [Options].Interim hears of it where the
// register tells, and where it is silent the outcome is unknown and Recover says
// [CodeBusy] until the paper is in.
//
// # Rules
//
// Comments and tests cite these ids; those from E7 on are explained in package ecr
// where they are not here.
//
//   - E1: a frame is 01h, LEN (2 bytes, CMD and DATA), CMD, DATA, CRC (low byte of
//     the sum of LEN, CMD and DATA, exclusive-or its high byte): 5 to 65 539
//     bytes. Nothing is escaped, so readers count and never search.
//   - E2: numbers are little-endian, text is CP866, money is kopecks, a request
//     begins with the operator's password, which traces mask together with the
//     CRC, since that would give a digit of it away.
//   - E3: ACK comes first, then the answer, which the host never acknowledges.
//   - E4: ACK within 5 s, answer within 10 s, settable per command.
//   - E5: frames of other commands after the ACK are interim and end nothing.
//   - E6: an answer without an ACK is taken at once if no earlier command of its
//     kind was sent on this connection; else after the ACK limit, if it differs
//     from the answer before (decision: a late duplicate must not answer).
//   - E10: a frame is sent again after NAK only, three times at most, and only
//     when the line stays silent for 100 ms after the NAK: a NAK for noise before
//     the frame is followed by the frame's own ACK (decision). A NAK among noise
//     is no refusal: the outcome is unknown (decision).
//   - E13: bytes of a lost exchange never reach the next one.
//   - E15: error codes are [DeviceError] with class and two sentences; the text
//     and sub-code of D7H are asked for at once.
//
// Two things no link can see: a checksum of 8 bits lets one damaged frame of 256
// through, and a NAK for noise, followed by the frame's own ACK that is lost and
// an answer that is late, looks like a refusal.
//
// # Decisions
//
//   - Every method that changes something first reads a baseline, two or three
//     short queries; [DeviceOptions].NoBaseline leaves that out, and Recover then
//     cannot decide.
//   - Bits 6 and 7 of an item's flags (own VAT amount) contradict each other in
//     the document and are never set; 8EH, 86H and 87H are not offered.
//   - The bytes of a scanned code stand right after the kind byte ([ScannedCode]).
//   - Departments carry VAT by table 120; department 0 is left to the device.
//   - Recover compares the phase (F3H), the last fiscal document (F8H), and by
//     command F7H, FAH or ECH; what leaves no trace is [Undecidable]. A frame that
//     lies unread in a busy device's buffer is not seen by it: while the device
//     works, Recover answers [CodeBusy].
package customru
