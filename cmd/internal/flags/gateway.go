package flags

import (
	"io"
	"time"

	"github.com/go-logr/logr"
	"github.com/spf13/pflag"

	"switchyard.dev/gateway"
)

// Gateway are the flags about how a gateway runs, whatever it serves.
type Gateway struct {
	Log                       Log
	Access                    Access
	Admin                     string
	DrainWindow, DrainTimeout time.Duration
}

// Add adds the flags, with the program's own defaults for a stop.
func (f *Gateway) Add(flags *pflag.FlagSet, window, timeout time.Duration) {
	flags.StringVar(&f.Admin, "admin", gateway.DefaultAdmin, "`host:port` of the admin listener; \""+gateway.NoAdmin+"\" is none")
	flags.DurationVar(&f.DrainWindow, "drain-window", window, "when stopping, spread the ends of sessions over so long")
	flags.DurationVar(&f.DrainTimeout, "drain-timeout", timeout, "when stopping, cut what is left after so long")
	f.Access.Add(flags)
	f.Log.Add(flags)
}

// Options are what they ask for, with logs that are open.
func (f *Gateway) Options(log logr.Logger, access io.Writer) gateway.Options {
	return gateway.Options{
		Log: log, AccessLog: access, Admin: f.Admin,
		DrainWindow: never(f.DrainWindow), DrainTimeout: never(f.DrainTimeout),
	}
}

// never makes a flag's zero the zero of gateway.Options, which is negative.
func never(d time.Duration) time.Duration {
	if d == 0 {
		return -1
	}
	return d
}
