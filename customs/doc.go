// Package customs decides who sends a message to the Russian customs service
// (ФТС), to which post and in which version: one function, one decision, with
// its reasons. It follows "Отправка сообщений" of the CTM knowledge base
// (ask.ctm.ru, ВЭД-Декларант and Монитор ЭД). A program that sends such
// messages needs it before each of them.
//
// Resolve is the core: a pure function of facts and answers that returns a
// decision, a question, a substitution or an error. The same machine serves a
// dialog, a web form, a command line and a test. Run drives it against stores
// and a person; Prepare and Commit do the same around a host's own sending.
// Explain says why; Table prints the rules; ResolveVersions answers a client
// that prepares a document; Refine takes in what a history reply reveals.
// Sub-package envelope builds and reads the header that carries the decision,
// sub-package scenario replays conversations from files, and customstest tests a
// store of your own.
//
// # Rules
//
// The rows are data, in table.go; Resolve runs them and Table prints them, and a
// test runs all 51 712 combinations of the inputs against a second writing of
// the rules: one row each time, none dead. Decision.Explain words each row; the
// gaps are questions that the source leaves open, answered below. The groups:
//
//   - PH1 to PH6: how a message stands to its protocol. G1 to G3: guards.
//   - U0 to U21: user and profile. P1 to P7: the questions.
//   - C1 to C13: the post codes. V1 to V6: the pair of versions.
//   - S1 to S11: what is stored once the send has succeeded.
//
// The order is: G3; phase; G1, G2; C9; what no answer can change (user, post
// including C13 for a code that is not asked, StrictPI, version); the questions
// for user and profile; P7; storage. A decision that ends without a send holds
// S9 as its last rule, except for G3, which stands alone.
//
// # Decisions where the source is silent
//
//   - A declaration's first status or history request without an opening asks
//     for what is lacking and becomes the reference (gap 1, PH2). (decision)
//   - An acknowledgement in another user's document goes under that user's
//     profile without a switch (U19); without it, under the current user's first
//     profile (U20). (decision)
//   - No post or versions anywhere are errors (C4, C5, C6, V6); AskPost makes C5
//     a question. (decision)
//   - A client's post for PI is ignored with a note; StrictPI refuses it
//     (gap 12). A client's border post without a main post counts as nothing,
//     with a note. (decision)
//   - A profile that Options.Usable refuses is neither offered nor counted
//     (gap 32). P4 offers another user only if there is one. (decision)
//   - SkipSingle never leaves out P1 of U1 and U18, which the source calls
//     always asked. (decision)
//   - Profile ids must be unique within a user, not across users; an empty user
//     or profile id is invalid (G3). (decision)
//   - Decision.SwitchTo is set by P3 alone; Run asks Host.Authorize for every user
//     that a person picks and who is not the current one (gaps 20, 21). (decision)
//   - Asked posts (S8) and pinned versions (S11) are stored; an unattended
//     fallback is stored unless KeepOnAutoFallback (S7) and gives way to what a
//     person stored meanwhile. (decision)
//   - An error of the store after the send is CodeNotStored, never a failed send:
//     Commit again, and the message goes out once (S9, gap 24). Run goes on storing
//     for StoreTime when its context ends meanwhile. (decision)
//   - A primary message under the id of a known protocol is refused by Run unless
//     it is marked Retry (PH1, gap 29). (decision)
//   - A protocol restored from the settings' versions is marked
//     Decision.VersionsAssumed (gap 19). (decision)
//   - A reply is data, not truth: message codes (DefaultKinds) and envelope facts
//     come from public code of different ages. (decision)
//
// # Concurrency, limits, errors
//
// Functions are pure and safe for concurrent use; MemStore is too. References
// carry a version: two sendings that change one protocol at once both end right,
// the later one decides again what is left to store (gap 24). Facts are at most
// MaxFacts bytes of JSON, a run takes at most MaxAnswers answers and MaxSaves
// tries to store. Every error is an *Error with a stable Code; user ids are
// masked in Error() and shown by Message, names of persons in neither.
package customs
