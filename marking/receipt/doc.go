// Package receipt holds a receipt with marked goods as a value, and turns it
// into the list of commands that print it on a fiscal printer. You need it to
// show or check what a receipt will do before a printer does it.
//
// It follows the recommendations of a maker of fiscal printers ("Рекомендации при
// разработке программ для работы с маркированными товарами"), stage 4,
// "Формирование Чека". Names of commands and properties are that document's, which
// are those of the maker's driver.
//
//	Receipt ──Decode── receipt.json
//	   │
//	   │  + []Checked: marks whose checks were accepted, with their permit blocks
//	   │  + Device: what the register asks for
//	   ▼
//	Compose ──► Plan ──► AppendListing   the source's listing, as a dry run
//	              │
//	              └────► Do, step by step, on a Printer
//
// A session (package session) checks the marks, keeps the journal and runs the
// plan with its waits and recoveries; this package is pure but for [Do] and
// [Decode], which call what they are given.
//
// # Rules
//
//   - M66: block 1260 is tags 1262 to 1265 of the permit check; none where nothing
//     was checked. A value that a register would not take is [CodeIndustry].
//   - M70: an item is its operation, its tags, its mark: in this order, or, by the
//     item's TagOrder, the mark before the tags. A register of the cash-core family
//     ([Device].OperationLast) gets OpenCheck first, and for each item tags, mark,
//     operation: its order wins over the item's (decision). Tags 1260 and 1291 go
//     as one group or as their members, by the device. The last command closes the
//     receipt with its sums and the tax system. A mark stands in one item only.
//   - M71: sign 33 for marked goods, 31 for those of an excise group; the caller's
//     word wins. Sign and mark must go together (decision). Status 1 and 2 in a
//     sale, 3 and 4 in a return. A marked piece has quantity 1 and unit 0
//     (decision); measured goods have a unit (2108) and a quantity, parts of a pack
//     a fraction (1291) with quantity 1 and unit 0 (decision). Unit 0 is not sent
//     (the source does not).
//   - M72: a plan is a value, and its listing is the source's. Sums in it are in
//     roubles, with a point before kopecks (decision). A dry run lists the answers
//     that the checks should have: [Expect].
//   - M73: kopecks and millionths, no floating point. The cost of an item is
//     rounded to the nearest kopeck, halves up (decision).
//   - M75: items and checks are matched by identity; the bytes that were checked are
//     those that are bound. A check that no item needs is left out.
//   - M76: a return has operation type 2 and no block 1260 unless it was checked.
//   - Payments without cash may not exceed the total, all payments together may
//     not be less: the register would refuse the close and leave the receipt open.
//
// # receipt.json
//
// [Decode] reads, and encoding/json writes a [Receipt] as
//
//	{"type":"sale|return","taxSystem":2,
//	 "payments":{"cash":0,"electronic":20000,"prepaid":0,"credit":0,"counter":0},
//	 "items":[{"name":"Инъектран","price":10000,"quantity":"1","tax":4,
//	  "paymentType":4,"itemSign":33,"mark":"<hex>","status":1,"unit":0,
//	  "fraction":"1/3","tagOrder":"before|after","group":7}]}
//
// with sums in kopecks. type, taxSystem, payments, items, name, price, quantity
// and tax must be there, the others have the defaults of [Item.Completed]. A member
// that is unknown or stands twice is an error. A byte order mark in front is left
// out (decision).
//
// # Errors, concurrency, limits
//
// Errors about a receipt are [Problems], all that was found, each an [*Error] with
// code, path counted from 1 and texts in Russian and English. None holds a mark, and
// marks print and log without their crypto tail; listings are the exception. Values
// are plain data: safe to read from several goroutines. Limits: [MaxJSON],
// [MaxItems], [MaxName], [MaxMoney], [MaxQuantity].
package receipt
