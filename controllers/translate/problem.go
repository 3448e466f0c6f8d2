package translate

import (
	"fmt"
	"slices"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

const (
	// maxProblems is how many of one thing are told: who mends these is told
	// the next.
	maxProblems = 16
	// maxMessage is far below what a condition may hold, 32 KiB.
	maxMessage = 4 << 10
)

// problem is why a check failed: a reason of the Gateway API's, and a message
// that says what to do.
type problem struct{ reason, message string }

// problems are those of several checks. The first gives the reason.
type problems []problem

func (p *problems) add(found *problem) {
	if found != nil && len(*p) < maxProblems && !slices.Contains(*p, *found) {
		*p = append(*p, *found)
	}
}

// condition is true with reason ok where there are no problems, else false.
func (p problems) condition(kind, ok string, generation int64) metav1.Condition {
	c := metav1.Condition{Type: kind, Status: metav1.ConditionTrue, Reason: ok, ObservedGeneration: generation}
	if len(p) > 0 {
		c.Status, c.Reason, c.Message = metav1.ConditionFalse, p[0].reason, p.message()
	}
	return c
}

// message is what all of them say.
func (p problems) message() string {
	messages := make([]string, len(p))
	for i := range p {
		messages[i] = p[i].message
	}
	return bounded(messages)
}

// told is what warnings say.
func told(all []Warning) string {
	messages := make([]string, len(all))
	for i := range all {
		messages[i] = all[i].Message
	}
	return bounded(messages)
}

// bounded is the first of messages, as far as there is room.
func bounded(messages []string) string {
	all := strings.Join(messages, "; ")
	if len(all) <= maxMessage {
		return all
	}
	return strings.ToValidUTF8(all[:maxMessage], "") + fmt.Sprintf("... (%d bytes more)", len(all)-maxMessage)
}
