package listener

import (
	"crypto/sha256"
	"crypto/tls"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	"switchyard.dev/gateway/config"
)

// certificates are parsed ones by the digest of what they were parsed from.
type certificates map[[sha256.Size]byte]*tls.Certificate

// parser parses each distinct certificate once, over all listeners and
// Updates.
type parser struct {
	known, used certificates
}

func (p *parser) parse(c *config.Certificate) (*tls.Certificate, error) {
	digest := digest(c)
	parsed := p.used[digest]
	if parsed == nil {
		parsed = p.known[digest]
	}
	if parsed == nil {
		pair, err := tls.X509KeyPair(c.GetChain(), c.GetKey())
		if err != nil {
			return nil, err
		}
		parsed = &pair
	}
	p.used[digest] = parsed
	return parsed, nil
}

func digest(c *config.Certificate) (sum [sha256.Size]byte) {
	h := sha256.New()
	var length [8]byte
	binary.BigEndian.PutUint64(length[:], uint64(len(c.GetChain())))
	h.Write(length[:])
	h.Write(c.GetChain())
	h.Write(c.GetKey())
	h.Sum(sum[:0])
	return sum
}

// index parses cs, which are one listener's, and adds them to everyone. own are
// those alone, first is the one that answers where no other does.
func (p *parser) index(cs []*config.Certificate, everyone index) (own index, first *tls.Certificate, err error) {
	if len(cs) == 0 {
		return nil, nil, errors.New("tls.certificates: at least one is needed")
	}
	own = make(index)
	for _, c := range cs {
		parsed, err := p.parse(c)
		if err != nil {
			return nil, nil, fmt.Errorf("certificate %q: %w", c.GetName(), err)
		}
		if first == nil {
			first = parsed
		}
		own.add(parsed)
		everyone.add(parsed)
	}
	return own, first, nil
}

// index is certificates by the DNS names that they are for, in lower case,
// wildcards as written. A name may have several, with keys of different kinds.
type index map[string][]*tls.Certificate

func (x index) add(c *tls.Certificate) {
	for _, name := range c.Leaf.DNSNames {
		name = strings.ToLower(name)
		x[name] = append(x[name], c)
	}
}

// find are the certificates for a name: those that spell it, else those with a
// wildcard, which stands for one label (RFC 6125 6.4.3).
func (x index) find(name string) []*tls.Certificate {
	if found := x[name]; len(found) > 0 {
		return found
	}
	if _, rest, ok := strings.Cut(name, "."); ok {
		return x["*."+rest]
	}
	return nil
}

// choose is the certificate to show: one for the server name, of the listener's
// own if there is one, with a kind of key that the client knows if there is one;
// else the listener's first.
func choose(hello *tls.ClientHelloInfo, own, everyone index, first *tls.Certificate) *tls.Certificate {
	name := strings.ToLower(hello.ServerName)
	found := own.find(name)
	if len(found) == 0 {
		found = everyone.find(name)
	}
	if len(found) == 0 {
		return first
	}
	for _, c := range found {
		if hello.SupportsCertificate(c) == nil {
			return c
		}
	}
	return found[0]
}
