// Package chart holds charts/switchyard and config/default to what is said of
// them: what Helm makes of which values, which values are refused and in what
// words, that a real API server takes it all, and that kustomize makes the same.
//
// Helm is the program that HELM names, or else the one that hack/kube/build.sh
// builds. Objects are decoded strictly, so that a field that does not exist is
// found. There is nothing here but tests.
package chart
