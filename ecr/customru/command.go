package customru

import "fmt"

// Command is a command code. Every code can be sent with [Link.Do]; the names
// below are those that this package knows.
type Command byte

// The commands of the protocol that a POS program needs.
const (
	CmdReadFamily       Command = 0x04 // a family of settings
	CmdWriteFamily      Command = 0x05
	CmdReadRow          Command = 0x09 // a row of a settings table
	CmdWriteRow         Command = 0x0A
	CmdBeep             Command = 0x13
	CmdReset            Command = 0x16 // answers first, then runs
	CmdStopPrinting     Command = 0x19
	CmdSettlements      Command = 0x1F
	CmdSetTime          Command = 0x21
	CmdSetDate          Command = 0x22
	CmdConfirmDate      Command = 0x23
	CmdCut              Command = 0x25
	CmdDrawer           Command = 0x28
	CmdFeed             Command = 0x29
	CmdDisplay          Command = 0x2A
	CmdOpenCover        Command = 0x2B
	CmdXReport          Command = 0x40
	CmdCloseShift       Command = 0x41
	CmdReport           Command = 0x42
	CmdReportClear      Command = 0x43
	CmdCashIn           Command = 0x50
	CmdCashOut          Command = 0x51
	CmdSale             Command = 0x80
	CmdPurchase         Command = 0x81
	CmdSaleReturn       Command = 0x82
	CmdPurchaseReturn   Command = 0x83
	CmdVoid             Command = 0x84
	CmdCloseReceipt     Command = 0x85
	CmdCancelReceipt    Command = 0x88
	CmdSubtotal         Command = 0x89
	CmdReprint          Command = 0x8C
	CmdOpenReceipt      Command = 0x8D
	CmdUndoItem         Command = 0x8F
	CmdAdjustSubtotal   Command = 0x90
	CmdAdjustItem       Command = 0x91
	CmdShiftCounters    Command = 0xC0
	CmdFNCounts         Command = 0xC1
	CmdFNKindCounters   Command = 0xC2
	CmdFFDVersion       Command = 0xC3
	CmdFNDaysLeft       Command = 0xC4
	CmdFNStorage        Command = 0xC5
	CmdFNUnsent         Command = 0xC6
	CmdFNDataSize       Command = 0xC7
	CmdNextRegistration Command = 0xC8
	CmdFindFull         Command = 0xCF
	CmdOpenCorrection   Command = 0xD6
	CmdLastError        Command = 0xD7
	CmdTag              Command = 0xD8
	CmdOpenShift        Command = 0xD9
	CmdOpenNonFiscal    Command = 0xDA
	CmdText             Command = 0xDB
	CmdCutNonFiscal     Command = 0xDC
	CmdPicture          Command = 0xDD
	CmdBarcode          Command = 0xDE
	CmdCloseNonFiscal   Command = 0xDF
	CmdFNStatus         Command = 0xE0
	CmdFNNumber         Command = 0xE1
	CmdFNTerm           Command = 0xE2
	CmdFNVersion        Command = 0xE3
	CmdOFDStatus        Command = 0xE4
	CmdFindFD           Command = 0xE5
	CmdOFDReceipt       Command = 0xE6
	CmdUnconfirmed      Command = 0xE7
	CmdRegistration     Command = 0xE8
	CmdRegistrationTag  Command = 0xE9
	CmdOpenFD           Command = 0xEA
	CmdNextTLV          Command = 0xEB
	CmdFNShift          Command = 0xEC
	CmdClock            Command = 0xF0
	CmdStatus           Command = 0xF1
	CmdShiftStatus      Command = 0xF2
	CmdReceiptStatus    Command = 0xF3
	CmdLastReceipt      Command = 0xF4
	CmdGrandTotals      Command = 0xF5
	CmdDayTotals        Command = 0xF6
	CmdReceiptTotals    Command = 0xF7
	CmdReceiptInfo      Command = 0xF8
	CmdUnsent           Command = 0xF9
	CmdCash             Command = 0xFA
	CmdDepartments      Command = 0xFB
	CmdDiscounts        Command = 0xFC
	CmdAvailableTags    Command = 0xFE
	CmdDeviceInfo       Command = 0xFF
)

