package config

import (
	"strings"
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/durationpb"
	"google.golang.org/protobuf/types/known/timestamppb"
)

// sound is a snapshot with one of everything; the cases break one thing of it.
func sound(t *testing.T) *Snapshot {
	chain, key := pair(t)
	target := func() *Target {
		return &Target{Backends: []*Backend{{Service: "iot/mosquitto:1883", Weight: 1}, {Weight: 0}}}
	}
	return &Snapshot{
		Listeners: []*Listener{
			{Name: "infra/edge/ws", Address: "127.0.0.1", Port: 8080, HandshakeTimeout: durationpb.New(time.Second), MaxHeaderBytes: 4096},
			{Name: "infra/edge/wss", Port: 8443, Hostname: "*.example.com", Tls: &TLS{
				Certificates:     []*Certificate{{Name: "infra/cert", Chain: chain, Key: key}},
				ClientValidation: &ClientValidation{Authorities: chain},
			}},
			{Name: "infra/edge/wss-2", Port: 8443, Tls: &TLS{Certificates: []*Certificate{{Name: "infra/cert", Chain: chain, Key: key}}}},
		},
		Routes: []*Route{{
			Name: "iot/devices", Created: timestamppb.New(time.Unix(1700000000, 0)), Path: &PathMatch{Value: "/"},
			Attachments: []*Attachment{{Listener: "infra/edge/wss", Hostnames: []string{"ws.example.com"}, Policy: &Policy{
				AllowedOrigins: []string{"https://app.example.com:8443", "*"}, IdleTimeout: durationpb.New(0),
			}}},
			Subprotocols: []*Subprotocol{{Name: "mqtt", Target: target()}},
			Fallback:     target(),
		}},
		Services: []*Service{{Name: "iot/mosquitto:1883", Endpoints: []*Endpoint{{Address: "10.0.0.1", Port: 1883, Ready: true}}, Tls: &BackendTLS{
			Hostname: "mqtt.internal", Authorities: chain, SubjectAltNames: []*SubjectAltName{
				{Kind: &SubjectAltName_Dns{Dns: "mqtt.internal"}}, {Kind: &SubjectAltName_Uri{Uri: "spiffe://example.com/mqtt"}},
			},
		}}},
	}
}

