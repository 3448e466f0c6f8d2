package chart

import (
	"encoding/json"
	"os"
	"regexp"
	"slices"
	"testing"
)

type place struct{ X, Y, W, H int }

func (a place) overlaps(b place) bool {
	return a.X < b.X+b.W && b.X < a.X+a.W && a.Y < b.Y+b.H && b.Y < a.Y+a.H
}

type panel struct {
	ID                       int
	Type, Title, Description string
	GridPos                  place
	FieldConfig              struct{ Defaults struct{ Unit string } }
	Targets                  []struct{ RefID, Expr, LegendFormat string }
}

type dashboard struct {
	Title, UID    string
	SchemaVersion int
	Panels        []panel
	Templating    struct {
		List []struct{ Name, Type, Definition string }
	}
}

func readDashboard(t *testing.T) dashboard {
	t.Helper()
	text, err := os.ReadFile("../../charts/switchyard/files/dashboard.json")
	if err != nil {
		t.Fatal(err)
	}
	var d dashboard
	if err := json.Unmarshal(text, &d); err != nil {
		t.Fatal(err)
	}
	return d
}

func (d dashboard) graphs() (graphs []panel) {
	for _, p := range d.Panels {
		if p.Type != "row" {
			graphs = append(graphs, p)
		}
	}
	return graphs
}

func TestTheDashboardCanBeImported(t *testing.T) {
	d := readDashboard(t)
	if d.Title == "" || d.UID == "" || d.SchemaVersion == 0 {
		t.Errorf("title %q, uid %q, schemaVersion %d", d.Title, d.UID, d.SchemaVersion)
	}
	for i, p := range d.Panels {
		if p.ID <= 0 || p.GridPos.W <= 0 || p.GridPos.H <= 0 || p.GridPos.X < 0 || p.GridPos.X+p.GridPos.W > 24 {
			t.Errorf("%q: id %d at %+v, of 24 columns", p.Title, p.ID, p.GridPos)
		}
		for _, other := range d.Panels[:i] {
			if p.ID == other.ID {
				t.Errorf("%q and %q have the id %d", p.Title, other.Title, p.ID)
			}
			if p.GridPos.overlaps(other.GridPos) {
				t.Errorf("%q overlaps %q", p.Title, other.Title)
			}
		}
	}
}

func TestTheDashboardIsReadable(t *testing.T) {
	graphs := readDashboard(t).graphs()
	if len(graphs) == 0 || len(graphs) > 20 {
		t.Errorf("%d panels, want 1 to 20", len(graphs))
	}
	for _, p := range graphs {
		if p.Title == "" || p.Description == "" || p.FieldConfig.Defaults.Unit == "" || len(p.Targets) == 0 {
			t.Errorf("%q: description %q, unit %q, %d expressions", p.Title, p.Description, p.FieldConfig.Defaults.Unit, len(p.Targets))
		}
	}
}

var (
	labelValues = regexp.MustCompile(`^label_values\((.+), (\w+)\)$`)
	variable    = regexp.MustCompile(`\$(\w+)`)
)

func TestTheDashboardAsksForWhatIsServed(t *testing.T) {
	d, all := readDashboard(t), servedSeries(t)
	variables := []string{"__rate_interval"}
	for _, v := range d.Templating.List {
		variables = append(variables, v.Name)
		if v.Type != "query" {
			continue
		}
		values := labelValues.FindStringSubmatch(v.Definition)
		if values == nil {
			t.Fatalf("variable %s is %q", v.Name, v.Definition)
		}
		for _, fault := range all.unknown("sum by (" + values[2] + ") (" + values[1] + ")") {
			t.Errorf("variable %s: %s", v.Name, fault)
		}
	}
	for _, p := range d.graphs() {
		for _, target := range p.Targets {
			for _, fault := range slices.Concat(all.unknown(target.Expr), strange(target.Expr)) {
				t.Errorf("%q: %s: %s", p.Title, target.Expr, fault)
			}
			for _, v := range variable.FindAllStringSubmatch(target.Expr, -1) {
				if !slices.Contains(variables, v[1]) {
					t.Errorf("%q: there is no variable %s", p.Title, v[1])
				}
			}
		}
	}
}
