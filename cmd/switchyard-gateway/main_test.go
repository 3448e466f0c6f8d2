package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// call runs the program to its end.
func call(t *testing.T, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	code = run(t.Context(), args, &out, &errs)
	return code, out.String(), errs.String()
}

func TestFailures(t *testing.T) {
	folder := t.TempDir()
	args := func(more ...string) []string {
		return append([]string{"--controller", "127.0.0.1:1", "--certificates", folder, "--admin", "-"}, more...)
	}
	tests := map[string]struct {
		args []string
		want string
	}{
		"nothing said":                 {nil, `required flag(s) "certificates", "controller" not set`},
		"an address without a port":    {args("--controller", "controller"), `--controller "controller": want host:port`},
		"an address without a host":    {args("--controller", ":1"), `--controller ":1": want host:port`},
		"no folder to keep in":         {args("--keep", filepath.Join(folder, "x")), "keep: stat "},
		"an unknown log format":        {args("--log-format", "xml"), `--log-format "xml": want text or json`},
		"an access log nowhere":        {args("--access-log", filepath.Join(folder, "x", "y")), "access log: "},
		"an admin listener nowhere":    {args("--admin", "nowhere"), "open the admin listener: "},
		"what is no flag":              {args("serve"), `unknown command "serve"`},
		"a drain time that is no time": {args("--drain-window", "soon"), `invalid argument "soon"`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if code, _, stderr := call(t, tc.args...); code != 1 || !strings.Contains(stderr, tc.want) {
				t.Errorf("exit %d\n%s\nwant 1 and %s", code, stderr, tc.want)
			}
		})
	}
}

func TestVersion(t *testing.T) {
	if code, stdout, _ := call(t, "version"); code != 0 || !strings.HasPrefix(stdout, "switchyard-gateway ") {
		t.Errorf("exit %d, %s", code, stdout)
	}
}

func TestTheNameOfAGateway(t *testing.T) {
	host, err := os.Hostname()
	if err != nil {
		t.Skip(err)
	}
	for name, tc := range map[string]struct{ flag, pod, want string }{
		"as it is told":      {"a", "b", "a"},
		"or its pod's":       {"", "b", "b"},
		"or else its host's": {"", "", host},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv(podName, tc.pod)
			o := options{controller: "c:1", node: tc.flag}
			if err := o.complete(); err != nil || o.node != tc.want {
				t.Errorf("named %q, %v, want %q", o.node, err, tc.want)
			}
		})
	}
}
