// Package flow holds the tables of a marking session as data: you need it to
// show, check or document what a till does with marked goods, or to build a
// session of your own. The tables are the states of items and receipts with the
// events that lead from one to the next, and the matrix that decides whether an
// item may be sold.
//
// A session moves by these tables only, live and when it reads its journal
// after a crash. [Mermaid] and [DOT] draw the states, [MatrixMarkdown] prints
// the matrix.
//
// # Rules
//
//   - M34 to M51, M54 to M58, M74: each row of the tables names its rule.
//   - M47: any explicit refusal refuses, the local module's too where the
//     online check has passed the goods. A local module that is not ready or
//     silent counts as absent. A code that the storage itself found false is a
//     row of its own (M34).
//
// All of it are pure functions and may be used from several goroutines.
package flow
