// Package policy decides what a matched request may do, before a service is
// dialled. Today: which web origins may open a session.
//
// Origins are closed by default. A TCP service never agreed to be spoken to by
// any web page; the gateway agrees on its behalf, so it must be told to.
package policy
