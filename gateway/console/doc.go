// Package console is a web page to try routes with, served by the standalone
// mode beside the WebSockets. It is embedded, has no build step and loads
// nothing from elsewhere.
//
// In: what the gateway serves and the live sessions. Out: the page, for anyone
// who reaches the port, and both as JSON, for those who are allowed: by default
// only programs on the gateway's own host (FromLoopback). It changes nothing.
package console
