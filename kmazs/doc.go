// Package kmazs is the record model and the codecs of the import of users into
// KMAZS-Office.
package kmazs
