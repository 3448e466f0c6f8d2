package features

import (
	"bytes"
	"net/http"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

func TestAnAuthorityThatIsDeletedIsMadeAnew(t *testing.T) {
	w := newWorld(t)
	o, p := w.edge()
	w.service("echo", w.yard.Echo())
	w.apply(echo)
	w.wantRoute("echo", programmed)
	c := w.open("ws", "/echo", "echo")
	old := p.renew(nil)

	key := client.ObjectKey{Namespace: w.home, Name: "switchyard-authority"}
	if err := server.Client.Delete(t.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name}}); err != nil {
		t.Fatal(err)
	}
	renewed := p.renew(old)
	var authority corev1.Secret
	if err := server.Client.Get(t.Context(), key, &authority); err != nil {
		t.Fatal(err)
	}
	if trust := renewed.Data["ca.crt"]; bytes.Equal(trust, old.Data["ca.crt"]) || !bytes.Equal(trust, authority.Data["tls.crt"]) {
		t.Error("the gateway does not trust the new authority")
	}
	echoes(c, "an old session")

	// With the new certificates the two find each other again.
	o.stop()
	w.operatorAt("controller-1", o.address)
	w.remove(echo)
	w.wantStatus("ws", "/echo", "echo", http.StatusNotFound)
	w.wantGateway("edge", programmed)
	echoes(c, "through it all")
}
