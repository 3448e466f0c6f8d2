package xds

import (
	"crypto/tls"
	"crypto/x509"
	"fmt"
	"os"
	"path/filepath"

	"google.golang.org/grpc/credentials"

	"switchyard.dev/gateway/config"
)

// Files of a folder of certificates, as a Secret of type kubernetes.io/tls
// names them.
const (
	certificateFile = "tls.crt"
	keyFile         = "tls.key"
	authorityFile   = "ca.crt"
)

// readIdentity is who the gateway is and whom it trusts. A folder that is
// replaced between two files gives a key that does not match its certificate, or
// a handshake that fails; the next try finds it whole.
func readIdentity(folder string) (credentials.TransportCredentials, error) {
	own, err := tls.LoadX509KeyPair(filepath.Join(folder, certificateFile), filepath.Join(folder, keyFile))
	if err != nil {
		return nil, fmt.Errorf("certificates in %s: %w", folder, err)
	}
	authority := filepath.Join(folder, authorityFile)
	content, err := os.ReadFile(authority)
	if err != nil {
		return nil, fmt.Errorf("certificates in %s: %w", folder, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(content) {
		return nil, fmt.Errorf("%s: want PEM with at least one certificate", authority)
	}
	return credentials.NewTLS(&tls.Config{
		MinVersion:   tls.VersionTLS13,
		ServerName:   config.ServerName,
		RootCAs:      roots,
		Certificates: []tls.Certificate{own},
	}), nil
}
