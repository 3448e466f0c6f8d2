package xds

import (
	"errors"
	"strings"
	"testing"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"github.com/go-logr/logr"
	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/anypb"

	"switchyard.dev/gateway/config"
)

// sent is a resource as a controller sends it, under a name that may not be its
// own.
func sent(t testing.TB, name, version string, r *config.Resource) *discovery.Resource {
	t.Helper()
	content, err := proto.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return &discovery.Resource{
		Name: name, Version: version,
		Resource: &anypb.Any{TypeUrl: config.ResourceType, Value: content},
	}
}

func service(name string, port uint32) *config.Resource {
	return &config.Resource{Kind: &config.Resource_Service{Service: &config.Service{
		Name: name, Endpoints: []*config.Endpoint{{Address: "192.0.2.1", Port: port, Ready: true}},
	}}}
}

// withUnknown is r with a field, deep in it, that nobody knows.
func withUnknown(r *config.Resource) *config.Resource {
	field := protowire.AppendVarint(protowire.AppendTag(nil, 1000, protowire.VarintType), 1)
	r.GetService().GetEndpoints()[0].ProtoReflect().SetUnknown(field)
	return r
}

func response(removed []string, all ...*discovery.Resource) *discovery.DeltaDiscoveryResponse {
	return &discovery.DeltaDiscoveryResponse{TypeUrl: config.ResourceType, Nonce: "1", Resources: all, RemovedResources: removed}
}

// silent is an Observer.
type silent struct{}

func (silent) Connected()    {}
func (silent) Disconnected() {}
func (silent) Unreachable()  {}
func (silent) Refused()      {}

func newClient(apply func(*config.Snapshot) error) *Client {
	return New(Options{Apply: apply, Observer: silent{}, Log: logr.Discard()})
}

const aName = "service/a"

func TestResponsesThatMakeNoSense(t *testing.T) {
	damaged := sent(t, aName, "2", service("a", 2))
	damaged.Resource.Value = []byte{0xff}
	foreign := sent(t, aName, "2", service("a", 2))
	foreign.Resource.TypeUrl = "type.googleapis.com/other"
	otherType := response(nil, sent(t, aName, "2", service("a", 2)))
	otherType.TypeUrl = "type.googleapis.com/other"
	tests := map[string]struct {
		response *discovery.DeltaDiscoveryResponse
		want     string
	}{
		"of another type":                {otherType, `response is of type "type.googleapis.com/other": want ` + config.ResourceType},
		"a resource of another type":     {response(nil, foreign), `resource "service/a" is of type "type.googleapis.com/other": want ` + config.ResourceType},
		"a resource without content":     {response(nil, &discovery.Resource{Name: aName}), `resource "service/a" is of type "": want`},
		"a resource that is no protobuf": {response(nil, damaged), `resource "service/a" cannot be read: `},
		"a resource of another name":     {response(nil, sent(t, aName, "2", service("b", 2))), `resource "service/a" holds what is named "service/b": want one name`},
		"a resource without a name":      {response(nil, sent(t, "", "2", service("a", 2))), `resource "" holds what is named "service/a"`},
		"a resource of no known kind":    {response(nil, sent(t, aName, "2", &config.Resource{})), `resource "service/a" holds what is named ""`},
		"a field that is not known":      {response(nil, sent(t, aName, "2", withUnknown(service("a", 2)))), `resource "service/a" says something that this gateway does not know`},
		"the same resource twice":        {response(nil, sent(t, aName, "2", service("a", 2)), sent(t, aName, "3", service("a", 3))), `resource "service/a": one response speaks of it twice`},
		"a resource sent and removed":    {response([]string{aName}, sent(t, aName, "2", service("a", 2))), `resource "service/a": one response speaks of it twice`},
		"what is not valid":              {response(nil, sent(t, aName, "2", service("a", 0))), `service "a": endpoints[0].port 0: want 1 to 65535`},
		"several at once":                {response(nil, sent(t, "y", "2", service("a", 2)), sent(t, "x", "2", service("a", 2))), `resource "x" holds what is named "service/a": want one name; resource "y" holds`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			var applied []*config.Snapshot
			c := newClient(func(s *config.Snapshot) error { applied = append(applied, s); return nil })
			if a := c.answer(response(nil, sent(t, aName, "1", service("a", 1)))); a.GetErrorDetail() != nil {
				t.Fatal(a)
			}
			a := c.answer(tc.response)
			if !strings.HasPrefix(a.GetErrorDetail().GetMessage(), tc.want) || a.GetResponseNonce() != "1" || a.GetTypeUrl() != config.ResourceType {
				t.Errorf("answered %v, want a refusal with %s", a, tc.want)
			}
			if len(applied) != 1 {
				t.Errorf("applied %d times", len(applied))
			}
			heal := response([]string{"", "x", "y"}, sent(t, aName, "9", service("a", 9)))
			if a := c.answer(heal); a.GetErrorDetail() != nil {
				t.Errorf("not healed: %v", a)
			}
			last := applied[len(applied)-1].GetServices()
			if len(last) != 1 || last[0].GetEndpoints()[0].GetPort() != 9 {
				t.Errorf("serves %v", last)
			}
			if got := c.held.versions(); len(got) != 1 || got[aName] != "9" {
				t.Errorf("holds %v", got)
			}
		})
	}
}

func TestARefusalIsOneLineOfBoundedLength(t *testing.T) {
	long := errors.Join(errors.New("first"), errors.New(strings.Repeat("ä", maxRefusal)), errors.New("\xff"))
	got := refusal(long).GetMessage()
	if len(got) > maxRefusal || len(got) < maxRefusal-4 || !strings.HasPrefix(got, "first; ää") || !strings.HasSuffix(got, "ä…") {
		t.Errorf("%d bytes: %s", len(got), got)
	}
	if got := refusal(errors.New("a\xff")).GetMessage(); got != "a\uFFFD" {
		t.Errorf("got %q", got)
	}
}

// FuzzMerge holds to it that, whatever comes, what is applied is valid, the
// answer is bounded, and the same resources sent soundly heal.
func FuzzMerge(f *testing.F) {
	add := func(r *discovery.DeltaDiscoveryResponse) {
		b, err := proto.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	add(response(nil, sent(f, aName, "1", service("a", 1))))
	add(response([]string{aName}, sent(f, "service/b", "1", withUnknown(service("b", 1)))))
	add(response(nil, sent(f, aName, "1", service("a", 0)), sent(f, aName, "1", &config.Resource{})))
	add(&discovery.DeltaDiscoveryResponse{})
	f.Fuzz(func(t *testing.T, content []byte) {
		r := new(discovery.DeltaDiscoveryResponse)
		if proto.Unmarshal(content, r) != nil {
			return
		}
		var applied *config.Snapshot
		c := newClient(func(s *config.Snapshot) error { applied = s; return config.Validate(s) })
		a := c.answer(r)
		if (applied == nil) != (a.GetErrorDetail() != nil) {
			t.Fatalf("applied %v, answered %v", applied, a)
		}
		if _, err := proto.Marshal(a); err != nil || len(a.GetErrorDetail().GetMessage()) > maxRefusal {
			t.Fatalf("the answer %v: %v", a, err)
		}
		var all []string
		for name := range c.held.versions() {
			all = append(all, name)
		}
		if a := c.answer(response(all)); a.GetErrorDetail() != nil {
			t.Fatalf("not healed: %v", a)
		}
	})
}
