package client

import (
	"maps"
	"time"

	"switchyard.dev/hack/load/internal/process"
)

// Result is what a run saw, as one JSON object.
type Result struct {
	Mode     Mode     `json:"mode"`
	URL      string   `json:"url"`
	Size     int      `json:"size"`
	Sessions Sessions `json:"sessions"`
	// Seconds that were measured; all counts are of this window.
	Seconds float64 `json:"seconds"`
	// Messages are echoes, sent (upload) or received (download) messages, or
	// sessions that were closed in good order (churn). Bytes are payload.
	Messages    uint64  `json:"messages"`
	Bytes       uint64  `json:"bytes"`
	MessageRate float64 `json:"messages_per_second"`
	ByteRate    float64 `json:"bytes_per_second"`
	// Latency of echoes.
	Latency       *Latency `json:"latency_us,omitempty"`
	Handshakes    uint64   `json:"handshakes"`
	HandshakeRate float64  `json:"handshakes_per_second"`
	// Resumed is how many of the handshakes resumed a TLS session.
	Resumed uint64 `json:"resumed,omitempty"`
	// Pinged is how many sessions were pinged.
	Pinged int `json:"pinged,omitempty"`
	// Process is absent where no process was named.
	Process *Process `json:"process,omitempty"`
	// Errors counts sessions that ended in another way than asked, and
	// "silent" ones that were never answered, over the whole run.
	Errors map[string]uint64 `json:"errors"`
}

// Sessions says how many were asked for, how many are open at the end, and
// how many never came to be open.
type Sessions struct {
	Asked  int `json:"asked"`
	Open   int `json:"open"`
	Failed int `json:"failed"`
}

// Latency is in microseconds.
type Latency struct {
	P50  float64 `json:"p50"`
	P90  float64 `json:"p90"`
	P99  float64 `json:"p99"`
	P999 float64 `json:"p99.9"`
	Max  float64 `json:"max"`
}

// Process is what the measured processes used in the window. Figures that the
// mode does not give are zero and left out.
type Process struct {
	PIDs      []int `json:"pids"`
	Processes int   `json:"processes"`

	UserSeconds float64 `json:"cpu_user_seconds"`
	SysSeconds  float64 `json:"cpu_sys_seconds"`
	CPUSeconds  float64 `json:"cpu_seconds"`

	CPUPerMessage   float64 `json:"cpu_us_per_message,omitempty"`
	CPUPerGB        float64 `json:"cpu_seconds_per_gb,omitempty"`
	CPUPerHandshake float64 `json:"cpu_us_per_handshake,omitempty"`

	// Before there was a session, and at the end of the window.
	RSSBefore int64 `json:"rss_kib_before"`
	RSSAfter  int64 `json:"rss_kib_after"`
	PSSBefore int64 `json:"pss_kib_before"`
	PSSAfter  int64 `json:"pss_kib_after"`
	// Growth by open sessions.
	RSSPerSession float64 `json:"rss_bytes_per_session,omitempty"`
	PSSPerSession float64 `json:"pss_bytes_per_session,omitempty"`
}

// gigabyte is 10^9 bytes.
const gigabyte = 1e9

// result sums the window up: the server was seen before any session, and at
// both ends of the window.
func (l *load) result(took time.Duration, before, from, to process.Usage) *Result {
	seconds := took.Seconds()
	r := &Result{
		Mode: l.config.Mode, URL: l.config.URL, Size: l.config.Size,
		Sessions:      Sessions{Asked: l.config.Sessions, Open: l.opens, Failed: l.failed},
		Seconds:       seconds,
		Messages:      l.messages,
		Bytes:         l.bytes,
		MessageRate:   float64(l.messages) / seconds,
		ByteRate:      float64(l.bytes) / seconds,
		Handshakes:    l.handshakes,
		HandshakeRate: float64(l.handshakes) / seconds,
		Pinged:        l.pinged(),
		Errors:        maps.Clone(l.errors),
	}
	if n := l.silent(); n > 0 {
		r.Errors["silent"] = n
	}
	if l.latency.Count() > 0 {
		micro := func(q float64) float64 { return float64(l.latency.Quantile(q)) / float64(time.Microsecond) }
		r.Latency = &Latency{P50: micro(0.5), P90: micro(0.9), P99: micro(0.99), P999: micro(0.999), Max: micro(1)}
	}
	if len(l.config.PIDs) > 0 {
		r.Process = l.process(before, from, to)
	}
	return r
}

// process is the server's part of the result.
func (l *load) process(before, from, to process.Usage) *Process {
	p := &Process{
		PIDs: l.config.PIDs, Processes: to.Processes,
		UserSeconds: (to.User - from.User).Seconds(),
		SysSeconds:  (to.System - from.System).Seconds(),
		CPUSeconds:  (to.CPU() - from.CPU()).Seconds(),
		RSSBefore:   before.RSS, RSSAfter: to.RSS,
		PSSBefore: before.PSS, PSSAfter: to.PSS,
	}
	const micro = 1e6
	if l.messages > 0 && l.config.Mode != Churn {
		p.CPUPerMessage = p.CPUSeconds * micro / float64(l.messages)
	}
	if l.bytes > 0 {
		p.CPUPerGB = p.CPUSeconds * gigabyte / float64(l.bytes)
	}
	if l.config.Mode == Churn && l.messages > 0 {
		p.CPUPerHandshake = p.CPUSeconds * micro / float64(l.messages)
	}
	if l.opens > 0 && l.config.Mode != Churn {
		const kib = 1024
		p.RSSPerSession = float64(to.RSS-before.RSS) * kib / float64(l.opens)
		p.PSSPerSession = float64(to.PSS-before.PSS) * kib / float64(l.opens)
	}
	return p
}
