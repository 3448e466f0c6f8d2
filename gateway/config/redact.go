package config

import (
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
)

// Redacted is a copy of s to show to people, without private keys.
func (s *Snapshot) Redacted() *Snapshot { return redacted(s) }

// redacted is a copy of m without any field that is marked debug_redact in its
// definition, at any depth. What the definition does not know, and so cannot
// mark, is left out too.
func redacted[M proto.Message](m M) M {
	out := proto.CloneOf(m)
	redact(out.ProtoReflect())
	return out
}

func redact(m protoreflect.Message) {
	m.SetUnknown(nil)
	m.Range(func(field protoreflect.FieldDescriptor, value protoreflect.Value) bool {
		switch {
		case isSecret(field):
			m.Clear(field)
		case field.IsMap():
			if field.MapValue().Message() != nil {
				redactMap(value.Map())
			}
		case field.Message() == nil:
		case field.IsList():
			redactList(value.List())
		default:
			redact(value.Message())
		}
		return true
	})
}

func redactMap(m protoreflect.Map) {
	m.Range(func(_ protoreflect.MapKey, value protoreflect.Value) bool {
		redact(value.Message())
		return true
	})
}

func redactList(l protoreflect.List) {
	for i := range l.Len() {
		redact(l.Get(i).Message())
	}
}

func isSecret(field protoreflect.FieldDescriptor) bool {
	options, ok := field.Options().(*descriptorpb.FieldOptions)
	return ok && options.GetDebugRedact()
}
