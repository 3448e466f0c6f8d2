package handshake

import (
	"bufio"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// answer is a whole answer from what differs: the lines up to Content-Type, and
// the body.
func answer(head, body string) string {
	return fmt.Sprintf("HTTP/1.1 %s\r\nContent-Type: text/plain; charset=utf-8\r\nX-Content-Type-Options: nosniff\r\nContent-Length: %d\r\n\r\n%s\n",
		head, len(body)+1, body)
}

// The table of the design, one row after the other.
func TestAnswers(t *testing.T) {
	for result, want := range map[Result]string{
		Method:         answer("405 Method Not Allowed\r\nConnection: close\r\nAllow: GET", "why"),
		NotWebSocket:   answer("426 Upgrade Required\r\nConnection: close, Upgrade\r\nUpgrade: websocket", "why"),
		Version:        answer("426 Upgrade Required\r\nConnection: close, Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13", "why"),
		Malformed:      answer("400 Bad Request\r\nConnection: close", "why"),
		NoRoute:        answer("404 Not Found\r\nConnection: close", "why"),
		NoSubprotocol:  answer("400 Bad Request\r\nConnection: close", "why"),
		Origin:         answer("403 Forbidden\r\nConnection: close", "why"),
		Unauthorized:   answer("401 Unauthorized\r\nConnection: close\r\nWWW-Authenticate: Bearer", "why"),
		Rate:           answer("429 Too Many Requests\r\nConnection: close\r\nRetry-After: 5", "why"),
		Limit:          answer("503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5", "why"),
		Draining:       answer("503 Service Unavailable\r\nConnection: close\r\nRetry-After: 1", "why"),
		NoEndpoint:     answer("503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5", "why"),
		BackendRefused: answer("502 Bad Gateway\r\nConnection: close", "why"),
		BackendTimeout: answer("504 Gateway Timeout\r\nConnection: close", "why"),
		HeaderTooLarge: answer("431 Request Header Fields Too Large\r\nConnection: close", "why"),
		TooSlow:        answer("408 Request Timeout\r\nConnection: close", "why"),
		Internal:       answer("500 Internal Server Error\r\nConnection: close", "why"),

		// No answers of their own.
		OK:              answer("500 Internal Server Error\r\nConnection: close", "why"),
		Result("other"): answer("500 Internal Server Error\r\nConnection: close", "why"),
	} {
		t.Run(string(result), func(t *testing.T) {
			if diff := cmp.Diff(want, string(Refuse(result, "why").Append(nil))); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

func TestResultsAreAllDistinctAndAnswered(t *testing.T) {
	all := Results()
	if all[0] != OK || len(all) != 18 {
		t.Errorf("the results are %q", all)
	}
	sorted := slices.Sorted(slices.Values(all))
	if len(slices.Compact(sorted)) != len(all) {
		t.Errorf("some results are there twice: %q", all)
	}
	for _, result := range all[1:] {
		r := Refuse(result, "m")
		if r.Result != result || http.StatusText(r.Status) == "" {
			t.Errorf("Refuse(%q) gives %+v", result, r)
		}
		if got, want := r.Error(), string(result)+": m"; got != want {
			t.Errorf("Error() is %q, want %q", got, want)
		}
	}
}

func TestRefuseLeavesTheTableAlone(t *testing.T) {
	Refuse(Rate, "m").RetryAfter = time.Hour
	if got := Refuse(Rate, "m").RetryAfter; got != retryLater {
		t.Errorf("the next refusal has RetryAfter %v", got)
	}
}

func TestAppendOfARefusal(t *testing.T) {
	for name, tc := range map[string]struct {
		refusal Refusal
		want    string
	}{
		"a message cannot end its line": {
			refusal: Refusal{Status: 400, Message: "a\r\nSet-Cookie: b\x1b[31m\x7fé"},
			want:    answer("400 Bad Request\r\nConnection: close", "a??Set-Cookie: b?[31m???"),
		},
		"a message is cut": {
			refusal: Refusal{Status: 400, Message: strings.Repeat("m", maxMessage+1)},
			want:    answer("400 Bad Request\r\nConnection: close", strings.Repeat("m", maxMessage)),
		},
		"a field cannot end its line": {
			refusal: Refusal{Status: 401, Challenge: "Bearer realm=\"\r\n\""},
			want:    answer("401 Unauthorized\r\nConnection: close\r\nWWW-Authenticate: Bearer realm=\"??\"", ""),
		},
		"a part of a second is a second": {
			refusal: Refusal{Status: 503, RetryAfter: 1100 * time.Millisecond},
			want:    answer("503 Service Unavailable\r\nConnection: close\r\nRetry-After: 2", ""),
		},
		"a date is sent as GMT": {
			refusal: Refusal{Status: 404, Date: time.Date(1994, 11, 6, 9, 49, 37, 0, time.FixedZone("", 3600))},
			want:    answer("404 Not Found\r\nConnection: close\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT", ""),
		},
	} {
		t.Run(name, func(t *testing.T) {
			got := string(tc.refusal.Append([]byte("before ")))
			if diff := cmp.Diff("before "+tc.want, got); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// What is sent must also be what others read.
func TestAnswersAreReadByNetHTTP(t *testing.T) {
	for _, result := range Results()[1:] {
		answer := string(Refuse(result, "why").Append(nil))
		response, err := http.ReadResponse(bufio.NewReader(strings.NewReader(answer)), nil)
		if err != nil {
			t.Fatalf("%s: %v", result, err)
		}
		body, err := io.ReadAll(response.Body)
		if err != nil || string(body) != "why\n" || !response.Close {
			t.Errorf("%s: body %q, error %v, close %v", result, body, err, response.Close)
		}
	}
}
