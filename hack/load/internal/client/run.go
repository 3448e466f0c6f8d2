package client

import (
	"context"
	"crypto/tls"
	"math"
	"runtime"
	"slices"
	"time"

	"switchyard.dev/hack/load/internal/link"
	"switchyard.dev/hack/load/internal/process"
)

const (
	// slice is how long the machines work between two looks at the context
	// and at the sessions as a whole.
	slice = 50 * time.Millisecond
	// patience is how long a churned session may take.
	patience = 10 * time.Second
)

// Run does what config says and reports what was seen. An error is one of the
// run as a whole; sessions that fail are counted in the result.
func Run(ctx context.Context, config Config) (*Result, error) {
	return drive(ctx, config, (*run).measure)
}

// drive prepares a run and does it, on a thread that is never given to another
// goroutine.
func drive(ctx context.Context, config Config, do func(*run) (*Result, error)) (*Result, error) {
	if err := config.Validate(); err != nil {
		return nil, err
	}
	to, err := parseTarget(config.URL)
	if err != nil {
		return nil, err
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()

	loop, err := link.NewLoop(to.address)
	if err != nil {
		return nil, err
	}
	r := &run{ctx: ctx, load: newLoad(&config, to.host, to.path), tree: process.NewTree(config.PIDs...)}
	r.load.driver = loop
	if to.tls {
		r.secure = link.NewSecure(loop, tlsConfig(to.name, &config))
		r.load.driver = r.secure
	}
	defer r.load.driver.Close()
	return do(r)
}

// tlsConfig is one that asks every server for the same work: TLS 1.3 with
// X25519, which all of them have, and tickets only where sessions are to be
// resumed.
func tlsConfig(name string, c *Config) *tls.Config {
	config := &tls.Config{
		ServerName:         name,
		InsecureSkipVerify: c.Insecure,
		NextProtos:         []string{"http/1.1"},
		MinVersion:         tls.VersionTLS13,
		CurvePreferences:   []tls.CurveID{tls.X25519},
		// Else a session's first 128 KiB are cut into records of a packet each.
		DynamicRecordSizingDisabled: true,
	}
	if c.Resume {
		config.ClientSessionCache = tls.NewLRUClientSessionCache(1)
	}
	return config
}

// run is one measurement.
type run struct {
	ctx  context.Context
	load *load
	tree *process.Tree
	// secure is the load's driver where it speaks TLS.
	secure *link.Secure
}

// measure opens the sessions, lets them warm up, and looks at the server at
// both ends of the window.
func (r *run) measure() (*Result, error) {
	c := r.load.config
	before, err := r.sample()
	if err != nil {
		return nil, err
	}
	if err := r.open(); err != nil {
		return nil, err
	}
	r.load.begin()
	if err := r.work(c.Warmup); err != nil {
		return nil, err
	}
	from, err := r.sample()
	if err != nil {
		return nil, err
	}
	r.load.reset()
	resumed := r.resumed()
	start := time.Now()
	if err := r.work(c.Duration); err != nil {
		return nil, err
	}
	took := time.Since(start)
	r.load.finish()
	to, err := r.sample()
	if err != nil {
		return nil, err
	}
	result := r.load.result(took, before, from, to)
	result.Resumed = r.resumed() - resumed
	return result, nil
}

// resumed is how many TLS sessions were resumed so far.
func (r *run) resumed() uint64 {
	if r.secure == nil {
		return 0
	}
	return r.secure.Resumed()
}

// sample looks at the server, if there is one to look at.
func (r *run) sample() (process.Usage, error) {
	if len(r.load.config.PIDs) == 0 {
		return process.Usage{}, nil
	}
	return r.tree.Sample()
}

// open opens the sessions, at the rate that was asked for, and gives those up
// that are not open in time. In churn mode they open all through the run.
func (r *run) open() error {
	c := r.load.config
	if c.Mode == Churn {
		return nil
	}
	start := time.Now()
	deadline := start.Add(c.OpenTimeout)
	for time.Now().Before(deadline) {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		settled := false
		step := func() bool {
			allowed := c.Sessions
			if c.ConnectRate > 0 {
				allowed = min(allowed, 1+int(c.ConnectRate*time.Since(start).Seconds()))
			}
			for r.load.begun < allowed && r.load.waiting < maxOpening {
				r.load.dial()
			}
			settled = r.load.begun == c.Sessions && r.load.waiting == 0
			return settled
		}
		if err := r.load.driver.Run(time.Now().Add(slice), step); err != nil {
			return err
		}
		if settled {
			return nil
		}
	}
	r.load.give(errOpenTimeout, func(s *session) bool { return s.stage == opening })
	return nil
}

// work lets the machines work for d. The driver runs in slices, between which
// churned sessions are replaced and looked after.
func (r *run) work(d time.Duration) error {
	deadline := time.Now().Add(d)
	var step func() bool
	if r.load.config.Mode == Churn {
		step = r.load.refill
	}
	for time.Now().Before(deadline) {
		if err := r.ctx.Err(); err != nil {
			return err
		}
		until := time.Now().Add(slice)
		if until.After(deadline) {
			until = deadline
		}
		if err := r.load.driver.Run(until, step); err != nil {
			return err
		}
		if r.load.config.Mode == Churn {
			late := time.Now().Add(-patience)
			r.load.give(errStalled, func(s *session) bool { return s.stage != ended && s.began.Before(late) })
		}
	}
	return nil
}

// begin makes the sessions talk that are to.
func (l *load) begin() {
	active := len(l.sessions)
	if l.config.Mode == Echo {
		active = max(1, int(math.Round(float64(active)*l.config.Active)))
	}
	// Evenly among all, so that they are no neighbours in the server's memory.
	for i := range active {
		if s := l.sessions[i*len(l.sessions)/active]; s.stage == open {
			s.begin()
		}
	}
}

// refill keeps the churn's workers busy.
func (l *load) refill() bool {
	l.sessions = slices.DeleteFunc(l.sessions, func(s *session) bool { return s.stage == ended })
	for len(l.sessions) < l.config.Sessions {
		l.dial()
	}
	return false
}

// give ends the sessions of which it is true that they are to be given up.
func (l *load) give(err error, up func(*session) bool) {
	for _, s := range l.sessions {
		if up(s) {
			s.conn.End(err)
		}
	}
}
