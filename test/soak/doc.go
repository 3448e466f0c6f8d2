// Package soak keeps thousands of sessions busy while configurations change
// and peers die, and accounts for every byte.
//
// It has only tests. SOAK_SESSIONS, SOAK_FOR and SOAK_SEED scale and repeat a
// run.
package soak
