package session

// Side says who ended a session.
type Side string

// The sides of a session. A gateway that acts on a peer's fault, as on a broken
// frame, is the one that ended the session.
const (
	ClientSide  Side = "client"
	ServiceSide Side = "service"
	GatewaySide Side = "gateway"
)

// Side is who ended a session with cause c; empty where c is none.
func (c Cause) Side() Side {
	switch c {
	case None:
		return ""
	case ClientClose, ClientGone:
		return ClientSide
	case BackendEOF, BackendReset:
		return ServiceSide
	default:
		return GatewaySide
	}
}
