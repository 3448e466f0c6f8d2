// Package controllers is the operator: it ties the rooms below it together,
// along the line that configuration flows.
//
//	cluster ▶ translate ▶ xds          in every replica
//	credentials ▶ provision ▶ status   in the one that leads
//
// In: a cluster's API server. Out: configuration for the gateways that connect,
// pods for those that Gateways ask for, and a status on every object.
//
// Events only say "look again". One loop reads everything, translates and
// publishes; another, the leader's, brings the cluster to what came of it. A
// slow write never holds configuration up.
package controllers
