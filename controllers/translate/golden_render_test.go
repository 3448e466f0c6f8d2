package translate_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"google.golang.org/protobuf/encoding/protojson"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	"sigs.k8s.io/yaml"

	"switchyard.dev/controllers/translate"
	"switchyard.dev/gateway/config"
)

// render is a Result for people: a line a condition, and what is served. Of one
// process that is the snapshot, else a line for each thing that a Gateway has.
func render(t *testing.T, r translate.Result, o translate.Options) []byte {
	t.Helper()
	var b bytes.Buffer
	verdicts(&b, r.Verdicts)
	if o.OneProcess {
		fmt.Fprintf(&b, "snapshot:\n%s", indented(whole(t, r.Snapshot)))
		return b.Bytes()
	}
	fmt.Fprintln(&b, "gateways:")
	for _, g := range r.Gateways {
		accepted := "not accepted"
		if g.Accepted {
			accepted = "accepted"
		}
		fmt.Fprintf(&b, "- %s/%s: %s\n", g.Namespace, g.Name, accepted)
		if parameters := encode(t, g.Parameters); string(parameters) != "{}" {
			fmt.Fprintf(&b, "  - parameters %s\n", parameters)
		}
		compact(&b, g.Snapshot)
	}
	return b.Bytes()
}

func verdicts(b *bytes.Buffer, all []translate.Verdict) {
	fmt.Fprintln(b, "verdicts:")
	for _, v := range all {
		fmt.Fprintf(b, "- %s %s/%s: %s\n", v.Kind, v.Namespace, v.Name, v.Ignored)
		conditions(b, "", v.Conditions)
		for _, l := range v.Listeners {
			conditions(b, fmt.Sprintf("listener %s, %d routes, %d kinds", l.Name, l.AttachedRoutes, len(l.SupportedKinds)), l.Conditions)
		}
		for _, p := range v.Parents {
			conditions(b, "parent "+reference(p.ParentRef), p.Conditions)
		}
		for _, a := range v.Ancestors {
			word := "target "
			if v.Kind == "BackendTLSPolicy" {
				word = "ancestor "
			}
			conditions(b, word+reference(a.AncestorRef), a.Conditions)
		}
		for _, w := range v.Warnings {
			fmt.Fprintf(b, "  - warning, %s: %s %s\n", w.Where, w.Reason, w.Message)
		}
	}
}

func conditions(b *bytes.Buffer, of string, all []metav1.Condition) {
	if of != "" {
		fmt.Fprintf(b, "  - %s\n", of)
	}
	for _, c := range all {
		fmt.Fprintf(b, "    - %s\n", strings.TrimSpace(fmt.Sprintf("%s=%s %s %s", c.Type, c.Status, c.Reason, c.Message)))
	}
}

func reference(ref gatewayv1.ParentReference) string {
	words := ""
	if ref.Kind != nil {
		words = string(*ref.Kind) + " "
	}
	if ref.Namespace != nil {
		words += string(*ref.Namespace) + "/"
	}
	words += string(ref.Name)
	if ref.SectionName != nil {
		words += "/" + string(*ref.SectionName)
	}
	return words
}

// whole is a snapshot in full, without certificates.
func whole(t *testing.T, s *config.Snapshot) string {
	t.Helper()
	data, err := protojson.Marshal(shortened(s))
	if err != nil {
		t.Fatal(err)
	}
	shown, err := yaml.JSONToYAML(data)
	if err != nil {
		t.Fatal(err)
	}
	return string(shown)
}

func indented(text string) string {
	return "  " + strings.ReplaceAll(strings.TrimSpace(text), "\n", "\n  ") + "\n"
}

// shortened is a copy of s in which certificates are a word.
func shortened(s *config.Snapshot) *config.Snapshot {
	s = s.Redacted()
	for _, l := range s.Listeners {
		for _, c := range l.GetTls().GetCertificates() {
			c.Chain = []byte("PEM")
		}
		if v := l.GetTls().GetClientValidation(); v != nil {
			v.Authorities = []byte("PEM")
		}
	}
	for _, v := range s.Services {
		if v.GetTls().GetAuthorities() != nil {
			v.Tls.Authorities = []byte("PEM")
		}
	}
	return s
}
