// Package files is the standalone source of objects: YAML in a folder, read
// strictly and followed as it changes.
//
// In: a file or folder. Out: translate.Objects, or errors with file and line.
package files
