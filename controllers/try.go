package controllers

import (
	"context"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
)

const (
	// slowest is after what a step that keeps failing is tried again.
	slowest = 30 * time.Second
	// repeat is after how long the log is told again of a failure that is the same.
	repeat = 5 * time.Minute
)

// try is a pass whose steps may fail, each by itself.
type try struct {
	o     *operator
	ctx   context.Context
	again time.Duration
}

// trouble is a step that has failed in every pass lately.
type trouble struct {
	passes int
	// text is what was logged last, and when.
	text   string
	logged time.Time
}

// failed logs err, if it is one, and has the pass tried again: the longer the
// step has failed, the later, and the same words are not logged at every try.
// Passes run for reasons of their own, too.
func (t *try) failed(err error, step string) {
	switch {
	case t.ctx.Err() != nil:
		return
	case err == nil:
		delete(t.o.troubles, step)
		return
	case onlyConflicts(err):
		// Somebody was faster: what they wrote is on its way to the cache.
		t.again = sooner(t.again, retry)
		return
	}
	last := t.o.troubles[step]
	now := trouble{last.passes + 1, err.Error(), time.Now()}
	t.again = sooner(t.again, min(retry<<min(last.passes, 10), slowest))
	t.o.metrics.failed()
	if now.text == last.text && now.logged.Sub(last.logged) < repeat {
		now.logged = last.logged
	} else {
		t.o.log.Error(err, step)
	}
	t.o.troubles[step] = now
}

// onlyConflicts says whether nothing else went wrong.
func onlyConflicts(err error) bool {
	switch e := err.(type) {
	case interface{ Unwrap() []error }:
		for _, one := range e.Unwrap() {
			if !onlyConflicts(one) {
				return false
			}
		}
		return true
	case interface{ Unwrap() error }:
		return onlyConflicts(e.Unwrap())
	}
	return apierrors.IsConflict(err) || apierrors.IsAlreadyExists(err)
}
