//go:build !linux

package driver

type polled struct{}

func (*polled) tell(watch) bool { return false }
