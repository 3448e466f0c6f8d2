package frame

var (
	errReserved     = broken("5.2", "reserved bits are 0 unless an extension was negotiated")
	errOpcode       = broken("5.2", "reserved opcodes are not used")
	errMasking      = broken("5.1", "clients mask, servers do not")
	errControlFin   = broken("5.5", "control frames are not fragmented")
	errControlSize  = broken("5.5", "control frames carry at most 125 bytes")
	errNotContinued = broken("5.4", "a fragmented message is continued before the next one starts")
	errNotStarted   = broken("5.4", "a continuation follows the start of a fragmented message")
)

// Rules is what a frame header is judged by.
type Rules struct {
	// FromClient: the frame came from a client, else from a server.
	FromClient bool
	// InMessage: a fragmented data message is open.
	InMessage bool
}

// Check is the first rule of RFC 6455 section 5 that h breaks, as a *Violation,
// or nil. No extension is taken to be negotiated.
func (r Rules) Check(h Header) error {
	switch {
	case h.RSV != 0:
		return errReserved
	case !h.Opcode.known():
		return errOpcode
	case h.Masked != r.FromClient:
		return errMasking
	case h.Opcode.Control() && !h.Fin:
		return errControlFin
	case h.Opcode.Control() && h.Length > MaxControl:
		return errControlSize
	case h.Opcode == Continuation && !r.InMessage:
		return errNotStarted
	case !h.Opcode.Control() && h.Opcode != Continuation && r.InMessage:
		return errNotContinued
	}
	return nil
}
