package main

import (
	"reflect"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

const defaultPath = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"

func TestReadRecipe(t *testing.T) {
	for name, tc := range map[string]struct {
		dockerfile string
		want       recipe
	}{
		"an empty image has what BuildKit gives it": {
			"FROM scratch",
			recipe{config: v1.Config{Env: []string{defaultPath}, Labels: map[string]string{}, WorkingDir: "/"}},
		},
		"of several stages the final one counts": {
			"FROM golang AS build\nUSER 1\nRUN make\n\nFROM scratch\nCOPY --from=build /image/ /\nUSER 2:3",
			recipe{
				config: v1.Config{User: "2:3", Env: []string{defaultPath}, Labels: map[string]string{}, WorkingDir: "/"},
				copies: []copied{{stage: "build", from: "/image/", to: "/"}},
			},
		},
		"a variable is replaced, by the value given or else by the default": {
			"FROM scratch\nARG VERSION=dev\nARG NAME=x\nENV PATH=/bin HOME=/$NAME\nLABEL a=\"$VERSION of ${NAME}\" \\\n\tb='$NAME'",
			recipe{config: v1.Config{
				Env:        []string{"PATH=/bin", "HOME=/x"},
				Labels:     map[string]string{"a": "v1 of x", "b": "$NAME"},
				WorkingDir: "/",
			}},
		},
		"a program with its arguments": {
			"FROM scratch\nENTRYPOINT [\"switchyard\"]\nCMD [\"run\", \"-f\"]",
			recipe{config: v1.Config{
				Env: []string{defaultPath}, Labels: map[string]string{}, WorkingDir: "/",
				Entrypoint: []string{"switchyard"}, Cmd: []string{"run", "-f"},
			}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := readRecipe(strings.NewReader(tc.dockerfile), map[string]string{"VERSION": "v1"})
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got  %+v\nwant %+v", got, tc.want)
			}
		})
	}
}

func TestWhatCannotBePackedIsAnError(t *testing.T) {
	for name, tc := range map[string]struct{ dockerfile, want string }{
		"a base that would be pulled":       {"FROM alpine", "the final stage is FROM alpine: only scratch can be had without pulling"},
		"a command to run":                  {"FROM scratch\nRUN make", "line 2: RUN: not known here"},
		"a working directory":               {"FROM scratch\nWORKDIR /src", "line 2: WORKDIR: not known here"},
		"a word that no Dockerfile has":     {"FROM scratch\nUSR 1", "dockerfile parse error on line 2: unknown instruction: USR (did you mean USER?)"},
		"no stage":                          {"# nothing", "file with no instructions"},
		"a line that needs a shell":         {"FROM scratch\nENTRYPOINT switchyard run", `line 2: ENTRYPOINT: only the form ["program", "argument"]`},
		"a default command with a shell":    {"FROM scratch\nCMD switchyard", `line 2: CMD: only the form ["program", "argument"]`},
		"a variable that is not set":        {"FROM scratch\nUSER $WHO", "line 2: USER: $WHO is not set"},
		"an argument without a value":       {"FROM scratch\nARG WHO", "line 2: ARG: WHO has no value"},
		"files of the build context":        {"FROM scratch\nCOPY a/ /", "line 2: COPY: only from another stage"},
		"a copy that changes the owner":     {"FROM scratch\nCOPY --from=b --chown=1 /a/ /", "line 2: COPY: no option but --from is known here"},
		"a copy that changes the mode":      {"FROM scratch\nCOPY --from=b --chmod=700 /a/ /", "line 2: COPY: no option but --from is known here"},
		"a copy of one file":                {"FROM scratch\nCOPY --from=b /a /", "line 2: COPY: only one folder into another, both written with a / at the end"},
		"a copy of two folders":             {"FROM scratch\nCOPY --from=b /a/ /b/ /", "line 2: COPY: only one folder into another, both written with a / at the end"},
		"a copy of what a pattern may find": {"FROM scratch\nCOPY --from=b /a*/ /", "line 2: COPY: no patterns"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := readRecipe(strings.NewReader(tc.dockerfile), nil)
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
