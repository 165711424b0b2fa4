// Package obmen is the map of a module for the exchange formats that Russian
// point-of-sale and ERP programs must speak. It holds no code: import the
// package of the domain you need, each of them stands alone.
//
//   - kmazs: users of fuel stations go from an ERP into KMAZS-Office, as a DBF
//     table with users.flag or as JSON over the Web-API; both sides. Follows
//     "Организация импорта пользователей в базу данных ПО «КМАЗС-ОФИС»"
//     (АВТОМАТИКА плюс, 10.07.2023).
//   - dbfio: dBASE III tables with three-state cells, code pages and exact
//     errors. flagfile: the users.flag and exchg.flag files beside them.
//   - ecr: fiscal printers. The core says of every command whether it may have
//     run; ecr/customru speaks "Протокол команд, ККТ CUSTOM" 01.43, ecr/shtrihm
//     the Shtrih-M protocol 1.17, ecr/serial owns serial ports. ecr/gateway shares
//     one register among several programs, as ECRService does.
//   - marking: marking codes («Честный знак») as scanners deliver them;
//     marking/session sells the goods behind them, marking/permit asks whether it
//     may, marking/register is the register below. Follows the vendor's
//     recommendations for tills on Shtrih-M registers and the public descriptions
//     of the codes and of the permit mode.
//   - customs: which profile, user, customs post and format version a message to
//     the FTS goes out with. Follows "Отправка сообщений" of ВЭД-Декларант.
//   - flk: protocols of format and logic control (ТСФЛК 2.0), section 6.6
//     "Формат представления файла протокола ФЛК".
//
// Examples are programs: examples/tour shows all of it in one run.
//
// # The error contract
//
// Errors of every package have the same shape. No package shares a type with
// another: declare the interface you need where you need it, and ask with
// errors.As or errors.AsType.
//
//	// Code is stable: programs may compare it. Texts may change.
//	type Coded interface { error; Code() string }
//	// Path says where, in the user's terms: "row 17, column LIMIT", "users[3].card".
//	type Located interface { error; Path() string }
//	// Message is a whole sentence for a cashier or clerk: what happened and
//	// what to do. Languages are "ru" and "en"; any other gives English.
//	type Localized interface { error; Message(lang string) string }
//	// SafeToRetry is true only if the peer cannot have acted. It is offered
//	// where something was sent.
//	type Retryable interface { error; SafeToRetry() bool }
//
// Error() is one English line with the package's name in front, made for logs:
// it never holds secrets or personal data. Several problems come as a list
// whose Unwrap() []error lets errors.Is and errors.As look inside. Sentinel
// values exist only for decisions that a program makes. An error type of a
// dependency never leaves a package of this module.
//
// # Rule ids
//
// Comments, tests and errors cite the rules that a package keeps by short ids, which
// the package documentation explains: K of kmazs and the packages below it, D of
// dbfio, FL of flagfile, E of ecr, M of marking, F and X of flk; PH, G, U, C, V, S, P
// and "gap" of customs. "(decision)" marks what the sources leave open.
//
// # Money, quantities, time
//
// Money is in kopecks, volumes and quantities are integers in the unit that the
// comment names; no record holds a float. Business time (shifts, lock ages,
// request times) comes from a Now function in the options; time-outs come from
// the context.
//
// # Versions
//
// The module follows semantic versions; until 1.0 a minor release may change an
// API and the CHANGELOG says so. The go directive names the older of the two Go
// releases that are supported upstream, and rises only in a minor release.
package obmen
