package authority

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"strings"
	"testing"
	"time"
)

func TestDamagedDataIsRefusedByName(t *testing.T) {
	sound, err := renewed(t, &Set{}, start).Data()
	if err != nil {
		t.Fatal(err)
	}
	other, err := renewed(t, &Set{}, start).Data()
	if err != nil {
		t.Fatal(err)
	}
	crt, key := sound["tls.crt"], sound["tls.key"]
	notAnAuthority := issued(t, renewed(t, &Set{}, start), start, edge)
	cut := func(b []byte) []byte { return b[:len(b)/2] }
	for name, tc := range map[string]struct {
		crt, key []byte
		want     string
	}{
		"no certificate":          {nil, key, "tls.crt is missing or empty: want PEM of type CERTIFICATE"},
		"no key":                  {crt, []byte(" \n"), "tls.key is missing or empty: want PEM of type PRIVATE KEY"},
		"a certificate cut short": {cut(crt), key, "tls.crt: block 1: want PEM of type CERTIFICATE"},
		"a key cut short":         {crt, cut(key), "tls.key: block 1: want PEM of type PRIVATE KEY"},
		"swapped":                 {key, crt, "tls.crt: block 1: want PEM of type CERTIFICATE"},
		"something after the key": {crt, append(bytes.Clone(key), "secret"...), "tls.key: block 2: want PEM of type PRIVATE KEY"},
		"two certificates, one key": {append(bytes.Clone(crt), other["tls.crt"]...), key,
			"tls.crt has 2 certificates and tls.key has 1 keys: each certificate needs its key"},
		"another's key":       {crt, other["tls.key"], "authority 1: tls.key: not the key of the certificate"},
		"a key of no form":    {crt, blockOf("PRIVATE KEY", []byte("hunter2")), "authority 1: tls.key: not a PKCS #8 private key"},
		"bytes of no form":    {blockOf("CERTIFICATE", []byte("x")), key, "authority 1: tls.crt: x509: malformed certificate"},
		"no authority's":      {notAnAuthority["tls.crt"], notAnAuthority["tls.key"], "authority 1: tls.crt: not the certificate of an authority"},
		"another kind of key": {bigCurve(t), key, "authority 1: tls.crt: want a key on the curve P-256"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse(map[string][]byte{"tls.crt": tc.crt, "tls.key": tc.key})
			if err == nil || err.Error() != tc.want {
				t.Fatalf("got %v, want %s", err, tc.want)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	s, _, err := (&Set{}).Renew(start)
	if err != nil {
		f.Fatal(err)
	}
	sound, err := s.Data()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(sound["tls.crt"], sound["tls.key"])
	f.Add(sound["tls.key"], sound["tls.crt"])
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"), sound["tls.key"])
	secret := keyText(sound["tls.key"])
	f.Fuzz(func(t *testing.T, crt, key []byte) {
		parsed, err := Parse(map[string][]byte{"tls.crt": crt, "tls.key": key})
		if err != nil {
			if strings.Contains(err.Error(), secret) {
				t.Errorf("the error has key material: %v", err)
			}
			return
		}
		if len(parsed.authorities) == 0 {
			t.Error("a Set of nothing was read")
		}
	})
}

// keyText is some of the base64 of a key.
func keyText(key []byte) string {
	block, _ := pem.Decode(key)
	return base64.StdEncoding.EncodeToString(block.Bytes)[60:90]
}

func blockOf(kind string, b []byte) []byte {
	return pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: b})
}

func bigCurve(t *testing.T) []byte {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P384(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: start, NotAfter: start.Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return blockOf("CERTIFICATE", der)
}
