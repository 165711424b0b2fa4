// Package examples holds programs that people run, one folder each, and the
// tests that build every program and hold its output against its contract.
//
// The module-wide checks live here too, because only this folder may import
// every package: which package may import which (imports_test.go), what must be
// documented (docs_test.go), and the error contract (contract_test.go).
package examples
