package config

import (
	"testing"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

// vault is a message with a secret in every place where one can be:
//
//	message Vault {
//	  string open = 1;
//	  string secret = 2 [debug_redact = true];
//	  repeated string secrets = 3 [debug_redact = true];
//	  Vault inner = 4;
//	  repeated Vault list = 5;
//	  map<string, Vault> named = 6;
//	  map<string, string> plain = 7;
//	  Vault whole = 8 [debug_redact = true];
//	}
func vault(t *testing.T) protoreflect.MessageDescriptor {
	t.Helper()
	const (
		one  = descriptorpb.FieldDescriptorProto_LABEL_OPTIONAL
		many = descriptorpb.FieldDescriptorProto_LABEL_REPEATED
		text = descriptorpb.FieldDescriptorProto_TYPE_STRING
		msg  = descriptorpb.FieldDescriptorProto_TYPE_MESSAGE
	)
	field := func(name string, n int32, label descriptorpb.FieldDescriptorProto_Label,
		kind descriptorpb.FieldDescriptorProto_Type, typeName string, secret bool) *descriptorpb.FieldDescriptorProto {
		f := &descriptorpb.FieldDescriptorProto{
			Name: proto.String(name), Number: proto.Int32(n), Label: label.Enum(), Type: kind.Enum(),
		}
		if typeName != "" {
			f.TypeName = proto.String(typeName)
		}
		if secret {
			f.Options = &descriptorpb.FieldOptions{DebugRedact: proto.Bool(true)}
		}
		return f
	}
	entry := func(name string, value *descriptorpb.FieldDescriptorProto) *descriptorpb.DescriptorProto {
		return &descriptorpb.DescriptorProto{
			Name:    proto.String(name),
			Field:   []*descriptorpb.FieldDescriptorProto{field("key", 1, one, text, "", false), value},
			Options: &descriptorpb.MessageOptions{MapEntry: proto.Bool(true)},
		}
	}
	file, err := protodesc.NewFile(&descriptorpb.FileDescriptorProto{
		Name: proto.String("vault.proto"), Syntax: proto.String("proto3"),
		MessageType: []*descriptorpb.DescriptorProto{{
			Name: proto.String("Vault"),
			Field: []*descriptorpb.FieldDescriptorProto{
				field("open", 1, one, text, "", false),
				field("secret", 2, one, text, "", true),
				field("secrets", 3, many, text, "", true),
				field("inner", 4, one, msg, ".Vault", false),
				field("list", 5, many, msg, ".Vault", false),
				field("named", 6, many, msg, ".Vault.NamedEntry", false),
				field("plain", 7, many, msg, ".Vault.PlainEntry", false),
				field("whole", 8, one, msg, ".Vault", true),
			},
			NestedType: []*descriptorpb.DescriptorProto{
				entry("NamedEntry", field("value", 2, one, msg, ".Vault", false)),
				entry("PlainEntry", field("value", 2, one, text, "", false)),
			},
		}},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return file.Messages().ByName("Vault")
}

// locker fills vaults.
type locker struct {
	descriptor protoreflect.MessageDescriptor
}

func (l locker) field(name protoreflect.Name) protoreflect.FieldDescriptor {
	return l.descriptor.Fields().ByName(name)
}

// leaf is a vault with an open string and, unless it is to be what is left of
// one, secrets.
func (l locker) leaf(secrets bool) *dynamicpb.Message {
	m := dynamicpb.NewMessage(l.descriptor)
	m.Set(l.field("open"), protoreflect.ValueOfString("open"))
	if secrets {
		m.Set(l.field("secret"), protoreflect.ValueOfString("secret"))
		m.Mutable(l.field("secrets")).List().Append(protoreflect.ValueOfString("secret"))
		m.SetUnknown(protoreflect.RawFields("\xfa\x01\x06secret"))
	}
	return m
}

func (l locker) tree(secrets bool) *dynamicpb.Message {
	m, leaf := l.leaf(secrets), protoreflect.ValueOfMessage(l.leaf(secrets))
	m.Set(l.field("inner"), leaf)
	m.Mutable(l.field("list")).List().Append(leaf)
	m.Mutable(l.field("named")).Map().Set(protoreflect.ValueOfString("k").MapKey(), leaf)
	m.Mutable(l.field("plain")).Map().Set(protoreflect.ValueOfString("k").MapKey(), protoreflect.ValueOfString("v"))
	if secrets {
		m.Set(l.field("whole"), leaf)
	}
	return m
}

func TestRedactedAtAnyDepth(t *testing.T) {
	l := locker{vault(t)}
	in := l.tree(true)
	if got, want := redacted(in), l.tree(false); !proto.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !proto.Equal(in, l.tree(true)) {
		t.Error("the original was changed")
	}
}

func TestRedactedNothing(t *testing.T) {
	l := locker{vault(t)}
	if got := redacted(dynamicpb.NewMessage(l.descriptor)); proto.Size(got) != 0 {
		t.Errorf("got %v", got)
	}
}
