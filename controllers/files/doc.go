// Package files is the standalone source of objects: YAML in a folder, read
// strictly and followed as it changes.
//
// In: a file or folder. Out: translate.Objects, or errors with file and line.
// Objects that other programs read, such as Deployments, are passed over.
package files
