// Package dirfile keeps a directory of users in one JSON file: for tests of an
// integration, for small offices, and for the programs of this module.
//
// # The file
//
// It is UTF-8 with one object:
//
//	{"revision":7,"stations":[1,2,10],"fuels":[{"id":1,"code":"92"}],
//	"departments":[{"syncId":"D1","name":"Склад","stations":[1]}],
//	"accounts":[{"number":12,"catalogue":"driver","syncId":"1456735","shortName":"ИВАНОВ И.И.", …}]}
//
// Members that an account lacks have the values of a new account (K19): the
// catalogue is driver then. Key type 3 is written "3:12345"; limits are litres or
// null; "stations" may be "all", which is read as the stations of the file and
// written back as numbers (K10), an empty list of a department is none; "fuels" is
// "empty" for every fuel or a list in the form of DEFGSM; dates are yyyy-mm-dd or
// "". A department is named by its sync id, else by its name; where a name is also
// the sync id of another department, "department":{"name":"…"} is written
// (decision). Receipts (FL12) stand in the member "receipts", which is written only
// if there are any.
//
// A member that the schema does not know is an error (decision): kept, a mistyped
// "dayLimt" would silently be no limit; dropped, it would be lost with the next
// rewrite.
//
// # Writing
//
// Commit holds an advisory lock on a file beside it, which ends in ".lock" and
// stays there, reads the file anew, and compares the revision (K46). It writes a
// file that ends in ".tmp", syncs it and renames it, so a reader or a power
// failure meets the old file or the new one. The file's rights are kept.
package dirfile
