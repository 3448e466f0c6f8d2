package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	"google.golang.org/protobuf/proto"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/files"
	"switchyard.dev/controllers/translate"
	"switchyard.dev/gateway/config"
)

// source turns files into snapshots. It is used by one goroutine at a time.
type source struct {
	path string
	log  logr.Logger
	// applied is what is served.
	applied *config.Snapshot
}

// loaded is what files ask for, and what else is to be said about them.
type loaded struct {
	*config.Snapshot
	verdicts []translate.Verdict
}

// load reads the files. An object that cannot be read or is not accepted is an
// error, as an API server would refuse it: an edit is taken whole or not at
// all. A reference that leads nowhere is not: its object may come later.
func (s *source) load() (loaded, error) {
	objects, err := files.Read(s.path)
	if err != nil {
		return loaded{}, err
	}
	objects.Now = time.Now()
	result := translate.Translate(objects, translate.Standalone())
	if err := refused(result.Verdicts); err != nil {
		return loaded{}, err
	}
	if len(result.Snapshot.GetListeners()) == 0 {
		return loaded{}, fmt.Errorf("%s: no Gateway in it has a listener that can be served", s.path)
	}
	return loaded{result.Snapshot, result.Verdicts}, config.Validate(result.Snapshot)
}

// refused is an error for every object that is not accepted.
func refused(all []translate.Verdict) error {
	var errs []error
	for _, v := range all {
		for _, f := range v.Faults() {
			if f.Type == acceptedCondition {
				errs = append(errs, fault(v, f))
			}
		}
	}
	return errors.Join(errs...)
}

// take remembers what is served, and logs which parts of it cannot be or soon
// may not.
func (s *source) take(l loaded) {
	s.applied = l.Snapshot
	for _, v := range l.verdicts {
		log := s.log.WithValues("kind", v.Kind, "namespace", v.Namespace, "name", v.Name)
		for _, f := range v.Faults() {
			log.Info("part of an object is not served", "where", f.Where, "reason", f.Reason, "message", f.Message)
		}
		for _, w := range v.Warnings {
			log.Info("object is served, but not for long or not for all", "where", w.Where, "reason", w.Reason, "message", w.Message)
		}
		if v.Ignored != "" {
			log.Info("object is ignored", "why", v.Ignored)
		}
	}
}

// acceptedCondition is what all kinds call it.
const acceptedCondition = string(gatewayv1.RouteConditionAccepted)

func fault(v translate.Verdict, f translate.Fault) error {
	return fmt.Errorf("%s %s/%s: %s%s", v.Kind, v.Namespace, v.Name, prefix(f.Where), f.Message)
}

// follow applies edits until ctx ends. What is bad is logged, and what was
// served before is served on.
func (s *source) follow(ctx context.Context, to server) {
	err := files.Watch(ctx, s.path, func() { s.reload(to) })
	if err != nil {
		s.log.Error(err, "edits are not followed any more")
	}
}

func (s *source) reload(to server) {
	next, err := s.load()
	if err == nil && proto.Equal(next.Snapshot, s.applied) {
		return
	}
	if err == nil {
		err = to.Apply(next.Snapshot)
	}
	if err != nil {
		for _, e := range each(err) {
			s.log.Error(e, "edit is refused, what was served before is served on")
		}
		return
	}
	s.take(next)
	s.log.Info("edit is served", "listeners", len(next.GetListeners()), "routes", len(next.GetRoutes()), "services", len(next.GetServices()))
}

// each is the errors that were joined to err.
func each(err error) []error {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		return joined.Unwrap()
	}
	return []error{err}
}
