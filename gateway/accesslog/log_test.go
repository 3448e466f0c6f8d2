package accesslog

import (
	"bytes"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/session"
)

// sink is a writer that a test can hold up, or let fail.
type sink struct {
	// answer says what becomes of write number n; nil: it is taken.
	answer func(n int, p []byte) (int, error)

	mu     sync.Mutex
	writes []string
	all    bytes.Buffer
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	n, err := len(p), error(nil)
	if s.answer != nil {
		n, err = s.answer(len(s.writes), p)
	}
	s.writes = append(s.writes, string(p))
	s.all.Write(p[:n])
	return n, err
}

func TestEveryRecordIsOneWrite(t *testing.T) {
	out := &sink{}
	l := New(out)
	l.Session(sampleInfo(), sampleEnd(), began)
	l.Refused(sampleRefusal())
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	want := []string{
		string(appendSession(nil, sampleInfo(), sampleEnd(), began)),
		string(appendRefusal(nil, sampleRefusal())),
	}
	if len(out.writes) != 2 || out.writes[0] != want[0] || out.writes[1] != want[1] {
		t.Errorf("got %q\nwant %q", out.writes, want)
	}
	if l.Dropped() != 0 {
		t.Errorf("%d were dropped", l.Dropped())
	}
}

func TestWithoutAWriterThereIsNoLog(t *testing.T) {
	l := New(nil)
	l.Session(sampleInfo(), sampleEnd(), began)
	l.Refused(sampleRefusal())
	if l != nil || l.Dropped() != 0 || l.Close() != nil {
		t.Error("a nil log does something")
	}
}

// TestABlockedWriterHoldsNobodyUp: records pile up to the bound, the rest are
// counted, and Close gives up.
func TestABlockedWriterHoldsNobodyUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		free := make(chan struct{})
		out := &sink{answer: func(_ int, p []byte) (int, error) { <-free; return len(p), nil }}
		l := New(out)
		l.Refused(Refusal{})
		synctest.Wait() // the first is in Write, the queue is empty
		for range queueLength + 10 {
			l.Refused(Refusal{})
		}
		if l.Dropped() != 10 {
			t.Errorf("%d were dropped, want 10", l.Dropped())
		}
		start := time.Now()
		if err := l.Close(); err == nil || time.Since(start) != flushTimeout {
			t.Errorf("Close is %v after %v", err, time.Since(start))
		}
		close(free)
		if err := l.Close(); err != nil {
			t.Errorf("a second Close, when the writer goes on again, is %v", err)
		}
		if n := len(out.writes); n != queueLength+1 {
			t.Errorf("%d were written, want %d", n, queueLength+1)
		}
	})
}

func TestAFailingWriter(t *testing.T) {
	full := errors.New("no space left on device")
	record := string(appendRefusal(nil, Refusal{}))
	cases := map[string]struct {
		answer  func(n int, p []byte) (int, error)
		want    string
		dropped uint64
	}{
		"a record that was not taken at all leaves no trace": {
			answer: func(n int, p []byte) (int, error) {
				if n == 1 {
					return 0, full
				}
				return len(p), nil
			},
			want: record + record, dropped: 1,
		},
		"a record that was cut short does not spoil the next": {
			answer: func(n int, p []byte) (int, error) {
				switch n {
				case 0:
					return 5, full
				case 1:
					return 0, full
				}
				return len(p), nil
			},
			want: record[:5] + "\n" + record, dropped: 2,
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			out := &sink{answer: tc.answer}
			l := New(out)
			for range 3 {
				l.Refused(Refusal{})
			}
			if err := l.Close(); err != nil {
				t.Fatal(err)
			}
			if got := out.all.String(); got != tc.want {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
			if l.Dropped() != tc.dropped {
				t.Errorf("%d were dropped, want %d", l.Dropped(), tc.dropped)
			}
		})
	}
}

func TestRecordsAfterCloseAreCounted(t *testing.T) {
	out := &sink{}
	l := New(out)
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	l.Refused(Refusal{})
	if l.Dropped() != 1 || len(out.writes) != 0 {
		t.Errorf("%d dropped, %d written", l.Dropped(), len(out.writes))
	}
}

// TestManyAtOnce is for the race detector: every record arrives whole, or is
// counted.
func TestManyAtOnce(t *testing.T) {
	const workers, each = 8, 500
	out := &sink{}
	l := New(out)
	var wg sync.WaitGroup
	for w := range workers {
		wg.Go(func() {
			for range each {
				l.Session(&registry.Info{ID: strings.Repeat("x", w), Started: began}, session.End{}, began)
			}
		})
	}
	wg.Wait()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.all.String()) {
		var into struct{ Session string }
		decode(t, []byte(line), &into)
	}
	if got := uint64(len(out.writes)) + l.Dropped(); got != workers*each {
		t.Errorf("%d written or dropped, want %d", got, workers*each)
	}
}
