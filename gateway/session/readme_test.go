package session

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

// Every cause has its row in the manual, with the code that clients get.
func TestTheManualKnowsEveryCause(t *testing.T) {
	manual, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Causes() {
		row := fmt.Sprintf("| `%s` | ", c)
		if code := c.Code(); code > 0 {
			row += fmt.Sprint(code, " |")
		}
		if !strings.Contains(string(manual), row) {
			t.Errorf("gateway/README.md has no row that begins with %q", row)
		}
	}
}
