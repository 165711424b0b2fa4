// Package session sells marked goods through a fiscal printer as its maker
// recommends: from the first scan to the closed receipt.
package session
