package config

import (
	"testing"

	"google.golang.org/protobuf/proto"
)

func TestASnapshotIsTheSumOfItsResources(t *testing.T) {
	s := &Snapshot{
		Listeners: []*Listener{{Name: "a", Port: 80}, {Name: "b", Port: 81}},
		Routes:    []*Route{{Name: "a"}, {Name: "z"}},
		Services:  []*Service{{Name: "a", Endpoints: []*Endpoint{{Address: "192.0.2.1", Port: 7}}}},
	}
	all := s.Resources()
	if len(all) != 5 {
		t.Fatalf("%d resources, want 5: things of different kinds may share a name", len(all))
	}
	for name, r := range all {
		if got := r.Name(); got != name {
			t.Errorf("%s goes by the name %s", name, got)
		}
	}
	if got := Assemble(all); !proto.Equal(got, s) {
		t.Errorf("got %v, want %v", got, s)
	}
}

func TestAResourceOfAnUnknownKindIsLeftOut(t *testing.T) {
	if got := Assemble(map[string]*Resource{"future/x": {}}); !proto.Equal(got, &Snapshot{}) {
		t.Errorf("got %v", got)
	}
}
