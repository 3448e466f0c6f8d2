package translate

import (
	"slices"
	"testing"
)

func TestIntersect(t *testing.T) {
	tests := map[string]struct {
		listener string
		route    []string
		want     []string
		none     bool
	}{
		"neither says anything": {"", nil, nil, false},
		"the listener alone":    {"a.example", nil, []string{"a.example"}, false},
		"the route alone":       {"", []string{"a.example", "*.b.example"}, []string{"a.example", "*.b.example"}, false},
		"the same":              {"a.example", []string{"a.example"}, []string{"a.example"}, false},
		"different":             {"a.example", []string{"b.example"}, nil, true},
		"the listener's wildcard covers the route": {"*.example", []string{"a.example", "a.b.example", "a.other"}, []string{"a.example", "a.b.example"}, false},
		"the route's wildcard covers the listener": {"a.example", []string{"*.example"}, []string{"a.example"}, false},
		"a wildcard does not cover its own suffix": {"*.a.example", []string{"a.example"}, nil, true},
		"the narrower of two wildcards":            {"*.example", []string{"*.a.example"}, []string{"*.a.example"}, false},
		"the narrower of two, the other way":       {"*.a.example", []string{"*.example"}, []string{"*.a.example"}, false},
		"a suffix is whole labels":                 {"*.example", []string{"aexample"}, nil, true},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := intersect(tc.listener, tc.route)
			if !slices.Equal(got, tc.want) || ok == tc.none {
				t.Errorf("intersect(%q, %q) = %q, %v; want %q, %v", tc.listener, tc.route, got, ok, tc.want, !tc.none)
			}
		})
	}
}
