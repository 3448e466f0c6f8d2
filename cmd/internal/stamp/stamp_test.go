package stamp

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestDescribe(t *testing.T) {
	changed := &debug.BuildInfo{Settings: []debug.BuildSetting{
		{Key: "vcs.revision", Value: "abc"}, {Key: "vcs.modified", Value: "true"},
	}}
	for name, tc := range map[string]struct {
		stamped string
		info    *debug.BuildInfo
		want    string
	}{
		"stamped":                      {"v1.2.3", nil, "v1.2.3 commit unknown go"},
		"built in a changed work tree": {"", changed, "(devel) commit abc+changes go"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := describe(tc.stamped, tc.info); !strings.HasPrefix(got, tc.want) {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
