package features

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"github.com/go-logr/logr/funcr"
	"google.golang.org/protobuf/proto"
	corev1 "k8s.io/api/core/v1"

	"switchyard.dev/controllers/provision"
	"switchyard.dev/gateway"
	"switchyard.dev/gateway/config"
	"switchyard.dev/gateway/keep"
	"switchyard.dev/gateway/xds"
	"switchyard.dev/test/gatewaytest"
)

// pod is a gateway as a pod runs it: the data plane of a Gateway, with the
// certificate that the controller has given it, and a volume that lives as long
// as the pod.
type pod struct {
	*gateway.Gateway
	w                  *world
	of, name, address  string
	certificates, kept string
	log                *gatewaytest.Log
	stop               func()
}

// pod starts a gateway of the named Gateway, which follows the controller at
// address and stops when the test ends.
func (w *world) pod(of, name, address string) *pod {
	w.Helper()
	p := &pod{w: w, of: of, name: name, address: address, certificates: w.TempDir(), kept: w.TempDir(), log: &gatewaytest.Log{}}
	p.renew(nil)
	p.start()
	w.Cleanup(func() {
		p.stop()
		if w.Failed() {
			w.Log("the log of " + name + ":\n" + p.log.String())
		}
	})
	return p
}

// start starts the pod's container, for the first time or once more. What is kept
// is served at once, as by cmd/switchyard-gateway.
func (p *pod) start() {
	p.w.Helper()
	logger := funcr.New(func(prefix, args string) { p.log.Add(prefix + " " + args) }, funcr.Options{})
	var err error
	p.Gateway, err = gateway.New(gateway.Options{Log: logger, Admin: gateway.NoAdmin, DrainWindow: -1, DrainTimeout: time.Second})
	if err != nil {
		p.w.Fatal(err)
	}
	kept, err := keep.Open(p.kept)
	if err != nil {
		p.w.Fatal(err)
	}
	serving, versions, err := kept.Restore(p.apply)
	if err != nil {
		p.w.Fatal(err)
	}
	client := xds.New(xds.Options{
		Address: p.address, Certificates: p.certificates, Node: p.name,
		Apply: p.apply, Observer: p.Controller(), Log: logger,
		Serving: serving, Versions: versions, Applied: kept.Put,
	})
	ctx, cancel := context.WithCancel(context.Background())
	left, leave := context.WithCancel(context.Background())
	var parts sync.WaitGroup
	parts.Go(func() { client.Run(ctx); leave() })
	parts.Go(func() { kept.Run(left, func(err error) { logger.Error(err, "Cannot keep") }) })
	parts.Go(func() { _ = p.Run(left) })
	p.stop = sync.OnceFunc(func() { cancel(); parts.Wait() })
}

// apply is Gateway.Apply on a network of pods that is loopback: an API server
// takes no endpoint there, so 192.0.2.x (RFC 5737) stands for 127.0.0.x.
func (p *pod) apply(s *config.Snapshot) error {
	s = proto.CloneOf(s)
	for _, service := range s.GetServices() {
		for _, e := range service.GetEndpoints() {
			e.Address = strings.Replace(e.Address, podNetwork, "127.0.0.", 1)
		}
	}
	return p.Apply(s)
}

const podNetwork = "192.0.2."

// renew puts the certificate of the pod's Gateway where a kubelet would, once
// there is one that differs from old.
func (p *pod) renew(old *corev1.Secret) *corev1.Secret {
	p.w.Helper()
	var s corev1.Secret
	p.w.eventually(func() error {
		key := p.w.key(provision.SecretName(p.w.gatewayObject(p.of)))
		if err := server.Client.Get(p.w.Context(), key, &s); err != nil {
			return fmt.Errorf("the gateway's certificate: %w", err)
		}
		if old != nil && s.ResourceVersion == old.ResourceVersion {
			return errorString("the gateway's certificate is the old one")
		}
		return nil
	})
	for name, data := range s.Data {
		if err := os.WriteFile(filepath.Join(p.certificates, name), data, 0o600); err != nil {
			p.w.Fatal(err)
		}
	}
	return &s
}

// open opens a session at a listener's port, or fails.
func (w *world) open(port, path, subprotocol string) *gatewaytest.Client {
	w.Helper()
	c := w.dial(port)
	c.Raw([]byte(gatewaytest.Upgrade(path, subprotocol).String()))
	c.WantUpgrade(subprotocol)
	return c
}

func (w *world) dial(port string) *gatewaytest.Client {
	w.Helper()
	var c *gatewaytest.Client
	w.eventually(func() (err error) {
		c, err = gatewaytest.Dial(w.T, w.address(port), nil)
		return err
	})
	return c
}

// status is how a handshake is answered.
func (w *world) status(port, path, subprotocol string) int {
	w.Helper()
	c := w.dial(port)
	defer c.Vanish()
	return c.Ask(gatewaytest.Upgrade(path, subprotocol)).StatusCode
}

// wantStatus waits until a handshake is answered so.
func (w *world) wantStatus(port, path, subprotocol string, want int) {
	w.Helper()
	w.eventually(func() error {
		if got := w.status(port, path, subprotocol); got != want {
			return fmt.Errorf("%s %s is answered %d, want %d", path, subprotocol, got, want)
		}
		return nil
	})
}

// echoes says that a session is alive.
func echoes(c *gatewaytest.Client, word string) {
	c.Send(gatewaytest.Binary([]byte(word)))
	c.WantData(gatewaytest.OpBinary, []byte(word))
}
