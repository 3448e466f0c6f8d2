package accesslog

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"switchyard.dev/gateway/registry"
	"switchyard.dev/gateway/session"
)

var began = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func sampleInfo() *registry.Info {
	return &registry.Info{
		ID: "0123456789abcdef", Listener: "infra/edge/wss", Route: "iot/devices", Service: "iot/mosquitto:1883",
		Endpoint: "10.0.0.7:1883", Subprotocol: "mqtt", Client: "192.0.2.1:40000",
		Host: "ws.example.com", Path: "/devices", Origin: "https://example.com", Started: began,
	}
}

func sampleEnd() session.End {
	return session.End{
		Cause: session.ProtocolError, Code: 1002, Detail: "RFC 6455 5.1: clients mask, servers do not",
		Stats: session.Stats{BytesIn: 1, MessagesIn: 2, BytesOut: 3, MessagesOut: 1<<64 - 1},
	}
}

func sampleRefusal() Refusal {
	return Refusal{
		Time: began, Client: "192.0.2.1:40000", Listener: "infra/edge/wss", Host: "ws.example.com", Path: "/nowhere",
		Result: "no_route", Status: 404, Message: "no route for ws.example.com/nowhere",
	}
}

func TestRecords(t *testing.T) {
	cases := map[string]struct{ got, want string }{
		"a session": {
			got: string(appendSession(nil, sampleInfo(), sampleEnd(), began.Add(1234567*time.Microsecond))),
			want: `{"time":"2026-01-02T03:04:06.234Z","session":"0123456789abcdef","listener":"infra/edge/wss",` +
				`"route":"iot/devices","subprotocol":"mqtt","service":"iot/mosquitto:1883","endpoint":"10.0.0.7:1883",` +
				`"client":"192.0.2.1:40000","host":"ws.example.com","path":"/devices","origin":"https://example.com",` +
				`"duration_ms":1234,"bytes_in":1,"bytes_out":3,"messages_in":2,"messages_out":18446744073709551615,` +
				`"code":1002,"cause":"protocol_error","closed_by":"gateway",` +
				`"detail":"RFC 6455 5.1: clients mask, servers do not"}` + "\n",
		},
		"a session of which nothing is known, and a clock that went back": {
			got: string(appendSession(nil, &registry.Info{Started: began}, session.End{}, began.Add(-time.Hour))),
			want: `{"time":"2026-01-02T02:04:05.000Z","session":"","listener":"","route":"","subprotocol":"","service":"",` +
				`"endpoint":"","client":"","host":"","path":"","origin":"","duration_ms":0,"bytes_in":0,"bytes_out":0,` +
				`"messages_in":0,"messages_out":0,"code":0,"cause":"none","closed_by":"","detail":""}` + "\n",
		},
		"a refusal": {
			got: string(appendRefusal(nil, sampleRefusal())),
			want: `{"time":"2026-01-02T03:04:05.000Z","client":"192.0.2.1:40000","listener":"infra/edge/wss",` +
				`"host":"ws.example.com","path":"/nowhere","result":"no_route","status":404,` +
				`"message":"no route for ws.example.com/nowhere"}` + "\n",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if tc.got != tc.want {
				t.Errorf("got  %s\nwant %s", tc.got, tc.want)
			}
		})
	}
}

func TestTimesOfOtherZonesAreWrittenInUTC(t *testing.T) {
	r := Refusal{Time: began.In(time.FixedZone("east", 3*60*60))}
	if got := string(appendRefusal(nil, r)); !strings.HasPrefix(got, `{"time":"2026-01-02T03:04:05.000Z"`) {
		t.Errorf("got %s", got)
	}
}

func TestStrings(t *testing.T) {
	cases := map[string]struct{ in, want string }{
		"empty":                             {``, `""`},
		"what JSON escapes":                 {"\"\\/\n\t\x00", `"\"\\/\u000a\u0009\u0000"`},
		"letters of any script":             {"añ世😀", `"añ世😀"`},
		"control characters of a terminal":  {"\x1b[2J\x7f\u009b", `"\u001b[2J\u007f\u009b"`},
		"line breaks of JavaScript":         {"\u2028\u2029", `"\u2028\u2029"`},
		"marks that reorder text":           {"\u202e\u200b", `"\u202e\u200b"`},
		"unassigned, above the basic plane": {"\U000e0001", `"\udb40\udc01"`},
		"bytes that are no UTF-8":           {"a\xff\xc3b", `"a\ufffd\ufffdb"`},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := string(appendString(nil, tc.in)); got != tc.want {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}

func TestCut(t *testing.T) {
	long := strings.Repeat("x", 255)
	cases := map[string]struct{ in, want string }{
		"short":                            {"x", "x"},
		"exactly as long as allowed":       {long + "y", long + "y"},
		"one byte too long":                {long + "yz", long + "y"},
		"within a character of two bytes":  {long + "é", long},
		"within a character of four bytes": {long[:253] + "😀", long[:253]},
		"after a character of four bytes":  {long[:252] + "😀" + "z", long[:252] + "😀"},
		"no UTF-8 at all":                  {strings.Repeat("\x80", 300), strings.Repeat("\x80", 256)},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			if got := cut(tc.in, maxForeign); got != tc.want {
				t.Errorf("%d bytes, want %d", len(got), len(tc.want))
			}
		})
	}
}

