package backend

import (
	"bytes"
	"slices"
	"testing"

	"switchyard.dev/hack/load/internal/link"
	"switchyard.dev/hack/load/internal/wire"
)

// machine makes one of that kind.
func machine(t *testing.T, kind string) link.Machine {
	t.Helper()
	factory, err := Factory(kind)
	if err != nil {
		t.Fatal(err)
	}
	m := factory()
	m.Opened()
	return m
}

// feed gives m the input in pieces and returns the first most bytes it writes.
func feed(t *testing.T, m link.Machine, input []byte, piece, most int) []byte {
	t.Helper()
	var out []byte
	for b := range slices.Chunk(input, piece) {
		if err := m.Input(bytes.Clone(b)); err != nil {
			t.Fatal(err)
		}
	}
	for len(out) < most {
		b := m.Output()
		if len(b) == 0 {
			break
		}
		n := min(len(b), most-len(out))
		out = append(out, b[:n]...)
		m.Wrote(n)
	}
	return out
}

func TestServices(t *testing.T) {
	pattern := wire.NewPattern()
	request := wire.Request("127.0.0.1", "/", "mqtt")
	answer, err := wire.Answer(request)
	if err != nil {
		t.Fatal(err)
	}
	large := pattern.Append(nil, 0, 70_000)
	asked := func(frames ...[]byte) []byte { return append(bytes.Clone(request), bytes.Join(frames, nil)...) }
	answered := func(frames ...[]byte) []byte { return append(bytes.Clone(answer), bytes.Join(frames, nil)...) }
	client := func(opcode byte, payload []byte) []byte { return wire.AppendClientFrame(nil, opcode, payload) }
	server := func(opcode byte, payload []byte) []byte { return wire.AppendServerFrame(nil, opcode, payload) }

	tests := map[string]struct {
		kind        string
		input, want []byte
	}{
		"an echo sends back":              {"echo", large, large},
		"a sink says nothing":             {"sink", large, nil},
		"a source waits":                  {"source", nil, nil},
		"a source sends the pattern":      {"source", []byte("x"), pattern.Append(nil, 0, 3*wire.PatternSize+5)},
		"a ws-echo unmasks":               {"ws-echo", asked(client(wire.Text, large)), answered(server(wire.Text, large))},
		"a ws-echo answers a ping":        {"ws-echo", asked(client(wire.Ping, []byte("x"))), answered(server(wire.Pong, []byte("x")))},
		"a ws-echo answers a close":       {"ws-echo", asked(client(wire.Close, []byte("\x03\xe8"))), answered(server(wire.Close, []byte("\x03\xe8")))},
		"what follows a close is dropped": {"ws-echo", asked(client(wire.Close, nil), client(wire.Text, large)), answered(server(wire.Close, nil))},
		"a ws-sink answers Close only":    {"ws-sink", asked(client(wire.Text, large), client(wire.Close, nil)), answered(server(wire.Close, nil))},
		"a ws-source waits":               {"ws-source", request, answer},
		"a ws-source sends frames": {"ws-source", asked(client(wire.Binary, []byte("x"))), answered(
			server(wire.Binary, pattern.Append(nil, 0, sourceFrame)), server(wire.Binary, pattern.Append(nil, sourceFrame, sourceFrame)))},
	}
	for name, tc := range tests {
		for _, piece := range []int{1, 1000, 1 << 20} {
			t.Run(name, func(t *testing.T) {
				got := feed(t, machine(t, tc.kind), tc.input, piece, max(len(tc.want), 1))
				if !bytes.Equal(got, tc.want) {
					t.Errorf("in pieces of %d: %d bytes, want %d; first at %.60q", piece, len(got), len(tc.want), got)
				}
			})
		}
	}
}

func TestOnlyAClosedSocketIsDone(t *testing.T) {
	m := machine(t, "ws-echo")
	feed(t, m, wire.Request("127.0.0.1", "/", ""), 1, 1<<20)
	if m.Done() {
		t.Error("done before Close")
	}
	feed(t, m, wire.AppendClientFrame(nil, wire.Close, nil), 1, 1<<20)
	if !m.Done() {
		t.Error("not done after Close")
	}
}

func TestAnUnknownKindIsRefused(t *testing.T) {
	if _, err := Factory("tea"); err == nil {
		t.Error("no error")
	}
	for _, kind := range Kinds() {
		if _, err := Factory(kind); err != nil {
			t.Error(err)
		}
	}
}

func TestAnEchoHoldsOnlySoMuch(t *testing.T) {
	m := machine(t, "echo")
	block := make([]byte, pendingLimit/4)
	for range 4 {
		if err := m.Input(block); err != nil {
			t.Fatal(err)
		}
	}
	if err := m.Input(block); err == nil {
		t.Error("no error past the limit")
	}
}

func FuzzSocket(f *testing.F) {
	request := wire.Request("127.0.0.1", "/", "")
	f.Add(append(bytes.Clone(request), wire.AppendClientFrame(nil, wire.Text, []byte("x"))...), 3)
	f.Add([]byte("GET / HTTP/1.1\r\n\r\n"), 1)
	f.Fuzz(func(t *testing.T, input []byte, piece int) {
		m := machine(t, "ws-echo")
		for b := range slices.Chunk(input, max(1, min(piece, 1<<20))) {
			if err := m.Input(b); err != nil {
				return
			}
			if out := m.Output(); len(out) > 0 {
				m.Wrote(len(out))
			}
		}
	})
}
