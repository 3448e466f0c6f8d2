// Code generated from config.proto by make generate. DO NOT EDIT.

// versions:
// 	protoc-gen-go v1.36.12
// 	protoc        (unknown)
// source: gateway/config/config.proto

// What a gateway is given to serve. Three kinds of things, each named, so that a
// change of one of them can be told alone.

package config

import (
	protoreflect "google.golang.org/protobuf/reflect/protoreflect"
	protoimpl "google.golang.org/protobuf/runtime/protoimpl"
	durationpb "google.golang.org/protobuf/types/known/durationpb"
	timestamppb "google.golang.org/protobuf/types/known/timestamppb"
	reflect "reflect"
	sync "sync"
	unsafe "unsafe"
)

const (
	// Verify that this generated code is sufficiently up-to-date.
	_ = protoimpl.EnforceVersion(20 - protoimpl.MinVersion)
	// Verify that runtime/protoimpl is sufficiently up-to-date.
	_ = protoimpl.EnforceVersion(protoimpl.MaxVersion - 20)
)

type Framing int32

const (
	// Bytes; message boundaries mean nothing.
	Framing_STREAM Framing = 0
	// One message, one line ended by \n.
	Framing_LINES Framing = 1
	// One message, a 4-byte big-endian length and as many bytes.
	Framing_LENGTH_PREFIXED Framing = 2
	// As LENGTH_PREFIXED with one byte before it: 1 text, 2 binary.
	Framing_TYPED Framing = 3
)

// Enum value maps for Framing.
var (
	Framing_name = map[int32]string{
		0: "STREAM",
		1: "LINES",
		2: "LENGTH_PREFIXED",
		3: "TYPED",
	}
	Framing_value = map[string]int32{
		"STREAM":          0,
		"LINES":           1,
		"LENGTH_PREFIXED": 2,
		"TYPED":           3,
	}
)

func (x Framing) Enum() *Framing {
	p := new(Framing)
	*p = x
	return p
}

func (x Framing) String() string {
	return protoimpl.X.EnumStringOf(x.Descriptor(), protoreflect.EnumNumber(x))
}

func (Framing) Descriptor() protoreflect.EnumDescriptor {
	return file_gateway_config_config_proto_enumTypes[0].Descriptor()
}

func (Framing) Type() protoreflect.EnumType {
	return &file_gateway_config_config_proto_enumTypes[0]
}

func (x Framing) Number() protoreflect.EnumNumber {
	return protoreflect.EnumNumber(x)
}

// Deprecated: Use Framing.Descriptor instead.
func (Framing) EnumDescriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{0}
}

// MessageType is what the client receives.
type MessageType int32

const (
	MessageType_BINARY MessageType = 0
	MessageType_TEXT   MessageType = 1
)

// Enum value maps for MessageType.
var (
	MessageType_name = map[int32]string{
		0: "BINARY",
		1: "TEXT",
	}
	MessageType_value = map[string]int32{
		"BINARY": 0,
		"TEXT":   1,
	}
)

func (x MessageType) Enum() *MessageType {
	p := new(MessageType)
	*p = x
	return p
}

func (x MessageType) String() string {
	return protoimpl.X.EnumStringOf(x.Descriptor(), protoreflect.EnumNumber(x))
}

func (MessageType) Descriptor() protoreflect.EnumDescriptor {
	return file_gateway_config_config_proto_enumTypes[1].Descriptor()
}

func (MessageType) Type() protoreflect.EnumType {
	return &file_gateway_config_config_proto_enumTypes[1]
}

func (x MessageType) Number() protoreflect.EnumNumber {
	return protoreflect.EnumNumber(x)
}

// Deprecated: Use MessageType.Descriptor instead.
func (MessageType) EnumDescriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{1}
}

type PathMatch_Type int32

const (
	// Whole elements: "/a" matches "/a" and "/a/b", never "/ab".
	PathMatch_PREFIX PathMatch_Type = 0
	PathMatch_EXACT  PathMatch_Type = 1
)

// Enum value maps for PathMatch_Type.
var (
	PathMatch_Type_name = map[int32]string{
		0: "PREFIX",
		1: "EXACT",
	}
	PathMatch_Type_value = map[string]int32{
		"PREFIX": 0,
		"EXACT":  1,
	}
)

func (x PathMatch_Type) Enum() *PathMatch_Type {
	p := new(PathMatch_Type)
	*p = x
	return p
}

func (x PathMatch_Type) String() string {
	return protoimpl.X.EnumStringOf(x.Descriptor(), protoreflect.EnumNumber(x))
}

func (PathMatch_Type) Descriptor() protoreflect.EnumDescriptor {
	return file_gateway_config_config_proto_enumTypes[2].Descriptor()
}

func (PathMatch_Type) Type() protoreflect.EnumType {
	return &file_gateway_config_config_proto_enumTypes[2]
}

func (x PathMatch_Type) Number() protoreflect.EnumNumber {
	return protoreflect.EnumNumber(x)
}

// Deprecated: Use PathMatch_Type.Descriptor instead.
func (PathMatch_Type) EnumDescriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{8, 0}
}

// Snapshot is everything a gateway serves at one moment.
type Snapshot struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// Sorted by name; names are unique within each list.
	Listeners     []*Listener `protobuf:"bytes,1,rep,name=listeners,proto3" json:"listeners,omitempty"`
	Routes        []*Route    `protobuf:"bytes,2,rep,name=routes,proto3" json:"routes,omitempty"`
	Services      []*Service  `protobuf:"bytes,3,rep,name=services,proto3" json:"services,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Snapshot) Reset() {
	*x = Snapshot{}
	mi := &file_gateway_config_config_proto_msgTypes[0]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Snapshot) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Snapshot) ProtoMessage() {}

func (x *Snapshot) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[0]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Snapshot.ProtoReflect.Descriptor instead.
func (*Snapshot) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{0}
}

func (x *Snapshot) GetListeners() []*Listener {
	if x != nil {
		return x.Listeners
	}
	return nil
}

func (x *Snapshot) GetRoutes() []*Route {
	if x != nil {
		return x.Routes
	}
	return nil
}

func (x *Snapshot) GetServices() []*Service {
	if x != nil {
		return x.Services
	}
	return nil
}

// Resource is one thing of a Snapshot, as it is told alone: by delta xDS, under
// the name that Snapshot.Resources gives it.
type Resource struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// Types that are valid to be assigned to Kind:
	//
	//	*Resource_Listener
	//	*Resource_Route
	//	*Resource_Service
	Kind          isResource_Kind `protobuf_oneof:"kind"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Resource) Reset() {
	*x = Resource{}
	mi := &file_gateway_config_config_proto_msgTypes[1]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Resource) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Resource) ProtoMessage() {}

