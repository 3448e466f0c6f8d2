package handshake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

func TestReadHeaderSplitAnywhere(t *testing.T) {
	const header, rest = "GET / HTTP/1.1\r\nHost: h\r\n\r\n", "\x81\x80\r\n\r\n"
	for i := range len(header + rest) {
		first, second := (header + rest)[:i], (header + rest)[i:]
		r := io.MultiReader(strings.NewReader(first), strings.NewReader(second))
		gotHeader, gotRest, err := ReadHeader(r, nil, 1024)
		if err != nil {
			t.Fatalf("split at %d: %v", i, err)
		}
		left, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		if string(gotHeader) != header || string(gotRest)+string(left) != rest {
			t.Errorf("split at %d: header %q, rest %q, left %q", i, gotHeader, gotRest, left)
		}
	}
}

func TestReadHeader(t *testing.T) {
	long := "GET / HTTP/1.1\r\nX: " + strings.Repeat("x", 3*minRead) + "\r\n\r\n"
	for name, tc := range map[string]struct {
		in           string
		max          int
		header, rest string
	}{
		"a header and nothing else":             {in: "a\r\n\r\n", max: 16, header: "a\r\n\r\n"},
		"bytes sent ahead are kept":             {in: "a\r\n\r\nb\r\n\r\n", max: 16, header: "a\r\n\r\n", rest: "b\r\n\r\n"},
		"bare LFs end a header, for a 400":      {in: "a\n\nb", max: 16, header: "a\n\n", rest: "b"},
		"an LF and then CRLF end a header":      {in: "a\n\r\nb", max: 16, header: "a\n\r\n", rest: "b"},
		"CRLF and then an LF end a header":      {in: "a\r\n\nb", max: 16, header: "a\r\n\n", rest: "b"},
		"a CR alone is no line":                 {in: "a\r\n\r\r\n\r\n", max: 16, header: "a\r\n\r\r\n\r\n"},
		"an empty line first is no end":         {in: "\r\na\r\n\r\n", max: 16, header: "\r\na\r\n\r\n"},
		"a header as large as is allowed":       {in: "a\r\n\r\n", max: 5, header: "a\r\n\r\n"},
		"a header that the first read is under": {in: long + "rest", max: 16 << 10, header: long, rest: "rest"},
		"a long header as large as is allowed":  {in: long, max: len(long), header: long},
	} {
		for how, reader := range readers(tc.in) {
			t.Run(name+", "+how, func(t *testing.T) {
				header, rest, err := ReadHeader(reader, nil, tc.max)
				if err != nil {
					t.Fatal(err)
				}
				left, err := io.ReadAll(reader)
				if err != nil {
					t.Fatal(err)
				}
				if string(header) != tc.header || string(rest)+string(left) != tc.rest {
					t.Errorf("header %q, rest %q, left %q", header, rest, left)
				}
				if len(rest) == 0 && rest != nil {
					t.Error("rest is not nil though there is none")
				}
				if grown := append(header, "!!"...); len(rest) > 0 && !bytes.HasPrefix([]byte(tc.rest), rest) {
					t.Errorf("appending to header gives %q and changes rest to %q", grown, rest)
				}
			})
		}
	}
}

func TestAHeaderThatIsAllThereIsCutAsItIsRead(t *testing.T) {
	for _, in := range []string{"", "a", "a\r\n", "a\r\n\r\n", "a\r\n\r\nb\r\n\r\n", "a\n\nb", "a\n\r\nb", "\r\na\r\n\r\n"} {
		for bound := range len(in) + 2 {
			wantHeader, wantRest, err := ReadHeader(strings.NewReader(in), nil, bound+1)
			header, rest, ok := CutHeader([]byte(in), bound+1)
			if ok != (err == nil) {
				t.Errorf("%q, at most %d bytes: %t, and reading it gives %v", in, bound+1, ok, err)
			}
			if ok && (string(header) != string(wantHeader) || !strings.HasPrefix(string(rest), string(wantRest)) || string(header)+string(rest) != in) {
				t.Errorf("%q, at most %d bytes: header %q, rest %q; read, they are %q and %q", in, bound+1, header, rest, wantHeader, wantRest)
			}
		}
	}
}

// readers give the same bytes in different pieces.
func readers(in string) map[string]io.Reader {
	return map[string]io.Reader{
		"at once":            strings.NewReader(in),
		"byte by byte":       iotest.OneByteReader(strings.NewReader(in)),
		"half by half":       iotest.HalfReader(strings.NewReader(in)),
		"with the end at it": iotest.DataErrReader(strings.NewReader(in)),
	}
}

func TestReadHeaderFails(t *testing.T) {
	reset := errors.New("connection reset by peer")
	timeout := &net.OpError{Op: "read", Err: os.ErrDeadlineExceeded}
	for name, tc := range map[string]struct {
		r    io.Reader
		want error
		text string
	}{
		"an end before the first byte": {
			r: strings.NewReader(""), want: ErrSilent, text: "no byte was received: EOF"},
		"a failure before the first byte": {
			r: iotest.ErrReader(reset), want: ErrSilent, text: "no byte was received: connection reset by peer"},
		"a deadline before the first byte": {
			r: iotest.ErrReader(timeout), want: ErrSilent, text: "no byte was received: read: i/o timeout"},
		"an end within": {
			r: strings.NewReader("GET"), want: io.ErrUnexpectedEOF, text: "read header: unexpected EOF"},
		"a failure within": {
			r:    io.MultiReader(strings.NewReader("GET"), iotest.ErrReader(reset)),
			want: reset, text: "read header: connection reset by peer"},
		"a deadline within": {
			r:    io.MultiReader(strings.NewReader("GET"), iotest.ErrReader(timeout)),
			want: ErrSlow, text: "the header was not there in time: 3 bytes of it were"},
		"one byte too many": {
			r: strings.NewReader("GET / HTTP/1.1\r\n\r\n"), want: ErrTooLarge, text: "the header is too large: more than 17 bytes"},
		"no end at all": {
			r: endless{}, want: ErrTooLarge, text: "the header is too large: more than 17 bytes"},
	} {
		t.Run(name, func(t *testing.T) {
			_, _, err := ReadHeader(tc.r, nil, 17)
			if !errors.Is(err, tc.want) || err.Error() != tc.text {
				t.Errorf("the error is %q, want %q", err, tc.text)
			}
			for _, other := range []error{ErrSilent, ErrSlow, ErrTooLarge} {
				if !errors.Is(tc.want, other) && errors.Is(err, other) {
					t.Errorf("%q is also %q", err, other)
				}
			}
		})
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'x'
	}
	return len(b), nil
}

func TestReadHeaderUntilTheDeadline(t *testing.T) {
	for name, tc := range map[string]struct {
		sent string
		want error
	}{
		"a client that says nothing": {want: ErrSilent},
		"a client that is slow":      {sent: "GET / HTTP/1.1\r\n", want: ErrSlow},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				client, server := net.Pipe()
				defer client.Close()
				defer server.Close()
				if err := server.SetReadDeadline(time.Now().Add(10 * time.Second)); err != nil {
					t.Fatal(err)
				}
				go fmt.Fprint(client, tc.sent)
				if _, _, err := ReadHeader(server, nil, 1024); !errors.Is(err, tc.want) {
					t.Errorf("the error is %v, want %v", err, tc.want)
				}
			})
		})
	}
}
