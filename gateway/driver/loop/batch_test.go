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

// short writes rrrs as r3 s1.
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
			"r5 s5",
		},
		"from services": {
			5, func(_ int, g *guest) { g.service.arrive([]byte("word")) },
			"r5 s5",
		},
		"as many as there is room for": {
			mostTogether + 3, func(_ int, g *guest) { g.client.arrive(word) },
			fmt.Sprintf("r%d s%[1]d r3 s3", mostTogether),
		},
		"one side of each session at a time": {
			2, func(_ int, g *guest) { g.client.arrive(word); g.service.arrive([]byte("word")) },
			"r1 s1 r2 s2 r1 s1",
		},
		"but what comes to nothing is not sent": {
			5, func(i int, g *guest) { g.client.arrive(word[:len(word)-i%2*len(word)/2]) },
			"r5 s3",
		},
		"but what needs an answer is answered at once": {
			3, func(i int, g *guest) {
				g.client.arrive([][]byte{word, drivertest.Masked(frame.Ping, nil), word}[i])
			},
			"r3 s3",
		},
	} {
		t.Run(name, func(t *testing.T) {
			tb := lay(t)
			guests := make([]*guest, test.guests)
			for i := range guests {
				guests[i] = tb.seat()
			}
			sys := &steps{system: tb.world}
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

func TestALargePieceIsReadAlone(t *testing.T) {
	tb := lay(t)
	large, small := tb.seat(), tb.seat()
	say := func() string {
		sys := &steps{system: tb.world}
		tb.shard.sys = sys
		large.service.arrive(make([]byte, 3*smallPiece))
		small.service.arrive([]byte("word"))
		tb.turns()
		return sys.short()
	}
	if got, want := say(), "r2 s2 r1 s1"; got != want {
		t.Errorf("at first, the steps were %s, want %s", got, want)
	}
	if got, want := say(), "r1 s1 r1 s1"; got != want {
		t.Errorf("then, the steps were %s, want %s", got, want)
	}
	if n := large.toClient.Len(); n < 6*smallPiece {
		t.Errorf("the client was sent %d bytes", n)
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
			for i := range tb.shard.batch.transfers {
				if tb.shard.batch.transfers[i].session != nil {
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
