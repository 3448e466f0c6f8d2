// Package kubetest runs a real kube-apiserver and its etcd, for tests of what
// only an API server can say: whether a CRD's rules hold, what a default
// becomes, whether a controller's writes are taken.
//
// A Server has Switchyard's CRDs and those of the Gateway API's standard channel
// installed. There is no controller manager, no scheduler and no kubelet: what
// they would do, a test does by hand. A Service gets its clusterIP, for the API
// server gives it; an EndpointSlice is what the test writes; a namespace that is
// deleted never goes away, so each test makes itself a new one.
//
// The binaries are in the folder that KUBEBUILDER_ASSETS names, or else
// hack/kube/build.sh builds them, once. The package holds no assertions, and
// nothing but tests may import it.
package kubetest
