package credentials

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/authority"
)

func TestTheAuthorityIsMadeOnceAndRead(t *testing.T) {
	r := newRig(t)
	if _, err := r.Read(t.Context()); !errors.Is(err, ErrNoAuthority) {
		t.Errorf("got %v, want %v", err, ErrNoAuthority)
	}
	made := r.renew()
	r.wantWrites("create switchyard-authority")
	read, err := r.Read(t.Context())
	if err != nil || !bytes.Equal(read.Trust(), made.Trust()) {
		t.Errorf("what is read is not what was made: %v", err)
	}
	if again := r.renew(); !bytes.Equal(again.Trust(), made.Trust()) {
		t.Error("another was made")
	}
	r.wantWrites()
	s := r.secret(ownSecret.Namespace, ownSecret.Name)
	if s.Type != corev1.SecretTypeTLS || s.Labels["app.kubernetes.io/managed-by"] != "switchyard" || len(s.OwnerReferences) != 0 {
		t.Errorf("the Secret is of type %s, with labels %v and owners %v", s.Type, s.Labels, s.OwnerReferences)
	}
}

func TestTheAuthorityIsRenewedAfterHalfOfItsLife(t *testing.T) {
	r := newRig(t)
	old := r.renew()
	r.writes = nil
	r.now = began.Add(182 * day)
	r.renew()
	r.wantWrites()
	r.now = began.Add(183 * day)
	both := r.renew()
	r.wantWrites("patch switchyard-authority")
	if !bytes.HasSuffix(both.Trust(), old.Trust()) || len(both.Trust()) < 3*len(old.Trust())/2 {
		t.Error("the old authority is not trusted beside the new one")
	}
	r.now = began.Add(366 * day)
	if last := r.renew(); bytes.Contains(last.Trust(), old.Trust()) {
		t.Error("an authority that has ended is still trusted")
	}
	r.wantWrites("patch switchyard-authority")
}

func TestADamagedAuthorityIsSaidAndLeft(t *testing.T) {
	for name, tc := range map[string]struct {
		spoil func(*corev1.Secret)
		want  string
	}{
		"no key":     {func(s *corev1.Secret) { delete(s.Data, "tls.key") }, "tls.key is missing or empty: want PEM of type PRIVATE KEY"},
		"half a key": {func(s *corev1.Secret) { s.Data["tls.key"] = s.Data["tls.key"][:40] }, "tls.key: block 1: want PEM of type PRIVATE KEY"},
		"no PEM":     {func(s *corev1.Secret) { s.Data["tls.crt"] = []byte("?") }, "tls.crt: block 1: want PEM of type CERTIFICATE"},
		"nothing":    {func(s *corev1.Secret) { s.Data = nil }, "tls.crt is missing or empty: want PEM of type CERTIFICATE"},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			r.renew()
			r.writes = nil
			s := r.secret(ownSecret.Namespace, ownSecret.Name)
			tc.spoil(s)
			r.put(s)
			want := "Secret switchyard-system/switchyard-authority: " + tc.want + ": delete it, and a new authority is made"
			_, err := r.Read(t.Context())
			r.wantError(err, want)
			_, err = r.Renew(t.Context())
			r.wantError(err, want)
			r.wantWrites()

			// As it says.
			if err := r.live.Delete(t.Context(), s); err != nil {
				t.Fatal(err)
			}
			r.renew()
			r.wantWrites("create switchyard-authority")
		})
	}
}

func TestAnAuthorityThatCannotBeStoredIsNotUsed(t *testing.T) {
	r := newRig(t)
	r.refused = ownSecret.Name
	if _, err := r.Renew(t.Context()); !apierrors.IsForbidden(err) {
		t.Errorf("got %v", err)
	}
}

func TestEveryGatewayGetsItsCertificateAndKeepsIt(t *testing.T) {
	r := newRig(t)
	set, edge, inner := r.renew(), gateway("edge"), gateway("inner")
	r.writes = nil
	r.issue(set, edge, inner)
	r.wantWrites("create edge-switchyard-xds", "create inner-switchyard-xds")
	for _, name := range []string{"edge", "inner"} {
		s := r.secret("infra", name+"-switchyard-xds")
		if got := identity(t, s); got.Name != name {
			t.Errorf("the certificate of %s is of %v", name, got)
		}
		if !metav1.IsControlledBy(s, gateway(name)) || s.Labels["app.kubernetes.io/managed-by"] != "switchyard" {
			t.Errorf("the Secret of %s has owners %v and labels %v", name, s.OwnerReferences, s.Labels)
		}
		if !bytes.Equal(s.Data["ca.crt"], set.Trust()) {
			t.Errorf("%s does not trust the authority", name)
		}
	}
	r.issue(set, edge, inner)
	r.wantWrites()
}

func TestWhoIsGivenACertificateAndWhoIsNot(t *testing.T) {
	r := newRig(t)
	refused, leaving := gateway("refused"), gateway("leaving")
	refused.Accepted = false
	leaving.DeletionTimestamp = &metav1.Time{Time: began}
	r.issue(r.renew(), refused, leaving)
	r.wantWrites("create switchyard-authority")
}

func TestACertificateIsRenewedAfterHalfOfItsLife(t *testing.T) {
	r := newRig(t)
	set, edge := r.renew(), gateway("edge")
	r.issue(set, edge)
	r.writes = nil
	before := r.secret("infra", "edge-switchyard-xds").Data
	r.now = began.Add(3 * day)
	r.issue(set, edge)
	r.wantWrites()
	r.now = began.Add(4 * day)
	r.issue(set, edge)
	r.wantWrites("patch edge-switchyard-xds")
	if after := r.secret("infra", "edge-switchyard-xds").Data; bytes.Equal(before["tls.crt"], after["tls.crt"]) {
		t.Error("the old certificate is still there")
	}
}

