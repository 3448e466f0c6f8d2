package xds

import (
	"fmt"
	"sync"

	"github.com/prometheus/client_golang/prometheus"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/status"
	"k8s.io/apimachinery/pkg/types"
)

// Options are what a Server is made with.
type Options struct {
	// Registerer is given the metrics.
	Registerer prometheus.Registerer
	// Changed is called, if not nil, after Reports has become another. No lock is
	// held, and the stream that it is about waits meanwhile: it must be short.
	Changed func()
	// MaxStreams is how many gateways may be connected for one Gateway.
	// Zero means 2000.
	MaxStreams int
}

// defaultMaxStreams has place for the 1,000 pods that GatewayParameters may ask
// for, for a quarter more while they are replaced, and for streams of some that
// vanished.
const defaultMaxStreams = 2000

// Server gives each gateway the configuration of its Gateway. It is safe for
// concurrent use.
type Server struct {
	changed    func()
	maxStreams int
	metrics    *metrics
	keepalive  keepalive.ServerParameters

	// publishing is held by one Publish at a time.
	publishing sync.Mutex

	// mu guards what follows. Of rooms it guards what streams read: only Publish
	// writes, so Publish may read without it.
	mu sync.Mutex
	// rooms is nil before the first Publish.
	rooms map[types.NamespacedName]*room
	// streams are those that have said who they are.
	streams map[*stream]struct{}
}

// New makes a Server that serves nothing before Publish.
func New(o Options) (*Server, error) {
	m, err := newMetrics(o.Registerer)
	if err != nil {
		return nil, fmt.Errorf("register metrics: %w", err)
	}
	s := &Server{
		changed:    o.Changed,
		maxStreams: o.MaxStreams,
		metrics:    m,
		keepalive:  pings,
		streams:    make(map[*stream]struct{}),
	}
	if s.maxStreams == 0 {
		s.maxStreams = defaultMaxStreams
	}
	if s.changed == nil {
		s.changed = func() {}
	}
	return s, nil
}

var (
	errEarly    = status.Error(codes.Unavailable, "the controller has not read its configuration yet: try again")
	errEnded    = status.Error(codes.Unauthenticated, "the certificate has ended: connect with the one that has replaced it")
	errStopping = status.Error(codes.Unavailable, "the controller is stopping: connect to another")
)

func errNotServed(gateway types.NamespacedName) error {
	return status.Errorf(codes.NotFound, "Gateway %s is not served by this controller", gateway)
}

// enter is the room of a Gateway, with one more stream in it.
func (s *Server) enter(gateway types.NamespacedName) (*room, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := s.rooms[gateway]
	switch {
	case s.rooms == nil:
		return nil, errEarly
	case r == nil:
		return nil, errNotServed(gateway)
	case r.streams == s.maxStreams:
		return nil, status.Errorf(codes.ResourceExhausted, "Gateway %s has %d streams, as many as it may", gateway, r.streams)
	}
	r.streams++
	return r, nil
}

// leave undoes enter and open.
func (s *Server) leave(r *room, st *stream) {
	s.mu.Lock()
	r.streams--
	st.ended = true
	_, was := s.streams[st]
	delete(s.streams, st)
	s.mu.Unlock()
	if was {
		s.metrics.gateways.Dec()
		s.changed()
	}
}

// open is the moment at which st has said who it is.
func (s *Server) open(st *stream, pod string) {
	s.mu.Lock()
	ended := st.ended
	if !ended {
		st.report.Pod = pod
		s.streams[st] = struct{}{}
		s.metrics.gateways.Inc()
	}
	s.mu.Unlock()
	if !ended {
		s.changed()
	}
}

func (s *Server) acknowledged(st *stream, digest string) {
	s.metrics.acks.Inc()
	s.update(st, func(r *Report) { r.Digest, r.Refused, r.Refusal = digest, "", "" })
}

func (s *Server) refused(st *stream, digest, why string) {
	s.metrics.nacks.Inc()
	s.update(st, func(r *Report) { r.Refused, r.Refusal = digest, why })
}

func (s *Server) update(st *stream, change func(*Report)) {
	s.mu.Lock()
	before := st.report
	change(&st.report)
	changed := st.report != before && !st.ended
	s.mu.Unlock()
	if changed {
		s.changed()
	}
}
