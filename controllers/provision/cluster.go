package provision

import (
	"context"
	"fmt"

	appsv1 "k8s.io/api/apps/v1"
	autoscalingv2 "k8s.io/api/autoscaling/v2"
	corev1 "k8s.io/api/core/v1"
	policyv1 "k8s.io/api/policy/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// id names an object.
type id struct {
	kind string
	types.NamespacedName
}

func idOf(kind string, o client.Object) id { return id{kind, client.ObjectKeyFromObject(o)} }

const (
	kindServiceAccount          = "ServiceAccount"
	kindService                 = "Service"
	kindDeployment              = "Deployment"
	kindPodDisruptionBudget     = "PodDisruptionBudget"
	kindHorizontalPodAutoscaler = "HorizontalPodAutoscaler"
)

// Kinds is an object of every kind that a data plane is made of: a change of one
// is a reason to Apply.
func Kinds() []client.Object {
	return []client.Object{
		&corev1.ServiceAccount{}, &corev1.Service{}, &appsv1.Deployment{},
		&policyv1.PodDisruptionBudget{}, &autoscalingv2.HorizontalPodAutoscaler{},
	}
}

// cluster is what there is of all data planes. What is applied or deleted
// meanwhile is followed.
type cluster struct {
	objects map[id]client.Object
	// owned are the names of the objects that a Gateway controls.
	owned map[types.UID][]id
}

// look lists what is marked as ours.
func look(ctx context.Context, c client.Client) (*cluster, error) {
	all := &cluster{objects: map[id]client.Object{}, owned: map[types.UID][]id{}}
	for _, o := range Kinds() {
		kind, err := c.GroupVersionKindFor(o)
		if err != nil {
			return nil, err
		}
		if err := all.list(ctx, c, kind); err != nil {
			return nil, fmt.Errorf("list of %s: %w", kind.Kind, err)
		}
	}
	return all, nil
}

func (c *cluster) list(ctx context.Context, from client.Client, kind schema.GroupVersionKind) error {
	blank, err := from.Scheme().New(kind.GroupVersion().WithKind(kind.Kind + "List"))
	if err != nil {
		return err
	}
	list := blank.(client.ObjectList)
	if err := from.List(ctx, list, client.MatchingLabels{ManagedByLabel: ManagedBy}); err != nil {
		return err
	}
	return meta.EachListItem(list, func(o runtime.Object) error {
		c.add(kind.Kind, o.(client.Object))
		return nil
	})
}

func (c *cluster) add(kind string, o client.Object) {
	name := idOf(kind, o)
	c.objects[name] = o
	if owner := metav1.GetControllerOf(o); owner != nil {
		c.owned[owner.UID] = append(c.owned[owner.UID], name)
	}
}
