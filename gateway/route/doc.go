// Package route is the compiled route table: from listener, host, path and
// offered subprotocols to a target.
//
// In: a config.Snapshot. Out: an immutable Table whose lookups cost the same
// with ten routes or ten thousand. A new configuration is a new Table.
package route
