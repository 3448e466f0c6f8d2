package flags

import (
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"
)

// Words of --access-log beside a file's path.
const (
	ToStdout  = "-"
	ToNowhere = "none"
)

// logMode is what a file for the access log is made with.
const logMode = 0o640

// Access is the flag about the access log.
type Access string

// Add adds the flag.
func (f *Access) Add(flags *pflag.FlagSet) {
	flags.StringVar((*string)(f), "access-log", ToStdout, "`file` for one JSON record a session; \"-\" is stdout, \"none\" is none")
}

// Open is where records go; nil for nowhere. A file is appended to.
func (f Access) Open(stdout io.Writer) (w io.Writer, closeIt func(), err error) {
	switch f {
	case ToNowhere:
		return nil, func() {}, nil
	case ToStdout:
		return stdout, func() {}, nil
	}
	file, err := os.OpenFile(string(f), os.O_WRONLY|os.O_CREATE|os.O_APPEND, logMode)
	if err != nil {
		return nil, nil, fmt.Errorf("access log: %w", err)
	}
	return file, func() { _ = file.Close() }, nil
}
