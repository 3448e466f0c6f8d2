// Package loop turns any number of events into few passes.
//
// In: marks, which say that something is to be looked at again, never what.
// Out: passes, one at a time, each of which looks at everything. It knows
// nothing of what is looked at.
package loop
