package main

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
	"github.com/moby/buildkit/frontend/dockerfile/shell"
)

// recipe is what the final stage of a Dockerfile says.
type recipe struct {
	config v1.Config
	copies []copied
}

// copied is a COPY of one folder of a build stage into the image.
type copied struct{ stage, from, to string }

// An image that begins empty has this of BuildKit, as long as it is not told
// otherwise.
func blank() recipe {
	return recipe{config: v1.Config{
		Env:        []string{"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"},
		Labels:     map[string]string{},
		WorkingDir: "/",
	}}
}

// readRecipe reads the final stage of a Dockerfile. given has the values of its
// arguments; the others have their defaults.
func readRecipe(dockerfile io.Reader, given map[string]string) (recipe, error) {
	file, err := parser.Parse(dockerfile)
	if err != nil {
		return recipe{}, err
	}
	stages, _, err := instructions.Parse(file.AST, nil)
	if err != nil {
		return recipe{}, err
	}
	last := stages[len(stages)-1]
	if last.BaseName != "scratch" {
		return recipe{}, fmt.Errorf("the final stage is FROM %s: only scratch can be had without pulling", last.BaseName)
	}

	reader := reader{recipe: blank(), given: given, lex: shell.NewLex(file.EscapeToken)}
	for _, command := range last.Commands {
		if err := reader.read(command); err != nil {
			return recipe{}, fmt.Errorf("line %d: %s: %w", command.Location()[0].Start.Line, command.Name(), err)
		}
	}
	return reader.recipe, nil
}

// reader reads a stage's instructions one after another.
type reader struct {
	recipe recipe
	given  map[string]string
	args   []string // NAME=VALUE of each ARG so far
	lex    *shell.Lex
}

func (r *reader) read(command instructions.Command) error {
	if words, ok := command.(instructions.SupportsSingleWordExpansion); ok {
		if err := words.Expand(r.expand); err != nil {
			return err
		}
	}
	config := &r.recipe.config
	switch c := command.(type) {
	case *instructions.ArgCommand:
		return r.declare(c.Args)
	case *instructions.EnvCommand:
		for _, pair := range c.Env {
			config.Env = set(config.Env, pair.Key, pair.Value)
		}
	case *instructions.LabelCommand:
		for _, pair := range c.Labels {
			config.Labels[pair.Key] = pair.Value
		}
	case *instructions.UserCommand:
		config.User = c.User
	case *instructions.EntrypointCommand:
		config.Entrypoint = c.CmdLine
		return execForm(c.ShellDependantCmdLine)
	case *instructions.CmdCommand:
		config.Cmd = c.CmdLine
		return execForm(c.ShellDependantCmdLine)
	case *instructions.CopyCommand:
		return r.copy(c)
	default:
		return errors.New("not known here")
	}
	return nil
}

// expand replaces variables in a word. BuildKit makes nothing of one that is not
// set; here it is a mistake.
func (r *reader) expand(word string) (string, error) {
	result, err := r.lex.ProcessWordWithMatches(word, shell.EnvsFromSlice(slices.Concat(r.args, r.recipe.config.Env)))
	if err != nil {
		return "", err
	}
	for name := range result.Unmatched {
		return "", fmt.Errorf("$%s is not set", name)
	}
	return result.Result, nil
}

func (r *reader) declare(args []instructions.KeyValuePairOptional) error {
	for _, arg := range args {
		value, ok := r.given[arg.Key]
		switch {
		case ok:
		case arg.Value != nil:
			value = *arg.Value
		default:
			return fmt.Errorf("%s has no value", arg.Key)
		}
		r.args = set(r.args, arg.Key, value)
	}
	return nil
}

func (r *reader) copy(c *instructions.CopyCommand) error {
	switch {
	case c.From == "":
		return errors.New("only from another stage")
	case c.Chown != "" || c.Chmod != "" || c.Link || c.Parents || len(c.ExcludePatterns) > 0:
		return errors.New("no option but --from is known here")
	case len(c.SourcePaths) != 1 || len(c.SourceContents) > 0 || !strings.HasSuffix(c.SourcePaths[0], "/") || !strings.HasSuffix(c.DestPath, "/"):
		return errors.New("only one folder into another, both written with a / at the end")
	case strings.ContainsAny(c.SourcePaths[0], `*?[\`):
		return errors.New("no patterns")
	}
	r.recipe.copies = append(r.recipe.copies, copied{stage: c.From, from: c.SourcePaths[0], to: c.DestPath})
	return nil
}

// execForm fails for the shell form, which needs a shell in the image.
func execForm(line instructions.ShellDependantCmdLine) error {
	if line.PrependShell {
		return errors.New(`only the form ["program", "argument"]`)
	}
	return nil
}

// set gives a list of NAME=VALUE another value for one name.
func set(list []string, name, value string) []string {
	pair := name + "=" + value
	if i := slices.IndexFunc(list, func(old string) bool { return strings.HasPrefix(old, name+"=") }); i >= 0 {
		list[i] = pair
		return list
	}
	return append(list, pair)
}
