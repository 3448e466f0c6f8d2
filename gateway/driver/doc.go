// Package driver is what the drivers of established sessions have in common: a
// driver joins an engine to a client connection and a service connection, and
// moves the bytes.
//
// In: two connections and an engine's configuration. Out: when the session is
// over, its cause and figures. A driver knows nothing of WebSocket, HTTP or
// routes. There are two: loop, for sockets on Linux, and pump, for all else.
package driver
