package footprint

import (
	"bytes"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"testing"
)

// kind is a kind of connections, by what the server admits.
type kind struct {
	version uint16
	suite   uint16 // up to TLS 1.2
	mutual  bool
}

var kinds = map[string]kind{
	"TLS 1.3":         {version: tls.VersionTLS13},
	"TLS 1.3, mutual": {version: tls.VersionTLS13, mutual: true},
	"TLS 1.2, AES":    {version: tls.VersionTLS12, suite: tls.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256},
	"TLS 1.2, ChaCha": {version: tls.VersionTLS12, suite: tls.TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256},
	"TLS 1.2, CBC":    {version: tls.VersionTLS12, suite: tls.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA},
	"TLS 1.2, mutual": {version: tls.VersionTLS12, suite: tls.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, mutual: true},
}

// settings are for connections of kind k.
func (k kind) settings(t testing.TB) (client, server *tls.Config) {
	client, server = settings(t)
	server.MinVersion, server.MaxVersion = k.version, k.version
	server.CipherSuites = []uint16{k.suite}
	if k.mutual {
		server.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return client, server
}

func connectKind(t testing.TB, k kind) *pair {
	t.Helper()
	client, server := k.settings(t)
	return connect(t, client, server)
}

// reader reads all that c has to read, and leaves it idle.
type reader func(t testing.TB, c *tls.Conn) []byte

var readers = map[string]func() reader{
	"shrunk": func() reader {
		return func(t testing.TB, c *tls.Conn) []byte {
			defer Shrink(c)
			return read(t, c)
		}
	},
	"lent a buffer": func() reader {
		var l Loan
		return func(t testing.TB, c *tls.Conn) (got []byte) {
			l.Do(c, func() { got = read(t, c) })
			return got
		}
	},
}

// each runs test for each kind.
func each(t *testing.T, test func(t *testing.T, client, server *tls.Config)) {
	for name, k := range kinds {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			client, server := k.settings(t)
			test(t, client, server)
		})
	}
}

// eachRead runs test for each kind and reader.
func eachRead(t *testing.T, test func(t *testing.T, p *pair, read reader)) {
	for how, newReader := range readers {
		t.Run(how, func(t *testing.T) {
			each(t, func(t *testing.T, client, server *tls.Config) {
				test(t, connect(t, client, server), newReader())
			})
		})
	}
}

// message is n bytes that depend on seed.
func message(seed uint64, n int) []byte {
	b := make([]byte, n)
	rand.NewChaCha8([32]byte{byte(seed), byte(seed >> 8)}).Read(b)
	return b
}

func TestDataIsIntactOverThousandsOfIdleTimes(t *testing.T) {
	const turns = 3000
	eachRead(t, func(t *testing.T, p *pair, read reader) {
		size := rand.New(rand.NewPCG(1, 2))
		for turn := range uint64(turns) {
			n := 1 + size.IntN(200)
			if turn%100 == 0 {
				n = 1 + size.IntN(40_000) // more than a record
			}
			want := message(turn, n)
			for _, way := range [][2]*tls.Conn{{p.client, p.server}, {p.server, p.client}} {
				from, to := way[0], way[1]
				if _, err := from.Write(want); err != nil {
					t.Fatal(err)
				}
				if got := read(t, to); !bytes.Equal(got, want) {
					t.Fatalf("turn %d: %d bytes came as %d others", turn, len(want), len(got))
				}
			}
		}
		p.client.Close()
		if _, err := p.server.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the end is %v", err)
		}
	})
}

func TestAPieceOfARecordIsKept(t *testing.T) {
	eachRead(t, func(t *testing.T, p *pair, read reader) {
		want := message(0, 60)
		for cut := 1; ; cut++ {
			p.client.Write(want)
			record := p.toServer.take()
			if cut == len(record) {
				return
			}
			p.toServer.give(record[:cut])
			if got := read(t, p.server); len(got) != 0 {
				t.Fatalf("cut at %d: %d bytes of a piece", cut, len(got))
			}
			// The other end has the buffer in between, where it is lent.
			p.server.Write(message(1, 1000))
			read(t, p.client)
			p.toServer.give(record[cut:])
			if got := read(t, p.server); !bytes.Equal(got, want) {
				t.Fatalf("cut at %d: read %x", cut, got)
			}
		}
	})
}

