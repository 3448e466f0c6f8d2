package accesslog

import (
	"strconv"
	"time"

	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/session"
)

// maxForeign bounds what a client chose, in bytes before escaping.
const maxForeign = 256

// timeFormat is RFC 3339 with milliseconds.
const timeFormat = "2006-01-02T15:04:05.000Z07:00"

// Refusal is what is known of a handshake that did not become a session. What is
// not known is empty.
type Refusal struct {
	Time time.Time
	// Client is the client's address and port.
	Client string
	// Listener is a name of the configuration.
	Listener string
	// Host and Path are what the client sent.
	Host, Path string
	// Result is one of the handshake's closed set of words.
	Result string
	// Status is that of the HTTP answer, Message its one line.
	Status  int
	Message string
}

// appendSession appends the record of a session.
func appendSession(dst []byte, info *registry.Info, end session.End, ended time.Time) []byte {
	o := open(dst)
	o.time("time", ended)
	o.text("session", info.ID)
	o.text("listener", info.Listener)
	o.text("route", info.Route)
	o.text("subprotocol", info.Subprotocol)
	o.text("service", info.Service)
	o.text("endpoint", info.Endpoint)
	o.text("client", info.Client)
	o.foreign("host", info.Host)
	o.foreign("path", info.Path)
	o.foreign("origin", info.Origin)
	o.number("duration_ms", uint64(max(0, ended.Sub(info.Started).Milliseconds())))
	o.number("bytes_in", end.Stats.BytesIn)
	o.number("bytes_out", end.Stats.BytesOut)
	o.number("messages_in", end.Stats.MessagesIn)
	o.number("messages_out", end.Stats.MessagesOut)
	o.number("code", uint64(end.Code))
	o.text("cause", end.Cause.String())
	o.text("closed_by", string(end.Cause.Side()))
	o.text("detail", end.Detail)
	return o.close()
}

// appendRefusal appends the record of a refused handshake.
func appendRefusal(dst []byte, r Refusal) []byte {
	o := open(dst)
	o.time("time", r.Time)
	o.text("client", r.Client)
	o.text("listener", r.Listener)
	o.foreign("host", r.Host)
	o.foreign("path", r.Path)
	o.text("result", r.Result)
	o.number("status", uint64(max(0, r.Status)))
	// It may repeat what the client sent.
	o.foreign("message", r.Message)
	return o.close()
}

// object is a JSON object under construction. Its keys are ours and need no
// escaping.
type object struct{ b []byte }

func open(dst []byte) object { return object{append(dst, '{')} }

func (o *object) key(k string) {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, k...)
	o.b = append(o.b, '"', ':')
}

func (o *object) text(k, v string) {
	o.key(k)
	o.b = appendString(o.b, v)
}

// foreign is a text that the client chose.
func (o *object) foreign(k, v string) { o.text(k, cut(v, maxForeign)) }

func (o *object) number(k string, v uint64) {
	o.key(k)
	o.b = strconv.AppendUint(o.b, v, 10)
}

func (o *object) time(k string, v time.Time) {
	o.key(k)
	o.b = append(o.b, '"')
	o.b = v.UTC().AppendFormat(o.b, timeFormat)
	o.b = append(o.b, '"')
}

func (o *object) close() []byte { return append(o.b, '}', '\n') }
