// Package gateway shares one fiscal register among several programs: it takes
// their connections over TCP and passes each request on, one at a time.
package gateway
