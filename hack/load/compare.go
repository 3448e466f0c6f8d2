package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"switchyard.dev/hack/load/internal/bench"
)

// compare runs the gateway beside its peers and prints a report in Markdown.
func compare(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	options := bench.Options{Load: program}
	flags := flag.NewFlagSet("load bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.DurationVar(&options.Time, "time", 3*time.Second, "measured in every cell")
	flags.IntVar(&options.Rounds, "rounds", 3, "how often all is measured")
	flags.StringVar(&options.Bin, "bin", "bin", "`folder` with switchyard and bench-…, its peers that are built")
	flags.StringVar(&options.Out, "out", "out/bench", "`folder` for latest.md and latest.json")
	flags.Func("peers", "comma-separated `names`; default all of "+strings.Join(bench.Names(), ","), names(&options.Peers))
	flags.Func("cells", "comma-separated `names`; default all of "+strings.Join(bench.CellNames(), ","), names(&options.Cells))
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if options.Time <= 0 || options.Rounds < 1 {
		return fmt.Errorf("time is %v and rounds is %d, want both above 0", options.Time, options.Rounds)
	}
	return bench.Run(ctx, options, stdout, stderr)
}

// names reads a comma-separated list.
func names(to *[]string) func(string) error {
	return func(s string) error {
		*to = strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ' ' })
		return nil
	}
}
