// Package provision is the data plane of a Gateway as objects of Kubernetes.
//
// In: a Gateway as it was translated. Out: the Deployment, Service and so on
// that it is to have, as a pure function (Desired); and those objects in the
// cluster, kept so by server-side apply (Applier), which tells what came of them.
//
// It never takes over an object that is not its Gateway's, and never makes a
// pod's template depend on listeners, routes or endpoints: those reach a pod
// that runs.
package provision
