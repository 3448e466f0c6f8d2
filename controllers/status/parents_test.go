package status

import (
	"slices"
	"testing"
)

func TestEntriesOfOthersAreLeftWhereTheyAre(t *testing.T) {
	same := func(a string) func(string) bool { return func(b string) bool { return a[:1] == b[:1] } }
	mine := func(s string) bool { return s[0] < 'n' }
	tests := map[string]struct{ before, want, after []string }{
		"the first word":               {want: []string{"a1", "b1"}, after: []string{"a1", "b1"}},
		"mine are replaced in place":   {[]string{"a1", "x1", "b1"}, []string{"b2", "a2"}, []string{"a2", "x1", "b2"}},
		"mine that are over go":        {[]string{"a1", "x1", "b1"}, []string{"b2"}, []string{"x1", "b2"}},
		"new ones come last":           {[]string{"x1", "a1"}, []string{"c1", "a2"}, []string{"x1", "a2", "c1"}},
		"all of mine go, theirs stay":  {[]string{"a1", "x1"}, nil, []string{"x1"}},
		"one that was there twice not": {[]string{"a1", "a1"}, []string{"a2"}, []string{"a2"}},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := replaced(tc.before, tc.want, same, mine); !slices.Equal(got, tc.after) {
				t.Errorf("got %v, want %v", got, tc.after)
			}
		})
	}
}
