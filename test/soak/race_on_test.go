//go:build race

package soak

// raceDetector: it knows at most 8,128 goroutines at a time, and makes each
// byte dearer.
const raceDetector = true
