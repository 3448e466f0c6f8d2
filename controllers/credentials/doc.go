// Package credentials keeps the Secrets by which gateways and controllers know
// each other: the authority's own, and one for every Gateway's data plane.
//
// In: the Secrets as they stand, the Gateways, the time. Out: Secrets written
// where they are missing or due. What is in them is authority's to say. Only
// the leader writes; every replica reads.
package credentials
