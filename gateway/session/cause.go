package session

// Cause says why a session ended. The set is closed: the same word stands in
// the access log, in the metric's label and in the Close frame's reason.
type Cause uint8

const (
	// None: the session has not ended.
	None Cause = iota
	// ClientClose: the client sent Close.
	ClientClose
	// ClientGone: the client's connection ended without a Close frame.
	ClientGone
	// BackendEOF: the service finished and closed.
	BackendEOF
	// BackendReset: the service's connection failed.
	BackendReset
	// BackendInvalid: the service sent what the route's framing cannot carry.
	BackendInvalid
	// ProtocolError: the client broke a rule of RFC 6455.
	ProtocolError
	// InvalidUTF8: a text message was not UTF-8.
	InvalidUTF8
	// InvalidMessage: a message that the route's framing cannot carry.
	InvalidMessage
	// MessageTooBig: a message over the route's limit.
	MessageTooBig
	// PingTimeout: the client was silent after a ping.
	PingTimeout
	// Idle: no data either way for the idle timeout.
	Idle
	// ClientStalled: the client took none of what waited for it.
	ClientStalled
	// BackendStalled: the service took none of what waited for it.
	BackendStalled
	// Drain: the gateway is stopping.
	Drain
	// Internal: a fault in the gateway's own handling of this session.
	Internal

	causes
)

var causeNames = [causes]string{
	"none", "client_close", "client_gone", "backend_eof", "backend_reset", "backend_invalid",
	"protocol_error", "invalid_utf8", "invalid_message", "message_too_big", "ping_timeout", "idle",
	"client_stalled", "backend_stalled", "drain", "internal",
}

// String is the word for c in logs, labels and Close frames.
func (c Cause) String() string {
	if c >= causes {
		return "invalid"
	}
	return causeNames[c]
}

// Causes are all causes a session can end with.
func Causes() []Cause {
	all := make([]Cause, 0, causes-1)
	for c := ClientClose; c < causes; c++ {
		all = append(all, c)
	}
	return all
}

// closeCodes are the codes the client is sent (RFC 6455 7.4.1; 1014 is
// registered with IANA as Bad Gateway). Zero: none is sent.
var closeCodes = [causes]uint16{
	BackendEOF:     1000,
	BackendReset:   1014,
	BackendInvalid: 1014,
	ProtocolError:  1002,
	InvalidUTF8:    1007,
	InvalidMessage: 1007,
	MessageTooBig:  1009,
	PingTimeout:    1001,
	Idle:           1001,
	BackendStalled: 1014,
	Drain:          1001,
	Internal:       1011,
}

// Code is the close code sent to the client for c; zero where none is sent or,
// for ClientClose, where it is the client's own.
func (c Cause) Code() uint16 {
	if c >= causes {
		return 0
	}
	return closeCodes[c]
}
