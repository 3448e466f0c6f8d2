package authority

import (
	"bytes"
	"testing"
	"time"

	"k8s.io/apimachinery/pkg/types"
)

func TestAGatewayKeepsWhatIsGood(t *testing.T) {
	set := renewed(t, &Set{}, start.Add(-24*time.Hour))
	second := renewed(t, set, start.Add(183*24*time.Hour))
	stranger := renewed(t, &Set{}, start)
	other := types.NamespacedName{Namespace: "infra", Name: "other"}
	sound := issued(t, set, start, edge)
	with := func(key string, value []byte) map[string][]byte {
		return map[string][]byte{"tls.crt": sound["tls.crt"], "tls.key": sound["tls.key"], "ca.crt": sound["ca.crt"], key: value}
	}
	for name, tc := range map[string]struct {
		set                   *Set
		current               map[string][]byte
		after                 time.Duration
		wantChanged, wantKept bool
	}{
		"nothing yet":                    {set, nil, 0, true, false},
		"just issued":                    {set, sound, 0, false, true},
		"in the first half of its life":  {set, sound, 83 * time.Hour, false, true},
		"in the second half of its life": {set, sound, 84 * time.Hour, true, false},
		"after its end":                  {set, sound, 200 * time.Hour, true, false},
		"before its beginning":           {set, sound, -time.Hour, true, false},
		"the bundle grew":                {second, sound, time.Hour, true, true},
		"the bundle was lost":            {set, with("ca.crt", nil), 0, true, true},
		"a damaged certificate":          {set, with("tls.crt", []byte("?")), 0, true, false},
		"a damaged key":                  {set, with("tls.key", sound["tls.key"][:40]), 0, true, false},
		"another key":                    {set, with("tls.key", issued(t, set, start, edge)["tls.key"]), 0, true, false},
		"more than its own certificate":  {set, with("tls.crt", append(bytes.Clone(sound["tls.crt"]), sound["ca.crt"]...)), 0, true, false},
		"another gateway's":              {set, issued(t, set, start, other), 0, true, false},
		"of another authority":           {set, issued(t, stranger, start, edge), 0, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			data, changed, err := tc.set.GatewayCertificate(start.Add(tc.after), edge, tc.current)
			if err != nil || changed != tc.wantChanged {
				t.Fatalf("changed %v, %v; want %v", changed, err, tc.wantChanged)
			}
			kept := bytes.Equal(data["tls.crt"], tc.current["tls.crt"]) && bytes.Equal(data["tls.key"], tc.current["tls.key"])
			if kept != tc.wantKept {
				t.Errorf("kept %v, want %v", kept, tc.wantKept)
			}
			if !bytes.Equal(data["ca.crt"], tc.set.Trust()) || len(data) != 3 {
				t.Errorf("the bundle is not the Set's, or there is more: %d keys", len(data))
			}
			if _, again, err := tc.set.GatewayCertificate(start.Add(tc.after), edge, data); again || err != nil {
				t.Errorf("what was just made changes again, %v", err)
			}
		})
	}
}

func TestNoCertificateWithoutAnAuthorityOrAName(t *testing.T) {
	set := renewed(t, &Set{}, start)
	for name, tc := range map[string]struct {
		set     *Set
		gateway types.NamespacedName
		after   time.Duration
		want    string
	}{
		"no authority": {&Set{}, edge, 0, "certificate of Gateway infra/edge: there is no certificate authority yet"},
		"one that ended": {set, edge, 366 * 24 * time.Hour,
			"certificate of Gateway infra/edge: the certificate authority ended at 2027-01-31T12:00:00Z: renew it first"},
		"one that has not begun": {set, edge, -time.Hour, "certificate of Gateway infra/edge: " +
			"the certificate authority begins at 2026-01-31T11:55:00Z, and here it is 2026-01-31T11:00:00Z: set the clock"},
		"a name with a slash": {set, types.NamespacedName{Namespace: "a", Name: "b/c"}, 0,
			"certificate of Gateway a/b/c: name \"b/c\": a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, " +
				"'-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is " +
				"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"},
	} {
		t.Run(name, func(t *testing.T) {
			data, changed, err := tc.set.GatewayCertificate(start.Add(tc.after), tc.gateway, nil)
			if err == nil || err.Error() != tc.want || changed || data != nil {
				t.Errorf("got %v, %v, want %s", changed, err, tc.want)
			}
		})
	}
}

func TestACertificateEndsWithItsAuthority(t *testing.T) {
	set := renewed(t, &Set{}, start)
	late := start.Add(authorityLife - time.Hour)
	c, _, err := set.issue(late, gatewayLeaf())
	if err != nil || !c.NotAfter.Equal(start.Add(authorityLife)) {
		t.Errorf("ends at %v, %v", c.NotAfter, err)
	}
}
