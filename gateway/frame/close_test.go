package frame

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestValidCodeByRange(t *testing.T) {
	// RFC 6455 7.4.1 and 7.4.2, and IANA's "WebSocket Close Code Number".
	ranges := []struct {
		from, to uint16
		want     bool
		what     string
	}{
		{0, 999, false, "not used"},
		{1000, 1003, true, "normal, going away, protocol error, unsupported data"},
		{1004, 1004, false, "reserved"},
		{1005, 1006, false, "no status and abnormal closure, never sent"},
		{1007, 1011, true, "invalid payload to internal error"},
		{1012, 1014, true, "service restart, try again later, bad gateway"},
		{1015, 1015, false, "TLS handshake, never sent"},
		{1016, 2999, false, "for the protocol's future"},
		{3000, 3999, true, "registered by libraries and frameworks"},
		{4000, 4999, true, "private use"},
		{5000, 65535, false, "not defined"},
	}
	next := 0
	for _, r := range ranges {
		if int(r.from) != next {
			t.Fatalf("the table leaves out %d", next)
		}
		for code := int(r.from); code <= int(r.to); code++ {
			if got := ValidCode(uint16(code)); got != r.want {
				t.Errorf("ValidCode(%d) = %v, want %v: %s", code, got, r.want, r.what)
			}
			p := []byte{byte(code >> 8), byte(code)}
			if got, _, err := ParseClose(p); (err == nil) != r.want || r.want && got != uint16(code) {
				t.Errorf("ParseClose(%x) = %d, %v; %d is %s", p, got, err, code, r.what)
			}
		}
		next = int(r.to) + 1
	}
	if next != 1<<16 {
		t.Fatalf("the table ends at %d", next)
	}
}

func TestParseClose(t *testing.T) {
	for name, tc := range map[string]struct {
		in     string
		code   uint16
		reason string
		want   error
	}{
		"no payload has no status":        {in: "", code: 1005},
		"a code alone":                    {in: "\x03\xe8", code: 1000},
		"a code and a reason":             {in: "\x03\xe9going away", code: 1001, reason: "going away"},
		"a reason beyond ASCII":           {in: "\x0f\xa0grüße 🚃", code: 4000, reason: "grüße 🚃"},
		"half a code":                     {in: "\x03", want: errCloseLength},
		"a code never sent":               {in: "\x03\xed", want: errCloseCode},
		"the code 0":                      {in: "\x00\x00bye", want: errCloseCode},
		"a bad code before a bad reason":  {in: "\xff\xff\xff", want: errCloseCode},
		"a reason that is not UTF-8":      {in: "\x03\xe8\xce\xba\xff", want: errCloseReason},
		"a reason cut inside a character": {in: "\x03\xe8\xf0\x9f\x9a", want: errCloseReason},
	} {
		t.Run(name, func(t *testing.T) {
			code, reason, err := ParseClose([]byte(tc.in))
			if code != tc.code || string(reason) != tc.reason || err != tc.want {
				t.Errorf("ParseClose = %d, %q, %v; want %d, %q, %v", code, reason, err, tc.code, tc.reason, tc.want)
			}
		})
	}
}

func TestCloseViolations(t *testing.T) {
	for in, want := range map[string]Violation{
		"\x03":             {Code: 1002, Section: "5.5.1"},
		"\x03\xee":         {Code: 1002, Section: "7.4"},
		"\x03\xe8\xc0\xaf": {Code: 1007, Section: "8.1"},
	} {
		_, _, err := ParseClose([]byte(in))
		var v *Violation
		if !errors.As(err, &v) || v.Code != want.Code || v.Section != want.Section {
			t.Errorf("ParseClose(%x): %#v, want code %d and section %s", in, err, want.Code, want.Section)
		}
	}
}

