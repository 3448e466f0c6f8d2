//go:build linux

package loop

import (
	"bytes"
	"maps"
	"slices"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// Of each kind of socket there are two: one has its call made alone, the other
// together with those of the other kinds.
func TestCallsComeToTheSameTogether(t *testing.T) {
	k := withAIO(t)
	kinds := map[string]func(*ends){
		"nothing to be read":   func(*ends) {},
		"a word":               func(e *ends) { k.send(e.far, []byte("word")) },
		"more than is asked":   func(e *ends) { k.send(e.far, pattern(1000)) },
		"an end":               func(e *ends) { k.shut(e.far) },
		"nobody behind it":     func(e *ends) { e.closeFar(k) },
		"a peer that was rude": func(e *ends) { k.send(e.near, []byte("unread")); e.closeFar(k) },
		"no room":              func(e *ends) { fill(k, e.near) },
		"been shut":            func(e *ends) { k.shut(e.near) },
		"to be opened yet":     func(e *ends) { e.near = 1 << 30 },
	}
	for name, do := range map[string]func([]call){"recv": k.recvEach, "send": k.sendEach} {
		t.Run(name, func(t *testing.T) {
			names := slices.Sorted(maps.Keys(kinds)) // all but the last can be made in one
			alone, together := make([]call, len(names)), make([]call, len(names))
			for i, kind := range names {
				alone[i], together[i] = prepare(t, k, kinds[kind]), prepare(t, k, kinds[kind])
			}
			for i := range alone {
				do(alone[i:][:1])
			}
			do(together)
			for i, kind := range names {
				a, b := alone[i], together[i]
				if a.n != b.n || a.errno != b.errno || !bytes.Equal(a.p, b.p) {
					t.Errorf("where it has %s: alone %d, %v, %q; together %d, %v, %q",
						kind, a.n, a.errno, a.p, b.n, b.errno, b.p)
				}
			}
		})
	}
}

// The kernel takes nothing behind what it cannot make anything of.
func TestAClosedSocketStopsNoOthers(t *testing.T) {
	k := withAIO(t)
	nobody := func(e *ends) { e.near = 1 << 30 }
	word := func(e *ends) { k.send(e.far, []byte("word")) }
	var calls []call
	for _, bring := range []func(*ends){nobody, word, nobody, word} {
		calls = append(calls, prepare(t, k, bring))
	}
	k.recvEach(calls)
	for i, want := range []string{"", "word", "", "word"} {
		c := calls[i]
		if got := string(c.p[:c.n]); got != want || (c.errno == unix.EBADF) != (want == "") {
			t.Errorf("call %d received %q, %v; want %q", i, got, c.errno, want)
		}
	}
}

// The kernel writes what came of calls into a ring.
func TestCallsAreMadeTogetherAgainAndAgain(t *testing.T) {
	k := withAIO(t)
	e := pair(t, k)
	for i := range 10_000 {
		sends, receipts := make([]call, 1+i%mostTogether), make([]call, 1+i%mostTogether)
		for j := range sends {
			sends[j] = call{fd: int32(e.near), p: []byte{byte(i), byte(j)}}
			receipts[j] = call{fd: int32(e.far), p: make([]byte, 2)}
		}
		k.sendEach(sends)
		k.recvEach(receipts)
		for j, c := range receipts {
			if c.n != 2 || c.errno != 0 || !bytes.Equal(c.p, sends[j].p) || sends[j].n != 2 || sends[j].errno != 0 {
				t.Fatalf("call %d of round %d: %+v came of %+v", j, i, c, sends[j])
			}
		}
	}
}

func withAIO(t *testing.T) *kernel {
	t.Helper()
	k := realKernel(t)
	if k.aio == nil {
		t.Skip("this kernel has no AIO: all calls are made alone")
	}
	return k
}

// prepare is a call of 100 bytes for a socket that has been brought into a state.
func prepare(t *testing.T, k *kernel, bring func(*ends)) call {
	e := pair(t, k)
	bring(e)
	return call{fd: int32(e.near), p: make([]byte, 100)}
}

// ends are two of a connection, at each of which is there at once what is done at
// the other.
type ends struct{ near, far int }

func pair(t *testing.T, k *kernel) *ends {
	t.Helper()
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_STREAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	e := &ends{fds[0], fds[1]}
	t.Cleanup(func() { k.close(fds[0]); e.closeFar(k) })
	return e
}

func (e *ends) closeFar(k *kernel) {
	k.close(e.far)
	e.far = -1
}

// fill sends to fd until a send fails, and returns what that one came to.
func fill(k *kernel, fd int) (n int, errno syscall.Errno) {
	for errno == 0 {
		n, errno = k.send(fd, make([]byte, 64<<10))
	}
	return n, errno
}
