package xds

import (
	"fmt"

	discovery "github.com/envoyproxy/go-control-plane/envoy/service/discovery/v3"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"

	"switchyard.dev/gateway/config"
)

// decode is the resource that was sent.
func decode(sent *discovery.Resource) (*config.Resource, error) {
	name, content := sent.GetName(), sent.GetResource()
	if t := content.GetTypeUrl(); t != config.ResourceType {
		return nil, fmt.Errorf("resource %q is of type %q: want %s", name, t, config.ResourceType)
	}
	r := new(config.Resource)
	if err := proto.Unmarshal(content.GetValue(), r); err != nil {
		return nil, fmt.Errorf("resource %q cannot be read: %w", name, err)
	}
	if hasUnknown(r.ProtoReflect()) {
		return nil, fmt.Errorf("resource %q says something that this gateway does not know: is it older than its controller?", name)
	}
	if own := r.Name(); own != name {
		return nil, fmt.Errorf("resource %q holds what is named %q: want one name", name, own)
	}
	return r, nil
}

// hasUnknown tells whether m has a field, at any depth, that its definition does
// not know. To leave it out could be to let in whom it keeps out.
func hasUnknown(m protoreflect.Message) bool {
	found := len(m.GetUnknown()) > 0
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case found || field.Message() == nil:
		case field.IsMap():
			value.Map().Range(func(_ protoreflect.MapKey, v protoreflect.Value) bool {
				found = field.MapValue().Message() != nil && hasUnknown(v.Message())
				return !found
			})
		case field.IsList():
			for i := 0; i < value.List().Len() && !found; i++ {
				found = hasUnknown(value.List().Get(i).Message())
			}
		default:
			found = hasUnknown(value.Message())
		}
		return !found
	})
	return found
}
