package xds_test

import (
	"strings"
	"testing"

	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/xds"
	"switchyard.dev/test/gatewaytest"
)

func certificate(t *testing.T, name string) *config.Certificate {
	t.Helper()
	c, _ := gatewaytest.NewCertificate(t, name)
	return c
}

func TestCertificatesAreReadForEveryConnection(t *testing.T) {
	r := newRig(t)
	r.controller.Set(r.Snapshot(r.route))
	r.follow(t)
	r.wantTaken(t)

	// The controller comes back as another, which trusts the new one alone.
	r.controller.Stop()
	r.controller.Own = certificate(t, config.ServerName)
	r.controller.Certificates.Replace(certificate(t, "gateway"), r.controller.Own)
	r.controller.Start()
	r.wantTaken(t)
	r.wantEcho(t, "/echo")
}

func TestAControllerOrGatewayThatIsNotTrusted(t *testing.T) {
	for name, tc := range map[string]struct {
		server func(t *testing.T, r *rig) *config.Certificate
		folder func(t *testing.T, r *rig) string
		want   string
	}{
		"a controller of another authority": {
			server: func(t *testing.T, _ *rig) *config.Certificate { return certificate(t, config.ServerName) },
			want:   "certificate signed by unknown authority",
		},
		"a controller of another name": {
			server: func(t *testing.T, r *rig) *config.Certificate {
				c := certificate(t, "other.example.com")
				r.controller.Certificates.Replace(certificate(t, "gateway"), c)
				return c
			},
			want: "not " + config.ServerName,
		},
		"a gateway of another authority": {
			folder: func(t *testing.T, r *rig) string {
				stranger := newRig(t).controller.Certificates
				stranger.Replace(certificate(t, "stranger"), r.controller.Own)
				return stranger.Folder
			},
			// What the server says may be lost with the connection (TLS 1.3).
			want: "Unavailable",
		},
		"a folder with nothing in it": {
			folder: func(t *testing.T, _ *rig) string { return t.TempDir() },
			want:   "tls.crt: no such file",
		},
		"an authority that is no certificate": {
			folder: func(t *testing.T, r *rig) string {
				r.controller.Certificates.Replace(certificate(t, "gateway"), &config.Certificate{Chain: []byte("none")})
				return r.controller.Certificates.Folder
			},
			want: "ca.crt: want PEM with at least one certificate",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.controller.Set(r.Snapshot(r.route))
			if tc.server != nil {
				r.controller.Stop()
				r.controller.Own = tc.server(t, r)
				r.controller.Start()
			}
			r.follow(t, func(o *xds.Options) {
				if tc.folder != nil {
					o.Certificates = tc.folder(t, r)
				}
			})
			gatewaytest.Eventually(t, "it has tried more than once", func() bool { return r.seen.soFar().unreachable > 1 })
			if got := r.seen.soFar(); got.connected != 0 || r.Ready() == nil {
				t.Errorf("counted %+v, ready: %v", got, r.Ready())
			}
			if log := r.log.String(); !strings.Contains(log, "Cannot reach the controller") || !strings.Contains(log, tc.want) {
				t.Errorf("logged\n%s\nwant %s", log, tc.want)
			}
		})
	}
}
