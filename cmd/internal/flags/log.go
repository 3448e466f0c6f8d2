package flags

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/go-logr/logr"
	"github.com/spf13/pflag"
)

// Log are the flags about the log of events, which goes to stderr.
type Log struct {
	Format string
	Level  slog.Level
}

// Add adds the flags.
func (f *Log) Add(flags *pflag.FlagSet) {
	flags.StringVar(&f.Format, "log-format", "text", "`format` of the log: text or json")
	flags.TextVar(&f.Level, "log-level", slog.LevelInfo, "least `level` logged: debug, info, warn or error")
}

// Logger is the log that they ask for.
func (f *Log) Logger(out io.Writer) (logr.Logger, error) {
	options := &slog.HandlerOptions{Level: f.Level}
	switch f.Format {
	case "text":
		return logr.FromSlogHandler(slog.NewTextHandler(out, options)), nil
	case "json":
		return logr.FromSlogHandler(slog.NewJSONHandler(out, options)), nil
	}
	return logr.Logger{}, fmt.Errorf("--log-format %q: want text or json", f.Format)
}
