// Package exchange carries the import of users through a shared folder: a DBF
// table, users.flag and its result, for both sides. A [Client] is the external
// system, an [Office] stands in the place of KMAZS-Office. It also carries
// exchg.flag, which asks the office to begin an exchange with its stations. You
// need it when the two programs share a folder.
//
// It follows "Организация импорта пользователей в базу данных ПО «КМАЗС-ОФИС»"
// (АВТОМАТИКА плюс, 10.07.2023), sections "Импорт пользователей через DBF-файл" and
// "Инициализация обмена между КМАЗС-ОФИС и КМАЗС". The files themselves are package
// flagfile, the tables package dbfio, what happens to the accounts kmazs/office.
//
// # Rules
//
//   - K0: what users.flag says wins over the office's settings. The client writes
//     AllowedStations into each blank STATIONS and refuses options that a folder
//     has no key for; an option that is false passes, since a folder's silence
//     leaves it to the office (decision).
//   - K41: the counts addcnt, updcnt, delcnt, ignoredcnt and refusedcnt stand in
//     usersres.flag if the office's setting ShowRefused is on.
//   - K43: autoexchange=1 and exchg.flag begin an exchange at once.
//   - FL8: exchgres.flag is written when the exchange has begun.
//   - FL9: one request in flight; the table does not change either before the last
//     request is processed. Two senders keep out of each other's way by a lock file
//     (decision). A time-out withdraws the request.
//   - FL10: polling, three looks for a missing or busy table, one office a folder by
//     the lock file [LockName], one warning of users.flag.txt.
//   - FL11: dbfrecordcount is the number of rows by the table's size, or of the live
//     ones; absent, it is not checked.
//   - FL12: commit with a receipt, result, processed=1. A request whose receipt is
//     there is answered from it. A receipt is found by the SHA-256 of users.flag and
//     table. If autoexchange=1 was asked for, the exchange is begun again
//     (decision): twice is harmless, never is not.
//   - FL15: a sender's request is unlike the one before in commandtime; at most one
//     a second.
//   - A request that is sent again with its nummessage while its files lie there is
//     the same request (decision): see [Client.Send].
//
// # Failures
//
// Whatever goes wrong with a request is error=1 with a Russian text, as a clerk
// reads it. Whatever goes wrong with the folder is logged and tried again. Both
// programs may be killed at any moment: the tests kill each of them before, in the
// middle of and after every single operation on the folder.
//
// # What KMAZS-Office needs
//
// The folder must be readable and writable for the office; if the office runs as a
// Windows service, its account needs rights on a network folder. Import from files
// and the interval have to be switched on in its settings ("Импорт пользователей").
package exchange