func (x *Resource) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[1]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Resource.ProtoReflect.Descriptor instead.
func (*Resource) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{1}
}

func (x *Resource) GetKind() isResource_Kind {
	if x != nil {
		return x.Kind
	}
	return nil
}

func (x *Resource) GetListener() *Listener {
	if x != nil {
		if x, ok := x.Kind.(*Resource_Listener); ok {
			return x.Listener
		}
	}
	return nil
}

func (x *Resource) GetRoute() *Route {
	if x != nil {
		if x, ok := x.Kind.(*Resource_Route); ok {
			return x.Route
		}
	}
	return nil
}

func (x *Resource) GetService() *Service {
	if x != nil {
		if x, ok := x.Kind.(*Resource_Service); ok {
			return x.Service
		}
	}
	return nil
}

type isResource_Kind interface {
	isResource_Kind()
}

type Resource_Listener struct {
	Listener *Listener `protobuf:"bytes,1,opt,name=listener,proto3,oneof"`
}

type Resource_Route struct {
	Route *Route `protobuf:"bytes,2,opt,name=route,proto3,oneof"`
}

type Resource_Service struct {
	Service *Service `protobuf:"bytes,3,opt,name=service,proto3,oneof"`
}

func (*Resource_Listener) isResource_Kind() {}

func (*Resource_Route) isResource_Kind() {}

func (*Resource_Service) isResource_Kind() {}

// Listener is one address at which clients arrive. Several may share a port;
// then the most specific hostname takes the connection or request.
type Listener struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// "namespace/gateway/section".
	Name string `protobuf:"bytes,1,opt,name=name,proto3" json:"name,omitempty"`
	// An IP address; empty is every address of the host.
	Address string `protobuf:"bytes,2,opt,name=address,proto3" json:"address,omitempty"`
	// 1 to 65535.
	Port uint32 `protobuf:"varint,3,opt,name=port,proto3" json:"port,omitempty"`
	// Empty is any host; otherwise "ws.example.com" or "*.example.com", lower case.
	Hostname string `protobuf:"bytes,4,opt,name=hostname,proto3" json:"hostname,omitempty"`
	// Absent: plain TCP.
	Tls *TLS `protobuf:"bytes,5,opt,name=tls,proto3" json:"tls,omitempty"`
	// From the first moment of a connection to the end of its request's header.
	// Absent: 10 s.
	HandshakeTimeout *durationpb.Duration `protobuf:"bytes,6,opt,name=handshake_timeout,json=handshakeTimeout,proto3" json:"handshake_timeout,omitempty"`
	// Request line and header together. Zero: 16 KiB.
	MaxHeaderBytes uint32 `protobuf:"varint,7,opt,name=max_header_bytes,json=maxHeaderBytes,proto3" json:"max_header_bytes,omitempty"`
	unknownFields  protoimpl.UnknownFields
	sizeCache      protoimpl.SizeCache
}

func (x *Listener) Reset() {
	*x = Listener{}
	mi := &file_gateway_config_config_proto_msgTypes[2]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Listener) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Listener) ProtoMessage() {}

func (x *Listener) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[2]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Listener.ProtoReflect.Descriptor instead.
func (*Listener) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{2}
}

func (x *Listener) GetName() string {
	if x != nil {
		return x.Name
	}
	return ""
}

func (x *Listener) GetAddress() string {
	if x != nil {
		return x.Address
	}
	return ""
}

func (x *Listener) GetPort() uint32 {
	if x != nil {
		return x.Port
	}
	return 0
}

func (x *Listener) GetHostname() string {
	if x != nil {
		return x.Hostname
	}
	return ""
}

func (x *Listener) GetTls() *TLS {
	if x != nil {
		return x.Tls
	}
	return nil
}

func (x *Listener) GetHandshakeTimeout() *durationpb.Duration {
	if x != nil {
		return x.HandshakeTimeout
	}
	return nil
}

func (x *Listener) GetMaxHeaderBytes() uint32 {
	if x != nil {
		return x.MaxHeaderBytes
	}
	return 0
}

// TLS is how a listener terminates TLS 1.2 or later.
type TLS struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// At least one. SNI chooses; the first answers where none matches.
	Certificates []*Certificate `protobuf:"bytes,1,rep,name=certificates,proto3" json:"certificates,omitempty"`
	// Absent: no client certificate is asked for.
	ClientValidation *ClientValidation `protobuf:"bytes,2,opt,name=client_validation,json=clientValidation,proto3" json:"client_validation,omitempty"`
	unknownFields    protoimpl.UnknownFields
	sizeCache        protoimpl.SizeCache
}

func (x *TLS) Reset() {
	*x = TLS{}
	mi := &file_gateway_config_config_proto_msgTypes[3]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *TLS) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*TLS) ProtoMessage() {}

func (x *TLS) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[3]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use TLS.ProtoReflect.Descriptor instead.
func (*TLS) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{3}
}

func (x *TLS) GetCertificates() []*Certificate {
	if x != nil {
		return x.Certificates
	}
	return nil
}

func (x *TLS) GetClientValidation() *ClientValidation {
	if x != nil {
		return x.ClientValidation
	}
	return nil
}

