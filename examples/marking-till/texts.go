package main

import "github.com/obmen-go/obmen/marking/session/flow"

// texts are the words of the page. What a cashier has to be told about a mark
// comes from the packages, word for word as the source has it.
var texts = map[string]map[string]string{
	"ru": {
		"title": "Касса", "support": "Для технической поддержки", "scanLabel": "Код маркировки",
		"scanHint": "Отсканируйте код или вставьте его сюда", "add": "Добавить", "stop": "Прервать",
		"items": "Товары в чеке", "name": "Товар", "state": "Состояние", "price": "Цена, ₽", "total": "Итого",
		"empty": "Чек пуст. Сканер можно подносить к товару в любой момент.", "payment": "Оплата",
		"electronic": "Безналичными", "cash": "Наличными", "kind": "Вид чека", "sale": "Продажа", "return": "Возврат",
		"unmarked": "Товар без маркировки", "cancel": "Отменить чек", "close": "Закрыть чек", "receipt": "Чек",
		"remove": "Убрать из чека, строка", "lost": "Нет связи с кассой. Страница подключится сама.",
		"noscript": "Для этой страницы нужен JavaScript.", "counterTitle": "Сохранено проверок в фискальном накопителе",
		"checking": "Проверяется код…", "removing": "Товар убирается…", "closing": "Чек печатается…", "cancelling": "Чек отменяется…",
		"goods": "Товар", "notMarked": "Товар без маркировки", "ok": "ОК",
		"badPrice": "Цена не читается. Введите рубли и копейки, например 100,00.",
		"kktNo":    "ЗН ККТ", "saved": "Маркированных позиций: %d из %d", "printing": "Команда %d из %d",
		"nextPrice": "Цена следующего товара, ₽", "receiptTitle": "КАССОВЫЙ ЧЕК", "receiptSale": "ПРИХОД", "receiptReturn": "ВОЗВРАТ ПРИХОДА",
		"receiptTotal": "ИТОГ", "simulated": "ККТ: имитатор",
	},
	"en": {
		"title": "Till", "support": "For technical support", "scanLabel": "Marking code",
		"scanHint": "Scan a code or paste it here", "add": "Add", "stop": "Stop",
		"items": "Goods in the receipt", "name": "Goods", "state": "State", "price": "Price, RUB", "total": "Total",
		"empty": "The receipt is empty. Scan at any time.", "payment": "Payment",
		"electronic": "By card", "cash": "In cash", "kind": "Kind of receipt", "sale": "Sale", "return": "Return",
		"unmarked": "Goods without a mark", "cancel": "Cancel the receipt", "close": "Close the receipt", "receipt": "Receipt",
		"remove": "Remove from the receipt, line", "lost": "No connection to the till. The page reconnects by itself.",
		"noscript": "This page needs JavaScript.", "counterTitle": "Checks saved in the fiscal storage",
		"checking": "Checking the code…", "removing": "Removing the goods…", "closing": "Printing the receipt…", "cancelling": "Cancelling the receipt…",
		"goods": "Goods", "notMarked": "Goods without a mark", "ok": "OK",
		"badPrice": "The price cannot be read. Give roubles and kopecks, 100.00 for example.",
		"kktNo":    "Register", "saved": "Marked items: %d of %d", "printing": "Command %d of %d",
		"nextPrice": "Price of the next goods, RUB", "receiptTitle": "RECEIPT", "receiptSale": "SALE", "receiptReturn": "RETURN OF A SALE",
		"receiptTotal": "TOTAL", "simulated": "Register: simulated",
	},
}

// stateWords are the states of an item as a cashier reads them.
var stateWords = map[string]map[flow.ItemState]string{
	"ru": {
		flow.Scanned: "отсканирован", flow.Normalised: "код прочитан", flow.Checking: "проверяется", flow.Held: "ждёт открытия смены",
		flow.Checked: "проверен ККТ", flow.Permitted: "продажа разрешена", flow.Accepting: "сохраняется", flow.Saved: "в чеке",
		flow.Ready: "в чеке", flow.Unknown: "не известно", flow.Refused: "не продаётся", flow.Sold: "продан",
	},
	"en": {
		flow.Scanned: "scanned", flow.Normalised: "code read", flow.Checking: "being checked", flow.Held: "waits for the shift",
		flow.Checked: "checked by the register", flow.Permitted: "may be sold", flow.Accepting: "being saved", flow.Saved: "in the receipt",
		flow.Ready: "in the receipt", flow.Unknown: "not known", flow.Refused: "not for sale", flow.Sold: "sold",
	},
}

func stateWord(lang string, s flow.ItemState) string { return stateWords[lang][s] }
