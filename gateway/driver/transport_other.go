//go:build !linux

package driver

type polled struct{}