type Certificate struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// "namespace/name" of where it came from, for messages.
	Name string `protobuf:"bytes,1,opt,name=name,proto3" json:"name,omitempty"`
	// PEM, leaf first.
	Chain []byte `protobuf:"bytes,2,opt,name=chain,proto3" json:"chain,omitempty"`
	// PEM.
	Key           []byte `protobuf:"bytes,3,opt,name=key,proto3" json:"key,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Certificate) Reset() {
	*x = Certificate{}
	mi := &file_gateway_config_config_proto_msgTypes[4]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Certificate) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Certificate) ProtoMessage() {}

func (x *Certificate) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[4]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Certificate.ProtoReflect.Descriptor instead.
func (*Certificate) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{4}
}

func (x *Certificate) GetName() string {
	if x != nil {
		return x.Name
	}
	return ""
}

func (x *Certificate) GetChain() []byte {
	if x != nil {
		return x.Chain
	}
	return nil
}

func (x *Certificate) GetKey() []byte {
	if x != nil {
		return x.Key
	}
	return nil
}

type ClientValidation struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// PEM: the authorities that sign clients' certificates.
	Authorities []byte `protobuf:"bytes,1,opt,name=authorities,proto3" json:"authorities,omitempty"`
	// True: a client without a certificate, or with another authority's, is let in too.
	Optional      bool `protobuf:"varint,2,opt,name=optional,proto3" json:"optional,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *ClientValidation) Reset() {
	*x = ClientValidation{}
	mi := &file_gateway_config_config_proto_msgTypes[5]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *ClientValidation) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*ClientValidation) ProtoMessage() {}

func (x *ClientValidation) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[5]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use ClientValidation.ProtoReflect.Descriptor instead.
func (*ClientValidation) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{5}
}

func (x *ClientValidation) GetAuthorities() []byte {
	if x != nil {
		return x.Authorities
	}
	return nil
}

func (x *ClientValidation) GetOptional() bool {
	if x != nil {
		return x.Optional
	}
	return false
}

// Route says which services answer for a host, a path and subprotocols.
type Route struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// "namespace/name".
	Name string `protobuf:"bytes,1,opt,name=name,proto3" json:"name,omitempty"`
	// Of two routes that claim the same, the older wins, then the lesser name.
	Created      *timestamppb.Timestamp `protobuf:"bytes,2,opt,name=created,proto3" json:"created,omitempty"`
	Attachments  []*Attachment          `protobuf:"bytes,3,rep,name=attachments,proto3" json:"attachments,omitempty"`
	Path         *PathMatch             `protobuf:"bytes,4,opt,name=path,proto3" json:"path,omitempty"`
	Subprotocols []*Subprotocol         `protobuf:"bytes,5,rep,name=subprotocols,proto3" json:"subprotocols,omitempty"`
	// For clients that offer no subprotocol. Absent: they are refused.
	Fallback      *Target `protobuf:"bytes,6,opt,name=fallback,proto3" json:"fallback,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Route) Reset() {
	*x = Route{}
	mi := &file_gateway_config_config_proto_msgTypes[6]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Route) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Route) ProtoMessage() {}

func (x *Route) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[6]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Route.ProtoReflect.Descriptor instead.
func (*Route) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{6}
}

func (x *Route) GetName() string {
	if x != nil {
		return x.Name
	}
	return ""
}

func (x *Route) GetCreated() *timestamppb.Timestamp {
	if x != nil {
		return x.Created
	}
	return nil
}

func (x *Route) GetAttachments() []*Attachment {
	if x != nil {
		return x.Attachments
	}
	return nil
}

func (x *Route) GetPath() *PathMatch {
	if x != nil {
		return x.Path
	}
	return nil
}

func (x *Route) GetSubprotocols() []*Subprotocol {
	if x != nil {
		return x.Subprotocols
	}
	return nil
}

func (x *Route) GetFallback() *Target {
	if x != nil {
		return x.Fallback
	}
	return nil
}

// Attachment puts a route on one listener.
type Attachment struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// Listener.name.
	Listener string `protobuf:"bytes,1,opt,name=listener,proto3" json:"listener,omitempty"`
	// Already intersected with the listener's own. Empty is any host.
	Hostnames []string `protobuf:"bytes,2,rep,name=hostnames,proto3" json:"hostnames,omitempty"`
	// What holds for this route there: the route's own values over the Gateway's.
	Policy        *Policy `protobuf:"bytes,3,opt,name=policy,proto3" json:"policy,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Attachment) Reset() {
	*x = Attachment{}
	mi := &file_gateway_config_config_proto_msgTypes[7]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Attachment) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Attachment) ProtoMessage() {}

func (x *Attachment) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[7]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Attachment.ProtoReflect.Descriptor instead.
func (*Attachment) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{7}
}

func (x *Attachment) GetListener() string {
	if x != nil {
		return x.Listener
	}
	return ""
}

func (x *Attachment) GetHostnames() []string {
	if x != nil {
		return x.Hostnames
	}
	return nil
}

func (x *Attachment) GetPolicy() *Policy {
	if x != nil {
		return x.Policy
	}
	return nil
}

type PathMatch struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	Type  PathMatch_Type         `protobuf:"varint,1,opt,name=type,proto3,enum=switchyard.config.v1.PathMatch_Type" json:"type,omitempty"`
	// Begins with "/".
	Value         string `protobuf:"bytes,2,opt,name=value,proto3" json:"value,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *PathMatch) Reset() {
	*x = PathMatch{}
	mi := &file_gateway_config_config_proto_msgTypes[8]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *PathMatch) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*PathMatch) ProtoMessage() {}

func (x *PathMatch) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[8]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use PathMatch.ProtoReflect.Descriptor instead.
func (*PathMatch) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{8}
}

func (x *PathMatch) GetType() PathMatch_Type {
	if x != nil {
		return x.Type
	}
	return PathMatch_PREFIX
}

func (x *PathMatch) GetValue() string {
	if x != nil {
		return x.Value
	}
	return ""
}

type Subprotocol struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// RFC 7230 token, compared case-sensitively.
	Name          string  `protobuf:"bytes,1,opt,name=name,proto3" json:"name,omitempty"`
	Target        *Target `protobuf:"bytes,2,opt,name=target,proto3" json:"target,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Subprotocol) Reset() {
	*x = Subprotocol{}
	mi := &file_gateway_config_config_proto_msgTypes[9]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Subprotocol) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Subprotocol) ProtoMessage() {}

