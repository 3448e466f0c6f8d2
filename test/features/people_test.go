package features

import (
	"regexp"
	"strings"
	"testing"

	eventsv1 "k8s.io/api/events/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func TestKubectlShowsWhatBecameOfARoute(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	out, err := server.Kubectl("get", "wsroute", "-n", w.users)
	if err != nil {
		t.Fatal(err)
	}
	if row := regexp.MustCompile(`(?m)^echo .*\becho\b.*True +True +\d+s`); !row.MatchString(out) {
		t.Errorf("kubectl get wsroute prints\n%s", out)
	}
	out, err = server.Kubectl("get", "gateway", "edge", "-n", w.users)
	if err != nil {
		t.Fatal(err)
	}
	if row := regexp.MustCompile(`(?m)^edge .*10\.0\.\d+\.\d+ +True`); !row.MatchString(out) {
		t.Errorf("kubectl get gateway prints\n%s", out)
	}
}

func TestEventsTellWhatWentWrongAndThatItServesAtLast(t *testing.T) {
	w := newWorld(t)
	w.edge()
	w.apply(echo)
	w.wantEvent("Warning BackendNotFound spec.subprotocols[echo].backendRefs[0]: there is no Service {NS}/echo: create it or name another")
	w.service("echo", w.yard.Echo())
	w.wantEvent("Normal Programmed the gateways serve it")
}

// wantEvent waits for an event about the route echo.
func (w *world) wantEvent(want string) {
	w.Helper()
	want = w.fill(want)
	w.eventually(func() error {
		var all eventsv1.EventList
		if err := server.Client.List(w.Context(), &all, client.InNamespace(w.users)); err != nil {
			return err
		}
		var said []string
		for _, e := range all.Items {
			line := e.Type + " " + e.Reason + " " + e.Note
			if e.Regarding.Name == "echo" && line == want {
				return nil
			}
			said = append(said, e.Regarding.Name+": "+line)
		}
		return errorString("no such event, but\n" + strings.Join(said, "\n"))
	})
}

type errorString string

func (e errorString) Error() string { return string(e) }

const errReportsLeft errorString = "a leader's reports are still there"
