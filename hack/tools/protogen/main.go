// Command protogen turns the .proto files it is given into Go, beside them.
//
// It is protoc and protoc-gen-go in one process, so that generating code needs
// nothing but Go.
package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/bufbuild/protocompile"
	"google.golang.org/protobuf/cmd/protoc-gen-go/internal_gengo"
	"google.golang.org/protobuf/compiler/protogen"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/pluginpb"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "protogen:", err)
		os.Exit(1)
	}
}

func run(paths []string) error {
	compiler := protocompile.Compiler{
		Resolver:       protocompile.WithStandardImports(&protocompile.SourceResolver{}),
		SourceInfoMode: protocompile.SourceInfoStandard,
	}
	files, err := compiler.Compile(context.Background(), paths...)
	if err != nil {
		return err
	}
	request := &pluginpb.CodeGeneratorRequest{
		FileToGenerate: paths,
		Parameter:      proto.String("paths=source_relative"),
	}
	for _, name := range []string{"google/protobuf/timestamp.proto", "google/protobuf/duration.proto"} {
		for _, f := range files {
			if dep := f.FindImportByPath(name); dep != nil {
				request.ProtoFile = append(request.ProtoFile, protodesc.ToFileDescriptorProto(dep))
				break
			}
		}
	}
	for _, f := range files {
		request.ProtoFile = append(request.ProtoFile, withSource(protodesc.ToFileDescriptorProto(f), f))
	}
	plugin, err := protogen.Options{}.New(request)
	if err != nil {
		return err
	}
	for _, f := range plugin.Files {
		if f.Generate {
			internal_gengo.GenerateFile(plugin, f)
		}
	}
	response := plugin.Response()
	if response.Error != nil {
		return fmt.Errorf("%s", response.GetError())
	}
	for _, f := range response.File {
		header := "// Code generated from " + strings.TrimSuffix(filepath.Base(f.GetName()), ".pb.go") + ".proto by make generate. DO NOT EDIT.\n\n"
		_, body, _ := strings.Cut(f.GetContent(), "\n")
		if err := os.WriteFile(f.GetName(), []byte(header+body), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// withSource keeps comments: protodesc drops them.
func withSource(d *descriptorpb.FileDescriptorProto, f any) *descriptorpb.FileDescriptorProto {
	if r, ok := f.(interface {
		FileDescriptorProto() *descriptorpb.FileDescriptorProto
	}); ok {
		return r.FileDescriptorProto()
	}
	return d
}
