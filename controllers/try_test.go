package controllers

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/go-logr/logr/funcr"
	"github.com/prometheus/client_golang/prometheus"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

var (
	errConflict  = apierrors.NewConflict(schema.GroupResource{Resource: "gateways"}, "edge", errors.New("it has changed"))
	errForbidden = apierrors.NewForbidden(schema.GroupResource{Resource: "gateways"}, "edge", errors.New("no"))
)

func TestOnlyConflicts(t *testing.T) {
	tests := map[string]struct {
		err  error
		want bool
	}{
		"one":                          {errConflict, true},
		"several":                      {errors.Join(errConflict, errConflict), true},
		"one with words around it":     {fmt.Errorf("Gateway edge: %w", errConflict), true},
		"another error":                {errForbidden, false},
		"one beside another error":     {errors.Join(errConflict, errForbidden), false},
		"and with words around both":   {fmt.Errorf("Gateway edge: %w", errors.Join(errConflict, errForbidden)), false},
		"and with words around either": {errors.Join(fmt.Errorf("a: %w", errConflict), fmt.Errorf("b: %w", errForbidden)), false},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if got := onlyConflicts(tc.err); got != tc.want {
				t.Errorf("got %v, want %v", got, tc.want)
			}
		})
	}
}

// script is an operator whose step fails, one error a pass, and how many lines
// that logs.
func script(t *testing.T, fails func(pass int) error, passes int) (waits []time.Duration, logged int) {
	t.Helper()
	m, err := newMetrics(prometheus.NewRegistry())
	if err != nil {
		t.Fatal(err)
	}
	synctest.Test(t, func(t *testing.T) {
		o := &operator{
			metrics: m, troubles: map[string]trouble{},
			log: funcr.New(func(string, string) { logged++ }, funcr.Options{}),
		}
		for pass := range passes {
			try := try{o: o, ctx: context.Background(), again: time.Hour}
			try.failed(fails(pass), "Cannot do it")
			waits = append(waits, try.again)
			time.Sleep(try.again)
		}
	})
	return waits, logged
}

func TestAStepThatKeepsFailing(t *testing.T) {
	waits, logged := script(t, func(int) error { return errForbidden }, 16)
	want := []time.Duration{1, 2, 4, 8, 16, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30, 30}
	for i := range want {
		if waits[i] != want[i]*time.Second {
			t.Fatalf("tried again after %v, want %v s", waits, want)
		}
	}
	// 331 s, in which it is told at the beginning and after 5 minutes.
	if logged != 2 {
		t.Errorf("logged %d times, want 2", logged)
	}
}

func TestAStepThatFailsOtherwiseIsToldAtOnce(t *testing.T) {
	if _, logged := script(t, func(pass int) error { return fmt.Errorf("no. %d", pass) }, 4); logged != 4 {
		t.Errorf("logged %d times, want 4", logged)
	}
	healed := func(pass int) error {
		if pass == 1 {
			return nil
		}
		return errForbidden
	}
	if waits, logged := script(t, healed, 3); logged != 2 || waits[2] != retry {
		t.Errorf("after it has healed: logged %d times, tried again after %v", logged, waits[2])
	}
}

func TestConflictsAreTriedAgainInSilence(t *testing.T) {
	if waits, logged := script(t, func(int) error { return errConflict }, 3); logged != 0 || waits[2] != retry {
		t.Errorf("logged %d times, tried again after %v", logged, waits)
	}
}
