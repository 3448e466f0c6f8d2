// Package policy decides what a matched request may do, before a service is
// dialled, and for how long: which web origins may open a session, and the
// times and limits of one.
//
// In: a config.Policy. Out: a Policy with every default filled in.
//
// Origins are closed by default. A TCP service never agreed to be spoken to by
// any web page; the gateway agrees on its behalf, so it must be told to.
package policy
