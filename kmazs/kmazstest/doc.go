// Package kmazstest helps to test programs that import users: TestDirectory holds
// a store of one's own against what package office expects of it, Office is a
// small directory to try imports on, and Exchanger records the exchanges that an
// office starts.
package kmazstest
