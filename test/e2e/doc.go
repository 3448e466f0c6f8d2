// Package e2e installs the chart on a real cluster, as its users do, and holds
// the promises that only a real cluster can break: with a crowd of live sessions
// it scales, rolls out, kills and upgrades what Switchyard is made of, and counts
// sessions that were held, closed properly and lost, and visitors who were turned
// away.
//
// It runs inside a node's namespaces with kubectl and helm in its PATH, and needs
// images that are loaded: hack/e2e.sh sees to all that. Without E2E=1 there is
// nothing to run against, and the tests are skipped.
package e2e
