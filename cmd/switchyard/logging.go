package main

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/go-logr/logr"
	"github.com/spf13/pflag"
)

// logFlags are the flags about the log of events, which goes to stderr.
type logFlags struct {
	format string
	level  slog.Level
}

func (f *logFlags) add(flags *pflag.FlagSet) {
	flags.StringVar(&f.format, "log-format", "text", "text or json")
	flags.TextVar(&f.level, "log-level", slog.LevelInfo, "least `level` logged: debug, info, warn or error")
}

func (f *logFlags) logger(out io.Writer) (logr.Logger, error) {
	options := &slog.HandlerOptions{Level: f.level}
	switch f.format {
	case "text":
		return logr.FromSlogHandler(slog.NewTextHandler(out, options)), nil
	case "json":
		return logr.FromSlogHandler(slog.NewJSONHandler(out, options)), nil
	}
	return logr.Logger{}, fmt.Errorf("--log-format %q: want text or json", f.format)
}
