package soak

import (
	"math/rand/v2"
	"time"

	. "switchyard.dev/test/gatewaytest"
)

// ending is how a session is meant to end.
type ending int

const (
	// clientCloses: the client sends all it has and a Close; the service
	// finishes too.
	clientCloses ending = iota
	// serviceCloses: the service sends all it has and closes.
	serviceCloses
	// clientVanishes: the client resets TCP somewhere on the way.
	clientVanishes
	// serviceResets: the service resets TCP somewhere on the way.
	serviceResets
	endings
)

// plan is all there is to know of a session beforehand. Both of its ends make
// it from the seed and the session's number.
type plan struct {
	id     uint64
	ending ending
	via    Transport
	// up and down are how many bytes each side has to send.
	up, down side
}

// side is what one end of a session sends.
type side struct {
	stream
	total int64
	pace  *rand.Rand
}

// Bounds of one session's traffic: a few seconds of many small writes and a
// few large ones.
const (
	maxWrites    = 24
	smallWrite   = 2 << 10
	largeWrite   = 48 << 10
	largeOneIn   = 8
	maxPause     = 400 * time.Millisecond
	pauseOneIn   = 2
	secureOneIn  = 4
	textOneIn    = 3
	maxFragments = 4
)

func planOf(seed, id uint64) *plan {
	r := rand.New(rand.NewPCG(seed, id))
	p := &plan{id: id, ending: ending(r.IntN(int(endings))), via: Plain}
	if r.IntN(secureOneIn) == 0 {
		p.via = Secure
	}
	for i, s := range []*side{&p.up, &p.down} {
		s.pace = rand.New(rand.NewPCG(seed^uint64(i+1), id))
		s.key = r.Uint64()
		s.total = int64(r.IntN(maxWrites * smallWrite * 2))
	}
	p.up.ascii = r.IntN(textOneIn) == 0
	return p
}

// next is what to write next, in buf; nil once all is written.
func (s *side) next(buf []byte) []byte {
	size := 1 + s.pace.IntN(smallWrite)
	if s.pace.IntN(largeOneIn) == 0 {
		size = 1 + s.pace.IntN(largeWrite)
	}
	size = int(min(int64(size), s.total-s.pos, int64(len(buf))))
	s.fill(buf[:size])
	return buf[:size]
}

// pause is how long to wait before the next write; often not at all.
func (s *side) pause() time.Duration {
	if s.pace.IntN(pauseOneIn) == 0 {
		return 0
	}
	return time.Duration(s.pace.Int64N(int64(maxPause)))
}