func (x *Subprotocol) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[9]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Subprotocol.ProtoReflect.Descriptor instead.
func (*Subprotocol) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{9}
}

func (x *Subprotocol) GetName() string {
	if x != nil {
		return x.Name
	}
	return ""
}

func (x *Subprotocol) GetTarget() *Target {
	if x != nil {
		return x.Target
	}
	return nil
}

// Target is where a session's bytes go and how messages map to them.
type Target struct {
	state         protoimpl.MessageState `protogen:"open.v1"`
	Backends      []*Backend             `protobuf:"bytes,1,rep,name=backends,proto3" json:"backends,omitempty"`
	Framing       Framing                `protobuf:"varint,2,opt,name=framing,proto3,enum=switchyard.config.v1.Framing" json:"framing,omitempty"`
	MessageType   MessageType            `protobuf:"varint,3,opt,name=message_type,json=messageType,proto3,enum=switchyard.config.v1.MessageType" json:"message_type,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Target) Reset() {
	*x = Target{}
	mi := &file_gateway_config_config_proto_msgTypes[10]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Target) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Target) ProtoMessage() {}

func (x *Target) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[10]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Target.ProtoReflect.Descriptor instead.
func (*Target) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{10}
}

func (x *Target) GetBackends() []*Backend {
	if x != nil {
		return x.Backends
	}
	return nil
}

func (x *Target) GetFraming() Framing {
	if x != nil {
		return x.Framing
	}
	return Framing_STREAM
}

func (x *Target) GetMessageType() MessageType {
	if x != nil {
		return x.MessageType
	}
	return MessageType_BINARY
}

type Backend struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// Service.name. Empty: a reference that could not be resolved; its share of
	// new sessions is refused with 503.
	Service string `protobuf:"bytes,1,opt,name=service,proto3" json:"service,omitempty"`
	// 0 to 1,000,000; 0 takes no new sessions.
	Weight        uint32 `protobuf:"varint,2,opt,name=weight,proto3" json:"weight,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Backend) Reset() {
	*x = Backend{}
	mi := &file_gateway_config_config_proto_msgTypes[11]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Backend) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Backend) ProtoMessage() {}

func (x *Backend) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[11]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Backend.ProtoReflect.Descriptor instead.
func (*Backend) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{11}
}

func (x *Backend) GetService() string {
	if x != nil {
		return x.Service
	}
	return ""
}

func (x *Backend) GetWeight() uint32 {
	if x != nil {
		return x.Weight
	}
	return 0
}

// Policy is what a session may do. An absent duration is its default; zero is
// never, except where it says otherwise.
type Policy struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// Web origins that may open a session beside the request's own, as
	// "scheme://host[:port]", lower case; "*" is any.
	AllowedOrigins []string `protobuf:"bytes,1,rep,name=allowed_origins,json=allowedOrigins,proto3" json:"allowed_origins,omitempty"`
	// To reach an endpoint, the second try included. Default 5 s, also for zero.
	DialTimeout *durationpb.Duration `protobuf:"bytes,2,opt,name=dial_timeout,json=dialTimeout,proto3" json:"dial_timeout,omitempty"`
	// No data either way. Default 1 h. Pings do not count.
	IdleTimeout *durationpb.Duration `protobuf:"bytes,3,opt,name=idle_timeout,json=idleTimeout,proto3" json:"idle_timeout,omitempty"`
	// A peer that accepts no byte of what waits for it. Default 60 s.
	WriteTimeout *durationpb.Duration `protobuf:"bytes,4,opt,name=write_timeout,json=writeTimeout,proto3" json:"write_timeout,omitempty"`
	// From one end's last word to the other's. Default 10 s, also for zero.
	CloseTimeout *durationpb.Duration `protobuf:"bytes,5,opt,name=close_timeout,json=closeTimeout,proto3" json:"close_timeout,omitempty"`
	// Silence from the client before a ping. Default 25 s.
	PingInterval *durationpb.Duration `protobuf:"bytes,6,opt,name=ping_interval,json=pingInterval,proto3" json:"ping_interval,omitempty"`
	// From a ping to the next byte from the client. Default 20 s, also for zero.
	PongTimeout *durationpb.Duration `protobuf:"bytes,7,opt,name=pong_timeout,json=pongTimeout,proto3" json:"pong_timeout,omitempty"`
	// Payload of one message from the client. Zero: no limit where the framing
	// streams, 1 MiB where a message must be held whole.
	MaxMessageBytes uint64 `protobuf:"varint,8,opt,name=max_message_bytes,json=maxMessageBytes,proto3" json:"max_message_bytes,omitempty"`
	unknownFields   protoimpl.UnknownFields
	sizeCache       protoimpl.SizeCache
}

func (x *Policy) Reset() {
	*x = Policy{}
	mi := &file_gateway_config_config_proto_msgTypes[12]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Policy) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Policy) ProtoMessage() {}

func (x *Policy) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[12]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Policy.ProtoReflect.Descriptor instead.
func (*Policy) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{12}
}

func (x *Policy) GetAllowedOrigins() []string {
	if x != nil {
		return x.AllowedOrigins
	}
	return nil
}

func (x *Policy) GetDialTimeout() *durationpb.Duration {
	if x != nil {
		return x.DialTimeout
	}
	return nil
}

func (x *Policy) GetIdleTimeout() *durationpb.Duration {
	if x != nil {
		return x.IdleTimeout
	}
	return nil
}

func (x *Policy) GetWriteTimeout() *durationpb.Duration {
	if x != nil {
		return x.WriteTimeout
	}
	return nil
}

func (x *Policy) GetCloseTimeout() *durationpb.Duration {
	if x != nil {
		return x.CloseTimeout
	}
	return nil
}

func (x *Policy) GetPingInterval() *durationpb.Duration {
	if x != nil {
		return x.PingInterval
	}
	return nil
}

