package kubetest

import (
	"os"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
	gatewayv1beta1 "sigs.k8s.io/gateway-api/apis/v1beta1"

	"switchyard.dev/api/v1alpha1"
)

var server *Server

func TestMain(m *testing.M) { os.Exit(Main(m, &server)) }

func TestAServiceGetsAClusterIP(t *testing.T) {
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: server.Namespace(t), Name: "echo"},
		Spec:       corev1.ServiceSpec{Ports: []corev1.ServicePort{{Port: 7}}},
	}
	if err := server.Client.Create(t.Context(), service); err != nil {
		t.Fatal(err)
	}
	if service.Spec.ClusterIP == "" {
		t.Error("the API server gave no clusterIP")
	}
}

func TestOurKindsAndTheGatewayAPIsAreServed(t *testing.T) {
	for _, list := range []client.ObjectList{
		&gatewayv1.GatewayClassList{}, &gatewayv1.GatewayList{}, &gatewayv1.ListenerSetList{},
		&gatewayv1.ReferenceGrantList{}, &gatewayv1beta1.ReferenceGrantList{}, &gatewayv1.BackendTLSPolicyList{},
		&v1alpha1.WebSocketRouteList{}, &v1alpha1.WebSocketPolicyList{}, &v1alpha1.GatewayParametersList{},
	} {
		if err := server.Client.List(t.Context(), list); err != nil {
			t.Errorf("%T: %v", list, err)
		}
	}
}

func TestKubectlSpeaksToTheServerAndSaysWhatIsWrong(t *testing.T) {
	out, err := server.Kubectl("get", "namespace", "default", "-o", "name")
	if err != nil || out != "namespace/default\n" {
		t.Errorf("got %q, %v", out, err)
	}
	_, err = server.Kubectl("get", "namespace", "nowhere")
	if want := `namespaces "nowhere" not found`; err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("got %v, want %q in it", err, want)
	}
}
