package handshake

import "time"

// Result is how a handshake ended: the closed set of words for metrics and
// logs.
type Result string

// The results. Each but OK has its HTTP answer in the table below.
const (
	// OK: the session began.
	OK Result = "ok"
	// Method: the request was not a GET.
	Method Result = "method"
	// NotWebSocket: the request asked for no upgrade to websocket.
	NotWebSocket Result = "not_websocket"
	// Version: the client speaks another version than 13.
	Version Result = "version"
	// Malformed: the request breaks a rule of HTTP/1.1 or of RFC 6455.
	Malformed Result = "malformed"
	// NoRoute: nothing is served for this host and path.
	NoRoute Result = "no_route"
	// NoSubprotocol: none of the offered subprotocols is served there.
	NoSubprotocol Result = "no_subprotocol"
	// Origin: web pages of this origin may not open sessions.
	Origin Result = "origin"
	// Unauthorized: no credentials, or bad ones.
	Unauthorized Result = "unauthorized"
	// Rate: too many handshakes in too short a time.
	Rate Result = "rate"
	// Limit: too many sessions at once.
	Limit Result = "limit"
	// Draining: the gateway is stopping.
	Draining Result = "draining"
	// NoEndpoint: the service has no endpoint that takes sessions.
	NoEndpoint Result = "no_endpoint"
	// BackendRefused: no endpoint accepted a connection, or TLS failed with it.
	BackendRefused Result = "backend_refused"
	// BackendTimeout: no endpoint accepted a connection in time.
	BackendTimeout Result = "backend_timeout"
	// HeaderTooLarge: too many bytes or too many fields.
	HeaderTooLarge Result = "header_too_large"
	// TooSlow: the header was not there in time.
	TooSlow Result = "too_slow"
	// Internal: a fault in the gateway's own handling.
	Internal Result = "internal"
)

const (
	// retrySoon is for what another replica, or this one a moment later, can
	// serve.
	retrySoon = 1 * time.Second
	// retryLater is for what takes others to leave first.
	retryLater = 5 * time.Second

	// websocket is the name to upgrade to (RFC 6455 4.2.2, 11.2).
	websocket = "websocket"
	// version is the one version spoken (RFC 6455 4.1).
	version = "13"
)

// table is how each refusal is answered.
//
// "The origin server MUST generate an Allow header field in a 405 response"
// (RFC 7231 6.5.5); "The server MUST send an Upgrade header field in a 426
// response" (RFC 7231 6.5.15); "The server generating a 401 response MUST send
// a WWW-Authenticate header field" (RFC 7235 3.1).
var table = [...]Refusal{
	{Result: Method, Status: 405, Allow: "GET"},
	{Result: NotWebSocket, Status: 426, Upgrade: websocket},
	{Result: Version, Status: 426, Upgrade: websocket, Version: version},
	{Result: Malformed, Status: 400},
	{Result: NoRoute, Status: 404},
	{Result: NoSubprotocol, Status: 400},
	{Result: Origin, Status: 403},
	{Result: Unauthorized, Status: 401, Challenge: "Bearer"},
	{Result: Rate, Status: 429, RetryAfter: retryLater},
	{Result: Limit, Status: 503, RetryAfter: retryLater},
	{Result: Draining, Status: 503, RetryAfter: retrySoon},
	{Result: NoEndpoint, Status: 503, RetryAfter: retryLater},
	{Result: BackendRefused, Status: 502},
	{Result: BackendTimeout, Status: 504},
	{Result: HeaderTooLarge, Status: 431},
	{Result: TooSlow, Status: 408},
	{Result: Internal, Status: 500},
}

// Results are all results a handshake can end with.
func Results() []Result {
	all := make([]Result, 0, len(table)+1)
	all = append(all, OK)
	for i := range table {
		all = append(all, table[i].Result)
	}
	return all
}
