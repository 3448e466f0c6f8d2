package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strconv"
	"syscall"
	"time"

	"switchyard.dev/hack/load/internal/client"
	"switchyard.dev/hack/load/internal/process"
)

// endTimeout is how long a gateway may take from SIGTERM to its end: its drain,
// and what a busy machine adds.
const endTimeout = 30 * time.Second

// member is one gateway of a crowd, with a service behind it and a load
// generator before it, each a process: none may open enough for two.
type member struct {
	gateway *server
	listen  netip.AddrPort
	clients *speaker
	stops   []func()

	empty, from process.Usage
	fromTime    time.Time
	toCPU       time.Duration
	terminated  time.Time
	seen        holding
}

// stop ends what was started, the last first.
func (m *member) stop() {
	for i := range m.stops {
		m.stops[len(m.stops)-1-i]()
	}
}

// start brings the service and the gateway up.
func (m *member) start(ctx context.Context, c *comparison) error {
	dir, err := os.MkdirTemp("", "bench-crowd-")
	if err != nil {
		return err
	}
	m.stops = append(m.stops, func() { _ = os.RemoveAll(dir) })
	services, stop, err := serve(c.options.Load, "echo")
	if err != nil {
		return err
	}
	m.stops = append(m.stops, stop)
	setting, err := newSetting(dir, services["echo"], runtime.NumCPU())
	if err != nil {
		return err
	}
	if err := setting.fits(many); err != nil {
		return err
	}
	setting.Ping = pingAfter
	cmd, err := switchyard(gateway).command(c.programs[gateway], setting)
	if err != nil {
		return err
	}
	if m.gateway, err = launch(gateway, cmd); err != nil {
		return err
	}
	m.stops = append(m.stops, m.gateway.stop)
	m.listen = setting.Listen
	if err := m.gateway.listening(ctx, m.listen); err != nil {
		return err
	}
	m.empty, err = m.sample()
	return err
}

func (m *member) sample() (process.Usage, error) {
	return process.NewTree(m.gateway.pid()).Sample()
}

// fill begins to open the sessions.
func (m *member) fill(c *comparison) error {
	var err error
	m.clients, err = launchSpeaker("load", exec.Command(c.options.Load, "hold",
		"-url", "ws://"+m.listen.String()+"/", "-subprotocol", "bench", "-sessions", strconv.Itoa(many),
		"-open-timeout", "1m", "-duration", patience.String()))
	if err == nil {
		m.stops = append(m.stops, m.clients.stop)
	}
	return err
}

// full waits until they are open.
func (m *member) full() error {
	line := m.clients.line()
	if _, err := fmt.Sscanf(line, "held %d", &m.seen.Held); err != nil {
		return fmt.Errorf("load: %q does not say how many are open: %s", line, m.clients.said)
	}
	return nil
}

// look is the beginning of the hold.
func (m *member) look() (err error) {
	m.fromTime = time.Now()
	m.from, err = m.sample()
	return err
}

// weigh is its end.
func (m *member) weigh() error {
	to, err := m.sample()
	if err != nil {
		return err
	}
	m.toCPU = to.CPU()
	m.seen.RSS = to.RSS
	m.seen.PSSPerSession = float64(to.PSS-m.empty.PSS) / float64(max(1, m.seen.Held))
	m.seen.HoldCPU = (to.CPU() - m.from.CPU()).Seconds() / time.Since(m.fromTime).Seconds()
	return nil
}

// terminate makes the gateway drain.
func (m *member) terminate() error {
	m.terminated = time.Now()
	return syscall.Kill(m.gateway.pid(), syscall.SIGTERM)
}

// ended waits for the gateway's end, and for what its clients say of theirs.
func (m *member) ended() error {
	select {
	case <-m.gateway.done:
	case <-time.After(endTimeout):
		return errors.New("the gateway did not end")
	}
	state := m.gateway.cmd.ProcessState
	m.seen.DrainSeconds = m.gateway.ended.Sub(m.terminated).Seconds()
	m.seen.DrainCPU = (state.UserTime() + state.SystemTime() - m.toCPU).Seconds()
	var result client.Result
	line := m.clients.line()
	if err := json.Unmarshal([]byte(line), &result); err != nil {
		return fmt.Errorf("load: %q is no result: %s", line, m.clients.said)
	}
	m.seen.Pinged, m.seen.Ends = result.Pinged, result.Errors
	if !state.Success() {
		return fmt.Errorf("the gateway ended with %v: %s", state, m.gateway.said)
	}
	return nil
}
