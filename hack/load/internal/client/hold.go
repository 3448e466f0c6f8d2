package client

import (
	"context"
	"time"

	"switchyard.dev/hack/load/internal/process"
)

// Hold opens config's sessions, tells how many are open, and keeps them until
// the server has ended them all, or for config's Duration. The result has a
// kind of error for every way in which they ended; no process is measured.
func Hold(ctx context.Context, config Config, opened func(held int)) (*Result, error) {
	config.Mode, config.PIDs = Idle, nil
	return drive(ctx, config, func(r *run) (*Result, error) { return r.hold(opened) })
}

func (r *run) hold(opened func(held int)) (*Result, error) {
	if err := r.open(); err != nil {
		return nil, err
	}
	start := time.Now()
	opened(r.load.opens)
	over := func() bool { return r.load.opens == 0 }
	for deadline := start.Add(r.load.config.Duration); !over() && time.Now().Before(deadline); {
		if err := r.ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.load.driver.Run(time.Now().Add(slice), over); err != nil {
			return nil, err
		}
	}
	return r.load.result(time.Since(start), process.Usage{}, process.Usage{}, process.Usage{}), nil
}
