package status

import (
	"context"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
	"sigs.k8s.io/controller-runtime/pkg/client/interceptor"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/api/v1alpha1"
	"switchyard.dev/controllers/translate"
)

// write writes a verdict of generation 1 of the object with uid "1" to routes,
// each write ending as answer says, and returns what came of it.
func write(t *testing.T, answer error, routes ...v1alpha1.WebSocketRoute) (written int, err error) {
	t.Helper()
	scheme := runtime.NewScheme()
	if err := v1alpha1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	c := interceptor.NewClient(fake.NewClientBuilder().WithScheme(scheme).Build(), interceptor.Funcs{
		SubResourcePatch: func(context.Context, client.Client, string, client.Object, client.Patch, ...client.SubResourcePatchOption) error {
			return answer
		},
	})
	wanted := Wanted{Objects: translate.Objects{WebSocketRoutes: routes}}
	for _, r := range routes {
		wanted.Verdicts = append(wanted.Verdicts, translate.Verdict{
			Kind: v1alpha1.KindWebSocketRoute, Namespace: r.Namespace, Name: r.Name, UID: "1", Generation: 1,
			Parents: []gatewayv1.RouteParentStatus{{
				ParentRef: gatewayv1.ParentReference{Name: "edge"}, ControllerName: translate.ControllerName,
				Conditions: []metav1.Condition{said("Accepted", metav1.ConditionTrue, 1, metav1.Time{})},
			}},
		})
	}
	w := &Writer{Client: c, Now: func() time.Time { return now.Time }}
	return w.Write(t.Context(), wanted)
}

func route(name string, uid types.UID, generation int64) v1alpha1.WebSocketRoute {
	return v1alpha1.WebSocketRoute{ObjectMeta: metav1.ObjectMeta{Namespace: "shop", Name: name, UID: uid, Generation: generation}}
}

func TestAVerdictIsForTheObjectThatWasJudged(t *testing.T) {
	tests := map[string]struct {
		route   v1alpha1.WebSocketRoute
		written int
	}{
		"it is that":                 {route("a", "1", 1), 1},
		"it has changed since":       {route("a", "1", 2), 0},
		"it is another, of the name": {route("a", "2", 1), 0},
	}
	for name, tc := range tests {
		t.Run(name, func(t *testing.T) {
			if written, err := write(t, nil, tc.route); written != tc.written || err != nil {
				t.Errorf("%d written, %v; want %d", written, err, tc.written)
			}
		})
	}
}

// A right that is missing fails every write.
func TestThatManyWritesFailIsToldShortly(t *testing.T) {
	routes := make([]v1alpha1.WebSocketRoute, 100)
	for i := range routes {
		routes[i] = route(strings.Repeat("r", i+1), "1", 1)
	}
	_, err := write(t, apierrors.NewForbidden(corev1.Resource("routes"), "r", nil), routes...)
	if err == nil || !strings.HasSuffix(err.Error(), "and 92 more") || len(err.Error()) > 1000 {
		t.Errorf("got %v", err)
	}
	if _, err = write(t, apierrors.NewConflict(corev1.Resource("routes"), "r", nil), routes...); !apierrors.IsConflict(err) || len(err.Error()) > 200 {
		t.Errorf("conflicts became %v", err)
	}
}
