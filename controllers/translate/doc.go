// Package translate is a pure function from Kubernetes objects to gateway
// configuration and a verdict on every object.
//
// In: Objects, and the time if certificates are to be judged by it. Out: what
// each Gateway serves and how it is run, and what each object is told. Of two
// that claim the same the older has it, and the other is told so.
//
// No client, no clock, no I/O, no logger. The same objects in any order give
// the same bytes. Objects are only read: they may be a cache's own.
package translate
