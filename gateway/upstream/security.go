package upstream

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"net/url"
	"slices"
	"sync"

	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway/config"
)

// security is how the endpoints of a service are spoken to over TLS. It does
// not change.
type security struct {
	of     *config.BackendTLS
	config *tls.Config
}

// newSecurity compiles of. It is old where that was made of the same, and nil
// for plain TCP.
func newSecurity(of *config.BackendTLS, old *security) *security {
	switch {
	case of == nil:
		return nil
	case old != nil && proto.Equal(of, old.of):
		return old
	}
	c := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: of.GetHostname()}
	if authorities := of.GetAuthorities(); len(authorities) > 0 {
		// Where there is no certificate in it nobody is trusted, least of all the
		// system's authorities.
		c.RootCAs = x509.NewCertPool()
		c.RootCAs.AppendCertsFromPEM(authorities)
	}
	if names := of.GetSubjectAltNames(); len(names) > 0 {
		// "If SubjectAltNames are specified, Hostname [...] MUST NOT be used for
		// authentication." (Gateway API, BackendTLSPolicyValidation) crypto/tls can
		// only be told to verify nothing, so identity verifies it all.
		c.InsecureSkipVerify = true
		c.VerifyConnection = newIdentity(c.RootCAs, names).verify
	}
	return &security{of: of, config: c}
}

// identity is what a certificate must prove where subject alternative names are
// given: one of them, vouched for by roots.
type identity struct {
	roots *x509.CertPool
	names []string
	uris  []string
}

func newIdentity(roots *x509.CertPool, names []*config.SubjectAltName) *identity {
	i := &identity{roots: roots}
	for _, name := range names {
		switch kind := name.GetKind().(type) {
		case *config.SubjectAltName_Dns:
			i.names = append(i.names, kind.Dns)
		case *config.SubjectAltName_Uri:
			// As the certificate's own is written once it is parsed.
			if u, err := url.Parse(kind.Uri); err == nil {
				i.uris = append(i.uris, u.String())
			}
		}
	}
	return i
}

var errNoName = errors.New("the certificate has none of the subject alternative names that are asked for")

// verify is called for resumed sessions too: what has expired since then is
// refused.
func (i *identity) verify(state tls.ConnectionState) error {
	leaf := state.PeerCertificates[0] // a server without one does not get so far
	options := x509.VerifyOptions{Roots: i.roots, Intermediates: x509.NewCertPool()}
	for _, c := range state.PeerCertificates[1:] {
		options.Intermediates.AddCert(c)
	}
	if _, err := leaf.Verify(options); err != nil {
		return err
	}
	if !i.match(leaf) {
		return errNoName
	}
	return nil
}

func (i *identity) match(c *x509.Certificate) bool {
	for _, name := range i.names {
		if c.VerifyHostname(name) == nil {
			return true
		}
	}
	return slices.ContainsFunc(c.URIs, func(u *url.URL) bool { return slices.Contains(i.uris, u.String()) })
}

// client speaks TLS to one endpoint, and resumes the last session with it. All
// endpoints of a service go by the same name, but need not know each other's
// tickets.
type client struct {
	*security
	once   sync.Once
	resume *tls.Config
}

// handshake begins TLS on a connection, which is closed where that fails.
func (c *client) handshake(ctx context.Context, over net.Conn) (Stream, error) {
	c.once.Do(func() {
		c.resume = c.config.Clone()
		c.resume.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	})
	secured := tls.Client(over, c.resume)
	if err := secured.HandshakeContext(ctx); err != nil {
		over.Close()
		return nil, &handshakeError{err}
	}
	return secured, nil
}
