package keep

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"

	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway/config"
)

// A file is magic, the SHA-256 of the rest, and the rest: for every resource its
// name, its version and itself, each after its length. Another format has
// another magic.
const magic = "switchyard configuration 1\n"

var (
	errForeign = errors.New("it is of another program, or another version of this one")
	errDamaged = errors.New("it is damaged")
)

// encode is a file's content.
func encode(s *config.Snapshot, versions map[string]string) ([]byte, error) {
	all := s.Resources()
	content := append([]byte(magic), make([]byte, sha256.Size)...)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		version, known := versions[name]
		if !known {
			return nil, fmt.Errorf("resource %q has no version", name)
		}
		resource, err := proto.Marshal(all[name])
		if err != nil {
			return nil, fmt.Errorf("resource %q: %w", name, err)
		}
		for _, part := range [][]byte{[]byte(name), []byte(version), resource} {
			content = append(binary.AppendUvarint(content, uint64(len(part))), part...)
		}
	}
	sum := sha256.Sum256(content[len(magic)+sha256.Size:])
	copy(content[len(magic):], sum[:])
	return content, nil
}

// decode is what encode was given.
func decode(content []byte) (*config.Snapshot, map[string]string, error) {
	rest, ours := bytes.CutPrefix(content, []byte(magic))
	if !ours {
		return nil, nil, errForeign
	}
	if len(rest) < sha256.Size {
		return nil, nil, errDamaged
	}
	sum, rest := rest[:sha256.Size], rest[sha256.Size:]
	if sha256.Sum256(rest) != [sha256.Size]byte(sum) {
		return nil, nil, errDamaged
	}
	return decodeResources(rest)
}

func decodeResources(rest []byte) (*config.Snapshot, map[string]string, error) {
	all, versions := make(map[string]*config.Resource), make(map[string]string)
	for len(rest) > 0 {
		var parts [3][]byte
		for i := range parts {
			n, size := binary.Uvarint(rest)
			if size <= 0 || n > uint64(len(rest)-size) {
				return nil, nil, errDamaged
			}
			parts[i], rest = rest[size:size+int(n)], rest[size+int(n):]
		}
		name, r := string(parts[0]), new(config.Resource)
		if err := proto.Unmarshal(parts[2], r); err != nil || r.Name() != name || all[name] != nil {
			return nil, nil, errDamaged
		}
		all[name], versions[name] = r, string(parts[1])
	}
	return config.Assemble(all), versions, nil
}
