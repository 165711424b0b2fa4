package customrutest

import "github.com/obmen-go/obmen/ecr/customru"

// command is a row of the command table.
type command struct {
	min, max int // bytes of DATA after the password; max < 0 is any
	in       state
	run      func(*call) fault
	prints   bool
	ffd11    bool // only when registered for format 1.1
}

// commands is what the registers know. Everything else is 3500.
var commands = map[customru.Command]command{
	customru.CmdReset: {0, 1, anyState, (*call).reset, false, false},

	customru.CmdClock:            {0, 0, anyState, (*call).clockNow, false, false},
	customru.CmdStatus:           {0, 0, anyState, (*call).status, false, false},
	customru.CmdShiftStatus:      {0, 0, anyState, (*call).shiftStatus, false, false},
	customru.CmdReceiptStatus:    {0, 0, anyState, (*call).receiptStatus, false, false},
	customru.CmdLastReceipt:      {0, 0, anyState, (*call).lastReceipt, false, false},
	customru.CmdGrandTotals:      {0, 0, anyState, (*call).grandTotals, false, false},
	customru.CmdDayTotals:        {0, 0, anyState, (*call).dayTotals, false, false},
	customru.CmdReceiptTotals:    {0, 0, anyState, (*call).receiptTotals, false, false},
	customru.CmdReceiptInfo:      {0, 0, anyState, (*call).receiptInfo, false, false},
	customru.CmdUnsent:           {0, 0, anyState, (*call).unsent, false, false},
	customru.CmdCash:             {0, 0, anyState, (*call).cashState, false, false},
	customru.CmdDepartments:      {2, 2, anyState, (*call).departments, false, false},
	customru.CmdDiscounts:        {2, 2, anyState, (*call).discounts, false, false},
	customru.CmdAvailableTags:    {0, 0, anyState, (*call).availableTags, false, false},
	customru.CmdDeviceInfo:       {0, 0, anyState, (*call).deviceInfo, false, false},
	customru.CmdLastError:        {0, 0, anyState, (*call).lastError, false, false},
	customru.CmdSelfTestResult:   {0, 0, anyState, (*call).selfTestResult, false, false},
	customru.CmdFNStatus:         {0, 0, anyState, (*call).fnStatus, false, false},
	customru.CmdFNNumber:         {0, 0, anyState, (*call).fnNumber, false, false},
	customru.CmdFNTerm:           {0, 0, anyState, (*call).fnTerm, false, false},
	customru.CmdFNVersion:        {0, 0, anyState, (*call).fnVersion, false, false},
	customru.CmdOFDStatus:        {0, 0, anyState, (*call).ofdStatus, false, false},
	customru.CmdFindFD:           {4, 4, anyState, (*call).findFD, false, false},
	customru.CmdOFDReceipt:       {4, 4, anyState, (*call).ofdReceipt, false, false},
	customru.CmdUnconfirmed:      {0, 0, anyState, (*call).unconfirmed, false, false},
	customru.CmdRegistration:     {1, 1, anyState, (*call).registration, false, false},
	customru.CmdRegistrationTag:  {3, 3, anyState, (*call).registrationTag, false, false},
	customru.CmdNextRegistration: {0, 0, anyState, (*call).nextRegistration, false, false},
	customru.CmdOpenFD:           {4, 4, anyState, (*call).openFD, false, false},
	customru.CmdNextTLV:          {0, 0, anyState, (*call).nextTLV, false, false},
	customru.CmdFNShift:          {0, 0, anyState, (*call).fnShift, false, false},
	customru.CmdFindFull:         {4, 4, anyState, (*call).findFull, false, true},
	customru.CmdShiftCounters:    {1, 1, anyState, (*call).fnTotals, false, true},
	customru.CmdFNCounts:         {1, 1, anyState, (*call).fnCounts, false, true},
	customru.CmdFNKindCounters:   {2, 2, anyState, (*call).fnKindTotals, false, true},
	customru.CmdFFDVersion:       {0, 0, anyState, (*call).ffdVersion, false, true},
	customru.CmdFNDaysLeft:       {5, 5, anyState, (*call).fnDaysLeft, false, true},
	customru.CmdFNStorage:        {0, 0, anyState, (*call).fnStorage, false, true},
	customru.CmdFNUnsent:         {0, 0, anyState, (*call).fnUnsent, false, true},
	customru.CmdFNDataSize:       {0, 0, anyState, (*call).fnDataSize, false, true},
	customru.CmdReadFamily:       {2, 2, anyState, (*call).readFamily, false, false},
	customru.CmdReadRow:          {4, 4, anyState, (*call).readRow, false, false},

	customru.CmdBeep:           {0, 0, anyState, (*call).done, false, false},
	customru.CmdDrawer:         {1, 1, anyState, (*call).drawerOpen, false, false},
	customru.CmdFeed:           {2, 2, anyState, (*call).feed, false, false},
	customru.CmdDisplay:        {22, 22, anyState, (*call).display, false, false},
	customru.CmdOpenCover:      {0, 0, anyState, (*call).done, false, false},
	customru.CmdEject:          {0, 1, anyState, (*call).eject, false, false},
	customru.CmdStopPrinting:   {0, 0, anyState &^ openReceipt, (*call).stopPrinting, false, false},
	customru.CmdTag:            {5, -1, anyState, (*call).tag, false, false},
	customru.CmdWriteFamily:    {2, -1, stateIdle, (*call).writeFamily, false, false},
	customru.CmdWriteRow:       {4, -1, stateIdle, (*call).writeRow, false, false},
	customru.CmdSetTime:        {3, 3, stateIdle | stateClock, (*call).setTime, false, false},
	customru.CmdSetDate:        {3, 3, stateIdle | stateClock, (*call).setDate, false, false},
	customru.CmdConfirmDate:    {3, 3, stateIdle | stateClock, (*call).confirmDate, false, false},
	customru.CmdSelfTest:       {0, 0, stateIdle, (*call).selfTest, true, false},
	customru.CmdCut:            {1, 1, stateIdle, (*call).cut, true, false},
	customru.CmdOpenShift:      {2, -1, stateIdle, (*call).openShiftCmd, true, false},
	customru.CmdXReport:        {0, 2, stateIdle, (*call).xReport, true, false},
	customru.CmdCloseShift:     {2, -1, stateIdle, (*call).closeShift, true, false},
	customru.CmdReport:         {2, 2, stateIdle, (*call).report, true, false},
	customru.CmdReportClear:    {2, 2, stateIdle, (*call).reportClear, true, false},
	customru.CmdSettlements:    {2, -1, stateIdle, (*call).settlements, true, false},
	customru.CmdCashIn:         {8, 8, stateIdle, (*call).cashIn, true, false},
	customru.CmdCashOut:        {8, 8, stateIdle, (*call).cashOut, true, false},
	customru.CmdReprint:        {10, 10, stateIdle, (*call).reprint, true, false},
	customru.CmdOpenReceipt:    {4, 4, stateIdle, (*call).openReceiptCmd, true, false},
	customru.CmdOpenCorrection: {5, -1, stateIdle, (*call).openCorrection, true, false},
	customru.CmdSale:           {0, -1, stateIdle | stateAccum, (*call).item, true, false},
	customru.CmdPurchase:       {0, -1, stateIdle | stateAccum, (*call).item, true, false},
	customru.CmdSaleReturn:     {0, -1, stateIdle | stateAccum, (*call).item, true, false},
	customru.CmdPurchaseReturn: {0, -1, stateIdle | stateAccum, (*call).item, true, false},
	customru.CmdVoid:           {18, -1, stateAccum, (*call).void, true, false},
	customru.CmdUndoItem:       {0, 0, stateAccum, (*call).undo, true, false},
	customru.CmdSubtotal:       {2, 2, stateAccum | stateBlocked, (*call).subtotal, true, false},
	customru.CmdAdjustSubtotal: {38, 38, stateAccum, (*call).adjustSubtotal, true, false},
	customru.CmdAdjustItem:     {38, 38, stateAccum, (*call).adjustItem, true, false},
	customru.CmdCloseReceipt:   {42, -1, openReceipt, (*call).closeReceipt, true, false},
	customru.CmdCancelReceipt:  {0, 0, openReceipt, (*call).cancel, true, false},
	customru.CmdOpenNonFiscal:  {2, 2, stateIdle, (*call).openNonFiscal, true, false},
	customru.CmdText:           {2, 1002, stateNonFiscal | stateAccum, (*call).text, true, false},
	customru.CmdCutNonFiscal:   {0, 0, stateNonFiscal, (*call).cutNonFiscal, true, false},
	customru.CmdPicture:        {7, 7, stateNonFiscal, (*call).picture, true, false},
	customru.CmdBarcode:        {3, -1, stateNonFiscal, (*call).barcode, true, false},
	customru.CmdCloseNonFiscal: {2, 2, stateNonFiscal, (*call).closeNonFiscal, true, false},
}

// answerSizes are the bytes of the fields of full-length error answers.
var answerSizes = map[customru.Command]int{
	customru.CmdSettlements: 8, customru.CmdXReport: 3, customru.CmdCashIn: 10, customru.CmdCashOut: 10,
	customru.CmdSubtotal: 12, customru.CmdVoid: 12, customru.CmdAdjustItem: 28, customru.CmdAdjustSubtotal: 28,
	customru.CmdOpenShift: 12, customru.CmdCloseShift: 12, customru.CmdCloseReceipt: 22,
}
