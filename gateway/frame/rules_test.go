package frame

import (
	"errors"
	"testing"
)

func TestRules(t *testing.T) {
	var (
		client   = Rules{FromClient: true}
		message  = Rules{FromClient: true, InMessage: true}
		server   = Rules{}
		reserved = []Opcode{3, 4, 5, 6, 7, 11, 12, 13, 14, 15}
	)
	type testCase struct {
		rules   Rules
		header  Header
		section string // empty: allowed
	}
	cases := map[string]testCase{
		"a whole text":                             {client, Header{Fin: true, Opcode: Text, Masked: true}, ""},
		"a whole binary message of any size":       {client, Header{Fin: true, Opcode: Binary, Masked: true, Length: 1 << 62}, ""},
		"the start of a fragmented text":           {client, Header{Opcode: Text, Masked: true}, ""},
		"the start of a fragmented binary message": {client, Header{Opcode: Binary, Masked: true}, ""},
		"a continuation of a message":              {message, Header{Opcode: Continuation, Masked: true}, ""},
		"the end of a message":                     {message, Header{Fin: true, Opcode: Continuation, Masked: true}, ""},
		"a ping between fragments":                 {message, Header{Fin: true, Opcode: Ping, Masked: true}, ""},
		"a pong between fragments":                 {message, Header{Fin: true, Opcode: Pong, Masked: true}, ""},
		"a close between fragments":                {message, Header{Fin: true, Opcode: Close, Masked: true}, ""},
		"a control frame of the greatest size":     {client, Header{Fin: true, Opcode: Ping, Masked: true, Length: 125}, ""},
		"a server's unmasked text":                 {server, Header{Fin: true, Opcode: Text}, ""},

		"a client's unmasked text":               {client, Header{Fin: true, Opcode: Text}, "5.1"},
		"a client's unmasked empty ping":         {client, Header{Fin: true, Opcode: Ping}, "5.1"},
		"a server's masked text":                 {server, Header{Fin: true, Opcode: Text, Masked: true}, "5.1"},
		"RSV1":                                   {client, Header{Fin: true, RSV: 4, Opcode: Text, Masked: true}, "5.2"},
		"RSV2":                                   {client, Header{Fin: true, RSV: 2, Opcode: Text, Masked: true}, "5.2"},
		"RSV3":                                   {client, Header{Fin: true, RSV: 1, Opcode: Text, Masked: true}, "5.2"},
		"a reserved bit on a control frame":      {client, Header{Fin: true, RSV: 4, Opcode: Ping, Masked: true}, "5.2"},
		"a reserved bit on a continuation":       {message, Header{RSV: 4, Opcode: Continuation, Masked: true}, "5.2"},
		"a fragmented ping":                      {client, Header{Opcode: Ping, Masked: true}, "5.5"},
		"a fragmented pong":                      {client, Header{Opcode: Pong, Masked: true}, "5.5"},
		"a fragmented close":                     {message, Header{Opcode: Close, Masked: true}, "5.5"},
		"a ping of 126 bytes":                    {client, Header{Fin: true, Opcode: Ping, Masked: true, Length: 126}, "5.5"},
		"a pong of 126 bytes":                    {client, Header{Fin: true, Opcode: Pong, Masked: true, Length: 126}, "5.5"},
		"a close of 126 bytes":                   {client, Header{Fin: true, Opcode: Close, Masked: true, Length: 126}, "5.5"},
		"a continuation of nothing":              {client, Header{Opcode: Continuation, Masked: true}, "5.4"},
		"a last continuation of nothing":         {client, Header{Fin: true, Opcode: Continuation, Masked: true}, "5.4"},
		"a text inside a message":                {message, Header{Fin: true, Opcode: Text, Masked: true}, "5.4"},
		"a fragmented binary inside a message":   {message, Header{Opcode: Binary, Masked: true}, "5.4"},
		"a server's continuation of nothing":     {server, Header{Fin: true, Opcode: Continuation}, "5.4"},
		"a server's text inside its own message": {Rules{InMessage: true}, Header{Fin: true, Opcode: Text}, "5.4"},
	}
	for _, o := range reserved {
		name := "reserved opcode " + string("0123456789abcdef"[o])
		cases[name] = testCase{client, Header{Fin: true, Opcode: o, Masked: true}, "5.2"}
		cases[name+" inside a message"] = testCase{message, Header{Opcode: o, Masked: true}, "5.2"}
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			err := tc.rules.Check(tc.header)
			if tc.section == "" {
				if err != nil {
					t.Errorf("Check = %v, want nil", err)
				}
				return
			}
			var v *Violation
			if !errors.As(err, &v) || v.Section != tc.section || v.Code != ProtocolError {
				t.Errorf("Check = %#v, want a violation of %s with code 1002", err, tc.section)
			}
		})
	}
}

func TestViolationNamesSectionAndRule(t *testing.T) {
	err := Rules{FromClient: true}.Check(Header{Fin: true, Opcode: Text})
	if got, want := err.Error(), "RFC 6455 5.1: clients mask, servers do not"; got != want {
		t.Errorf("Error() = %q, want %q", got, want)
	}
}

func TestOpcodes(t *testing.T) {
	for o := range Opcode(16) {
		if got, want := o.Control(), o >= 8; got != want {
			t.Errorf("opcode %d: Control() = %v, want %v", o, got, want)
		}
	}
}
