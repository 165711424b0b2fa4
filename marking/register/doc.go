// Package register is a Shtrih-M register as the [session.Register] that package
// session sells through: the driver's commands of the source as commands of the
// protocol (rule M35). Programs that sell marked goods on such a register need it:
//
//	link := shtrihm.NewLink(dial, nil)
//	defer link.Close()
//	till := session.New(register.New(link, nil), &session.Options{…})
//
// # The commands
//
//	CheckItemBarcode       FF61h    State           10h
//	AcceptMarkingCode      FF69h 1  LastDocument    FF01h
//	DeclineMarkingCode     FF69h 0  FindDocument    FF0Ah
//	ClearMarkingCodes      FF69h 2  OpenShift       FF0Bh
//	MarkingCodeWorkStatus  FF70h    CloseShift      FF43h
//	Operation              FF46h    CancelCheck     88h
//	SendTag                FF4Dh    ContinuePrint   B0h
//	SendItemBarcode        FF67h    Notifications   FF68h
//	CloseCheck             FF45h    settings        2Eh, 1Fh, 1Eh
//
// # Rules and decisions
//
//   - M32, M33: the answer's properties are filled as the vendor's driver fills
//     them: no bytes of the server are -1, no link.
//   - M42, M43: error 211 (D3h) comes back with its number; so does every other
//     error of the register.
//   - M52: an error says what became of the command. A lost answer is fetched by
//     the link where the protocol can do it; else the error is neither safe to
//     retry nor has a number, and the session asks.
//   - M53: the settings stand elsewhere on registers with a cash core: table 1
//     field 57 in place of table 17 field 41. A field that the model does not
//     have is an error, and so is a value that does not fit it.
//   - M54, M58: that there is nothing to cancel (73h, 02h) is no error.
//   - M57: a lease takes turns among the users of one Register; for several
//     programs give Options.Lease, or let a gateway keep the others out and say
//     so (Options.Guarded).
//   - M70: registers with a cash core (flag 23 of F7h) want tags and mark before
//     their operation; Device says so.
//   - Tax rates 1 to 6 are sent as bits and those from 9 on as C0h and their
//     number, as seen in the vendor's log (decision: 7 and 8 as bits too).
package register
