package listener

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"strings"

	"switchyard.dev/gateway/config"
)

// terminators end TLS for the listeners that share a port.
type terminators struct {
	config *tls.Config
	first  *terminator
	byHost map[string]*terminator // config.Listener.hostname
}

// terminator ends TLS for one listener.
type terminator struct {
	config *tls.Config
	// admits are the listeners of the port with the same client validation.
	admits []string
}

func newTerminators(ls []*config.Listener, parser *parser, tickets *tickets) (*terminators, error) {
	admits := make(map[validation][]string)
	for _, l := range ls {
		v := validationOf(l)
		admits[v] = append(admits[v], l.GetName())
	}
	t := &terminators{byHost: make(map[string]*terminator, len(ls))}
	everyone := make(index) // complete at the end of the loop, before it is read
	for _, l := range ls {
		c, err := newConfig(l, everyone, parser, tickets)
		if err != nil {
			return nil, fmt.Errorf("listener %q: %w", l.GetName(), err)
		}
		one := &terminator{config: c, admits: admits[validationOf(l)]}
		if t.first == nil {
			t.first = one
		}
		// Of two with the same hostname the first is taken.
		if t.byHost[l.GetHostname()] == nil {
			t.byHost[l.GetHostname()] = one
		}
	}
	t.config = base(tickets)
	t.config.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		return t.choose(hello.ServerName).config, nil
	}
	return t, nil
}

// newConfig is how l ends TLS. It adds l's certificates to everyone, which are
// shown where l has none for a name.
func newConfig(l *config.Listener, everyone index, parser *parser, tickets *tickets) (*tls.Config, error) {
	own, first, err := parser.index(l.GetTls().GetCertificates(), everyone)
	if err != nil {
		return nil, err
	}
	c := base(tickets)
	c.GetCertificate = func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return choose(hello, own, everyone, first), nil
	}
	if v := l.GetTls().GetClientValidation(); v != nil {
		err = validateClients(c, v)
	}
	return c, err
}

// base is what holds for every listener.
func base(tickets *tickets) *tls.Config {
	return &tls.Config{
		MinVersion:    tls.VersionTLS12,
		NextProtos:    []string{"http/1.1"},
		WrapSession:   tickets.wrap,
		UnwrapSession: tickets.unwrap,
	}
}

// validateClients sets c to ask for clients' certificates as v says.
func validateClients(c *tls.Config, v *config.ClientValidation) error {
	c.ClientCAs = x509.NewCertPool()
	if !c.ClientCAs.AppendCertsFromPEM(v.GetAuthorities()) {
		return errors.New("tls.client_validation.authorities: no certificate in PEM form")
	}
	c.ClientAuth = tls.RequireAndVerifyClientCert
	if v.GetOptional() {
		// Verifying what is given would refuse certificates of other authorities.
		c.ClientAuth = tls.RequestClientCert
	}
	return nil
}

// validation is a config.ClientValidation as a value to compare.
type validation struct {
	asked, optional bool
	authorities     string
}

func validationOf(l *config.Listener) validation {
	v := l.GetTls().GetClientValidation()
	return validation{asked: v != nil, optional: v.GetOptional(), authorities: string(v.GetAuthorities())}
}

// choose is the terminator for a server name: that of the most specific
// hostname, else of no hostname, else the first.
func (t *terminators) choose(serverName string) *terminator {
	name := strings.ToLower(serverName)
	if one := t.byHost[name]; one != nil && name != "" {
		return one
	}
	// "*.example.com" also matches names with more labels before it.
	for _, rest, ok := strings.Cut(name, "."); ok; _, rest, ok = strings.Cut(rest, ".") {
		if one := t.byHost["*."+rest]; one != nil {
			return one
		}
	}
	if one := t.byHost[""]; one != nil {
		return one
	}
	return t.first
}
