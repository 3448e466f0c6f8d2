// Package driver moves the bytes of established sessions: it joins an engine
// to a client connection and a service connection.
//
// In: two connections and an engine. Out: when the session is over, its cause
// and figures. A driver knows nothing of WebSocket, HTTP or routes, and holds
// no buffer for a session that is idle.
package driver
