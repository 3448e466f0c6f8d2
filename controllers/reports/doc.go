// Package reports carries what gateways report from the replica that they are
// connected to, to the one that leads.
//
// Gateways connect to any replica, and only the leader writes statuses. So the
// others put what they are told into a ConfigMap each, beside themselves, and
// renew it like a lease: what is not renewed is of a replica that is gone.
//
// In: the reports of this replica's gateways. Out: those of all.
package reports
