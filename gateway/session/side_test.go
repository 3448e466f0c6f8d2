package session

import "testing"

func TestSide(t *testing.T) {
	want := map[Cause]Side{
		None:         "",
		ClientClose:  ClientSide,
		ClientGone:   ClientSide,
		BackendEOF:   ServiceSide,
		BackendReset: ServiceSide,
	}
	for _, c := range append(Causes(), None) {
		side, listed := want[c]
		if !listed {
			side = GatewaySide
		}
		if got := c.Side(); got != side {
			t.Errorf("%v was ended by %q, want %q", c, got, side)
		}
	}
}
