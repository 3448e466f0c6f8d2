package provision

import (
	"crypto/sha256"
	"encoding/hex"
	"maps"
	"strings"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	gatewayv1 "sigs.k8s.io/gateway-api/apis/v1"
)

const (
	// maxName is what a Service's name and a label's value may have.
	maxName = 63
	// ManagedBy is the value of ManagedByLabel on every object that is made
	// here: a cache need hold no others of these kinds, but for Services.
	ManagedBy      = "switchyard"
	ManagedByLabel = "app.kubernetes.io/managed-by"

	nameLabel      = "app.kubernetes.io/name"
	instanceLabel  = "app.kubernetes.io/instance"
	componentLabel = "app.kubernetes.io/component"
)

// Name is the name of every object of g's data plane: "<gateway>-<class>", as
// GEP-1762 says. A Service's name is shorter than a Gateway's may be, has no dot
// and begins with a letter: what does not fit is changed, and marked with a hash.
func Name(g *gatewayv1.Gateway) string {
	plain := g.Name + "-" + string(g.Spec.GatewayClassName)
	legal := strings.ReplaceAll(plain, ".", "-")
	if legal[0] < 'a' || legal[0] > 'z' {
		legal = "gw-" + legal
	}
	if legal == plain && len(plain) <= maxName {
		return plain
	}
	return marked(legal, plain)
}

// SecretName is the name of the Secret with which g's pods prove who they are
// to the controller.
func SecretName(g *gatewayv1.Gateway) string { return Name(g) + "-xds" }

// marked is name with a hash of what it stands for, cut so that both fit.
func marked(name, of string) string {
	sum := sha256.Sum256([]byte(of))
	mark := "-" + hex.EncodeToString(sum[:4])
	name = name[:min(len(name), maxName-len(mark))]
	return strings.TrimRight(name, "-.") + mark
}

// labelValue is an object's name where only 63 characters are allowed.
func labelValue(name string) string {
	if len(name) <= maxName {
		return name
	}
	return marked(name, name)
}

// labelsOf are those of every object of g's. Labels that g asks for come under
// ours, which find its objects.
func labelsOf(g *gatewayv1.Gateway) map[string]string {
	labels := map[string]string{}
	if i := g.Spec.Infrastructure; i != nil {
		for key, value := range i.Labels {
			labels[string(key)] = string(value)
		}
	}
	maps.Copy(labels, selectorOf(g))
	labels[ManagedByLabel] = ManagedBy
	labels[gatewayv1.GatewayClassNameLabelKey] = labelValue(string(g.Spec.GatewayClassName))
	return labels
}

// selectorOf are the labels that tell g's pods from all others. A Deployment's
// selector cannot be changed: nothing may be added to it.
func selectorOf(g *gatewayv1.Gateway) map[string]string {
	return map[string]string{
		nameLabel:                     "switchyard",
		componentLabel:                "gateway",
		instanceLabel:                 Name(g),
		gatewayv1.GatewayNameLabelKey: labelValue(g.Name),
	}
}

// annotationsOf are those that g asks for on every object of its.
func annotationsOf(g *gatewayv1.Gateway) map[string]string {
	if g.Spec.Infrastructure == nil || len(g.Spec.Infrastructure.Annotations) == 0 {
		return nil
	}
	annotations := map[string]string{}
	for key, value := range g.Spec.Infrastructure.Annotations {
		annotations[string(key)] = string(value)
	}
	return annotations
}

// metaOf is the metadata of an object of g's, which goes when g goes.
func metaOf(g *gatewayv1.Gateway) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace:       g.Namespace,
		Name:            Name(g),
		Labels:          labelsOf(g),
		Annotations:     annotationsOf(g),
		OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(g, gatewayv1.SchemeGroupVersion.WithKind("Gateway"))},
	}
}
