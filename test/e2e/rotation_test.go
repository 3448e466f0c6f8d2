package e2e

import (
	"crypto/tls"
	"fmt"
	"math/big"
	"net"
	"testing"
	"time"
)

// enough handshakes in a row show that every pod has the new certificate: that
// one of two is never asked is less likely than one in 10^9.
const enough = 32

func testCertificate(t *testing.T, i *installation) {
	i.disturb(t, "the certificate of wss replaced", func() {
		serial := i.certify(t)
		replaced := time.Now()
		eventually(t, "the new certificate is shown", func() error { return i.wantCertificate(serial) })
		t.Logf("every pod shows the new certificate %v after it was written", time.Since(replaced).Round(time.Millisecond))
	}, nobody)
}

func (i *installation) wantCertificate(serial *big.Int) error {
	config := i.authority.trust()
	config.ServerName = host
	for range enough {
		conn, err := tls.DialWithDialer(&net.Dialer{Timeout: patience}, "tcp", net.JoinHostPort(i.address, "443"), config)
		if err != nil {
			return err
		}
		shown := conn.ConnectionState().PeerCertificates[0].SerialNumber
		_ = conn.Close()
		if shown.Cmp(serial) != 0 {
			return fmt.Errorf("number %v is shown, want %v", shown, serial)
		}
	}
	return nil
}
