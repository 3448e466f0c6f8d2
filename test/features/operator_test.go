package features

import (
	"context"
	"net"
	"time"

	"github.com/go-logr/logr/funcr"
	"github.com/prometheus/client_golang/prometheus"
	"k8s.io/client-go/rest"

	"switchyard.dev/controllers"
	"switchyard.dev/test/gatewaytest"
)

// operator is a replica of the controller.
type operator struct {
	w       *world
	name    string
	address string
	cancel  context.CancelFunc
	done    chan struct{}
	err     error
	calls   calls
}

// operator starts a replica, which stops when the test ends.
func (w *world) operator(name string) *operator {
	w.Helper()
	return w.operatorAt(name, "127.0.0.1:0")
}

func (w *world) operatorAt(name, address string) *operator {
	w.Helper()
	// A port that was just left may not be free at once.
	var listener net.Listener
	w.eventually(func() (err error) {
		listener, err = net.Listen("tcp", address)
		return err
	})
	ctx, cancel := context.WithCancel(context.Background())
	o := &operator{w: w, name: name, address: listener.Addr().String(), cancel: cancel, done: make(chan struct{})}
	config := rest.CopyConfig(server.Config)
	config.Impersonate = rest.ImpersonationConfig{UserName: user(w.home), Groups: []string{"system:serviceaccounts", "system:authenticated"}}
	config.Wrap(o.calls.count)
	log := &gatewaytest.Log{}
	options := controllers.Options{
		Log:             funcr.New(func(prefix, args string) { log.Add(prefix + " " + args) }, funcr.Options{}),
		Registerer:      prometheus.NewRegistry(),
		Namespace:       w.home,
		Replica:         name,
		Image:           "switchyard:test",
		WatchNamespaces: w.watched,
		XDSListener:     listener,
		HealthAddress:   controllers.None,
		MetricsAddress:  controllers.None,
		LeaseDuration:   2 * time.Second,
	}
	go func() {
		defer close(o.done)
		o.err = controllers.Run(ctx, config, options)
	}()
	w.Cleanup(func() {
		o.stop()
		if w.Failed() {
			w.Log("the log of " + name + ":\n" + log.String())
		}
	})
	return o
}

// stop ends a replica as its pod's end does. It may be called again.
func (o *operator) stop() {
	o.w.Helper()
	o.cancel()
	select {
	case <-o.done:
	case <-time.After(gatewaytest.Patience):
		o.w.Fatalf("%s has not stopped after %v", o.name, gatewaytest.Patience)
	}
	if o.err != nil {
		o.w.Errorf("%s stopped with: %v", o.name, o.err)
	}
}
