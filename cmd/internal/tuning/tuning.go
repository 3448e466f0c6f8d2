// Package tuning fits Go's runtime to a process that serves sessions.
//
// In: nothing but the environment, which has the last word. It is set once, at
// the start.
package tuning

import (
	"os"
	"runtime"
	"runtime/debug"
	"sync"
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

// MakeRoom lets goroutines run beside the event loops, unless the user has said
// how many may (GOMAXPROCS): loops wait without telling the scheduler, so each
// core has one place for its loop and another for all else. Calls after the first
// do nothing.
var MakeRoom = sync.OnceFunc(func() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	}
})
