// Package flags has the flags that the programs share, by what they are about.
//
// In: a command line. Out: what it asks for, opened, or an error that names the
// flag. Each program chooses its own defaults where they differ.
package flags
