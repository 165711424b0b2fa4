package customru

import (
	"fmt"

	"golang.org/x/text/encoding/charmap"

	"github.com/obmen-go/obmen/ecr"
	"github.com/obmen-go/obmen/ecr/internal/field"
)

// codePage is that of every text of the protocol (rule E2).
var codePage = charmap.CodePage866

// request is one typed command on its way.
type request struct {
	cmd      Command
	data     []byte
	err      error           // of a value that its field cannot hold
	expect   func(*Baseline) // what Recover must know of the command
	before   []*request      // tags, which stand directly before the command
	firmware string          // of the device, if it was detected
	names    int             // longest name of an item, if it was detected
}

func (d *Device) request(cmd Command) *request {
	r := &request{cmd: cmd, data: field.AppendUint(nil, uint64(d.opt.Password), 4)}
	if p := d.profile.Load(); p != nil {
		r.firmware, r.names = p.Info.Firmware, p.NameLimit
	}
	return r
}

func (r *request) put(v uint64, size int) *request {
	r.data = field.AppendUint(r.data, v, size)
	return r
}

// money is a sum in kopecks.
func (r *request) money(name field.Label, v int64) *request {
	return r.number(name, v, 0, MaxMoney, 8)
}

func (r *request) number(name field.Label, v, low, high int64, size int) *request {
	if v < low || v > high {
		r.fail(name, field.Range(v, low, high))
	}
	return r.put(uint64(v), size)
}

// encode returns a text of low to high bytes in CP866.
func (r *request) encode(name field.Label, s string, low, high int) []byte {
	b, err := field.Encode(codePage, s)
	switch {
	case err != nil:
		r.fail(name, err)
	case len(b) < low || len(b) > high:
		r.fail(name, field.Size(len(b), low, high))
	}
	return b
}

// text is a text with its length before it.
func (r *request) text(name field.Label, s string, low, high int) *request {
	r.data = field.AppendBytes(r.data, r.encode(name, s, low, high))
	return r
}

// bare is a text without a length: what the frame still holds.
func (r *request) bare(name field.Label, s string, low, high int) *request {
	r.data = append(r.data, r.encode(name, s, low, high)...)
	return r
}

// bytes are bytes with their length before them.
func (r *request) bytes(name field.Label, b []byte, low, high int) *request {
	if len(b) < low || len(b) > high {
		r.fail(name, field.Size(len(b), low, high))
	}
	r.data = field.AppendBytes(r.data, b)
	return r
}

// fixed is a text of exactly size bytes.
func (r *request) fixed(name field.Label, s string, size int) *request {
	b, err := field.AppendText(r.data, codePage, s, size)
	if err != nil {
		r.fail(name, err)
	}
	r.data = b
	return r
}

func (r *request) flags(f, allowed DocFlags) *request {
	if f&^allowed != 0 {
		r.fail(labelFlags, ecr.Say("{1} has bits other than {2}", "в {1} есть биты кроме {2}",
			fmt.Sprintf("%#x", uint16(f)), fmt.Sprintf("%#x", uint16(allowed))))
	}
	return r.put(uint64(f), 2)
}

// since refuses a field that came with later firmware than the detected one has:
// the device would take it for something else.
func (r *request) since(firmware string, name field.Label, used bool) {
	if used && r.firmware != "" && r.firmware < firmware {
		r.fail(name, ecr.Say("firmware {1} does not have it, {2} does", "в прошивке {1} этого нет, есть с {2}", r.firmware, firmware))
	}
}

// fail keeps the first reason; it is a phrase, or an error of package field.
func (r *request) fail(name field.Label, reason any) {
	if r.err == nil {
		r.err = ecr.NewError(CodeField, ecr.Details{
			Path: r.cmd.path(), EN: messagesEN[CodeField], RU: messagesRU[CodeField],
			Outcome: ecr.NotSent, Args: []ecr.Arg{{Name: "field", Value: name}, {Name: "reason", Value: reason}},
		})
	}
}

// The fields, as errors name them.
const (
	labelAddress      field.Label = "address|адрес расчётов"
	labelAlign        field.Label = "position|положение"
	labelBasis        field.Label = "basis|основание коррекции"
	labelBuyer        field.Label = "buyer|покупатель"
	labelBuyerINN     field.Label = "buyer INN|ИНН покупателя"
	labelCaption      field.Label = "caption|подпись"
	labelCode         field.Label = "code|код товара"
	labelCodeKind     field.Label = "kind of code|вид кода"
	labelCountry      field.Label = "country|страна"
	labelCustoms      field.Label = "customs declaration|таможенная декларация"
	labelDate         field.Label = "date|дата"
	labelDepartment   field.Label = "department|отдел"
	labelDiscount     field.Label = "discount|скидка"
	labelDiscount2    field.Label = "second discount|вторая скидка"
	labelDocument     field.Label = "document|номер документа"
	labelDrawer       field.Label = "drawer|номер ящика"
	labelExcise       field.Label = "excise|акциз"
	labelFamily       field.Label = "family|семейство настроек"
	labelFlags        field.Label = "flags|флаги"
	labelHeight       field.Label = "height|высота"
	labelKind         field.Label = "kind|вид чека"
	labelKopecks      field.Label = "kopecks|копейки итога"
	labelLine         field.Label = "line|строка"
	labelLines        field.Label = "lines|число строк"
	labelMachine      field.Label = "machine|номер автомата"
	labelMethod       field.Label = "payment method|признак способа расчёта"
	labelName         field.Label = "name|наименование"
	labelOrder        field.Label = "order|номер предписания"
	labelOrgs         field.Label = "between organisations|расчёт между организациями"
	labelPaperMode    field.Label = "paper mode|режим при отсутствии бумаги"
	labelPayment      field.Label = "payment|оплата"
	labelPicture      field.Label = "picture|картинка"
	labelPlace        field.Label = "place|место расчётов"
	labelPrice        field.Label = "price|цена"
	labelQuantity     field.Label = "quantity|количество"
	labelReport       field.Label = "report|вид отчёта"
	labelRequisite    field.Label = "requisite|дополнительный реквизит"
	labelReset        field.Label = "kind of reset|вид обнуления"
	labelRounding     field.Label = "rounding|округление"
	labelRow          field.Label = "row|номер строки"
	labelScale        field.Label = "scale|масштаб"
	labelScope        field.Label = "scope|охват"
	labelStyle        field.Label = "style|стиль"
	labelSubject      field.Label = "subject|признак предмета расчёта"
	labelSum          field.Label = "sum|сумма"
	labelTable        field.Label = "table|таблица настроек"
	labelTag          field.Label = "tag|реквизит"
	labelTax          field.Label = "tax system|система налогообложения"
	labelText         field.Label = "text|текст"
	labelUserName     field.Label = "user requisite|реквизит пользователя"
	labelUserValue    field.Label = "user requisite value|значение реквизита пользователя"
	labelValue        field.Label = "value|значение"
	labelX            field.Label = "X|отступ X"
	labelY            field.Label = "Y|отступ Y"
	labelRegistration field.Label = "registration|номер регистрации"
)
