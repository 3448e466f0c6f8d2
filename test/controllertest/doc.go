// Package controllertest is a controller for gateways under test: a real delta
// xDS server of go-control-plane, over loopback, that knows its gateways by their
// certificates. It may go away and come back at the same address, and it writes
// down what it sent and was answered.
//
// What it sends comes from the test. It translates nothing.
package controllertest
