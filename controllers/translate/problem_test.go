package translate

import (
	"fmt"
	"strings"
	"testing"
)

func TestAMessageFitsIntoACondition(t *testing.T) {
	var all problems
	for i := range 2 * maxProblems {
		all.add(&problem{"Reason", fmt.Sprintf("%d %s", i, strings.Repeat("é", 1000))})
	}
	c := all.condition("Accepted", "Accepted", 1)
	if c.Reason != "Reason" || !strings.HasPrefix(c.Message, "0 é") || len(c.Message) > maxMessage+100 {
		t.Errorf("%d bytes for reason %s", len(c.Message), c.Reason)
	}
	if strings.ToValidUTF8(c.Message, "") != c.Message {
		t.Error("a letter is cut in two")
	}
}
