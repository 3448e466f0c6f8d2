package link

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

const (
	// conditionCheck is how often a Blocking driver asks Run's condition.
	conditionCheck = 5 * time.Millisecond
	// blockingBuffer is what one read or write takes: one TLS record.
	blockingBuffer = 16 << 10
)

// Blocking is a goroutine a connection. One lock serialises the machines; it
// is not held while a connection reads or writes.
type Blocking struct {
	dial   func(context.Context) (net.Conn, error)
	ctx    context.Context
	cancel context.CancelFunc
	conns  sync.WaitGroup

	mu     sync.Mutex
	closed bool
}

// NewBlocking makes a driver whose connections come from dial.
func NewBlocking(dial func(context.Context) (net.Conn, error)) *Blocking {
	ctx, cancel := context.WithCancel(context.Background())
	return &Blocking{dial: dial, ctx: ctx, cancel: cancel}
}

// Run implements Driver.
func (b *Blocking) Run(deadline time.Time, until func() bool) error {
	for {
		held := false
		if until != nil {
			b.Do(func() { held = until() })
		}
		left := time.Until(deadline)
		if held || left <= 0 {
			return nil
		}
		time.Sleep(min(conditionCheck, left))
	}
}

// Do implements Driver.
func (b *Blocking) Do(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	f()
}

// Close implements Driver.
func (b *Blocking) Close() {
	b.Do(func() { b.closed = true })
	b.cancel()
	b.conns.Wait()
}

// Dial implements Driver.
func (b *Blocking) Dial(m Machine) Conn {
	ctx, cancel := context.WithCancelCause(b.ctx)
	c := &blockingConn{driver: b, machine: m, ctx: ctx, cancel: cancel, wake: make(chan struct{}, 1)}
	if !b.closed {
		b.conns.Go(c.run)
	}
	return c
}

// blockingConn is one connection of a Blocking driver: a goroutine that reads
// and one that writes.
type blockingConn struct {
	driver  *Blocking
	machine Machine
	// ctx ends with the connection; its cause is the machine's end.
	ctx    context.Context
	cancel context.CancelCauseFunc
	// wake holds a token while there may be output.
	wake chan struct{}
}

// run is the connection's life.
func (c *blockingConn) run() {
	conn, err := c.driver.dial(c.ctx)
	if err == nil {
		err = c.serve(conn)
	}
	c.cancel(err)
	c.driver.Do(func() {
		if c.driver.closed {
			return
		}
		if err = context.Cause(c.ctx); errors.Is(err, errDone) {
			err = nil
		}
		c.machine.Ended(err)
	})
}

// serve reads and writes until the connection ends, and closes it.
func (c *blockingConn) serve(conn net.Conn) error {
	stop := context.AfterFunc(c.ctx, func() { _ = conn.Close() })
	defer stop()
	defer conn.Close()
	c.driver.Do(c.machine.Opened)
	c.Kick()
	c.driver.conns.Go(func() { c.cancel(c.write(conn)) })
	return c.read(conn)
}

// read feeds the machine.
func (c *blockingConn) read(conn net.Conn) error {
	buffer := make([]byte, blockingBuffer)
	for {
		n, err := conn.Read(buffer)
		if err != nil {
			return err
		}
		c.driver.Do(func() { err = c.machine.Input(buffer[:n]) })
		if err != nil {
			return err
		}
		c.Kick()
	}
}

// write writes what the machine has, and waits to be woken where it has none.
// It returns once the machine is done or the connection has ended.
//
// Output is copied, and counted as written, before it is: the answer to it may
// reach the machine before the write returns.
func (c *blockingConn) write(conn net.Conn) error {
	buffer := make([]byte, blockingBuffer)
	for {
		n, done := 0, false
		c.driver.Do(func() {
			if n = copy(buffer, c.machine.Output()); n > 0 {
				c.machine.Wrote(n)
			} else {
				done = c.machine.Done()
			}
		})
		switch {
		case done:
			return errDone
		case n == 0:
			select {
			case <-c.wake:
			case <-c.ctx.Done():
				return nil
			}
		default:
			if _, err := conn.Write(buffer[:n]); err != nil {
				return err
			}
		}
	}
}

// Kick implements Conn.
func (c *blockingConn) Kick() {
	select {
	case c.wake <- struct{}{}:
	default:
	}
}

// End implements Conn.
func (c *blockingConn) End(err error) {
	if err == nil {
		err = errDone
	}
	c.cancel(err)
}

// errDone stands for an end that is no error where nil cannot: as the cause
// of a context.
var errDone = errors.New("link: done")
