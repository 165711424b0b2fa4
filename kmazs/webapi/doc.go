// Package webapi carries imports of users over HTTP: Client is the external
// system's side of the Web-API of KMAZS-Office, Handler the office's (K26). One
// request is one POST of JSON in UTF-8 and its answer one line of JSON; both
// are those of package kmazs. You need it when the two programs reach one
// another over a network.
//
// # What a real office needs
//
// KMAZS-Office and "Веб-Офис КМАЗС" of version 4.18 or later, the paid option
// «Веб-API для ПО «КМАЗС-Офис»», the HTTP server of the service switched on in the
// settings of the office (it is off by default; or IIS), and an operator with
// login, password and two rights: use of the Web-API and import of users. HTTPS
// comes from a reverse proxy such as Nginx before it. The URL and the form of
// requests stand in a document that is not public: URL, authentication and headers
// are the caller's; Basic is the default.
//
// # Outcome of a request
//
// An import is not undone by a broken connection. Every error of Client says by
// SafeToRetry whether the office cannot have acted: true if nothing was sent, if
// the login or the method was refused, if another import was running or if the
// office itself answered that it imported nothing; false after a time-out, a
// connection that broke, a 5xx of a proxy, an answer that cannot be read. The
// client never sends a request again by itself unless Attempts asks for it, and
// then only after errors that are safe.
//
// # Decisions
//
//   - K26 (decision): Handler answers 405 before it looks at the login, and 401
//     before it reads the body; 503 with Retry-After while another import runs,
//     from the moment it begins to read a body, so that one body at most is held.
//   - (decision) Answers to all of these carry the error line of K25 too, so that a
//     client that ignores the status learns that nothing was imported.
//   - (decision) A redirect is an error: following it would turn the POST into a
//     GET, or hand the password to another host.
//   - (decision) The client sends a Content-Length, not chunks, which small HTTP
//     servers do not read; the body is held in memory while it is sent.
//
// A Client and a Handler are safe for several goroutines and start none.
package webapi
