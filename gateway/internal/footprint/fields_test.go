package footprint

import (
	"bytes"
	"crypto/tls"
	"reflect"
	"runtime"
	"testing"
)

// On a toolchain for which this fails, idle TLS sessions work, and cost twice
// the memory. Look at its crypto/tls before the names here are changed: the
// claims that Shrink makes are about what their users do.
func TestThisToolchainHasTheFields(t *testing.T) {
	if !known {
		t.Fatalf("crypto/tls of %s is not as expected: Shrink does nothing", runtime.Version())
	}
}

func TestAConnThatIsNotAsExpectedIsLeftAlone(t *testing.T) {
	type embedded struct{ rawInput, hand bytes.Buffer }
	for name, conn := range map[string]any{
		"no field":                struct{}{},
		"a field of another type": struct{ isHandshakeComplete bool }{},
		"a field of an embedded":  struct{ embedded }{},
	} {
		t.Run(name, func(t *testing.T) {
			if _, ok := find(reflect.TypeOf(conn)); ok {
				t.Error("all fields found")
			}
		})
	}
	var at field[bytes.Buffer]
	if locate(reflect.TypeFor[struct{ embedded }](), "rawInput", &at) {
		t.Error("the field of an embedded struct is taken for one of its own")
	}
}

func TestNothingIsDroppedBeforeTheHandshake(t *testing.T) {
	c := tls.Server(nil, nil)
	*established.resumptionSecret.of(c) = []byte("kept")
	Shrink(c)
	if *established.resumptionSecret.of(c) == nil || *established.ekm.of(c) != nil {
		t.Error("dropped")
	}
}
