package files

import (
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// locate is where a field of an object stands: its line, or that of the nearest
// thing around it that can be found.
func locate(file string, node *yaml.Node, path string) place {
	at := place{file, node.Line}
	for _, step := range steps(path) {
		key, value := child(resolved(node), step)
		if value == nil {
			break
		}
		at.line, node = key.Line, value
	}
	return at
}

// find is the value of a field, nil if there is none.
func find(node *yaml.Node, field string) *yaml.Node {
	_, value := child(node, field)
	if value == nil {
		return nil
	}
	return resolved(value)
}

// steps cuts "spec.listeners[0].port" into spec, listeners, 0, port.
func steps(path string) []string {
	path = strings.NewReplacer("[", ".", "]", "").Replace(path)
	return strings.FieldsFunc(path, func(r rune) bool { return r == '.' })
}

// child is the entry of a mapping or sequence, and the node that has its line.
func child(node *yaml.Node, step string) (key, value *yaml.Node) {
	switch node.Kind {
	case yaml.MappingNode:
		for i := 0; i+1 < len(node.Content); i += 2 {
			if node.Content[i].Value == step {
				return node.Content[i], node.Content[i+1]
			}
		}
	case yaml.SequenceNode:
		i, err := strconv.Atoi(step)
		if err == nil && i >= 0 && i < len(node.Content) {
			return node.Content[i], node.Content[i]
		}
	}
	return nil, nil
}

// resolved follows a YAML alias.
func resolved(node *yaml.Node) *yaml.Node {
	if node.Kind == yaml.AliasNode {
		return node.Alias
	}
	return node
}

func join(path, field string) string {
	if path == "" {
		return field
	}
	return path + "." + field
}
