package cluster

import (
	"context"
	"errors"
	"net"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errRefused = &net.OpError{Op: "dial", Net: "tcp", Err: errors.New("connection refused")}
	errReset   = &net.OpError{Op: "read", Net: "tcp", Err: errors.New("connection reset by peer")}
)

// server is an API server that fails in one way until it is back.
type server struct {
	back  time.Time
	fails error
}

func (s server) RoundTrip(*http.Request) (*http.Response, error) {
	if time.Now().Before(s.back) {
		return nil, s.fails
	}
	return &http.Response{StatusCode: http.StatusOK, Body: http.NoBody}, nil
}

func TestAnAPIServerThatIsAway(t *testing.T) {
	const outage = 10 * time.Minute
	for name, tc := range map[string]struct {
		fails error
		body  string
		limit time.Duration
		// after is when there is an answer or an error at the latest.
		after time.Duration
		want  error
	}{
		"a request is answered as soon as it is back":        {fails: errRefused, limit: time.Hour, after: outage + redialEvery},
		"a request ends with its context":                    {fails: errRefused, limit: time.Minute, after: time.Minute, want: errRefused},
		"what may have been sent is not sent again":          {fails: errReset, limit: time.Hour, want: errReset},
		"a request whose body may be gone is not sent again": {fails: errRefused, body: "{}", limit: time.Hour, want: errRefused},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				ctx, cancel := context.WithTimeout(t.Context(), tc.limit)
				defer cancel()
				r, err := http.NewRequestWithContext(ctx, http.MethodGet, "https://10.96.0.1/api/v1/services", strings.NewReader(tc.body))
				if err != nil {
					t.Fatal(err)
				}
				response, err := patient{server{back: begun.Add(outage), fails: tc.fails}}.RoundTrip(r)
				if !errors.Is(err, tc.want) || (err == nil) != (response != nil) {
					t.Errorf("the answer is %v and %v, want error %v", response, err, tc.want)
				}
				if took := time.Since(begun); took > tc.after {
					t.Errorf("that took %v, want %v at most", took, tc.after)
				}
			})
		})
	}
}