func TestValidate(t *testing.T) {
	minute := durationpb.New(-time.Minute)
	tests := map[string]struct {
		breakIt func(*Snapshot)
		want    string // empty: nothing is wrong
	}{
		"one of everything is sound": {func(*Snapshot) {}, ""},
		"nothing at all is sound":    {func(s *Snapshot) { proto.Reset(s) }, ""},
		"a listener without a name":  {func(s *Snapshot) { s.Listeners[0].Name = "" }, `listener "": name "": want one`},
		"two listeners of one name": {func(s *Snapshot) { s.Listeners[0].Name = "infra/edge/wss-2" },
			`listener "infra/edge/wss-2": name "infra/edge/wss-2": there are two of that name`},
		"an address that is a name": {func(s *Snapshot) { s.Listeners[0].Address = "localhost" },
			`listener "infra/edge/ws": address "localhost": want an IP address, or none for all`},
		"port zero":              {func(s *Snapshot) { s.Listeners[0].Port = 0 }, `listener "infra/edge/ws": port 0: want 1 to 65535`},
		"a port past the last":   {func(s *Snapshot) { s.Listeners[0].Port = 65536 }, `port 65536: want 1 to 65535`},
		"an upper-case hostname": {func(s *Snapshot) { s.Listeners[1].Hostname = "WS.example.com" }, `listener "infra/edge/wss": hostname "WS.example.com": want a lower-case DNS name, with at most one "*." in front`},
		"two listeners of one port and hostname": {func(s *Snapshot) { s.Listeners[2].Hostname = "*.example.com" },
			`listener "infra/edge/wss-2": hostname "*.example.com": listener "infra/edge/wss" has it already on port 8443`},
		"plain and TLS on one port": {func(s *Snapshot) { s.Listeners[2].Tls = nil },
			`listener "infra/edge/wss-2": port 8443: listener "infra/edge/wss" shares it, and only one of them has TLS`},
		"a handshake that may take no time": {func(s *Snapshot) { s.Listeners[0].HandshakeTimeout = durationpb.New(0) },
			`handshake_timeout 0s: want more than 0s`},
		"a header limit that no header fits": {func(s *Snapshot) { s.Listeners[0].MaxHeaderBytes = 10 }, `max_header_bytes 10: want 0, or 1024 to 1048576`},
		"TLS without a certificate":          {func(s *Snapshot) { s.Listeners[1].Tls.Certificates = nil }, `tls.certificates []: want at least one`},
		"a certificate that does not parse": {func(s *Snapshot) { s.Listeners[1].Tls.Certificates[0].Chain = []byte("x") },
			`listener "infra/edge/wss": tls.certificates "infra/cert": tls: failed to find any PEM data in certificate input`},
		"a key of another certificate": {func(s *Snapshot) { _, s.Listeners[1].Tls.Certificates[0].Key = pair(t) },
			`tls.certificates "infra/cert": tls: private key does not match public key`},
		"authorities that do not parse": {func(s *Snapshot) { s.Listeners[1].Tls.ClientValidation.Authorities = []byte("x") },
			`tls.client_validation.authorities (1 bytes): want PEM with at least one certificate`},
		"two routes of one name":  {func(s *Snapshot) { s.Routes = append(s.Routes, s.Routes[0]) }, `route "iot/devices": name "iot/devices": there are two of that name`},
		"a time that is none":     {func(s *Snapshot) { s.Routes[0].Created.Nanos = -1 }, `route "iot/devices": created`},
		"a path without its root": {func(s *Snapshot) { s.Routes[0].Path.Value = "a" }, `route "iot/devices": path.value "a": want a path that begins with "/"`},
		"no path":                 {func(s *Snapshot) { s.Routes[0].Path = nil }, `path.value ""`},
		"an unknown path type":    {func(s *Snapshot) { s.Routes[0].Path.Type = 9 }, `path.type 9: want a known type`},
		"an unknown listener": {func(s *Snapshot) { s.Routes[0].Attachments[0].Listener = "a/b/c" },
			`attachments[0].listener "a/b/c": there is no such listener`},
		"two attachments to one listener": {func(s *Snapshot) {
			s.Routes[0].Attachments = append(s.Routes[0].Attachments, s.Routes[0].Attachments[0])
		},
			`attachments[1].listener "infra/edge/wss": there are two of that name`},
		"an attachment's bad hostname": {func(s *Snapshot) { s.Routes[0].Attachments[0].Hostnames[0] = "a..b" }, `attachments[0].hostnames[0] "a..b"`},
		"an origin with a path": {func(s *Snapshot) { s.Routes[0].Attachments[0].Policy.AllowedOrigins[0] = "https://a/b" },
			`attachments[0].policy.allowed_origins[0] "https://a/b": want scheme://host`},
		"a negative duration": {func(s *Snapshot) { s.Routes[0].Attachments[0].Policy.PongTimeout = minute },
			`attachments[0].policy.pong_timeout -1m0s: want no less than 0s`},
		"a duration that is none": {func(s *Snapshot) {
			s.Routes[0].Attachments[0].Policy.PingInterval = &durationpb.Duration{Seconds: 1, Nanos: -1}
		}, `policy.ping_interval`},
		"a route that serves nothing": {func(s *Snapshot) { s.Routes[0].Subprotocols, s.Routes[0].Fallback = nil, nil },
			`subprotocols []: want at least one, or a fallback`},
		"a subprotocol that is no token": {func(s *Snapshot) { s.Routes[0].Subprotocols[0].Name = "a b" }, `subprotocols[0].name "a b": want an RFC 7230 token`},
		"two subprotocols of one name": {func(s *Snapshot) {
			s.Routes[0].Subprotocols = append(s.Routes[0].Subprotocols, s.Routes[0].Subprotocols[0])
		},
			`subprotocols[1].name "mqtt": there are two of that name`},
		"a target without backends": {func(s *Snapshot) { s.Routes[0].Subprotocols[0].Target = nil }, `subprotocols[0].target.backends []: want at least one`},
		"an unknown service": {func(s *Snapshot) { s.Routes[0].Fallback.Backends[0].Service = "a/b:1" },
			`fallback.backends[0].service "a/b:1": there is no such service`},
		"a weight past the last":            {func(s *Snapshot) { s.Routes[0].Fallback.Backends[1].Weight = 1_000_001 }, `fallback.backends[1].weight 1000001: want 0 to 1000000`},
		"an unknown framing":                {func(s *Snapshot) { s.Routes[0].Fallback.Framing = 7 }, `fallback.framing 7: want a known framing`},
		"an unknown message type":           {func(s *Snapshot) { s.Routes[0].Fallback.MessageType = 7 }, `fallback.message_type 7: want a known type`},
		"an endpoint of no name":            {func(s *Snapshot) { s.Services[0].Endpoints[0].Address = "a b" }, `service "iot/mosquitto:1883": endpoints[0].address "a b": want an IP address or a DNS name`},
		"an endpoint without port":          {func(s *Snapshot) { s.Services[0].Endpoints[0].Port = 0 }, `endpoints[0].port 0: want 1 to 65535`},
		"authorities that are the system's": {func(s *Snapshot) { s.Services[0].Tls.Authorities = nil }, ""},
		"authorities of a service that do not parse": {func(s *Snapshot) { s.Services[0].Tls.Authorities = []byte("x") },
			`service "iot/mosquitto:1883": tls.authorities (1 bytes): want PEM with at least one certificate, or none for the system's`},
		"TLS to nobody": {func(s *Snapshot) { s.Services[0].Tls.Hostname = "" },
			`service "iot/mosquitto:1883": tls.hostname "": want a lower-case DNS name, without a wildcard`},
		"TLS to everybody":     {func(s *Snapshot) { s.Services[0].Tls.Hostname = "*.internal" }, `tls.hostname "*.internal": want a lower-case DNS name`},
		"TLS to an IP address": {func(s *Snapshot) { s.Services[0].Tls.Hostname = "10.0.0.1" }, `tls.hostname "10.0.0.1": want a lower-case DNS name`},
		"an alternative name that is none": {func(s *Snapshot) { s.Services[0].Tls.SubjectAltNames[1].Kind = nil },
			`tls.subject_alt_names[1] (none): want a dns or a uri`},
		"an alternative name of no host": {func(s *Snapshot) { s.Services[0].Tls.SubjectAltNames[0].Kind = &SubjectAltName_Dns{Dns: "a b"} },
			`tls.subject_alt_names[0].dns "a b": want a lower-case DNS name`},
		"an alternative name that is relative": {func(s *Snapshot) { s.Services[0].Tls.SubjectAltNames[1].Kind = &SubjectAltName_Uri{Uri: "/mqtt"} },
			`tls.subject_alt_names[1].uri "/mqtt": want an absolute URI, such as spiffe://example.com/service`},
		"two services of one name": {func(s *Snapshot) { s.Services = append(s.Services, s.Services[0]) }, `service "iot/mosquitto:1883": name`},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			s := sound(t)
			tc.breakIt(s)
			err := Validate(s)
			switch {
			case tc.want == "" && err != nil:
				t.Fatalf("Validate: %v", err)
			case tc.want != "" && err == nil:
				t.Fatalf("Validate is content, want %s", tc.want)
			case tc.want != "" && !strings.Contains(err.Error(), tc.want):
				t.Errorf("Validate:\n%v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestValidateSaysEverythingAtOnce(t *testing.T) {
	s := sound(t)
	s.Listeners[0].Port, s.Routes[0].Path.Value = 0, ""
	err := Validate(s)
	if err == nil || strings.Count(err.Error(), "\n") != 1 {
		t.Errorf("Validate: %v, want two lines", err)
	}
}

func TestRedactedHidesKeysAndLeavesTheOriginal(t *testing.T) {
	s := sound(t)
	key := string(s.Listeners[1].Tls.Certificates[0].Key)
	shown := s.Redacted()
	if got := shown.Listeners[1].Tls.Certificates[0].Key; len(got) > 0 {
		t.Errorf("key %q, want none", got)
	}
	if string(s.Listeners[1].Tls.Certificates[0].Key) != key {
		t.Error("the original lost its key")
	}
	shown.Listeners[1].Tls.Certificates[0].Key, shown.Listeners[2].Tls.Certificates[0].Key = []byte(key), s.Listeners[2].Tls.Certificates[0].Key
	if !proto.Equal(s, shown) {
		t.Error("more than keys changed")
	}
}
