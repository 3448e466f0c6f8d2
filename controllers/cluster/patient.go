package cluster

import (
	"errors"
	"net"
	"net/http"
	"time"

	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/cache"
)

// redialEvery is how often an API server that cannot be reached is tried.
const redialEvery = time.Second

// NewCache makes a cache that hears of changes again as soon as an API server
// that was away is back. Left to themselves its informers try ever more seldom,
// in the end once in a minute.
func NewCache(config *rest.Config, options cache.Options) (cache.Cache, error) {
	config = rest.CopyConfig(config)
	config.Wrap(func(next http.RoundTripper) http.RoundTripper { return patient{next} })
	var err error
	if options.HTTPClient, err = rest.HTTPClientFor(config); err != nil {
		return nil, err
	}
	return cache.New(config, options)
}

// patient sends what could not be sent again and again, until its context ends.
type patient struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (p patient) RoundTrip(r *http.Request) (*http.Response, error) {
	for {
		response, err := p.next.RoundTrip(r)
		if !unsent(r, err) {
			return response, err
		}
		select {
		case <-r.Context().Done():
			return nil, err
		case <-time.After(redialEvery):
		}
	}
}

// unsent tells that r has met nobody, and is still whole.
func unsent(r *http.Request, err error) bool {
	var failure *net.OpError
	return errors.As(err, &failure) && failure.Op == "dial" && (r.Body == nil || r.Body == http.NoBody)
}
