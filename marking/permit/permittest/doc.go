// Package permittest is a test kit for the permit mode: servers that answer like
// the CDN hosts of the marking system, the local module and ТС ПИоТ, with
// faults on demand, and suites that another [permit.Checker] ([TestChecker]) or
// [permit.Store] ([TestStore]) can be run against.
//
// The servers are handlers: give them to [net/http/httptest.NewServer], or to
// [Transport], which needs no network and runs in virtual time inside
// [testing/synctest]. They know nothing of real marks: [Goods] says what they
// answer. Nothing here is for production.
package permittest
