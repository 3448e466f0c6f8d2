package chart

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	"sigs.k8s.io/yaml"
)

func TestLint(t *testing.T) {
	for _, values := range []string{"", everything} {
		if out, err := runHelm(t, server, values, "lint", "--strict", folder, "--values", "-"); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

func TestBadValues(t *testing.T) {
	const label = `does not match pattern '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$'`
	for values, want := range map[string]string{
		"controler: {}":                                                       `at '': additional properties 'controler' not allowed`,
		"controller: {replica: 1}":                                            `at '/controller': additional properties 'replica' not allowed`,
		"controller: {replicas: 0}":                                           `at '/controller/replicas': minimum: got 0, want 1`,
		"controller: {log: {level: loud}}":                                    `at '/controller/log/level': value must be one of 'debug', 'info', 'warn', 'error'`,
		"controller: {log: {format: xml}}":                                    `at '/controller/log/format': value must be one of 'text', 'json'`,
		"controller: {watchNamespaces: iot}":                                  `at '/controller/watchNamespaces': got string, want array`,
		"controller: {watchNamespaces: [A]}":                                  `at '/controller/watchNamespaces/0': 'A' ` + label,
		"controller: {extraArgs: [solo]}":                                     `at '/controller/extraArgs/0': 'solo' does not match pattern '^--'`,
		"controller: {extraEnv: [{value: a}]}":                                `at '/controller/extraEnv/0': missing property 'name'`,
		"controller: {resources: {limits: {cpu: all}}}":                       `at '/controller/resources/limits/cpu': 'all' does not match pattern '^[0-9]+(\\.[0-9]+)?(m|k|Ki|M|Mi|G|Gi|T|Ti|P|Pi|E|Ei)?$'`,
		"controller: {podLabels: {a: 1}}":                                     `at '/controller/podLabels/a': got number, want string`,
		"image: {tag: 1.0}":                                                   `at '/image/tag': got number, want string`,
		"image: {digest: sha256:12}":                                          `at '/image/digest': 'sha256:12' does not match pattern '^(sha256:[0-9a-f]{64})?$'`,
		"image: {repository: Example.com/a}":                                  `at '/image/repository': 'Example.com/a' does not match pattern '^[a-z0-9]+([._:/-]+[a-z0-9]+)*$'`,
		"image: {pullPolicy: Sometimes}":                                      `at '/image/pullPolicy': value must be one of 'IfNotPresent', 'Always', 'Never'`,
		"imagePullSecrets: [registry]":                                        `at '/imagePullSecrets/0': got string, want object`,
		"crds: {gatewayAPI: 'yes'}":                                           `at '/crds/gatewayAPI': got string, want boolean`,
		"crds: {gatewayApi: true}":                                            `at '/crds': additional properties 'gatewayApi' not allowed`,
		"gatewayClass: {name: ''}":                                            `at '/gatewayClass/name': '' does not match pattern '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$'`,
		"gateway: {listeners: []}":                                            `at '/gateway/listeners': minItems: got 0, want 1`,
		"gateway: {listeners: [{name: ws, port: 80}]}":                        `at '/gateway/listeners/0': missing property 'protocol'`,
		"gateway: {listeners: [{name: ws, port: 0, protocol: HTTP}]}":         `at '/gateway/listeners/0/port': minimum: got 0, want 1`,
		"gateway: {listeners: [{name: ws, port: 80, protocol: TCP}]}":         `at '/gateway/listeners/0/protocol': value must be one of 'HTTP', 'HTTPS'`,
		"gateway: {parameters: {replica: 1}}":                                 `at '/gateway/parameters': additional properties 'replica' not allowed`,
		"gateway: {parameters: {drain: {window: 30}}}":                        `at '/gateway/parameters/drain/window': got number, want string`,
		"gateway: {parameters: {service: {type: None}}}":                      `at '/gateway/parameters/service/type': value must be one of 'LoadBalancer', 'NodePort', 'ClusterIP'`,
		"gateway: {parameters: {replicas: 1, autoscaling: {maxReplicas: 2}}}": `gateway.parameters: replicas and autoscaling exclude each other: leave one out`,
		"networkPolicy: {monitoring: [{}]}":                                   `at '/networkPolicy/monitoring/0': minProperties: got 0, want 1`,
		"metrics: {interval: often}":                                          `at '/metrics/interval': 'often' does not match pattern '^([0-9]+(ms|s|m|h))*$'`,
		"metrics: {podMonitor: true}":                                         `at '/metrics/podMonitor': got boolean, want object`,
	} {
		t.Run(values, func(t *testing.T) {
			t.Parallel()
			_, err := runHelm(t, server, values, "template", "switchyard", folder, "--values", "-")
			if err == nil {
				t.Fatal("it is taken")
			}
			if !strings.Contains(err.Error()+"\n", want+"\n") {
				t.Errorf("Helm says\n%v\nwant\n%s", err, want)
			}
		})
	}
}

// schema is what matters here of a JSON schema.
type schema struct {
	Ref                  string            `json:"$ref"`
	Type                 any               `json:"type"`
	Properties           map[string]schema `json:"properties"`
	AdditionalProperties any               `json:"additionalProperties"`
}

func (s schema) keys() (names []string) {
	for name := range s.Properties {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

func readSchema(t *testing.T) schema {
	t.Helper()
	var s schema
	data, err := os.ReadFile(folder + "/values.schema.json")
	if err == nil {
		err = json.Unmarshal(data, &s)
	}
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestTheSchemaIsStrict: a name that is misspelt is refused wherever names are
// the chart's.
func TestTheSchemaIsStrict(t *testing.T) {
	var strict func(path string, s schema)
	strict = func(path string, s schema) {
		if len(s.Properties) > 0 && s.AdditionalProperties != false {
			t.Errorf("%s lets any name in", path)
		}
		for name, inner := range s.Properties {
			strict(path+"."+name, inner)
		}
	}
	strict("", readSchema(t))
}

// TestParametersAreThoseOfTheCRD: what the chart lets in, the API server knows,
// and the other way round.
func TestParametersAreThoseOfTheCRD(t *testing.T) {
	data, err := os.ReadFile(repository + "/config/crd/switchyard.dev_gatewayparameters.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var crd apiextensionsv1.CustomResourceDefinition
	if err := yaml.UnmarshalStrict(data, &crd); err != nil {
		t.Fatal(err)
	}
	var same func(path string, chart schema, api apiextensionsv1.JSONSchemaProps)
	same = func(path string, chart schema, api apiextensionsv1.JSONSchemaProps) {
		if len(chart.Properties) == 0 || len(api.Properties) == 0 {
			return
		}
		var names []string
		for name := range api.Properties {
			names = append(names, name)
		}
		slices.Sort(names)
		if diff := cmp.Diff(names, chart.keys()); diff != "" {
			t.Errorf("%s: %s", path, diff)
		}
		for name, inner := range chart.Properties {
			same(path+"."+name, inner, api.Properties[name])
		}
	}
	spec := crd.Spec.Versions[0].Schema.OpenAPIV3Schema.Properties["spec"]
	same("gateway.parameters", readSchema(t).Properties["gateway"].Properties["parameters"], spec)
}