func TestWhatIsNotReadYetIsKept(t *testing.T) {
	var l Loan
	for how, idleAfter := range map[string]func(c *tls.Conn, read func()){
		"shrunk":        func(c *tls.Conn, read func()) { read(); Shrink(c) },
		"lent a buffer": l.Do,
	} {
		t.Run(how, func(t *testing.T) {
			for name, k := range kinds { // one by one: they share the Loan
				p := connectKind(t, k)
				var want, got []byte
				for part := range uint64(50) { // more than the largest record
					want = append(want, message(part, 1000)...)
					p.client.Write(want[len(want)-1000:])
				}
				for len(got) < len(want) {
					idleAfter(p.server, func() {
						b := make([]byte, 70)
						n, err := p.server.Read(b)
						if err != nil {
							t.Fatal(err)
						}
						got = append(got, b[:n]...)
					})
					p.server.Write(message(99, 1000))
					idleAfter(p.client, func() { read(t, p.client) })
				}
				if !bytes.Equal(got, want) {
					t.Errorf("%s: %d bytes came as others", name, len(want))
				}
			}
		})
	}
}

func TestAWriteMayRunMeanwhile(t *testing.T) {
	eachRead(t, func(t *testing.T, p *pair, read reader) {
		want := message(3, 64<<10)
		written := make(chan struct{})
		go func() {
			defer close(written)
			for part := range 2000 {
				p.server.Write(want[part : part+1])
			}
			p.server.Write(want[2000:])
		}()
		for running := true; running; {
			select {
			case <-written:
				running = false
			default:
				read(t, p.server)
			}
		}
		if got := read(t, p.client); !bytes.Equal(got, want) {
			t.Errorf("%d bytes came as %d others", len(want), len(got))
		}
	})
}

func TestSessionsResume(t *testing.T) {
	each(t, func(t *testing.T, client, server *tls.Config) {
		client.ClientSessionCache = tls.NewLRUClientSessionCache(1)
		for attempt, want := range []bool{false, true, true} {
			p := connect(t, client, server)
			Shrink(p.client) // with a ticket on its way, in TLS 1.3
			Shrink(p.server)
			read(t, p.client)
			if got := p.server.ConnectionState().DidResume; got != want {
				t.Errorf("connection %d: resumed: %v", attempt, got)
			}
		}
	})
}

func TestWhatIsDroppedIsNotShown(t *testing.T) {
	each(t, func(t *testing.T, client, server *tls.Config) {
		p := connect(t, client, server)
		before := p.server.ConnectionState()
		exported, err := before.ExportKeyingMaterial("label", nil, 16)
		if err != nil {
			t.Fatal(err)
		}
		Shrink(p.server)
		after := p.server.ConnectionState()
		if len(after.PeerCertificates) > 0 || len(after.VerifiedChains) > 0 {
			t.Error("a client's certificates are shown")
		}
		if _, err := after.ExportKeyingMaterial("label", nil, 16); !errors.Is(err, errNoExporter) {
			t.Errorf("exporting: error %v", err)
		}
		if after.ServerName != name || after.Version != before.Version || after.CipherSuite != before.CipherSuite {
			t.Errorf("the state is %+v", after)
		}
		if again, err := before.ExportKeyingMaterial("label", nil, 16); err != nil || !bytes.Equal(again, exported) {
			t.Errorf("exporting from the state of before: %x, error %v, want %x", again, err, exported)
		}
		Shrink(p.client)
		if len(p.client.ConnectionState().PeerCertificates) != 1 {
			t.Error("the server's certificate is not shown")
		}
	})
}
