package bench

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"text/template"
	"time"
)

const (
	// startTimeout bounds how long a server may take to listen.
	startTimeout = 10 * time.Second
	// startCheck is how often that is tried.
	startCheck = 20 * time.Millisecond
	// settle lets a server that listens come to rest before it is looked at.
	settle = 300 * time.Millisecond
	// stopTimeout is what a server gets to end after SIGTERM.
	stopTimeout = 2 * time.Second
	// mostFiles is what a server is told that it may open at most, spareFiles
	// what of it is not for sessions.
	mostFiles, spareFiles = 20_000, 500
)

// setting is what a peer's configuration and arguments may refer to.
type setting struct {
	Listen, Admin, Backend netip.AddrPort
	Dir, Config            string
	// TLS is what to show clients; nil: it is plain.
	TLS *identity
	// Ping is the silence after which a session is pinged; zero: the peer's
	// own.
	Ping time.Duration
	// Threads is the number of cores, Files what a process may open, Sessions
	// how many of two sockets each fit into that with room to spare.
	Threads, Files, Sessions int
}

// newSetting finds free ports and the machine's limits.
func newSetting(dir string, backend netip.AddrPort, threads int) (setting, error) {
	var files syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &files); err != nil {
		return setting{}, fmt.Errorf("getrlimit: %w", err)
	}
	s := setting{Backend: backend, Dir: dir, Threads: threads, Files: int(min(files.Max, mostFiles))}
	s.Sessions = (s.Files - spareFiles) / 2
	var err error
	if s.Listen, err = freePort(); err != nil {
		return setting{}, err
	}
	s.Admin, err = freePort()
	return s, err
}

// fits says why so many sessions are too many for a process here.
func (s setting) fits(sessions int) error {
	if sessions <= s.Sessions {
		return nil
	}
	return fmt.Errorf("%d sessions need more than the %d files that a process may open here (ulimit -Hn)", sessions, s.Files)
}

// freePort is a loopback address that nothing listens on at the moment.
func freePort() (netip.AddrPort, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return netip.AddrPort{}, err
	}
	defer l.Close()
	return netip.ParseAddrPort(l.Addr().String())
}

// expand fills a template in.
func (s setting) expand(name, text string) (string, error) {
	t, err := template.New(name).Parse(text)
	if err != nil {
		return "", err
	}
	var out strings.Builder
	if err := t.Execute(&out, s); err != nil {
		return "", err
	}
	return out.String(), nil
}

// server is a running program.
type server struct {
	name string
	cmd  *exec.Cmd
	said *tail
	done chan struct{} // closed when it has ended
	// ended is when; to be read once done is closed.
	ended time.Time
}

// command prepares p's configuration and command line.
func (p peer) command(program string, s setting) (*exec.Cmd, error) {
	if p.config != "" {
		text, err := configs.ReadFile(path.Join("peers", p.config))
		if err != nil {
			return nil, err
		}
		config, err := s.expand(p.config, string(text))
		if err != nil {
			return nil, err
		}
		s.Config = filepath.Join(s.Dir, p.config)
		if err := os.WriteFile(s.Config, []byte(config), 0o644); err != nil {
			return nil, err
		}
	}
	var args []string
	for _, arg := range p.args {
		text, err := s.expand(p.name, arg)
		if err != nil {
			return nil, err
		}
		if text != "" {
			args = append(args, text)
		}
	}
	return exec.Command(program, args...), nil
}

// launch starts cmd in a process group of its own, so that what it forks can
// be stopped with it.
func launch(name string, cmd *exec.Cmd) (*server, error) {
	s := &server{name: name, cmd: cmd, said: &tail{}, done: make(chan struct{})}
	// Should this process be killed, its servers are told to end.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
	cmd.Stderr = s.said
	if cmd.Stdout == nil {
		cmd.Stdout = s.said
	}
	// A forked child that outlives its parent would hold the pipes open.
	cmd.WaitDelay = stopTimeout
	if err := cmd.Start(); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	go func() {
		_ = cmd.Wait()
		s.ended = time.Now()
		close(s.done)
	}()
	return s, nil
}

// listening waits until s accepts connections at address, and a moment more.
func (s *server) listening(ctx context.Context, address netip.AddrPort) error {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		conn, err := net.Dial("tcp", address.String())
		if err == nil {
			_ = conn.Close()
			return pause(ctx, settle)
		}
		select {
		case <-s.done:
			return fmt.Errorf("%s: ended instead of listening on %v: %s", s.name, address, s.said)
		default:
		}
		if err := pause(ctx, startCheck); err != nil {
			return fmt.Errorf("%s: does not listen on %v: %s", s.name, address, s.said)
		}
	}
}

// pause waits for d or the end of ctx.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// pid is the server's process, whose children count too.
func (s *server) pid() int { return s.cmd.Process.Pid }

// stop ends the server and everything it forked: SIGTERM, then SIGKILL.
func (s *server) stop() {
	group := -s.pid()
	_ = syscall.Kill(group, syscall.SIGTERM)
	select {
	case <-s.done:
	case <-time.After(stopTimeout):
	}
	if err := syscall.Kill(group, syscall.SIGKILL); errors.Is(err, syscall.ESRCH) {
		return
	}
	<-s.done
}
