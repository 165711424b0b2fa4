// Package office is the office's side of the import of users: it plans what a
// request does to a directory of accounts, and carries it out, all or nothing.
// It follows "Организация импорта пользователей в базу данных ПО «КМАЗС-ОФИС»"
// (АВТОМАТИКА плюс, 10.07.2023). You need it to be such an office, or to see
// beforehand what an import would change.
//
// NewPlan is a pure function of a Snapshot, a kmazs.Request, Settings and a day. A
// Plan says for each record what would happen and why, and Apply commits it.
// Importer does both for carriers, one import at a time, and lets stations know of
// changes. Directory is what a store must offer: Memory is one, package dirfile
// another, and package kmazstest tests one of your own.
//
// # The way of a request
//
// The files of this package stand for the stages, in this order:
//
//   - options.go: what the carrier says wins over the settings (K0); replacement
//     lists are one simultaneous pass, a repeated left side is a request error (K40);
//     an unknown number in AllowedStations is one, too (K21).
//   - planner.go: required columns, and one to match by (K42).
//   - identity.go, match.go, index.go: by id, then key, then short name, the first
//     hit decides (K30); what is allowed, what is ambiguous, the two catalogues, and
//     what a deletion is matched by (K3, K31..K35). Names are compared tidy and
//     folded (K32). Operators are in no index (K39).
//   - conflict.go: two records about one user (K37).
//   - department.go: found, given a sync id, or made (K2).
//   - fields.go, cache.go: what a record changes, and what does not count for this
//     account (K4..K13, K16..K19, K21, K22); of attach-only nothing but the sync id
//     remains (K44).
//   - keys.go: clashes of keys on the state after the import (K38).
//   - replace.go: locking, reuse and their guards (K50..K54).
//   - finish.go, diff.go, line.go: counts (K41), changes, lines of the plan (K45).
//   - changes.go, memory.go, importer.go, exchange.go: storing (K46, FL12), the log
//     (K47), exchanges (K43).
//
// # Decisions
//
// Where the rules leave something open, this holds (decision):
//
//   - K37: a refused record counts as the first for its id and for the account that
//     it reached; one whose identity cannot be used, or that matches several
//     accounts, reaches none. Names of new users are compared within a catalogue: a
//     new user without id falls if one with an id, anywhere in the request, or an
//     earlier one without has the name.
//   - K35: a deletion with an unreadable key is refused even if it has an id; an
//     unreadable ISCAR or SHORTNAME refuses it only if it has none.
//   - K42: the columns of a JSON request are the keys that any record has, also for
//     the question whether there is one to match by; a request without records lacks
//     nothing.
//   - K2: a refusal stands even if a department that explains it changes because an
//     earlier record falls by K38. A department with an empty list of stations has no
//     list of its own.
//   - K7: two codes that mean one fuel by way of gsmreplace are a repeated code. The
//     order of fuels has no meaning. K40: kmazsreplace applies to AllowedStations, too.
//   - K18: a default vehicle that goes becomes 0 in every account but operators',
//     uncounted; that a vehicle is used again is judged before keys are.
//   - K22: a KEY that K4 ignores does not stand for the name.
//   - K51: whether accounts are used again is part of the fixpoint of K38: a new user
//     that falls gives its account back, and the key of that with it.
//   - K52: unlocking counts as an update even where no field changes.
//   - K53: who "could be reached" by a refused record is the account it matched;
//     all candidates if they are several; and all accounts of its ids, key and name,
//     under the allowed attachments, if its identity or its catalogue is unreadable.
//   - K43: Close starts a waiting exchange at once; one that did not start is tried
//     again after the pause.
//   - K45: "changes" of a new account are those against K19, ISCAR included; of one
//     that is used again, against what it was. No key is "", no PIN -1, no stations
//     and all fuels are "empty".
//
// # Errors, concurrency, limits
//
// A request error means that nothing was changed: *Error, or *RefusedRecords where
// refused records forbid the import. Refused records are otherwise no error but
// findings of the plan. Texts of errors and the log hold no personal data, keys or
// PINs; lines of a plan do.
//
// Plans may be made at the same time on one Snapshot, which nobody changes. An
// Importer and a Memory are safe for several goroutines; a Plan is for one. Beside
// the snapshot and the request a plan takes about 190 bytes an account, most of
// it indexes, and another 200 for each that changes.
package office
