package authority

import (
	"bytes"
	"maps"
	"testing"
	"time"
)

func TestASetIsRenewedByRule(t *testing.T) {
	const day = 24 * time.Hour
	for name, tc := range map[string]struct {
		// made are the ages of the authorities that there were, the oldest first.
		made        []time.Duration
		wantChanged bool
		wantLeft    int
		// wantSigner is the age of the authority that signs.
		wantSigner time.Duration
	}{
		"the first signs at once":                      {nil, true, 1, 0},
		"one that is young stays":                      {[]time.Duration{100 * day}, false, 1, 100 * day},
		"one past half of its life gets a successor":   {[]time.Duration{183 * day}, true, 2, 183 * day},
		"a successor does not sign before all have it": {[]time.Duration{184 * day, day - time.Second}, false, 2, 184 * day},
		"a successor signs once all have it":           {[]time.Duration{184 * day, day}, false, 2, day},
		"one that ended is dropped":                    {[]time.Duration{366 * day, 100 * day}, true, 1, 100 * day},
		"if all ended it begins anew":                  {[]time.Duration{800 * day, 400 * day}, true, 1, 0},
	} {
		t.Run(name, func(t *testing.T) {
			s := &Set{}
			for _, age := range tc.made {
				a, err := newAuthority(start.Add(-age))
				if err != nil {
					t.Fatal(err)
				}
				s.authorities = append([]authority{a}, s.authorities...)
			}
			next, changed, err := s.Renew(start)
			if err != nil || changed != tc.wantChanged || len(next.authorities) != tc.wantLeft {
				t.Fatalf("changed %v, %d left, %v; want %v, %d", changed, len(next.authorities), err, tc.wantChanged, tc.wantLeft)
			}
			signer, ok := next.signer(start)
			if age := start.Sub(signer.certificate.NotBefore.Add(skew)); !ok || age.Round(time.Second) != tc.wantSigner.Round(time.Second) {
				t.Errorf("the signer is %v old, want %v", age, tc.wantSigner)
			}
			if _, again, _ := next.Renew(start); again {
				t.Error("what was just renewed changes again")
			}
		})
	}
}

// Two years in steps. Gateways get their Secrets up to Propagation late, one
// server knows the Set of one step before, and all go on to connect.
func TestRotationBreaksNoConnection(t *testing.T) {
	const step = 24 * time.Hour
	var (
		set, before     *Set
		secret          map[string][]byte
		delivered       []map[string][]byte
		renewals, fresh int
	)
	for now := start; now.Before(start.AddDate(2, 0, 0)); now = now.Add(step) {
		set, before = reread(t, set, now, &renewals), set
		if before == nil {
			before = set
		}
		next, changed, err := set.GatewayCertificate(now, edge, secret)
		if err != nil {
			t.Fatal(err)
		}
		if changed != !maps.EqualFunc(next, secret, bytes.Equal) {
			t.Fatalf("%s: changed is %v", now, changed)
		}
		if !bytes.Equal(next["tls.crt"], secret["tls.crt"]) {
			fresh++
		}
		secret, delivered = next, append(delivered, next)
		late := delivered[max(0, len(delivered)-1-int(Propagation/step))]
		mustConnect(t, set, late, now)
		if changed {
			mustConnect(t, set, next, now)
		}
		if !bytes.Equal(before.Trust(), set.Trust()) {
			mustConnect(t, before, late, now)
			mustConnect(t, before, next, now)
		}
	}
	// Made at 0, 6, 12 and 18 months, dropped at 12 and 18: maybe in one step.
	if renewals < 4 || renewals > 6 {
		t.Errorf("the Set changed %d times in 2 years", renewals)
	}
	if fresh < 180 || fresh > 185 {
		t.Errorf("%d certificates for one gateway in 2 years, want one in four days", fresh)
	}
}

// mustConnect connects a gateway that has the given Secret to a server that
// knows set.
func mustConnect(t *testing.T, set *Set, secret map[string][]byte, now time.Time) {
	t.Helper()
	if _, atServer, atClient := shake(t, ServerTLS(of(set), at(now)), clientTLS(t, secret, now)); atServer != nil {
		t.Fatalf("%s: server: %v, client: %v", now, atServer, atClient)
	}
}

// reread is set, renewed and stored and read again.
func reread(t *testing.T, set *Set, now time.Time, renewals *int) *Set {
	t.Helper()
	if set == nil {
		set = &Set{}
	}
	next, changed, err := set.Renew(now)
	if err != nil {
		t.Fatal(err)
	}
	if changed {
		*renewals++
	}
	data, err := next.Data()
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := Parse(data)
	if err != nil {
		t.Fatal(err)
	}
	again, err := parsed.Data()
	if err != nil || !maps.EqualFunc(again, data, bytes.Equal) {
		t.Fatalf("what was read is not what was stored: %v", err)
	}
	if !bytes.Equal(parsed.Trust(), data["tls.crt"]) {
		t.Fatal("some authority is not trusted")
	}
	return parsed
}
