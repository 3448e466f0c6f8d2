package e2e

import (
	"os"
	"testing"
)

func testMQTT(t *testing.T, i *installation) {
	t.Setenv("NODE_PATH", modules())
	t.Setenv("NODE_EXTRA_CA_CERTS", i.authority.file)
	if _, err := os.Stat(modules()); err != nil {
		t.Fatalf("mqtt.js is not installed: %v", err)
	}
	for _, scheme := range []string{"ws", "wss"} {
		t.Run(scheme, func(t *testing.T) {
			t.Log(run(t, "", "node", "testdata/mqtt.cjs", scheme+"://"+host+"/mqtt", i.address))
		})
	}
}
