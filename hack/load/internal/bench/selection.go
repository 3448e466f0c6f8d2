package bench

import (
	"fmt"
	"slices"
	"strings"
)

// CellNames are the names of all loads, the one of many gateways included.
func CellNames() []string {
	var names []string
	for _, c := range cells() {
		names = append(names, c.name)
	}
	return append(names, sideBySide)
}

// selection is names that were asked for; empty: all.
type selection map[string]bool

// selectNames reads a selection of some of all, which are what.
func selectNames(what string, names, all []string) (selection, error) {
	s := make(selection)
	for _, name := range names {
		if !slices.Contains(all, name) {
			return nil, fmt.Errorf("bench: no %s %q, want some of %s", what, name, strings.Join(all, ", "))
		}
		s[name] = true
	}
	return s, nil
}

// has reports whether name was asked for.
func (s selection) has(name string) bool { return len(s) == 0 || s[name] }
