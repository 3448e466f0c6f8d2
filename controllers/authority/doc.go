// Package authority is the installation's own certificate authority, with the
// identities that it gives to gateways and to the server that they connect to.
//
// In: the data of Secrets and the time. Out: the data of Secrets, and the TLS
// configuration of the server. An authority is made long before the one it
// follows ends and signs nothing until every gateway trusts it, so rotation
// breaks no connection.
//
// It reads no clock, knows no client of Kubernetes, and never puts key material
// into an error.
package authority