func (x *Policy) GetPongTimeout() *durationpb.Duration {
	if x != nil {
		return x.PongTimeout
	}
	return nil
}

func (x *Policy) GetMaxMessageBytes() uint64 {
	if x != nil {
		return x.MaxMessageBytes
	}
	return 0
}

// Service is one port of a Kubernetes Service with the addresses behind it.
type Service struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// "namespace/name:port".
	Name      string      `protobuf:"bytes,1,opt,name=name,proto3" json:"name,omitempty"`
	Endpoints []*Endpoint `protobuf:"bytes,2,rep,name=endpoints,proto3" json:"endpoints,omitempty"`
	// Absent: plain TCP.
	Tls           *BackendTLS `protobuf:"bytes,3,opt,name=tls,proto3" json:"tls,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Service) Reset() {
	*x = Service{}
	mi := &file_gateway_config_config_proto_msgTypes[13]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Service) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Service) ProtoMessage() {}

func (x *Service) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[13]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Service.ProtoReflect.Descriptor instead.
func (*Service) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{13}
}

func (x *Service) GetName() string {
	if x != nil {
		return x.Name
	}
	return ""
}

func (x *Service) GetEndpoints() []*Endpoint {
	if x != nil {
		return x.Endpoints
	}
	return nil
}

func (x *Service) GetTls() *BackendTLS {
	if x != nil {
		return x.Tls
	}
	return nil
}

// BackendTLS is how the gateway, as a client, speaks TLS 1.2 or later to a
// service's endpoints.
type BackendTLS struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// A DNS name: sent as SNI, and what the certificate must be for unless
	// subject_alt_names are given.
	Hostname string `protobuf:"bytes,1,opt,name=hostname,proto3" json:"hostname,omitempty"`
	// PEM: the authorities that sign the service's certificates. Empty: those of
	// the gateway's own system.
	Authorities []byte `protobuf:"bytes,2,opt,name=authorities,proto3" json:"authorities,omitempty"`
	// If any are given, the certificate must have one of them, and need not have
	// hostname.
	SubjectAltNames []*SubjectAltName `protobuf:"bytes,3,rep,name=subject_alt_names,json=subjectAltNames,proto3" json:"subject_alt_names,omitempty"`
	unknownFields   protoimpl.UnknownFields
	sizeCache       protoimpl.SizeCache
}

func (x *BackendTLS) Reset() {
	*x = BackendTLS{}
	mi := &file_gateway_config_config_proto_msgTypes[14]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *BackendTLS) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*BackendTLS) ProtoMessage() {}

func (x *BackendTLS) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[14]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use BackendTLS.ProtoReflect.Descriptor instead.
func (*BackendTLS) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{14}
}

func (x *BackendTLS) GetHostname() string {
	if x != nil {
		return x.Hostname
	}
	return ""
}

func (x *BackendTLS) GetAuthorities() []byte {
	if x != nil {
		return x.Authorities
	}
	return nil
}

func (x *BackendTLS) GetSubjectAltNames() []*SubjectAltName {
	if x != nil {
		return x.SubjectAltNames
	}
	return nil
}

type SubjectAltName struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// Types that are valid to be assigned to Kind:
	//
	//	*SubjectAltName_Dns
	//	*SubjectAltName_Uri
	Kind          isSubjectAltName_Kind `protobuf_oneof:"kind"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *SubjectAltName) Reset() {
	*x = SubjectAltName{}
	mi := &file_gateway_config_config_proto_msgTypes[15]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *SubjectAltName) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*SubjectAltName) ProtoMessage() {}

func (x *SubjectAltName) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[15]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use SubjectAltName.ProtoReflect.Descriptor instead.
func (*SubjectAltName) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{15}
}

func (x *SubjectAltName) GetKind() isSubjectAltName_Kind {
	if x != nil {
		return x.Kind
	}
	return nil
}

func (x *SubjectAltName) GetDns() string {
	if x != nil {
		if x, ok := x.Kind.(*SubjectAltName_Dns); ok {
			return x.Dns
		}
	}
	return ""
}

func (x *SubjectAltName) GetUri() string {
	if x != nil {
		if x, ok := x.Kind.(*SubjectAltName_Uri); ok {
			return x.Uri
		}
	}
	return ""
}

type isSubjectAltName_Kind interface {
	isSubjectAltName_Kind()
}

type SubjectAltName_Dns struct {
	Dns string `protobuf:"bytes,1,opt,name=dns,proto3,oneof"`
}

type SubjectAltName_Uri struct {
	Uri string `protobuf:"bytes,2,opt,name=uri,proto3,oneof"`
}

func (*SubjectAltName_Dns) isSubjectAltName_Kind() {}

func (*SubjectAltName_Uri) isSubjectAltName_Kind() {}

type Endpoint struct {
	state protoimpl.MessageState `protogen:"open.v1"`
	// An IP address or, where the operator allows it, a host name.
	Address string `protobuf:"bytes,1,opt,name=address,proto3" json:"address,omitempty"`
	Port    uint32 `protobuf:"varint,2,opt,name=port,proto3" json:"port,omitempty"`
	// EndpointSlice conditions. New sessions go to ready endpoints; where there
	// are none, to those serving while they terminate.
	Ready         bool   `protobuf:"varint,3,opt,name=ready,proto3" json:"ready,omitempty"`
	Serving       bool   `protobuf:"varint,4,opt,name=serving,proto3" json:"serving,omitempty"`
	Terminating   bool   `protobuf:"varint,5,opt,name=terminating,proto3" json:"terminating,omitempty"`
	Zone          string `protobuf:"bytes,6,opt,name=zone,proto3" json:"zone,omitempty"`
	unknownFields protoimpl.UnknownFields
	sizeCache     protoimpl.SizeCache
}

func (x *Endpoint) Reset() {
	*x = Endpoint{}
	mi := &file_gateway_config_config_proto_msgTypes[16]
	ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
	ms.StoreMessageInfo(mi)
}

func (x *Endpoint) String() string {
	return protoimpl.X.MessageStringOf(x)
}