func TestANewAuthorityIsTrustedBeforeItSigns(t *testing.T) {
	r := newRig(t)
	edge := gateway("edge")
	r.now = began.Add(183*day - 2*time.Hour)
	first, _, err := new(authority.Set).Renew(began)
	if err != nil {
		t.Fatal(err)
	}
	r.issue(first, edge)
	r.writes = nil
	before := r.secret("infra", "edge-switchyard-xds").Data
	r.now = began.Add(183 * day)
	second, changed, err := first.Renew(r.now)
	if err != nil || !changed {
		t.Fatal("no new authority", err)
	}
	r.issue(second, edge)
	r.wantWrites("patch edge-switchyard-xds")
	after := r.secret("infra", "edge-switchyard-xds").Data
	if !bytes.Equal(after["ca.crt"], second.Trust()) || !bytes.Equal(after["tls.crt"], before["tls.crt"]) {
		t.Error("want the same certificate, and trust in both authorities")
	}
}

func TestADamagedCertificateIsReplacedAndWhatOthersWroteStays(t *testing.T) {
	for name, spoil := range map[string]func(edge, inner *corev1.Secret){
		"no key":             func(edge, _ *corev1.Secret) { delete(edge.Data, "tls.key") },
		"nothing":            func(edge, _ *corev1.Secret) { edge.Data = nil },
		"another's identity": func(edge, inner *corev1.Secret) { edge.Data = inner.Data },
		"no trust, no label": func(edge, _ *corev1.Secret) { edge.Labels = nil; delete(edge.Data, "ca.crt") },
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			set, edge := r.renew(), gateway("edge")
			r.issue(set, edge, gateway("inner"))
			r.writes = nil
			s := r.secret("infra", "edge-switchyard-xds")
			spoil(s, r.secret("infra", "inner-switchyard-xds"))
			s.Annotations = map[string]string{"example.com/seen": "yes"}
			r.put(s)
			r.issue(set, edge)
			r.wantWrites("patch edge-switchyard-xds")
			s = r.secret("infra", "edge-switchyard-xds")
			if got := identity(t, s); got.Name != "edge" || !bytes.Equal(s.Data["ca.crt"], set.Trust()) {
				t.Errorf("the certificate is of %v", got)
			}
			if s.Annotations["example.com/seen"] != "yes" || s.Labels["app.kubernetes.io/managed-by"] != "switchyard" {
				t.Errorf("the Secret has annotations %v and labels %v", s.Annotations, s.Labels)
			}
			r.issue(set, edge)
			r.wantWrites()
		})
	}
}

func TestASecretOfSomebodyElseIsNotTouched(t *testing.T) {
	for name, tc := range map[string]struct {
		there func(*corev1.Secret)
		want  string
	}{
		"of a certificate": {
			func(s *corev1.Secret) { s.Type = corev1.SecretTypeTLS },
			"Secret infra/edge-switchyard-xds: it is not of Gateway edge: rename or delete it",
		},
		"of a Gateway that was named so": {
			func(s *corev1.Secret) {
				s.Type = corev1.SecretTypeTLS
				old := gateway("edge")
				old.UID = "another"
				s.OwnerReferences = []metav1.OwnerReference{*metav1.NewControllerRef(old, gatewayKind)}
			},
			"Secret infra/edge-switchyard-xds: it is not of Gateway edge: rename or delete it",
		},
		"of a type that the cache does not have": {
			func(s *corev1.Secret) { s.Type = corev1.SecretTypeOpaque },
			"Secret infra/edge-switchyard-xds is there already, of type Opaque: want type kubernetes.io/tls: rename or delete it",
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t)
			set := r.renew()
			theirs := &corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{Namespace: "infra", Name: "edge-switchyard-xds"},
				Data:       map[string][]byte{"theirs": []byte("word")},
			}
			tc.there(theirs)
			r.put(theirs)
			r.wantError(r.failure(set), tc.want)
			if s := r.secret("infra", "edge-switchyard-xds"); string(s.Data["theirs"]) != "word" {
				t.Errorf("it has become %v", s.Data)
			}
		})
	}
}

func TestACacheThatIsBehindIsAConflict(t *testing.T) {
	r := newRig(t)
	set := r.renew()
	r.issue(set, gateway("edge"))
	r.lost = "edge-switchyard-xds"
	if err := r.failure(set); !apierrors.IsAlreadyExists(err) {
		t.Errorf("got %v", err)
	}
}

func TestOneGatewaysFailureDoesNotKeepTheOthers(t *testing.T) {
	r := newRig(t)
	set := r.renew()
	r.writes = nil
	r.refused = "b-switchyard-xds"
	failed := r.Issue(t.Context(), set, with("a", "b", "c"))
	if b := (types.NamespacedName{Namespace: "infra", Name: "b"}); len(failed) != 1 || !apierrors.IsForbidden(failed[b]) {
		t.Errorf("got %v", failed)
	}
	r.wantWrites("create a-switchyard-xds", "create b-switchyard-xds", "create c-switchyard-xds")
	for _, name := range []string{"a", "c"} {
		if got := identity(t, r.secret("infra", name+"-switchyard-xds")); got.Name != name {
			t.Errorf("the certificate of %s is of %v", name, got)
		}
	}
}

// identity is the Gateway that a Secret's certificate is for.
func identity(t *testing.T, s *corev1.Secret) types.NamespacedName {
	t.Helper()
	block, _ := pem.Decode(s.Data["tls.crt"])
	if block == nil {
		t.Fatalf("Secret %s has no certificate", s.Name)
	}
	c, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	name, err := authority.Identity(c)
	if err != nil {
		t.Fatal(err)
	}
	return name
}
