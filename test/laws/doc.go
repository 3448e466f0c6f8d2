// Package laws holds the tree to its design: who may import whom, and that
// every package says what it is.
package laws
