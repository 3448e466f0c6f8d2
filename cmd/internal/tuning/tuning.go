// Package tuning fits Go's runtime to a process that serves sessions.
//
// In: the environment, which has the last word, and what the runtime says of
// itself. Out: how it collects garbage, and how many goroutines may run at once.
package tuning

import (
	"os"
	"runtime"
	"sync"
)

// MakeRoom lets goroutines run beside the event loops, unless the user has said
// how many may (GOMAXPROCS): loops wait without telling the scheduler, so each
// core has one place for its loop and another for all else. Calls after the first
// do nothing.
var MakeRoom = sync.OnceFunc(func() {
	if os.Getenv("GOMAXPROCS") == "" {
		runtime.GOMAXPROCS(2 * runtime.GOMAXPROCS(0))
	}
})
