// Package keep is where a gateway keeps its last configuration, for a start
// while its controller is away.
//
// In: snapshots that serve, with the versions of their resources, as often as
// they change. Out: one file, and at the next start what it says. The newest is
// written at last, but not each: a write follows another after a second at the
// earliest, and nobody who applies waits for it.
//
// The file has private keys: its folder is meant to be a volume in memory that
// lives as long as the pod, and nobody else may read the file. One that is
// damaged, or of another format, is an error and never half a configuration.
package keep
