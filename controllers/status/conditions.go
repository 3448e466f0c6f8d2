package status

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// ours are the types of conditions that Switchyard writes on an object itself:
// one that is not said any more is taken away. Those of others are left alone.
var ours = []string{"Accepted", programmed, "ResolvedRefs", "InsecureFrontendValidationMode"}

// with is before with every condition of want set, and without those in owned
// that want does not have. The time of one that keeps its status stays.
func with(before, want []metav1.Condition, owned func(kind string) bool, now metav1.Time) []metav1.Condition {
	after := slices.DeleteFunc(slices.Clone(before), func(c metav1.Condition) bool {
		return owned(c.Type) && meta.FindStatusCondition(want, c.Type) == nil
	})
	for _, c := range want {
		c.LastTransitionTime = now
		meta.SetStatusCondition(&after, c)
	}
	return after
}

// allOurs is for lists of conditions that belong to Switchyard whole.
func allOurs(string) bool { return true }

func someOurs(kind string) bool { return slices.Contains(ours, kind) }

// withProgrammed adds to want how far the data plane is, or what was said of
// that before.
func withProgrammed(want, before []metav1.Condition, u Uptake, generation int64) []metav1.Condition {
	said := meta.FindStatusCondition(before, programmed)
	c, ok := u.condition(generation)
	switch {
	case ok && !(u.Unsure && said != nil && said.Status == metav1.ConditionTrue):
		return append(slices.Clip(want), c)
	case said != nil:
		return append(slices.Clip(want), *said)
	}
	return want
}
