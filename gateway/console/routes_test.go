package console

import (
	"encoding/json"
	"strings"
	"testing"

	"switchyard.dev/gateway/config"
)

func echoTarget() *config.Target {
	return &config.Target{Backends: []*config.Backend{{Service: "default/echo:7", Weight: 1}}}
}

// echoSnapshot is the smallest one that serves something.
func echoSnapshot() *config.Snapshot {
	return &config.Snapshot{
		Listeners: []*config.Listener{{Name: "default/laptop/ws", Address: "127.0.0.1", Port: 8080}},
		Routes: []*config.Route{{
			Name:         "default/echo",
			Path:         &config.PathMatch{Value: "/echo"},
			Attachments:  []*config.Attachment{{Listener: "default/laptop/ws"}},
			Subprotocols: []*config.Subprotocol{{Name: "echo", Target: echoTarget()}},
		}},
	}
}

const echoTargetJSON = `"services":["default/echo:7"],"framing":"stream","message":"binary"}`

func TestRoutesOf(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(*config.Snapshot)
		want   []string // one a place, part of its JSON
	}{
		"a route on a plain listener": {
			change: func(*config.Snapshot) {},
			want: []string{`{"route":"default/echo","listener":"default/laptop/ws","scheme":"ws","address":"127.0.0.1","port":8080,` +
				`"host":"","path":"/echo","exact":false,"subprotocols":[{"name":"echo",` + echoTargetJSON + `],"fallback":null}`},
		},
		"a TLS listener": {
			change: func(s *config.Snapshot) { s.Listeners[0].Tls = &config.TLS{} },
			want:   []string{`"scheme":"wss"`},
		},
		"one place a hostname": {
			change: func(s *config.Snapshot) {
				s.Routes[0].Attachments[0].Hostnames = []string{"a.example", "*.b.example"}
			},
			want: []string{`"host":"a.example"`, `"host":"*.b.example"`},
		},
		"one place a listener": {
			change: func(s *config.Snapshot) {
				s.Listeners = append(s.Listeners, &config.Listener{Name: "default/laptop/b", Port: 8081})
				s.Routes[0].Attachments = append(s.Routes[0].Attachments, &config.Attachment{Listener: "default/laptop/b"})
			},
			want: []string{`"port":8080`, `"address":"","port":8081`},
		},
		"an exact path": {
			change: func(s *config.Snapshot) { s.Routes[0].Path.Type = config.PathMatch_EXACT },
			want:   []string{`"exact":true`},
		},
		"a fallback alone": {
			change: func(s *config.Snapshot) { s.Routes[0].Subprotocols, s.Routes[0].Fallback = nil, echoTarget() },
			want:   []string{`"subprotocols":[],"fallback":{"name":"",` + echoTargetJSON},
		},
		"framing and message type": {
			change: func(s *config.Snapshot) {
				s.Routes[0].Subprotocols[0].Target.Framing = config.Framing_LENGTH_PREFIXED
				s.Routes[0].Subprotocols[0].Target.MessageType = config.MessageType_TEXT
			},
			want: []string{`"framing":"length_prefixed","message":"text"`},
		},
		"a reference that was not resolved": {
			change: func(s *config.Snapshot) { s.Routes[0].Subprotocols[0].Target.Backends[0].Service = "" },
			want:   []string{`"services":[]`},
		},
		"a listener that is not there": {
			change: func(s *config.Snapshot) { s.Listeners = nil },
			want:   []string{},
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := echoSnapshot()
			tc.change(s)
			got := routesOf(s).Routes
			if len(got) != len(tc.want) {
				t.Fatalf("%d places, want %d: %+v", len(got), len(tc.want), got)
			}
			for i, place := range got {
				b, err := json.Marshal(place)
				if err != nil {
					t.Fatal(err)
				}
				if !strings.Contains(string(b), tc.want[i]) {
					t.Errorf("place %d is\n%s\nwant in it\n%s", i, b, tc.want[i])
				}
			}
		})
	}
}
