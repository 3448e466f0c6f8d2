// Package wheel is a timing wheel: the deadlines of very many things, each of
// which has at most one.
//
// In: small numbers that name the things, and when each is due. Out: which are
// due by now, and when to look again. Every call but Advance takes constant
// time, and Advance takes as much as there is due; nothing is allocated but
// room for greater numbers.
//
// It reads no clock, starts no goroutine and is not safe for concurrent use.
// The structure is that of G. Varghese and A. Lauck, Hashed and Hierarchical
// Timing Wheels (1987), scheme 7.
package wheel
