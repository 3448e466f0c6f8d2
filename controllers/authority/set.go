package authority

import (
	"crypto/ecdsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"time"
)

// Propagation is how long an authority is trusted before it signs. A change of
// a gateway's Secret must have reached the gateway by then.
const Propagation = 24 * time.Hour

const (
	// authorityLife is how long an authority is trusted. After half of it the
	// next one is made.
	authorityLife = 365 * 24 * time.Hour
	// leafLife is how long a certificate of a gateway or of the server is good.
	// After half of it the next one is issued.
	leafLife = 7 * 24 * time.Hour
	// skew is how far the clock of whoever checks a certificate may be behind.
	skew = 5 * time.Minute
)

// Set is the authorities of one installation. It is never changed. The zero Set
// has none, and Renew gives it its first.
type Set struct {
	// authorities are the newest first.
	authorities []authority
}

type authority struct {
	certificate *x509.Certificate
	key         *ecdsa.PrivateKey
}

// Renew is s without the authorities that ended, and with a new one if the
// newest is past half of its life. changed: next is to be stored instead of s.
func (s *Set) Renew(now time.Time) (next *Set, changed bool, err error) {
	next = &Set{authorities: slices.DeleteFunc(slices.Clone(s.authorities), func(a authority) bool {
		return now.After(a.certificate.NotAfter)
	})}
	if len(next.authorities) > 0 && !pastHalf(next.authorities[0].certificate, now) {
		return next, len(next.authorities) != len(s.authorities), nil
	}
	made, err := newAuthority(now)
	if err != nil {
		return nil, false, err
	}
	next.authorities = slices.Insert(next.authorities, 0, made)
	return next, true, nil
}

// Trust is the certificates of all authorities in PEM, the newest first.
func (s *Set) Trust() []byte {
	var bundle []byte
	for _, a := range s.authorities {
		bundle = append(bundle, pem.EncodeToMemory(&pem.Block{Type: certificateBlock, Bytes: a.certificate.Raw})...)
	}
	return bundle
}

// signer is the newest authority that every gateway trusts by now. ok is false
// where there is none at all.
func (s *Set) signer(now time.Time) (signer authority, ok bool) {
	for _, a := range s.authorities {
		signer = a
		if made := a.certificate.NotBefore.Add(skew); !now.Before(made.Add(Propagation)) {
			break
		}
	}
	return signer, len(s.authorities) > 0
}

func (s *Set) pool() *x509.CertPool {
	pool := x509.NewCertPool()
	for _, a := range s.authorities {
		pool.AddCert(a.certificate)
	}
	return pool
}

func pastHalf(c *x509.Certificate, now time.Time) bool {
	return !now.Before(c.NotBefore.Add(c.NotAfter.Sub(c.NotBefore) / 2))
}
