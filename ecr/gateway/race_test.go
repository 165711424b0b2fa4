//go:build race

package gateway_test

// raceDetector: times under it say nothing.
const raceDetector = true
