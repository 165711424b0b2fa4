package customru

import (
	"fmt"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

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
	CmdEject            Command = 0x27 // VKP80-Ф only
	CmdDrawer           Command = 0x28
	CmdFeed             Command = 0x29
	CmdDisplay          Command = 0x2A
	CmdOpenCover        Command = 0x2B
	CmdSelfTest         Command = 0x2E
	CmdSelfTestResult   Command = 0x2F
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

var commandNames = map[Command]field.Label{
	CmdReadFamily:       "read family|чтение семейства настроек",
	CmdWriteFamily:      "write family|запись семейства настроек",
	CmdReadRow:          "read row|чтение строки таблицы",
	CmdWriteRow:         "write row|запись строки таблицы",
	CmdBeep:             "beep|звуковой сигнал",
	CmdReset:            "reset|технологическое обнуление",
	CmdStopPrinting:     "stop printing|прерывание печати",
	CmdSettlements:      "settlements report|отчёт о состоянии расчётов",
	CmdSetTime:          "set time|установка времени",
	CmdSetDate:          "set date|установка даты",
	CmdConfirmDate:      "confirm date|подтверждение даты",
	CmdCut:              "cut|отрез",
	CmdEject:            "eject|выброс чека",
	CmdDrawer:           "drawer|денежный ящик",
	CmdFeed:             "feed|протяжка",
	CmdDisplay:          "display|дисплей",
	CmdOpenCover:        "open cover|открыть крышку",
	CmdSelfTest:         "self-test|самотестирование",
	CmdSelfTestResult:   "self-test result|результат самотестирования",
	CmdXReport:          "X report|X-отчёт",
	CmdCloseShift:       "close shift|закрытие смены",
	CmdReport:           "report|отчёт без обнуления",
	CmdReportClear:      "report and clear|отчёт с обнулением",
	CmdCashIn:           "cash in|внесение",
	CmdCashOut:          "cash out|инкассация",
	CmdSale:             "sale|приход",
	CmdPurchase:         "purchase|расход",
	CmdSaleReturn:       "sale return|возврат прихода",
	CmdPurchaseReturn:   "purchase return|возврат расхода",
	CmdVoid:             "void|сторно",
	CmdCloseReceipt:     "close receipt|закрытие чека",
	CmdCancelReceipt:    "cancel receipt|аннулирование",
	CmdSubtotal:         "subtotal|подытог",
	CmdReprint:          "reprint|копия документа",
	CmdOpenReceipt:      "open receipt|открыть чек",
	CmdUndoItem:         "undo item|отмена последней позиции",
	CmdAdjustSubtotal:   "adjust subtotal|скидка-наценка на подытог",
	CmdAdjustItem:       "adjust item|скидка-наценка на позицию",
	CmdShiftCounters:    "drive counters|счётчики ФН",
	CmdFNCounts:         "drive counts|количества ФН",
	CmdFNKindCounters:   "drive counters by kind|счётчики ФН по операции",
	CmdFFDVersion:       "document format|версия ФФД",
	CmdFNDaysLeft:       "drive days left|срок ФН в днях",
	CmdFNStorage:        "drive storage|ресурс хранения ФН",
	CmdFNUnsent:         "drive unsent|непереданные документы ФН",
	CmdFNDataSize:       "drive data size|объём данных ФН",
	CmdNextRegistration: "next registration tag|следующий реквизит регистрации",
	CmdFindFull:         "find receipt|найти чек по номеру",
	CmdOpenCorrection:   "open correction|чек коррекции",
	CmdLastError:        "last error|последняя ошибка",
	CmdTag:              "tag|данные чека для ОФД",
	CmdOpenShift:        "open shift|открыть смену",
	CmdOpenNonFiscal:    "open non-fiscal|открыть нефискальный документ",
	CmdText:             "text|текст",
	CmdCutNonFiscal:     "cut non-fiscal|отрез в документе",
	CmdPicture:          "picture|картинка",
	CmdBarcode:          "barcode|штрих-код",
	CmdCloseNonFiscal:   "close non-fiscal|закрыть нефискальный документ",
	CmdFNStatus:         "drive status|статус ФН",
	CmdFNNumber:         "drive number|номер ФН",
	CmdFNTerm:           "drive term|срок действия ФН",
	CmdFNVersion:        "drive version|версия ФН",
	CmdOFDStatus:        "OFD status|статус обмена с ОФД",
	CmdFindFD:           "find document|найти документ",
	CmdOFDReceipt:       "OFD receipt|квитанция ОФД",
	CmdUnconfirmed:      "unconfirmed count|документы без квитанции",
	CmdRegistration:     "registration|итоги регистрации",
	CmdRegistrationTag:  "registration tag|реквизит регистрации",
	CmdOpenFD:           "open document|открыть документ",
	CmdNextTLV:          "next tag|следующий реквизит документа",
	CmdFNShift:          "drive shift|параметры смены",
	CmdClock:            "clock|время и дата",
	CmdStatus:           "device status|статус ККТ",
	CmdShiftStatus:      "shift status|статус смены",
	CmdReceiptStatus:    "receipt status|статус чека",
	CmdLastReceipt:      "last receipt|последний чек",
	CmdGrandTotals:      "grand totals|общие итоги",
	CmdDayTotals:        "day totals|суточные итоги",
	CmdReceiptTotals:    "receipt totals|итоги чека",
	CmdReceiptInfo:      "receipt info|дополнительная информация о чеке",
	CmdUnsent:           "unsent documents|непереданные документы",
	CmdCash:             "cash|деньги в ящике",
	CmdDepartments:      "departments|отделы",
	CmdDiscounts:        "discounts|скидки",
	CmdAvailableTags:    "available tags|доступные данные ОФД",
	CmdDeviceInfo:       "device info|информация о ККТ",
}

var _ ecr.Worded = Command(0)

// Words returns the code and, if known, the name in a language: "50 cash in",
// "50 внесение".
func (c Command) Words(lang string) string {
	if name := commandNames[c]; name != "" {
		return fmt.Sprintf("%02X %s", byte(c), name.Words(lang))
	}
	return fmt.Sprintf("%02X", byte(c))
}

// String returns the code and, if known, the English name.
func (c Command) String() string { return c.Words("en") }

func (c Command) path() string { return "command " + c.String() }

// Reads says whether the command only asks (F0..FF, D7, 04, 09, 2F and the queries
// of the fiscal drive): it may be repeated whatever became of it.
func (c Command) Reads() bool {
	return c >= 0xF0 || c >= 0xC0 && c <= 0xCF || c >= 0xE0 && c <= 0xEF ||
		c == CmdLastError || c == CmdReadFamily || c == CmdReadRow || c == CmdSelfTestResult
}
