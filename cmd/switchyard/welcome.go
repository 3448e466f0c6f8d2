package main

import (
	"cmp"
	"fmt"
	"io"
	"net"
	"strconv"

	"switchyard.dev/gateway"
	"switchyard.dev/gateway/config"
)

// welcome tells people where to go.
func welcome(out io.Writer, s *config.Snapshot, o serverOptions) error {
	if err := printPlaces(out, s); err != nil {
		return err
	}
	fmt.Fprintln(out)
	if url := consoleURL(s); o.console && url != "" {
		fmt.Fprintln(out, "console ", url)
	}
	if o.Admin != gateway.NoAdmin {
		fmt.Fprintf(out, "admin    http://%s/\n", o.Admin)
	}
	fmt.Fprintln(out)
	return nil
}

// consoleURL is that of the first plain listener.
func consoleURL(s *config.Snapshot) string {
	for _, l := range s.GetListeners() {
		if l.GetTls() == nil {
			host := cmp.Or(l.GetAddress(), "127.0.0.1")
			return "http://" + net.JoinHostPort(host, strconv.FormatUint(uint64(l.GetPort()), 10)) + "/"
		}
	}
	return ""
}