func TestWhatAClientChoseIsCutAndNamesAreNot(t *testing.T) {
	long := strings.Repeat("n", 400)
	info := registry.Info{Route: long, Host: long, Path: long, Origin: long}
	var got map[string]any
	decode(t, appendSession(nil, &info, session.End{}, began), &got)
	for key, want := range map[string]int{"route": 400, "host": 256, "path": 256, "origin": 256} {
		if n := len(got[key].(string)); n != want {
			t.Errorf("%s has %d bytes, want %d", key, n, want)
		}
	}
	decode(t, appendRefusal(nil, Refusal{Host: long, Path: long, Message: long}), &got)
	for _, key := range []string{"host", "path", "message"} {
		if n := len(got[key].(string)); n != maxForeign {
			t.Errorf("%s of a refusal has %d bytes, want %d", key, n, maxForeign)
		}
	}
}

// decode reads one record, and insists that it is one line.
func decode(t *testing.T, record []byte, into any) {
	t.Helper()
	if n := strings.Count(string(record), "\n"); n != 1 || record[len(record)-1] != '\n' {
		t.Fatalf("%d line breaks in %q", n, record)
	}
	if !utf8.Valid(record) {
		t.Fatalf("no UTF-8: %q", record)
	}
	if err := json.Unmarshal(record, into); err != nil {
		t.Fatalf("%v in %s", err, record)
	}
}

// FuzzRecord: whatever the strings, a record is one line of JSON that says what
// it was told.
func FuzzRecord(f *testing.F) {
	f.Add("ws.example.com", "/a", "https://example.com", "mqtt", int64(5), uint64(6), uint16(1000))
	f.Add("\xff\"\\\n", "\u2028\u202e😀", strings.Repeat("é", 200), "\x00\x1b[2J", int64(-1), uint64(1)<<63, uint16(65535))
	f.Add(strings.Repeat("\xc3", 300), strings.Repeat("😀", 65), "\ufffd", "\U0010ffff", int64(0), uint64(0), uint16(0))
	f.Fuzz(func(t *testing.T, host, path, origin, name string, ms int64, n uint64, code uint16) {
		info := &registry.Info{ID: name, Host: host, Path: path, Origin: origin, Started: began}
		end := session.End{Code: code, Detail: name, Stats: session.Stats{BytesIn: n}}
		var s struct {
			Session, Host, Path, Origin, Detail string
			Code                                uint16
			Bytes                               uint64 `json:"bytes_in"`
		}
		decode(t, appendSession(nil, info, end, began.Add(time.Duration(ms))), &s)
		want := []string{valid(name), foreign(host), foreign(path), foreign(origin), valid(name)}
		for i, got := range []string{s.Session, s.Host, s.Path, s.Origin, s.Detail} {
			if got != want[i] {
				t.Errorf("string %d is %q, want %q", i, got, want[i])
			}
		}
		if s.Code != code || s.Bytes != n {
			t.Errorf("numbers are %d, %d, want %d, %d", s.Code, s.Bytes, code, n)
		}
		var r struct{ Client, Message string }
		decode(t, appendRefusal(nil, Refusal{Client: name, Message: path, Status: int(ms)}), &r)
		if r.Client != valid(name) || r.Message != foreign(path) {
			t.Errorf("refusal is %+v", r)
		}
	})
}

func foreign(s string) string { return valid(cut(s, maxForeign)) }

// valid replaces every byte that is no UTF-8.
func valid(s string) string { return string([]rune(s)) }

func BenchmarkSession(b *testing.B) {
	info, end := sampleInfo(), sampleEnd()
	var buf []byte
	b.ReportAllocs()
	for b.Loop() {
		buf = appendSession(buf[:0], info, end, began)
	}
}
