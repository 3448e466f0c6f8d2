// Package api asks a real API server what it makes of Switchyard's kinds: which
// objects it takes, which it refuses and in what words, what it fills in, and
// what kubectl shows of them.
//
// What it refuses, controllers/translate refuses too, for objects that never met
// an API server. There is nothing here but tests.
package api
