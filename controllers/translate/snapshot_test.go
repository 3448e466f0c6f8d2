package translate

import (
	"testing"
	"time"

	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/timestamppb"

	"switchyard.dev/gateway/config"
)

func TestAPartOfARouteHasAllButAttachments(t *testing.T) {
	r := &config.Route{
		Name: "a/b", Created: timestamppb.New(time.Unix(1, 0)), Path: &config.PathMatch{Value: "/"},
		Subprotocols: []*config.Subprotocol{{Name: "mqtt"}}, Fallback: &config.Target{},
		Attachments: []*config.Attachment{{Listener: "a"}, {Listener: "b"}, {Listener: "c"}},
	}
	fields := r.ProtoReflect().Descriptor().Fields()
	for i := range fields.Len() {
		if !r.ProtoReflect().Has(fields.Get(i)) {
			t.Fatalf("the test does not know the field %s", fields.Get(i).Name())
		}
	}
	part := partOf(r, 1, 2)
	if len(part.Attachments) != 1 || part.Attachments[0] != r.Attachments[1] {
		t.Errorf("attachments %v, want b alone", part.Attachments)
	}
	want := proto.CloneOf(r)
	want.Attachments = want.Attachments[1:2]
	if !proto.Equal(part, want) {
		t.Errorf("got %v, want %v", part, want)
	}
	if partOf(r, 0, 3) != r {
		t.Error("the whole is a copy, want it shared")
	}
}
