// Package receipt holds a receipt with marked goods as a value, and turns it into
// the commands that print it.
package receipt
