// Package console is a web page to try routes with, served by the standalone
// mode beside the WebSockets. It is embedded, has no build step and loads
// nothing from elsewhere.
package console
