// Package crowd is a crowd of WebSocket clients of an echo service, which
// notices whatever goes wrong while something is done to what is between them.
//
// A Crowd keeps a number of sessions. Each sends messages of random sizes, one
// after the other, and holds every byte that comes back against what it sent. A
// session that ends is opened anew, as a browser's page would do, and Report
// says how it ended: closed properly, by a Close frame and the end of the
// connection behind it, or lost, by anything else. Which close codes are right
// is for the caller to say.
//
// A Door is where new clients come in, one after the other, for one echo each:
// none may be refused.
//
// Both speak RFC 6455 by the strict codec of gatewaytest, so that what a lenient
// client would not notice counts as lost.
package crowd
