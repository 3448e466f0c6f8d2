package chart

import (
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/yaml"

	"switchyard.dev/gateway/handshake"
	"switchyard.dev/gateway/session"
)

const alertsFile = "../../charts/switchyard/files/alerts.yaml"

type alert struct {
	Alert, Expr         string
	Labels, Annotations map[string]string
}

func alerts(t *testing.T) (all []alert) {
	t.Helper()
	text, err := os.ReadFile(alertsFile)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Groups []struct{ Rules []alert }
	}
	if err := yaml.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	for _, g := range file.Groups {
		all = append(all, g.Rules...)
	}
	if len(all) == 0 {
		t.Fatal("there are no alerts")
	}
	return all
}

func TestAlertsSayHowBadItIsAndWhatToDo(t *testing.T) {
	seen := map[string]bool{}
	for _, a := range alerts(t) {
		if !strings.HasPrefix(a.Alert, "Switchyard") || seen[a.Alert] {
			t.Errorf("%q: want a name that begins with Switchyard, and once", a.Alert)
		}
		seen[a.Alert] = true
		if s := a.Labels["severity"]; s != "warning" && s != "critical" {
			t.Errorf("%s: severity %q", a.Alert, s)
		}
		for _, name := range []string{"summary", "description"} {
			if a.Annotations[name] == "" {
				t.Errorf("%s has no %s", a.Alert, name)
			}
		}
	}
	// Alerts refer to each other.
	for _, a := range alerts(t) {
		for _, name := range regexp.MustCompile(`\bSwitchyard[A-Z]\w+`).FindAllString(a.Annotations["description"], -1) {
			if !seen[name] {
				t.Errorf("%s refers to %s, which is no alert", a.Alert, name)
			}
		}
	}
}

func TestAlertsAskForWhatIsServed(t *testing.T) {
	all := servedSeries(t)
	for _, a := range alerts(t) {
		for _, fault := range all.unknown(a.Expr) {
			t.Errorf("%s: %s", a.Alert, fault)
		}
		for _, fault := range strange(a.Expr) {
			t.Errorf("%s: %s", a.Alert, fault)
		}
	}
}

var labelInText = regexp.MustCompile(`\$labels\.(\w+)`)

func TestAlertsNameOnlyLabelsThatTheyHave(t *testing.T) {
	all := servedSeries(t)
	for _, a := range alerts(t) {
		q := read(a.Expr)
		has := slices.Clone(targetLabels)
		for _, name := range q.series {
			has = append(has, all[name]...)
		}
		for _, g := range q.groupings {
			if g.word == "by" {
				has = slices.DeleteFunc(has, func(l string) bool { return !slices.Contains(g.labels, l) })
			}
		}
		for _, in := range labelInText.FindAllStringSubmatch(a.Annotations["summary"]+a.Annotations["description"], -1) {
			if !slices.Contains(has, in[1]) {
				t.Errorf("%s names $labels.%s, which it has not", a.Alert, in[1])
			}
		}
	}
}

// strange are results of handshakes and causes of ends that an expression asks
// for and that there are not.
func strange(expr string) (faults []string) {
	words := map[string][]string{"result": {}, "cause": {}}
	for _, r := range handshake.Results() {
		words["result"] = append(words["result"], string(r))
	}
	for _, c := range session.Causes() {
		words["cause"] = append(words["cause"], c.String())
	}
	for _, m := range read(expr).matchers {
		ofClients := m.series == "switchyard_handshakes_total" || m.series == "switchyard_dial_failures_total" || m.label == "cause"
		if known, closed := words[m.label]; closed && ofClients {
			for value := range strings.SplitSeq(m.value, "|") {
				if !slices.Contains(known, value) {
					faults = append(faults, m.label+" is never "+value)
				}
			}
		}
	}
	return faults
}

// TestAlertsFire runs their unit tests, which Prometheus alone can.
func TestAlertsFire(t *testing.T) {
	promtool, err := exec.LookPath("promtool")
	if err != nil {
		t.Skip("promtool, which is in Debian's package prometheus, is not installed")
	}
	out, err := exec.Command(promtool, "test", "rules", "testdata/alerts_test.yaml").CombinedOutput()
	if err != nil {
		t.Errorf("%v\n%s", err, out)
	}
}

// TestEveryAlertHasUnitTests needs no Prometheus.
func TestEveryAlertHasUnitTests(t *testing.T) {
	text, err := os.ReadFile("testdata/alerts_test.yaml")
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range alerts(t) {
		if !strings.Contains(string(text), `alertname="`+a.Alert+`"`) {
			t.Errorf("no unit test sees %s firing", a.Alert)
		}
	}
}
