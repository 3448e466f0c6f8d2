// Package memory sets how a process that serves sessions uses memory.
//
// In: nothing but the environment, which has the last word. It is set once, at
// the start.
package memory

import (
	"os"
	"runtime/debug"
)

// gcPercent trades memory against work of the garbage collector. Sessions make
// no garbage once they are established, so the collector has work only while
// clients come and go; what it is allowed to leave lying about is paid for by
// every idle session.
const gcPercent = 25

// BoundGarbage sets the collector's pace, unless the user has (GOGC).
func BoundGarbage() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