func (*Endpoint) ProtoMessage() {}

func (x *Endpoint) ProtoReflect() protoreflect.Message {
	mi := &file_gateway_config_config_proto_msgTypes[16]
	if x != nil {
		ms := protoimpl.X.MessageStateOf(protoimpl.Pointer(x))
		if ms.LoadMessageInfo() == nil {
			ms.StoreMessageInfo(mi)
		}
		return ms
	}
	return mi.MessageOf(x)
}

// Deprecated: Use Endpoint.ProtoReflect.Descriptor instead.
func (*Endpoint) Descriptor() ([]byte, []int) {
	return file_gateway_config_config_proto_rawDescGZIP(), []int{16}
}

func (x *Endpoint) GetAddress() string {
	if x != nil {
		return x.Address
	}
	return ""
}

func (x *Endpoint) GetPort() uint32 {
	if x != nil {
		return x.Port
	}
	return 0
}

func (x *Endpoint) GetReady() bool {
	if x != nil {
		return x.Ready
	}
	return false
}

func (x *Endpoint) GetServing() bool {
	if x != nil {
		return x.Serving
	}
	return false
}

func (x *Endpoint) GetTerminating() bool {
	if x != nil {
		return x.Terminating
	}
	return false
}

func (x *Endpoint) GetZone() string {
	if x != nil {
		return x.Zone
	}
	return ""
}

var File_gateway_config_config_proto protoreflect.FileDescriptor

const file_gateway_config_config_proto_rawDesc = "" +
	"\n" +
	"\x1bgateway/config/config.proto\x12\x14switchyard.config.v1\x1a\x1egoogle/protobuf/duration.proto\x1a\x1fgoogle/protobuf/timestamp.proto\"\xb8\x01\n" +
	"\bSnapshot\x12<\n" +
	"\tlisteners\x18\x01 \x03(\v2\x1e.switchyard.config.v1.ListenerR\tlisteners\x123\n" +
	"\x06routes\x18\x02 \x03(\v2\x1b.switchyard.config.v1.RouteR\x06routes\x129\n" +
	"\bservices\x18\x03 \x03(\v2\x1d.switchyard.config.v1.ServiceR\bservices\"\xc0\x01\n" +
	"\bResource\x12<\n" +
	"\blistener\x18\x01 \x01(\v2\x1e.switchyard.config.v1.ListenerH\x00R\blistener\x123\n" +
	"\x05route\x18\x02 \x01(\v2\x1b.switchyard.config.v1.RouteH\x00R\x05route\x129\n" +
	"\aservice\x18\x03 \x01(\v2\x1d.switchyard.config.v1.ServiceH\x00R\aserviceB\x06\n" +
	"\x04kind\"\x87\x02\n" +
	"\bListener\x12\x12\n" +
	"\x04name\x18\x01 \x01(\tR\x04name\x12\x18\n" +
	"\aaddress\x18\x02 \x01(\tR\aaddress\x12\x12\n" +
	"\x04port\x18\x03 \x01(\rR\x04port\x12\x1a\n" +
	"\bhostname\x18\x04 \x01(\tR\bhostname\x12+\n" +
	"\x03tls\x18\x05 \x01(\v2\x19.switchyard.config.v1.TLSR\x03tls\x12F\n" +
	"\x11handshake_timeout\x18\x06 \x01(\v2\x19.google.protobuf.DurationR\x10handshakeTimeout\x12(\n" +
	"\x10max_header_bytes\x18\a \x01(\rR\x0emaxHeaderBytes\"\xa1\x01\n" +
	"\x03TLS\x12E\n" +
	"\fcertificates\x18\x01 \x03(\v2!.switchyard.config.v1.CertificateR\fcertificates\x12S\n" +
	"\x11client_validation\x18\x02 \x01(\v2&.switchyard.config.v1.ClientValidationR\x10clientValidation\"N\n" +
	"\vCertificate\x12\x12\n" +
	"\x04name\x18\x01 \x01(\tR\x04name\x12\x14\n" +
	"\x05chain\x18\x02 \x01(\fR\x05chain\x12\x15\n" +
	"\x03key\x18\x03 \x01(\fB\x03\x80\x01\x01R\x03key\"P\n" +
	"\x10ClientValidation\x12 \n" +
	"\vauthorities\x18\x01 \x01(\fR\vauthorities\x12\x1a\n" +
	"\boptional\x18\x02 \x01(\bR\boptional\"\xcb\x02\n" +
	"\x05Route\x12\x12\n" +
	"\x04name\x18\x01 \x01(\tR\x04name\x124\n" +
	"\acreated\x18\x02 \x01(\v2\x1a.google.protobuf.TimestampR\acreated\x12B\n" +
	"\vattachments\x18\x03 \x03(\v2 .switchyard.config.v1.AttachmentR\vattachments\x123\n" +
	"\x04path\x18\x04 \x01(\v2\x1f.switchyard.config.v1.PathMatchR\x04path\x12E\n" +
	"\fsubprotocols\x18\x05 \x03(\v2!.switchyard.config.v1.SubprotocolR\fsubprotocols\x128\n" +
	"\bfallback\x18\x06 \x01(\v2\x1c.switchyard.config.v1.TargetR\bfallback\"|\n" +
	"\n" +
	"Attachment\x12\x1a\n" +
	"\blistener\x18\x01 \x01(\tR\blistener\x12\x1c\n" +
	"\thostnames\x18\x02 \x03(\tR\thostnames\x124\n" +
	"\x06policy\x18\x03 \x01(\v2\x1c.switchyard.config.v1.PolicyR\x06policy\"z\n" +
	"\tPathMatch\x128\n" +
	"\x04type\x18\x01 \x01(\x0e2$.switchyard.config.v1.PathMatch.TypeR\x04type\x12\x14\n" +
	"\x05value\x18\x02 \x01(\tR\x05value\"\x1d\n" +
	"\x04Type\x12\n" +
	"\n" +
	"\x06PREFIX\x10\x00\x12\t\n" +
	"\x05EXACT\x10\x01\"W\n" +
	"\vSubprotocol\x12\x12\n" +
	"\x04name\x18\x01 \x01(\tR\x04name\x124\n" +
	"\x06target\x18\x02 \x01(\v2\x1c.switchyard.config.v1.TargetR\x06target\"\xc2\x01\n" +
	"\x06Target\x129\n" +
	"\bbackends\x18\x01 \x03(\v2\x1d.switchyard.config.v1.BackendR\bbackends\x127\n" +
	"\aframing\x18\x02 \x01(\x0e2\x1d.switchyard.config.v1.FramingR\aframing\x12D\n" +
	"\fmessage_type\x18\x03 \x01(\x0e2!.switchyard.config.v1.MessageTypeR\vmessageType\";\n" +
	"\aBackend\x12\x18\n" +
	"\aservice\x18\x01 \x01(\tR\aservice\x12\x16\n" +
	"\x06weight\x18\x02 \x01(\rR\x06weight\"\xd7\x03\n" +
	"\x06Policy\x12'\n" +
	"\x0fallowed_origins\x18\x01 \x03(\tR\x0eallowedOrigins\x12<\n" +
	"\fdial_timeout\x18\x02 \x01(\v2\x19.google.protobuf.DurationR\vdialTimeout\x12<\n" +
	"\fidle_timeout\x18\x03 \x01(\v2\x19.google.protobuf.DurationR\vidleTimeout\x12>\n" +
	"\rwrite_timeout\x18\x04 \x01(\v2\x19.google.protobuf.DurationR\fwriteTimeout\x12>\n" +
	"\rclose_timeout\x18\x05 \x01(\v2\x19.google.protobuf.DurationR\fcloseTimeout\x12>\n" +
	"\rping_interval\x18\x06 \x01(\v2\x19.google.protobuf.DurationR\fpingInterval\x12<\n" +
	"\fpong_timeout\x18\a \x01(\v2\x19.google.protobuf.DurationR\vpongTimeout\x12*\n" +
	"\x11max_message_bytes\x18\b \x01(\x04R\x0fmaxMessageBytes\"\x8f\x01\n" +
	"\aService\x12\x12\n" +
	"\x04name\x18\x01 \x01(\tR\x04name\x12<\n" +
	"\tendpoints\x18\x02 \x03(\v2\x1e.switchyard.config.v1.EndpointR\tendpoints\x122\n" +
	"\x03tls\x18\x03 \x01(\v2 .switchyard.config.v1.BackendTLSR\x03tls\"\x9c\x01\n" +
	"\n" +
	"BackendTLS\x12\x1a\n" +
	"\bhostname\x18\x01 \x01(\tR\bhostname\x12 \n" +
	"\vauthorities\x18\x02 \x01(\fR\vauthorities\x12P\n" +
	"\x11subject_alt_names\x18\x03 \x03(\v2$.switchyard.config.v1.SubjectAltNameR\x0fsubjectAltNames\"@\n" +
	"\x0eSubjectAltName\x12\x12\n" +
	"\x03dns\x18\x01 \x01(\tH\x00R\x03dns\x12\x12\n" +
	"\x03uri\x18\x02 \x01(\tH\x00R\x03uriB\x06\n" +
	"\x04kind\"\x9e\x01\n" +
	"\bEndpoint\x12\x18\n" +
	"\aaddress\x18\x01 \x01(\tR\aaddress\x12\x12\n" +
	"\x04port\x18\x02 \x01(\rR\x04port\x12\x14\n" +
	"\x05ready\x18\x03 \x01(\bR\x05ready\x12\x18\n" +
	"\aserving\x18\x04 \x01(\bR\aserving\x12 \n" +
	"\vterminating\x18\x05 \x01(\bR\vterminating\x12\x12\n" +
	"\x04zone\x18\x06 \x01(\tR\x04zone*@\n" +
	"\aFraming\x12\n" +
	"\n" +
	"\x06STREAM\x10\x00\x12\t\n" +
	"\x05LINES\x10\x01\x12\x13\n" +
	"\x0fLENGTH_PREFIXED\x10\x02\x12\t\n" +
	"\x05TYPED\x10\x03*#\n" +
	"\vMessageType\x12\n" +
	"\n" +
	"\x06BINARY\x10\x00\x12\b\n" +
	"\x04TEXT\x10\x01B&Z$switchyard.dev/gateway/config;configb\x06proto3"

