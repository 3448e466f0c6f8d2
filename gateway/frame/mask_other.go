//go:build !amd64

package frame

func maskLong(b []byte, k uint32) { maskWords(b, k) }
