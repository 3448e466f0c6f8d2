package pump

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"switchyard.dev/gateway/driver"
	"switchyard.dev/gateway/driver/drivertest"
	"switchyard.dev/gateway/frame"
	"switchyard.dev/gateway/session"
)

// The ping is written by the timer's own goroutine: while it waits there, the
// timer must still run.
func TestAPingThatTheClientDoesNotTakeEndsTheSession(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		serviceNear, serviceFar := net.Pipe()
		defer far.Close()
		defer serviceFar.Close()
		o := drivertest.NewOwner()
		s := New(driver.Options{
			Client: wholeClose{near}, Service: wholeClose{serviceNear}, Owner: o,
			Config: &session.Config{Ping: time.Second, Pong: time.Second, Write: time.Minute, Close: time.Second},
		})
		s.Start(nil, nil)
		end := <-o.Ends // on virtual time: at once or, with nothing left to wait for, never
		if end.Cause != session.ClientStalled || end.Code != 1006 {
			t.Errorf("end %+v", end)
		}
	})
}

func TestAPanicOfTheEngineLeavesNothingLocked(t *testing.T) {
	r := start(t, unchanged)
	r.mu.Lock()
	r.engine = session.Session{} // whatever it does now is a fault
	r.wake()
	r.mu.Unlock()
	r.Want(t, session.Internal)
	<-r.Faults
	if got := r.Stats(); got != (session.Stats{}) {
		t.Errorf("stats %+v", got)
	}
}

// deafened is a connection that nothing can be written to.
type deafened struct{ driver.Conn }

func (deafened) Write([]byte) (int, error) { return 0, errors.New("nothing goes out") }

func TestACloseFrameThatDidNotGoOutIsNone(t *testing.T) {
	near, far := drivertest.TCPPair(t)
	serviceNear, serviceFar := drivertest.TCPPair(t)
	o := drivertest.NewOwner()
	s := New(driver.Options{Client: deafened{near}, Service: serviceNear, Config: drivertest.Config(), Owner: o})
	s.Start(nil, nil)
	s.Close(session.Drain)
	far.Close()
	serviceFar.Close()
	if end := o.Want(t, session.Drain); end.Code != 1006 {
		t.Errorf("code %d, want 1006: no Close frame went either way", end.Code)
	}
}

// What was asked for from outside is done by the timer, which traffic must not
// put off.
func TestWhatIsAskedForIsNotPutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		serviceNear, serviceFar := net.Pipe()
		o := drivertest.NewOwner()
		s := New(driver.Options{Client: wholeClose{near}, Service: wholeClose{serviceNear}, Config: drivertest.Config(), Owner: o})
		s.Start(nil, nil)
		synctest.Wait()
		began := time.Now()
		s.Close(session.Idle)
		s.rearm() // as whoever moves bytes may just now
		if n, err := serviceFar.Read(make([]byte, 1)); err != io.EOF || time.Since(began) > 0 {
			t.Errorf("the service read %d bytes, %v, after %v; want the end at once", n, err, time.Since(began))
		}
		far.Close()
		<-o.Ends
	})
}

// reset is a connection whose other end was reset: the system tells whoever
// comes first, here the writer, and all others of an end.
type reset struct {
	driver.Conn
	told chan struct{}
}

func (c reset) Write([]byte) (int, error) {
	defer close(c.told)
	return 0, syscall.ECONNRESET
}

func (c reset) Read([]byte) (int, error) {
	<-c.told
	return 0, io.EOF
}

func TestAResetThatTheWriterWasToldOfIsNoEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		service, _ := net.Pipe()
		o := drivertest.NewOwner()
		s := New(driver.Options{
			Client: wholeClose{near}, Service: reset{wholeClose{service}, make(chan struct{})}, Owner: o,
			Config: drivertest.Config(),
		})
		s.Start(nil, nil)
		far.Write(drivertest.Masked(frame.Binary, []byte("x")))
		go io.Copy(io.Discard, far)
		if end := <-o.Ends; end.Cause != session.BackendReset {
			t.Errorf("end %+v", end)
		}
	})
}
