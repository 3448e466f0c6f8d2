package chart

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"switchyard.dev/gateway/handshake"
	"switchyard.dev/gateway/session"
)

// tableOf are the rows of the first table under a heading of OPERATIONS.md, cell
// by cell.
func tableOf(t *testing.T, heading string) (rows [][]string) {
	t.Helper()
	_, text, ok := strings.Cut(operations(t), "\n"+heading+"\n")
	if !ok {
		t.Fatalf("OPERATIONS.md has no heading %q", heading)
	}
	for line := range strings.Lines(text) {
		switch {
		case strings.HasPrefix(line, "#"):
			return rows
		case strings.HasPrefix(line, "|--"):
		case strings.HasPrefix(line, "|"):
			rows = append(rows, strings.Split(strings.Trim(line, "| \n"), " | "))
		case len(rows) > 0:
			return rows
		}
	}
	return rows
}

func operations(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../../charts/switchyard/OPERATIONS.md")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

var quoted = regexp.MustCompile("`([^`]+)`")

// words are what stands in backquotes in a column of a table.
func words(rows [][]string, column int) (all []string) {
	for _, row := range rows {
		for _, w := range quoted.FindAllStringSubmatch(row[column], -1) {
			all = append(all, w[1])
		}
	}
	return all
}

// Reasons in sources: a constant of the Gateway API, whose name ends in its
// value, or one of Switchyard's own.
var (
	theirReason = regexp.MustCompile(`gatewayv1\.\w*?Reason([A-Z]\w+)`)
	ourReason   = regexp.MustCompile(`(?m)^(?:const|\t) ?(\w+) *= "([A-Z][A-Za-z]+)"$`)
)

// reasons are all that the controllers can give to a condition or a warning.
func reasons(t *testing.T) (all []string) {
	t.Helper()
	for _, dir := range []string{"translate", "status"} {
		files, err := filepath.Glob("../../controllers/" + dir + "/*.go")
		if err != nil || len(files) == 0 {
			t.Fatalf("%d sources in %s, %v", len(files), dir, err)
		}
		for _, file := range files {
			if strings.HasSuffix(file, "_test.go") {
				continue
			}
			source, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range theirReason.FindAllSubmatch(source, -1) {
				all = append(all, string(m[1]))
			}
			for _, m := range ourReason.FindAllSubmatch(source, -1) {
				if name := string(m[1]); dir == "translate" && !strings.HasPrefix(name, "kind") {
					all = append(all, string(m[2]))
				}
			}
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestEveryReasonIsExplained(t *testing.T) {
	explained, given := words(tableOf(t, "### By the reason of a condition"), 0), reasons(t)
	for _, known := range []string{"BackendNotFound", "CertificateExpired", "Conflicted", "InvalidBackendTLSPolicy", "NoResources"} {
		if !slices.Contains(given, known) {
			t.Errorf("the sources are not read right: %s is missing in %v", known, given)
		}
	}
	for _, reason := range given {
		if !slices.Contains(explained, reason) {
			t.Errorf("OPERATIONS.md does not explain the reason %s", reason)
		}
	}
	for _, reason := range explained {
		if !slices.Contains(given, reason) {
			t.Errorf("OPERATIONS.md explains %s, which no condition has", reason)
		}
	}
}

// TestEveryAnswerIsExplained leaves out what the gateway has an answer for and
// does not ask of anybody yet.
func TestEveryAnswerIsExplained(t *testing.T) {
	unused := []handshake.Result{handshake.OK, handshake.Unauthorized, handshake.Rate}
	rows := tableOf(t, "### By the answer to a handshake")
	for _, result := range handshake.Results() {
		i := slices.IndexFunc(rows, func(row []string) bool { return strings.Contains(row[1], "`"+string(result)+"`") })
		switch {
		case slices.Contains(unused, result):
			if i >= 0 {
				t.Errorf("OPERATIONS.md explains %s, which is no refusal", result)
			}
		case i < 0:
			t.Errorf("OPERATIONS.md does not explain the result %s", result)
		default:
			if status := fmt.Sprint(handshake.Refuse(result, "").Status); rows[i][0] != status {
				t.Errorf("OPERATIONS.md has %s under status %s, the gateway under %s", result, rows[i][0], status)
			}
		}
	}
}

func TestEveryCloseCodeIsExplained(t *testing.T) {
	rows := tableOf(t, "### By the close code")
	for _, cause := range session.Causes() {
		explained := slices.ContainsFunc(rows, func(row []string) bool {
			return strings.Contains(row[1], "`"+cause.String()+"`") && (cause.Code() == 0 || row[0] == fmt.Sprint(cause.Code()))
		})
		if !explained {
			t.Errorf("OPERATIONS.md does not explain the cause %s with code %d", cause, cause.Code())
		}
	}
}

func TestTheManualNamesAlertsThatThereAre(t *testing.T) {
	there := map[string]bool{}
	for _, a := range alerts(t) {
		there[a.Alert] = true
	}
	for _, name := range regexp.MustCompile(`\bSwitchyard[A-Z]\w+`).FindAllString(operations(t), -1) {
		if !there[name] {
			t.Errorf("OPERATIONS.md names %s, which is no alert", name)
		}
	}
}