var (
	file_gateway_config_config_proto_rawDescOnce sync.Once
	file_gateway_config_config_proto_rawDescData []byte
)

func file_gateway_config_config_proto_rawDescGZIP() []byte {
	file_gateway_config_config_proto_rawDescOnce.Do(func() {
		file_gateway_config_config_proto_rawDescData = protoimpl.X.CompressGZIP(unsafe.Slice(unsafe.StringData(file_gateway_config_config_proto_rawDesc), len(file_gateway_config_config_proto_rawDesc)))
	})
	return file_gateway_config_config_proto_rawDescData
}

var file_gateway_config_config_proto_enumTypes = make([]protoimpl.EnumInfo, 3)
var file_gateway_config_config_proto_msgTypes = make([]protoimpl.MessageInfo, 17)
var file_gateway_config_config_proto_goTypes = []any{
	(Framing)(0),                  // 0: switchyard.config.v1.Framing
	(MessageType)(0),              // 1: switchyard.config.v1.MessageType
	(PathMatch_Type)(0),           // 2: switchyard.config.v1.PathMatch.Type
	(*Snapshot)(nil),              // 3: switchyard.config.v1.Snapshot
	(*Resource)(nil),              // 4: switchyard.config.v1.Resource
	(*Listener)(nil),              // 5: switchyard.config.v1.Listener
	(*TLS)(nil),                   // 6: switchyard.config.v1.TLS
	(*Certificate)(nil),           // 7: switchyard.config.v1.Certificate
	(*ClientValidation)(nil),      // 8: switchyard.config.v1.ClientValidation
	(*Route)(nil),                 // 9: switchyard.config.v1.Route
	(*Attachment)(nil),            // 10: switchyard.config.v1.Attachment
	(*PathMatch)(nil),             // 11: switchyard.config.v1.PathMatch
	(*Subprotocol)(nil),           // 12: switchyard.config.v1.Subprotocol
	(*Target)(nil),                // 13: switchyard.config.v1.Target
	(*Backend)(nil),               // 14: switchyard.config.v1.Backend
	(*Policy)(nil),                // 15: switchyard.config.v1.Policy
	(*Service)(nil),               // 16: switchyard.config.v1.Service
	(*BackendTLS)(nil),            // 17: switchyard.config.v1.BackendTLS
	(*SubjectAltName)(nil),        // 18: switchyard.config.v1.SubjectAltName
	(*Endpoint)(nil),              // 19: switchyard.config.v1.Endpoint
	(*durationpb.Duration)(nil),   // 20: google.protobuf.Duration
	(*timestamppb.Timestamp)(nil), // 21: google.protobuf.Timestamp
}
var file_gateway_config_config_proto_depIdxs = []int32{
	5,  // 0: switchyard.config.v1.Snapshot.listeners:type_name -> switchyard.config.v1.Listener
	9,  // 1: switchyard.config.v1.Snapshot.routes:type_name -> switchyard.config.v1.Route
	16, // 2: switchyard.config.v1.Snapshot.services:type_name -> switchyard.config.v1.Service
	5,  // 3: switchyard.config.v1.Resource.listener:type_name -> switchyard.config.v1.Listener
	9,  // 4: switchyard.config.v1.Resource.route:type_name -> switchyard.config.v1.Route
	16, // 5: switchyard.config.v1.Resource.service:type_name -> switchyard.config.v1.Service
	6,  // 6: switchyard.config.v1.Listener.tls:type_name -> switchyard.config.v1.TLS
	20, // 7: switchyard.config.v1.Listener.handshake_timeout:type_name -> google.protobuf.Duration
	7,  // 8: switchyard.config.v1.TLS.certificates:type_name -> switchyard.config.v1.Certificate
	8,  // 9: switchyard.config.v1.TLS.client_validation:type_name -> switchyard.config.v1.ClientValidation
	21, // 10: switchyard.config.v1.Route.created:type_name -> google.protobuf.Timestamp
	10, // 11: switchyard.config.v1.Route.attachments:type_name -> switchyard.config.v1.Attachment
	11, // 12: switchyard.config.v1.Route.path:type_name -> switchyard.config.v1.PathMatch
	12, // 13: switchyard.config.v1.Route.subprotocols:type_name -> switchyard.config.v1.Subprotocol
	13, // 14: switchyard.config.v1.Route.fallback:type_name -> switchyard.config.v1.Target
	15, // 15: switchyard.config.v1.Attachment.policy:type_name -> switchyard.config.v1.Policy
	2,  // 16: switchyard.config.v1.PathMatch.type:type_name -> switchyard.config.v1.PathMatch.Type
	13, // 17: switchyard.config.v1.Subprotocol.target:type_name -> switchyard.config.v1.Target
	14, // 18: switchyard.config.v1.Target.backends:type_name -> switchyard.config.v1.Backend
	0,  // 19: switchyard.config.v1.Target.framing:type_name -> switchyard.config.v1.Framing
	1,  // 20: switchyard.config.v1.Target.message_type:type_name -> switchyard.config.v1.MessageType
	20, // 21: switchyard.config.v1.Policy.dial_timeout:type_name -> google.protobuf.Duration
	20, // 22: switchyard.config.v1.Policy.idle_timeout:type_name -> google.protobuf.Duration
	20, // 23: switchyard.config.v1.Policy.write_timeout:type_name -> google.protobuf.Duration
	20, // 24: switchyard.config.v1.Policy.close_timeout:type_name -> google.protobuf.Duration
	20, // 25: switchyard.config.v1.Policy.ping_interval:type_name -> google.protobuf.Duration
	20, // 26: switchyard.config.v1.Policy.pong_timeout:type_name -> google.protobuf.Duration
	19, // 27: switchyard.config.v1.Service.endpoints:type_name -> switchyard.config.v1.Endpoint
	17, // 28: switchyard.config.v1.Service.tls:type_name -> switchyard.config.v1.BackendTLS
	18, // 29: switchyard.config.v1.BackendTLS.subject_alt_names:type_name -> switchyard.config.v1.SubjectAltName
	30, // [30:30] is the sub-list for method output_type
	30, // [30:30] is the sub-list for method input_type
	30, // [30:30] is the sub-list for extension type_name
	30, // [30:30] is the sub-list for extension extendee
	0,  // [0:30] is the sub-list for field type_name
}

