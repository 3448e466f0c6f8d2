package listener

import (
	"net"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"google.golang.org/protobuf/types/known/durationpb"

	"switchyard.dev/gateway/config"
)

func TestListenersShareAPort(t *testing.T) {
	f := start(t)
	slow := plain("ns/gw/slow")
	slow.HandshakeTimeout = durationpb.New(time.Minute)
	large := plain("ns/gw/large")
	large.MaxHeaderBytes = 1 << 20
	f.update(plain("ns/gw/a"), slow, large)

	wantEcho(t, f.dial("ns/gw/large"), "a connection")
	at := <-f.at
	if diff := cmp.Diff([]string{"ns/gw/a", "ns/gw/slow", "ns/gw/large"}, at.Listeners()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if diff := cmp.Diff(at.Listeners(), at.Admits("any.example")); diff != "" {
		t.Errorf("a plain port admits others than its listeners: -want +got:\n%s", diff)
	}
	if at.TLS() != nil {
		t.Error("a plain port has TLS")
	}
	if at.HandshakeTimeout() != time.Minute || at.MaxHeaderBytes() != 1<<20 {
		t.Errorf("the bounds are %v and %d", at.HandshakeTimeout(), at.MaxHeaderBytes())
	}
	if addrs := f.Addrs(); addrs["ns/gw/a"].String() != addrs["ns/gw/slow"].String() {
		t.Errorf("the addresses are %v", addrs)
	}
}

func TestDefaultBounds(t *testing.T) {
	f := start(t)
	f.update(plain("ns/gw/a"))
	wantEcho(t, f.dial("ns/gw/a"), "a connection")
	if at := <-f.at; at.HandshakeTimeout() != 10*time.Second || at.MaxHeaderBytes() != 16<<10 {
		t.Errorf("the bounds are %v and %d", at.HandshakeTimeout(), at.MaxHeaderBytes())
	}
}

func TestAPortThatStaysKeepsItsSocket(t *testing.T) {
	f := start(t)
	f.update(plain("ns/gw/a"))
	before := f.Addrs()["ns/gw/a"]
	early := f.dial("ns/gw/a")
	wantEcho(t, early, "before the update")
	<-f.at

	f.update(plain("ns/gw/b"), plain("ns/gw/c"))
	if diff := cmp.Diff(map[string]net.Addr{"ns/gw/b": before, "ns/gw/c": before}, f.Addrs()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantEcho(t, early, "a connection from before the update")
	wantEcho(t, f.dial("ns/gw/b"), "a connection after it")
	if diff := cmp.Diff([]string{"ns/gw/b", "ns/gw/c"}, (<-f.at).Listeners()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

func TestAPortThatIsGoneIsClosed(t *testing.T) {
	f := start(t)
	other := plain("ns/gw/b")
	other.Address = "127.83.87.90"
	f.update(plain("ns/gw/a"), other)
	gone := f.Addrs()["ns/gw/a"]
	early := f.dial("ns/gw/a")
	wantEcho(t, early, "before the update")

	f.update(other)
	wantFree(t, gone, "the port that is gone")
	wantEcho(t, early, "a connection to the port that is gone")
	wantEcho(t, f.dial("ns/gw/b"), "the port that stayed")
}

func TestAnUpdateThatFailsChangesNothing(t *testing.T) {
	taken, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	blocked := plain("ns/gw/blocked")
	blocked.Port = uint32(taken.Addr().(*net.TCPAddr).Port)

	free, err := net.Listen("tcp", "127.83.87.91:0")
	if err != nil {
		t.Fatal(err)
	}
	free.Close()
	opened := plain("ns/gw/opened")
	opened.Address, opened.Port = "127.83.87.91", uint32(free.Addr().(*net.TCPAddr).Port)

	f := start(t)
	f.update(plain("ns/gw/a"))
	before := f.Addrs()
	err = f.Update([]*config.Listener{opened, blocked}, func() { t.Error("told of an update that fails") })
	wantError(t, err, `listener "ns/gw/blocked": listen tcp `+taken.Addr().String()+": bind: address already in use")
	if diff := cmp.Diff(before, f.Addrs()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	wantFree(t, free.Addr(), "the port that was opened before the failure")
	wantEcho(t, f.dial("ns/gw/a"), "the port from before")
}

func TestNoConnectionIsServedBeforeWhatServesItIsThere(t *testing.T) {
	f := start(t)
	l := plain("ns/gw/a")
	l.Port = freePort(t)
	var early net.Conn
	err := f.Update([]*config.Listener{l}, func() {
		var err error
		early, err = net.Dial("tcp", net.JoinHostPort(loopback, strconv.Itoa(int(l.Port))))
		if err != nil {
			t.Fatal(err)
		}
		select {
		case <-f.at:
			t.Error("a connection was served")
		default:
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	wantEcho(t, early, "the connection that came early")
}

func freePort(t *testing.T) uint32 {
	t.Helper()
	free, err := net.Listen("tcp", loopback+":0")
	if err != nil {
		t.Fatal(err)
	}
	defer free.Close()
	return uint32(free.Addr().(*net.TCPAddr).Port)
}

func TestUpdateRefuses(t *testing.T) {
	good := certificate(t, "ns/good", "a.example")
	swapped := certificate(t, "ns/swapped", "a.example")
	swapped.Key = good.Key
	noAuthorities := secure("ns/gw/a", "", good)
	noAuthorities.Tls.ClientValidation = &config.ClientValidation{Authorities: []byte("nothing")}

	for name, tc := range map[string]struct {
		listeners []*config.Listener
		want      string
	}{
		"plain and TLS at one port": {
			listeners: []*config.Listener{plain("ns/gw/a"), secure("ns/gw/b", "", good)},
			want:      `listeners "ns/gw/a" and "ns/gw/b" share port ` + loopback + `:0, but only one of them has tls`,
		},
		"TLS without a certificate": {
			listeners: []*config.Listener{secure("ns/gw/a", "")},
			want:      `listener "ns/gw/a": tls.certificates: at least one is needed`,
		},
		"a certificate that is none": {
			listeners: []*config.Listener{secure("ns/gw/a", "", good, &config.Certificate{Name: "ns/bad", Chain: []byte("x")})},
			want:      `listener "ns/gw/a": certificate "ns/bad": tls: failed to find any PEM data in certificate input`,
		},
		"a key of another certificate": {
			listeners: []*config.Listener{secure("ns/gw/a", "", swapped)},
			want:      `listener "ns/gw/a": certificate "ns/swapped": tls: private key does not match public key`,
		},
		"authorities that are none": {
			listeners: []*config.Listener{noAuthorities},
			want:      `listener "ns/gw/a": tls.client_validation.authorities: no certificate in PEM form`,
		},
		"an address that is none": {
			listeners: []*config.Listener{{Name: "ns/gw/a", Address: "127.0.0.1.1"}},
			want:      `listener "ns/gw/a": address "127.0.0.1.1" is not an IP address`,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := start(t)
			wantError(t, f.Update(tc.listeners, nil), tc.want)
			if len(f.Addrs()) != 0 {
				t.Errorf("there are listeners at %v", f.Addrs())
			}
		})
	}
}

func TestClose(t *testing.T) {
	f := start(t)
	f.update(plain("ns/gw/a"))
	addr := f.Addrs()["ns/gw/a"]
	early := f.dial("ns/gw/a")
	wantEcho(t, early, "before")

	f.Close()
	wantFree(t, addr, "the port")
	wantEcho(t, early, "a connection from before")
	if len(f.Addrs()) != 0 {
		t.Errorf("there are listeners at %v", f.Addrs())
	}
	if err := f.Update([]*config.Listener{plain("ns/gw/a")}, nil); err != ErrClosed {
		t.Errorf("the error is %v", err)
	}
	f.Close() // again does nothing
}

func TestEveryAddressOfTheHost(t *testing.T) {
	f := start(t)
	f.update(&config.Listener{Name: "ns/gw/a"})
	port := f.Addrs()["ns/gw/a"].(*net.TCPAddr).Port
	conn, err := net.Dial("tcp", net.JoinHostPort("127.0.0.1", strconv.Itoa(port)))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	wantEcho(t, conn, "IPv4 at a listener without an address")
}
