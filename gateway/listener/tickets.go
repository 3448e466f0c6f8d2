package listener

import (
	"bytes"
	"crypto/tls"
)

// ticketPrefix marks the entry in a session's Extra that is ours.
const ticketPrefix = "switchyard.dev/server-name:"

// tickets make and read session tickets for all ports, so that a session can be
// resumed after any number of Updates: the keys are here and not in the
// tls.Configs, which come and go. crypto/tls rotates them daily.
type tickets struct {
	keys *tls.Config // nothing but its ticket keys is used
}

func newTickets() *tickets {
	return &tickets{keys: new(tls.Config)}
}

// wrap is for tls.Config.WrapSession.
func (t *tickets) wrap(state tls.ConnectionState, session *tls.SessionState) ([]byte, error) {
	session.Extra = append(session.Extra, []byte(ticketPrefix+state.ServerName))
	return t.keys.EncryptTicket(state, session)
}

// unwrap is for tls.Config.UnwrapSession.
//
// "A server that implements this extension MUST NOT accept the request to
// resume the session if the server_name extension contains a different name"
// (RFC 6066 3). crypto/tls leaves that to its user. Whether the client's
// certificate still meets what is asked for, it checks itself.
func (t *tickets) unwrap(identity []byte, state tls.ConnectionState) (*tls.SessionState, error) {
	session, err := t.keys.DecryptTicket(identity, state)
	if err != nil || session == nil {
		return nil, err
	}
	want := []byte(ticketPrefix + state.ServerName)
	for _, extra := range session.Extra {
		if bytes.Equal(extra, want) {
			return session, nil
		}
	}
	return nil, nil
}
