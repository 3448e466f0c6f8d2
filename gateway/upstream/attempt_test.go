package upstream

import "testing"

func TestWhatHasToBeResolvedIsNotDirect(t *testing.T) {
	for address, direct := range map[string]bool{
		"192.0.2.1:80":       true,
		"[2001:db8::1]:80":   true,
		"[fe80::1%eth0]:80":  false,
		"mosquitto.local:80": false,
	} {
		t.Run(address, func(t *testing.T) {
			a := &Attempt{endpoint: newEndpoint(key{address: address})}
			if _, _, ok := a.Direct(); ok != direct {
				t.Errorf("direct: %v, want %v", ok, direct)
			}
		})
	}
}
