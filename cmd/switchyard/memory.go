package main

import (
	"os"
	"runtime/debug"
)

// gcPercent trades memory against work of the garbage collector. Sessions make
// no garbage once they are established, so the collector has work only while
// clients come and go; what it is allowed to leave lying about is paid for by
// every idle session.
const gcPercent = 25

// boundGarbage sets the collector's pace, unless the user has (GOGC).
func boundGarbage() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
