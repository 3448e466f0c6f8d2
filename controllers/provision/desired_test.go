package provision

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"

	"switchyard.dev/controllers/translate"
)

const plainGateway = `
metadata: {name: edge, namespace: infra, uid: 8f0c}
spec:
  gatewayClassName: switchyard
  listeners:
  - {name: ws, port: 80, protocol: HTTP}
`

func TestListenersChangeTheServiceAlone(t *testing.T) {
	before, after := read(t, plainGateway), read(t, plainGateway)
	serve(&after, "wss", 443)
	for _, none := range []bool{false, true} {
		if none {
			after.Snapshot.Listeners = nil
		}
		was, is := byKind(t, before), byKind(t, after)
		for kind := range was {
			if same := cmp.Equal(was[kind], is[kind]); same != (kind != "Service") {
				t.Errorf("without listeners %v: %s is the same: %v", none, kind, same)
			}
		}
	}
}

// byKind is what is desired for g, by kind.
func byKind(t *testing.T, g translate.Gateway) map[string]string {
	t.Helper()
	objects, err := Desired(g, options)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, o := range objects {
		out[o.GetObjectKind().GroupVersionKind().Kind] = string(renderOne(t, o))
	}
	return out
}

func TestGatewaysThatCannotBeProvisioned(t *testing.T) {
	cases := map[string]struct{ parameters, gateway, want string }{
		"a window that is no duration": {
			parameters: `drain: {window: soon}`,
			want:       `GatewayParameters spec.drain.window "soon": want a duration such as "1h", "90s" or "1m30s"`,
		},
		"a timeout before now": {
			parameters: `drain: {timeout: -1s}`,
			want:       `GatewayParameters spec.drain.timeout "-1s": want a duration such as "1h", "90s" or "1m30s"`,
		},
		"an autoscaler that has nothing to measure against": {
			parameters: `autoscaling: {maxReplicas: 3}, resources: {requests: {memory: 64Mi}}`,
			want:       "GatewayParameters spec.autoscaling: the CPU in use is measured against spec.resources.requests.cpu: set it",
		},
		"a patch that is none": {
			parameters: `podTemplate: [1]`,
			want:       "GatewayParameters spec.podTemplate: it is no strategic merge patch of a pod template: ",
		},
		"a patch with a field that pods do not have": {
			parameters: `podTemplate: {spec: {tolerations: [{keey: a}]}}`,
			want:       `GatewayParameters spec.podTemplate: unknown field "spec.tolerations[0].keey"`,
		},
		"a patch with a value of another type": {
			parameters: `podTemplate: {spec: {priorityClassName: 1}}`,
			want:       "GatewayParameters spec.podTemplate: what it makes is no pod template: ",
		},
		"a patch that hides the pods": {
			parameters: `podTemplate: {metadata: {labels: {app.kubernetes.io/instance: mine}}}`,
			want:       `GatewayParameters spec.podTemplate: label app.kubernetes.io/instance becomes "mine": it must stay "edge-switchyard", by which the pods are found`,
		},
		"a patch that deletes a label": {
			parameters: `podTemplate: {metadata: {labels: {app.kubernetes.io/name: null}}}`,
			want:       `GatewayParameters spec.podTemplate: label app.kubernetes.io/name becomes "": it must stay "switchyard", by which the pods are found`,
		},
		"a patch that deletes the gateway": {
			parameters: `podTemplate: {spec: {containers: [{name: gateway, $patch: delete}]}}`,
			want:       `GatewayParameters spec.podTemplate: it takes away container "gateway", which is the gateway`,
		},
		"a patch that deletes the certificates": {
			parameters: `podTemplate: {spec: {volumes: [{name: certificates, $patch: delete}]}}`,
			want:       `GatewayParameters spec.podTemplate: volume "certificates" must stay as it is: the pods prove with it who they are`,
		},
		"a patch that names other certificates": {
			parameters: `podTemplate: {spec: {volumes: [{name: certificates, secret: {secretName: mine}}]}}`,
			want:       `GatewayParameters spec.podTemplate: volume "certificates" must stay as it is: the pods prove with it who they are`,
		},
		"a patch that does not mount the certificates": {
			parameters: `podTemplate: {spec: {containers: [{name: gateway, volumeMounts: [{mountPath: /etc/switchyard/certificates, $patch: delete}]}]}}`,
			want:       `GatewayParameters spec.podTemplate: the mount of volume "certificates" at /etc/switchyard/certificates must stay as it is: the pods prove with it who they are`,
		},
		"an address that is a name": {
			gateway: `addresses: [{type: Hostname, value: ws.example.com}]`,
			want:    `Gateway spec.addresses has 1 entries, the first Hostname "ws.example.com", for a Service of type LoadBalancer: want one IPAddress, and type LoadBalancer`,
		},
		"more addresses than a load balancer is asked for": {
			gateway: `addresses: [{value: 192.0.2.1}, {value: 192.0.2.2}]`,
			want:    `Gateway spec.addresses has 2 entries, the first IPAddress "192.0.2.1", for a Service of type LoadBalancer: want one IPAddress, and type LoadBalancer`,
		},
		"an address that nobody gives": {
			gateway:    `addresses: [{value: 192.0.2.1}]`,
			parameters: `service: {type: ClusterIP}`,
			want:       `Gateway spec.addresses has 1 entries, the first IPAddress "192.0.2.1", for a Service of type ClusterIP: want one IPAddress, and type LoadBalancer`,
		},
		"a listener on the port of health and metrics": {
			gateway: `listeners: [{name: ws, port: 19090}]`,
			want:    "listener infra/edge/ws: port 19090 is where pods are asked for health and metrics: want another",
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			documents := plainGateway
			if tc.gateway != "" {
				documents = "metadata: {name: edge, namespace: infra, uid: 8f0c}\nspec: {gatewayClassName: switchyard, " + tc.gateway + "}"
			}
			if tc.parameters != "" {
				documents += "\n---\nspec: {" + tc.parameters + "}\n"
			}
			objects, err := Desired(read(t, documents), options)
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) || objects != nil {
				t.Errorf("got %v\nwant %s", err, tc.want)
			}
		})
	}
}

func TestAnAddressWithoutAValueIsAny(t *testing.T) {
	g := read(t, plainGateway)
	g.Spec.Addresses = []gatewayv1.GatewaySpecAddress{{}}
	s, err := service(g)
	if err != nil || s.Spec.LoadBalancerIP != "" {
		t.Errorf("%q, %v", s.Spec.LoadBalancerIP, err)
	}
}

func TestNames(t *testing.T) {
	long := strings.Repeat("a", 70)
	cases := map[string]struct{ gateway, class, want string }{
		"both, joined":                 {"edge", "switchyard", "edge-switchyard"},
		"just short enough":            {long[:52], "switchyard", long[:52] + "-switchyard"},
		"too long":                     {long, "switchyard", long[:54] + "-3a243e8c"},
		"a dot":                        {"a.b", "c", "a-b-c-ab8bb2e3"},
		"what the dot might have been": {"a-b", "c", "a-b-c"},
		"a digit first":                {"1a", "c", "gw-1a-c-7aadf892"},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			g := &gatewayv1.Gateway{}
			g.Name, g.Spec.GatewayClassName = tc.gateway, gatewayv1.ObjectName(tc.class)
			if got := Name(g); got != tc.want || len(got) > maxName {
				t.Errorf("got %s, want %s", got, tc.want)
			}
		})
	}
}
