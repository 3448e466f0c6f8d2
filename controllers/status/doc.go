// Package status tells every object what became of it: the translator's
// verdict, and whether the gateways have taken it.
//
// In: verdicts, the objects as they stand, how far each Gateway's data plane is.
// Out: writes to the status of those objects whose status is another, and an
// event where a condition has turned. An unchanged status costs no call.
//
// It decides nothing: what is wrong with an object is the translator's to say.
package status
