package console

import (
	"regexp"
	"strings"
	"testing"
)

func TestEveryAssetHasAContentType(t *testing.T) {
	h := Handler(empty())
	for path := range assets() {
		r := get(t, h, path)
		if r.StatusCode != 200 || r.Header.Get("Content-Type") == "" || body(t, r) == "" {
			t.Errorf("%s: status %d, Content-Type %q", path, r.StatusCode, r.Header.Get("Content-Type"))
		}
	}
}

var (
	reference = regexp.MustCompile(`(?:src|href)="([^"]+)"|from "([^"]+)"|url\("?(/[^)"]+)`)
	absolute  = regexp.MustCompile(`https?://[^\s"'` + "`" + `]+`)
)

// The namespace of SVG is a name, not an address.
const svgNamespace = "http://www.w3.org/2000/svg"

func TestThePageLoadsOnlyWhatIsEmbedded(t *testing.T) {
	h := Handler(empty())
	for path := range assets() {
		content := body(t, get(t, h, path))
		for _, m := range reference.FindAllStringSubmatch(content, -1) {
			to := strings.Replace(m[1]+m[2]+m[3], "./", "/console/", 1)
			if r := get(t, h, to); r.StatusCode != 200 {
				t.Errorf("%s refers to %s: status %d", path, to, r.StatusCode)
			}
		}
		for _, address := range absolute.FindAllString(content, -1) {
			if address != svgNamespace {
				t.Errorf("%s names %s", path, address)
			}
		}
	}
}

// What the content policy forbids would fail only in a browser, and what comes
// from a service must never become markup.
func TestThePageKeepsToItsOwnPolicy(t *testing.T) {
	forbidden := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|eval\(|new Function|` +
		`<style|<script>| style="| on[a-z]+="`)
	h := Handler(empty())
	for path := range assets() {
		if found := forbidden.FindString(body(t, get(t, h, path))); found != "" {
			t.Errorf("%s has %q", path, found)
		}
	}
}
