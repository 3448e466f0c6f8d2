// Package gatewaytest runs a real gateway over loopback sockets, for tests
// that know it only from outside.
//
// A Yard owns everything that one test starts: services, gateways, and at the
// end the proof that no goroutine and no descriptor outlived them. A Client
// speaks RFC 6455 frame by frame with a codec of its own, so that an error in
// the gateway's codec cannot hide in the test's; what it reads it checks
// strictly. A Script is a service whose connections the test holds.
package gatewaytest
