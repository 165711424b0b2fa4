// Package office is the office's side of the import of users: it plans what a
// request does to a directory of accounts, and carries it out.
package office
