package main

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"switchyard.dev/controllers/files"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/gateway/config"
)

// errFaults ends check: what is wrong has been printed.
var errFaults = errors.New("something is wrong with these objects")

func newCheck() *cobra.Command {
	var path string
	cmd := &cobra.Command{
		Use:   "check -f PATH",
		Short: "Say what is wrong with objects in files, and what they would serve",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return check(path, cmd.OutOrStdout())
		},
	}
	addPath(cmd, &path)
	return cmd
}

// addPath is the flag that run and check share.
func addPath(cmd *cobra.Command, path *string) {
	cmd.Flags().StringVarP(path, "filename", "f", "", "`file` or folder of YAML or JSON objects")
	_ = cmd.MarkFlagRequired("filename")
}

func check(path string, out io.Writer) error {
	objects, err := files.Read(path)
	if err != nil {
		return err
	}
	objects.Now = time.Now()
	result := translate.Translate(objects, translate.Standalone())
	sound := printVerdicts(out, result.Verdicts)
	if err := config.Validate(result.Snapshot); err != nil {
		return err
	}
	if err := printPlaces(out, result.Snapshot); err != nil {
		return err
	}
	if !sound {
		return errFaults
	}
	return nil
}

// printVerdicts prints an object a line, and a line for each thing that is
// wrong with it or soon may be.
func printVerdicts(out io.Writer, all []translate.Verdict) (sound bool) {
	sound = true
	for _, v := range all {
		name := v.Name
		if v.Namespace != "" {
			name = v.Namespace + "/" + name
		}
		faults := v.Faults()
		word := "ok"
		switch {
		case v.Ignored != "":
			word = "ignored: " + v.Ignored
		case len(faults) > 0:
			word, sound = "wrong", false
		}
		fmt.Fprintf(out, "%s %s: %s\n", v.Kind, name, word)
		for _, f := range faults {
			fmt.Fprintf(out, "  %s%s: %s\n", prefix(f.Where), f.Reason, f.Message)
		}
		for _, w := range v.Warnings {
			fmt.Fprintf(out, "  warning: %s%s: %s\n", prefix(w.Where), w.Reason, w.Message)
		}
	}
	return sound
}

// prefix is where something was found, to be put before what.
func prefix(where string) string {
	if where == "" {
		return ""
	}
	return where + ": "
}
