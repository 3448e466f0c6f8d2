// Package manualtest holds the manuals to what they tell of: tables that are
// made from the code, and examples that somebody will copy.
//
// A test that imports it has the flag -update, which rewrites the tables.
package manualtest
