// Package cluster is the source of objects that a Kubernetes cluster is: what
// its informers hold, and when that changes.
//
// In: the informers' cache. Out: translate.Objects, and marks. What it gives is
// the cache's own memory, which must only be read. It writes nothing.
package cluster
