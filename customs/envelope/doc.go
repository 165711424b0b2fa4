// Package envelope builds and reads the header of the SOAP envelope that
// messages to and from the customs service travel in, and ties replies to what
// was sent (4.2 of the rules of package customs). You need it when your own
// program, not a client of the service, puts messages into envelopes.
//
// The names are those of the exchange: ProccessID is spelt as the schema spells
// it. They come from integrators' public code of different ages: check them
// against the service's current specification before you deploy.
//
// Read streams: it stops where the body begins, so a message of any size costs
// no more than its header. Every part is bounded (MaxHeader and the other
// limits). Elements of unknown names or namespaces are skipped, prefixes do not
// matter, a document type is refused. The package signs nothing: the body and
// its signature are the caller's bytes.
//
// All functions are safe for concurrent use on different values; a Correlator
// is safe for concurrent use as it is. Errors are *Error with a stable Code and
// the element as Path.
package envelope