var commandNames = map[Command]string{
	CmdReadFamily: "read family", CmdWriteFamily: "write family", CmdReadRow: "read row", CmdWriteRow: "write row",
	CmdBeep: "beep", CmdReset: "reset", CmdStopPrinting: "stop printing", CmdSettlements: "settlements report",
	CmdSetTime: "set time", CmdSetDate: "set date", CmdConfirmDate: "confirm date", CmdCut: "cut", CmdDrawer: "drawer",
	CmdFeed: "feed", CmdDisplay: "display", CmdOpenCover: "open cover", CmdXReport: "X report",
	CmdCloseShift: "close shift", CmdReport: "report", CmdReportClear: "report and clear", CmdCashIn: "cash in",
	CmdCashOut: "cash out", CmdSale: "sale", CmdPurchase: "purchase", CmdSaleReturn: "sale return",
	CmdPurchaseReturn: "purchase return", CmdVoid: "void", CmdCloseReceipt: "close receipt",
	CmdCancelReceipt: "cancel receipt", CmdSubtotal: "subtotal", CmdReprint: "reprint", CmdOpenReceipt: "open receipt",
	CmdUndoItem: "undo item", CmdAdjustSubtotal: "adjust subtotal", CmdAdjustItem: "adjust item",
	CmdShiftCounters: "shift counters", CmdFNCounts: "drive counts", CmdFNKindCounters: "drive counters by kind",
	CmdFFDVersion: "document format", CmdFNDaysLeft: "drive days left", CmdFNStorage: "drive storage",
	CmdFNUnsent: "drive unsent", CmdFNDataSize: "drive data size", CmdNextRegistration: "next registration tag",
	CmdFindFull: "find receipt", CmdOpenCorrection: "open correction", CmdLastError: "last error", CmdTag: "tag",
	CmdOpenShift: "open shift", CmdOpenNonFiscal: "open non-fiscal", CmdText: "text", CmdCutNonFiscal: "cut non-fiscal",
	CmdPicture: "picture", CmdBarcode: "barcode", CmdCloseNonFiscal: "close non-fiscal", CmdFNStatus: "drive status",
	CmdFNNumber: "drive number", CmdFNTerm: "drive term", CmdFNVersion: "drive version", CmdOFDStatus: "OFD status",
	CmdFindFD: "find document", CmdOFDReceipt: "OFD receipt", CmdUnconfirmed: "unconfirmed count",
	CmdRegistration: "registration", CmdRegistrationTag: "registration tag", CmdOpenFD: "open document",
	CmdNextTLV: "next tag", CmdFNShift: "drive shift", CmdClock: "clock", CmdStatus: "device status",
	CmdShiftStatus: "shift status", CmdReceiptStatus: "receipt status", CmdLastReceipt: "last receipt",
	CmdGrandTotals: "grand totals", CmdDayTotals: "day totals", CmdReceiptTotals: "receipt totals",
	CmdReceiptInfo: "receipt info", CmdUnsent: "unsent documents", CmdCash: "cash", CmdDepartments: "departments",
	CmdDiscounts: "discounts", CmdAvailableTags: "available tags", CmdDeviceInfo: "device info",
}

// String returns the code and, if known, the name: "50 cash in".
func (c Command) String() string {
	if name := commandNames[c]; name != "" {
		return fmt.Sprintf("%02X %s", byte(c), name)
	}
	return fmt.Sprintf("%02X", byte(c))
}

func (c Command) path() string { return "command " + c.String() }

// Reads says whether the command only asks (F0..FF, D7, 04, 09 and the queries
// of the fiscal drive): it may be repeated whatever became of it.
func (c Command) Reads() bool {
	return c >= 0xF0 || c >= 0xC0 && c <= 0xCF || c >= 0xE0 && c <= 0xEF ||
		c == CmdLastError || c == CmdReadFamily || c == CmdReadRow
}
