package driver

import (
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

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
		o := newOwner()
		s := New(Options{
			Client: wholeClose{near}, Service: wholeClose{serviceNear}, Owner: o,
			Config: &session.Config{Ping: time.Second, Pong: time.Second, Write: time.Minute, Close: time.Second},
		})
		s.Start(nil)
		end := <-o.ended // on virtual time: at once or, with nothing left to wait for, never
		if end.Cause != session.ClientStalled || end.Code != 1006 {
			t.Errorf("end %+v", end)
		}
	})
}

func TestAPanicOfTheEngineLeavesNothingLocked(t *testing.T) {
	r := start(t, transports["plain TCP"], testConfig())
	r.session.mu.Lock()
	r.session.engine = session.Session{} // whatever it does now is a fault
	r.session.wake()
	r.session.mu.Unlock()
	r.want(t, session.Internal)
	<-r.faults
	if got := r.session.Stats(); got != (session.Stats{}) {
		t.Errorf("stats %+v", got)
	}
}

func TestCloseFromOutsideClosesTheServiceWhereItsCauseSaysSo(t *testing.T) {
	eachTransport(t, testConfig(), func(t *testing.T, r *rig) {
		r.session.Close(session.Internal)
		r.wantClose(t, 1011, "internal")
		if _, err := r.service.Read(make([]byte, 1)); err != io.EOF {
			t.Errorf("the service read %v before the client has answered, want the end", err)
		}
		r.client.Close()
		r.want(t, session.Internal)
	})
}

// deafened is a connection that nothing can be written to.
type deafened struct{ Conn }

func (deafened) Write([]byte) (int, error) { return 0, errors.New("nothing goes out") }

func TestACloseFrameThatDidNotGoOutIsNone(t *testing.T) {
	near, far := tcpPair(t)
	serviceNear, serviceFar := tcpPair(t)
	o := newOwner()
	s := New(Options{Client: deafened{near}, Service: serviceNear, Config: testConfig(), Owner: o})
	s.Start(nil)
	s.Close(session.Drain)
	far.Close()
	serviceFar.Close()
	if end := o.want(t, session.Drain); end.Code != 1006 {
		t.Errorf("code %d, want 1006: no Close frame went either way", end.Code)
	}
}

// What was asked for from outside is done by the timer, which traffic must not
// put off.
func TestWhatIsAskedForIsNotPutOff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		near, far := net.Pipe()
		serviceNear, serviceFar := net.Pipe()
		o := newOwner()
		s := New(Options{Client: wholeClose{near}, Service: wholeClose{serviceNear}, Config: testConfig(), Owner: o})
		s.Start(nil)
		synctest.Wait()
		began := time.Now()
		s.Close(session.Idle)
		s.rearm() // as whoever moves bytes may just now
		if n, err := serviceFar.Read(make([]byte, 1)); err != io.EOF || time.Since(began) > 0 {
			t.Errorf("the service read %d bytes, %v, after %v; want the end at once", n, err, time.Since(began))
		}
		far.Close()
		<-o.ended
	})
}