func init() { file_gateway_config_config_proto_init() }
func file_gateway_config_config_proto_init() {
	if File_gateway_config_config_proto != nil {
		return
	}
	file_gateway_config_config_proto_msgTypes[1].OneofWrappers = []any{
		(*Resource_Listener)(nil),
		(*Resource_Route)(nil),
		(*Resource_Service)(nil),
	}
	file_gateway_config_config_proto_msgTypes[15].OneofWrappers = []any{
		(*SubjectAltName_Dns)(nil),
		(*SubjectAltName_Uri)(nil),
	}
	type x struct{}
	out := protoimpl.TypeBuilder{
		File: protoimpl.DescBuilder{
			GoPackagePath: reflect.TypeOf(x{}).PkgPath(),
			RawDescriptor: unsafe.Slice(unsafe.StringData(file_gateway_config_config_proto_rawDesc), len(file_gateway_config_config_proto_rawDesc)),
			NumEnums:      3,
			NumMessages:   17,
			NumExtensions: 0,
			NumServices:   0,
		},
		GoTypes:           file_gateway_config_config_proto_goTypes,
		DependencyIndexes: file_gateway_config_config_proto_depIdxs,
		EnumInfos:         file_gateway_config_config_proto_enumTypes,
		MessageInfos:      file_gateway_config_config_proto_msgTypes,
	}.Build()
	File_gateway_config_config_proto = out.File
	file_gateway_config_config_proto_goTypes = nil
	file_gateway_config_config_proto_depIdxs = nil
}