func TestAppendClose(t *testing.T) {
	for name, tc := range map[string]struct {
		code         uint16
		reason, want string
	}{
		"no code gives no payload":         {code: 0, reason: "unsaid", want: ""},
		"no status gives no payload":       {code: NoStatus, reason: "unsaid", want: ""},
		"a code alone":                     {code: 1000, want: "\x03\xe8"},
		"a code and a reason":              {code: 1014, reason: "backend_reset", want: "\x03\xf6backend_reset"},
		"the longest reason":               {code: 1000, reason: strings.Repeat("a", 123), want: "\x03\xe8" + strings.Repeat("a", 123)},
		"a longer one is cut":              {code: 1000, reason: strings.Repeat("a", 124), want: "\x03\xe8" + strings.Repeat("a", 123)},
		"a character of two bytes fits":    {code: 1000, reason: strings.Repeat("a", 121) + "éé", want: "\x03\xe8" + strings.Repeat("a", 121) + "é"},
		"one of two bytes stays out":       {code: 1000, reason: strings.Repeat("a", 122) + "é", want: "\x03\xe8" + strings.Repeat("a", 122)},
		"one of three bytes stays out":     {code: 1000, reason: strings.Repeat("a", 121) + "€", want: "\x03\xe8" + strings.Repeat("a", 121)},
		"one of four bytes stays out":      {code: 1000, reason: strings.Repeat("a", 120) + "🚃", want: "\x03\xe8" + strings.Repeat("a", 120)},
		"one of four bytes fits to a byte": {code: 1000, reason: strings.Repeat("a", 119) + "🚃!", want: "\x03\xe8" + strings.Repeat("a", 119) + "🚃"},
		"bytes that are no text end":       {code: 1000, reason: strings.Repeat("\x80", 200), want: "\x03\xe8"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := AppendClose([]byte("before"), tc.code, tc.reason); string(got) != "before"+tc.want {
				t.Errorf("AppendClose gives %q, want %q behind what was there", got, tc.want)
			}
		})
	}
}

func TestCloseAllocatesNothing(t *testing.T) {
	buf, reason := make([]byte, 0, MaxControl), strings.Repeat("é", 100)
	if n := testing.AllocsPerRun(100, func() {
		buf = AppendClose(buf[:0], 1000, reason)
		_, _, _ = ParseClose(buf)
		_, _, _ = ParseClose(buf[:1])
	}); n != 0 {
		t.Errorf("a Close payload costs %v allocations, want none", n)
	}
}

// FuzzClose: what parses encodes back to the same bytes; what does not is a
// violation; and what is appended for any valid code and text parses.
func FuzzClose(f *testing.F) {
	f.Add([]byte{}, uint16(0), "")
	f.Add([]byte{3}, uint16(1000), "bye")
	f.Add([]byte("\x03\xe8bye"), uint16(4999), strings.Repeat("🚃", 40))
	f.Add([]byte("\x03\xe8\xff"), uint16(1014), strings.Repeat("€", 60))
	f.Fuzz(func(t *testing.T, payload []byte, code uint16, reason string) {
		payload = payload[:min(len(payload), MaxControl)]
		got, why, err := ParseClose(payload)
		if err == nil {
			if back := AppendClose(nil, got, string(why)); !bytes.Equal(back, payload) {
				t.Fatalf("%x parses as %d, %q, which encodes as %x", payload, got, why, back)
			}
		} else if v := (*Violation)(nil); !errors.As(err, &v) {
			t.Fatalf("ParseClose(%x): %v is no violation", payload, err)
		}
		if !ValidCode(code) || !utf8.ValidString(reason) {
			return
		}
		b := AppendClose(nil, code, reason)
		got, why, err = ParseClose(b)
		if len(b) > MaxControl || err != nil || got != code || !strings.HasPrefix(reason, string(why)) {
			t.Fatalf("AppendClose(%d, %q) gives %x, which parses as %d, %q, %v", code, reason, b, got, why, err)
		}
		if len(reason) > len(why) && len(why) <= MaxReason-utf8.UTFMax {
			t.Fatalf("AppendClose cuts %q to %q, shorter than it must", reason, why)
		}
	})
}
