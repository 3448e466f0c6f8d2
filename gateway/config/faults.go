package config

import (
	"errors"
	"fmt"
)

// faults collects what is wrong. Each fault names object, field, value and rule.
type faults struct {
	kind, name string
	all        []error
}

// summary is a value that is told rather than shown.
type summary string

// none is the value of an empty list.
const none summary = "[]"

// at says which object the faults that follow are of.
func (f *faults) at(kind, name string) {
	f.kind, f.name = kind, name
}

// add notes that value in field breaks rule.
func (f *faults) add(field string, value any, rule string) {
	if s, ok := value.(string); ok {
		value = fmt.Sprintf("%q", s)
	}
	f.all = append(f.all, fmt.Errorf("%s %q: %s %v: %s", f.kind, f.name, field, value, rule))
}

// check notes err, if there is one, as the rule that value in field breaks.
func (f *faults) check(field string, value any, err error) {
	if err != nil {
		f.add(field, value, err.Error())
	}
}

// once notes the second and later uses of a name, whose first are in seen.
func (f *faults) once(seen map[string]bool, field, name string) {
	if seen[name] {
		f.add(field, name, "there are two of that name")
	}
	seen[name] = true
}

func (f *faults) err() error { return errors.Join(f.all...) }
