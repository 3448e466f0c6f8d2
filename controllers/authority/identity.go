package authority

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/validation"
)

// A gateway is identified by a URI in the form of SPIFFE IDs.
const (
	identityPrefix = "spiffe://switchyard.dev/ns/"
	identityInfix  = "/gateway/"
)

// Identity is the Gateway that a certificate is for. The certificate must have
// been verified before.
func Identity(c *x509.Certificate) (types.NamespacedName, error) {
	if len(c.URIs) != 1 || len(c.DNSNames)+len(c.EmailAddresses)+len(c.IPAddresses) > 0 {
		return types.NamespacedName{}, errors.New("the certificate is no gateway's: want one URI and no other name")
	}
	text := c.URIs[0].String()
	rest, begins := strings.CutPrefix(text, identityPrefix)
	namespace, name, parted := strings.Cut(rest, identityInfix)
	gateway := types.NamespacedName{Namespace: namespace, Name: name}
	if !begins || !parted || checkName(gateway) != nil {
		return types.NamespacedName{}, fmt.Errorf("the certificate is no gateway's: its URI is %.300q, want %sNAMESPACE%sNAME",
			text, identityPrefix, identityInfix)
	}
	return gateway, nil
}

// identityOf needs no escapes: checkName lets none of the characters in that do.
func identityOf(gateway types.NamespacedName) (*url.URL, error) {
	if err := checkName(gateway); err != nil {
		return nil, err
	}
	return url.Parse(identityPrefix + gateway.Namespace + identityInfix + gateway.Name)
}

func checkName(gateway types.NamespacedName) error {
	if wrong := validation.IsDNS1123Label(gateway.Namespace); len(wrong) > 0 {
		return fmt.Errorf("namespace %q: %s", gateway.Namespace, wrong[0])
	}
	if wrong := validation.IsDNS1123Subdomain(gateway.Name); len(wrong) > 0 {
		return fmt.Errorf("name %q: %s", gateway.Name, wrong[0])
	}
	return nil
}
