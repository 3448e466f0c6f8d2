package main

import (
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"
)

func main() {
	if err := run(os.Args[1:], os.Stdout, os.Stderr); err != nil {
		fmt.Fprintln(os.Stderr, "image:", err)
		os.Exit(1)
	}
}

// run packs one image, and prints its reference and digest.
func run(args []string, stdout, stderr io.Writer) error {
	flags := flag.NewFlagSet("image", flag.ContinueOnError)
	flags.SetOutput(stderr)
	var (
		dockerfile = flags.String("dockerfile", "Dockerfile", "the `file` whose final stage says what is packed")
		arch       = flags.String("arch", "amd64", "the `architecture` that the image is for")
		out        = flags.String("o", "image.tar", "the archive to write")
		stages     = pairs{}
		values     = pairs{}
	)
	flags.Var(stages, "stage", "`NAME=FOLDER`: the filesystem of a build stage")
	flags.Var(values, "arg", "`NAME=VALUE`: the value of an ARG")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() != 1 {
		return errors.New("one image reference is needed")
	}

	file, err := os.Open(*dockerfile)
	if err != nil {
		return err
	}
	defer file.Close()
	recipe, err := readRecipe(file, values)
	if err != nil {
		return fmt.Errorf("%s: %w", *dockerfile, err)
	}
	image, err := pack(recipe, *arch, stages)
	if err != nil {
		return err
	}
	if err := write(*out, flags.Arg(0), image); err != nil {
		return err
	}
	digest, err := image.ConfigName()
	if err != nil {
		return err
	}
	fmt.Fprintln(stdout, flags.Arg(0), digest)
	return nil
}

// pairs is a flag that is given once for each NAME=VALUE.
type pairs map[string]string

func (p pairs) String() string { return "" }

func (p pairs) Set(pair string) error {
	name, value, ok := strings.Cut(pair, "=")
	if !ok || name == "" {
		return errors.New("NAME=VALUE is needed")
	}
	p[name] = value
	return nil
}
