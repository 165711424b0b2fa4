// Package customstest is the conformance suite that you run on your own
// implementation of customs.ReferenceStore. You need it before a database of your
// own keeps the references of protocols.
package customstest
