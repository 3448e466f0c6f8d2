// Package loop is the driver for sockets on Linux: a few event loops, each of
// which owns its sessions outright.
//
// In: two TCP connections, either of which may carry TLS whose handshake is
// done; or a listening socket, and a Gate that decides about its clients. Out:
// what every driver gives.
//
// A Group has a shard for each core (see NewGroup), of which as few are in service
// as can do the work (see balance); sessions migrate to those. A shard has one
// thread, one epoll instance (edge-triggered), one timing wheel and one buffer to
// read into. Both sockets of a session are in the same shard, out of Go's own
// poller; nothing else touches them, so nothing is locked, and an idle session
// has neither goroutine nor buffer nor timer. What others want of a session is a
// letter to its shard. A client that only a goroutine can serve at first, as for a
// TLS handshake, is in its custody meanwhile, and comes back.
//
//	wait ▶ read client ▶ engine ▶ write service
//	     ▶ read service ▶ engine ▶ write client
//	     ▶ letters ▶ what is due
//
// Pieces from many sessions take these steps together, each step in one system
// call (see batch and aio).
//
// What a socket does not take is kept, and the other side's reading paused
// until it is taken: so a session never holds more than was read at once.
//
// It must never import what knows of HTTP, routes or configuration, and net for
// nothing but taking connections over.
package loop
