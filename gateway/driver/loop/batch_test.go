//go:build linux

package loop

import (
	"fmt"
	"strings"
	"syscall"
	"testing"

	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// steps writes down in which order a shard receives and sends.
type steps struct {
	system
	taken strings.Builder
}

func (s *steps) recv(fd int, p []byte) (int, syscall.Errno) {
	s.taken.WriteByte('r')
	return s.system.recv(fd, p)
}

func (s *steps) send(fd int, p []byte) (int, syscall.Errno) {
	s.taken.WriteByte('s')
	return s.system.send(fd, p)
}

func (s *steps) recvEach(calls []call) {
	s.taken.WriteString(strings.Repeat("R", len(calls)))
	s.system.recvEach(calls)
}

func (s *steps) sendEach(calls []call) {
	s.taken.WriteString(strings.Repeat("S", len(calls)))
	s.system.sendEach(calls)
}

// short writes RRRs as R3 s1: large letters are for what is done together.
func (s *steps) short() string {
	var runs []string
	for rest := s.taken.String(); rest != ""; {
		n := len(rest) - len(strings.TrimLeft(rest, rest[:1]))
		runs = append(runs, fmt.Sprintf("%c%d", rest[0], n))
		rest = rest[n:]
	}
	return strings.Join(runs, " ")
}

func TestSmallPiecesAreReceivedAndSentTogether(t *testing.T) {
	word := drivertest.Masked(frame.Binary, []byte("word"))
	for name, test := range map[string]struct {
		guests int
		say    func(i int, g *guest)
		want   string
	}{
		"from clients": {
			5, func(_ int, g *guest) { g.client.arrive(word) },
			"R5 S5",
		},
		"from services": {
			5, func(_ int, g *guest) { g.service.arrive([]byte("word")) },
			"R5 S5",
		},
		"as many as there is room for": {
			mostTogether + 3, func(_ int, g *guest) { g.client.arrive(word) },
			fmt.Sprintf("R%d S%[1]d R3 S3", mostTogether),
		},
		"one side of each session at a time": {
			2, func(_ int, g *guest) { g.client.arrive(word); g.service.arrive([]byte("word")) },
			"R1 S1 R2 S2 R1 S1",
		},
		"but what comes to nothing is not sent": {
			5, func(i int, g *guest) { g.client.arrive(word[:len(word)-i%2*len(word)/2]) },
			"R5 S3",
		},
		"but what needs an answer is answered at once": {
			3, func(i int, g *guest) {
				g.client.arrive([][]byte{word, drivertest.Masked(frame.Ping, nil), word}[i])
			},
			"R3 s1 S2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			guests := make([]*guest, test.guests)
			for i := range guests {
				guests[i] = tb.seat()
			}
			sys := &steps{system: tb.desks[0]}
			tb.shard.sys = sys
			for i, g := range guests {
				test.say(i, g)
			}
			tb.shard.turn()
			if got := sys.short(); got != test.want {
				t.Errorf("the steps were %s, want %s", got, test.want)
			}
		})
	}
}

func TestAPieceIsReadAsThoseBeforeIt(t *testing.T) {
	tb := lay(t)
	g, small := tb.seat(), tb.seat()
	said := 0
	for i, test := range []struct {
		n    int
		want string
	}{
		{3 * smallPiece, "R2 S2 r1 s1"}, // in two pieces
		{3 * smallPiece, "R2 S2"},
		{mediumPiece, "R2 S2 r1"},          // perhaps there is more
		{mediumPiece, "r1 s1 r1 s1 R1 S1"}, // at first, bulk is read by 16 KiB
		{mediumPiece - 1, "r1 s1 R1 S1"},
	} {
		sys := &steps{system: tb.desks[0]}
		tb.shard.sys = sys
		g.service.arrive(make([]byte, test.n))
		small.service.arrive([]byte("word"))
		tb.turns()
		if said += test.n; g.toClient.Len() < said {
			t.Errorf("after piece %d, the client was sent %d bytes of %d", i, g.toClient.Len(), said)
		}
		if got := sys.short(); got != test.want {
			t.Errorf("piece %d, of %d bytes: the steps were %s, want %s", i, test.n, got, test.want)
		}
	}
}

func TestAFaultInABatchIsOneSessions(t *testing.T) {
	for name, curse := range map[string]func(*guest){
		"where it is received from": func(g *guest) { g.client.faults = 1 },
		"where it is sent to":       func(g *guest) { g.service.faults = 1 },
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			guests := []*guest{tb.seat(), tb.seat(), tb.seat()}
			for _, g := range guests {
				g.client.arrive(drivertest.Masked(frame.Binary, []byte("word")))
			}
			curse(guests[1])
			tb.shard.turn()
			for _, i := range []int{0, 2} {
				if got := guests[i].toService.String(); got != "word" {
					t.Errorf("service %d was sent %q", i, got)
				}
			}
			guests[1].wantClose(t, 1011, "internal")
			if n := len(guests[1].owner.faults); n != 1 {
				t.Errorf("its owner was told of %d faults", n)
			}
			for _, p := range tb.shard.batch.who {
				if p.session != nil {
					t.Error("the batch keeps a session")
				}
			}
			for _, g := range guests {
				g.Cut(session.Drain)
			}
			tb.turns()
			tb.wantNothing(t)
		})
	}
}
