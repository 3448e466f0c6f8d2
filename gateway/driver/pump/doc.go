// Package pump is the driver with two goroutines a session: it works on every
// system and with every connection, as HTTP/2 streams and those in memory.
//
// In: connections that block. Out: what every driver gives. A session holds one
// read buffer a direction for as long as it lives.
package pump
