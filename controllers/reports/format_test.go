package reports

import (
	"bytes"
	"compress/gzip"
	"crypto/rand"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"switchyard.dev/controllers/xds"
)

// What one Gateway's pods can have a replica say must leave place for others.
func TestTheReportsOfManyPodsFitAnObject(t *testing.T) {
	text := func(n int) string {
		b := make([]byte, n/2)
		_, _ = rand.Read(b)
		return hex.EncodeToString(b)
	}
	own := make([]xds.Report, 2000)
	for i := range own {
		own[i] = report(text(62))
		own[i].Since = time.Unix(1e9, int64(i)*1e8)
		own[i].Refused, own[i].Refusal = "new", text(1<<10)
	}
	own[0].Refused = "old"
	before := own[2].Refusal
	data, err := encode(own)
	if err != nil {
		t.Fatal(err)
	}
	if len(data) > 192<<10 {
		t.Errorf("%d bytes", len(data))
	}
	if own[2].Refusal != before {
		t.Error("the reports themselves are changed")
	}
	all, err := decode(data)
	if err != nil {
		t.Fatal(err)
	}
	for i := range own {
		if i > 1 {
			own[i].Refusal = ""
		}
		own[i].Since = own[i].Since.UTC()
		all[i].Since = all[i].Since.UTC()
	}
	if diff := cmp.Diff(own, all); diff != "" {
		t.Error(diff)
	}
}

func TestWhatIsNoReportIsAnError(t *testing.T) {
	compressed := func(text string) []byte {
		var out bytes.Buffer
		z := gzip.NewWriter(&out)
		_, _ = z.Write([]byte(text))
		_ = z.Close()
		return out.Bytes()
	}
	whole := compressed("[]")
	for name, data := range map[string][]byte{
		"nothing":        nil,
		"no gzip":        []byte("[]"),
		"no JSON":        compressed("?"),
		"cut short":      whole[:len(whole)-4],
		"far too much":   compressed(strings.Repeat(" ", maxReports+1)),
		"another's JSON": compressed(`{"a": 1}`),
	} {
		t.Run(name, func(t *testing.T) {
			if all, err := decode(data); err == nil {
				t.Errorf("got %v", all)
			}
		})
	}
}
