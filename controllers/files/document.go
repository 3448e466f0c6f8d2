package files

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	kjson "sigs.k8s.io/json"
	kyaml "sigs.k8s.io/yaml"
)

// defaultNamespace is where an object is that does not say.
const defaultNamespace = "default"

// document reads one document: its lines with one parser, its values with the
// one that the Kubernetes tools use.
func (r *reader) document(file string, content []byte) {
	var root yaml.Node
	if err := yaml.Unmarshal(content, &root); err != nil {
		at, rule := syntax(file, err)
		r.wrong(at, "%s", rule)
		return
	}
	if root.Kind == 0 || root.Content[0].Tag == "!!null" {
		return // nothing but comments
	}
	node := root.Content[0]
	if node.Kind != yaml.MappingNode {
		r.wrong(place{file, node.Line}, "want an object")
		return
	}
	if !r.fieldsDiffer(file, "", node) {
		return
	}
	data, err := kyaml.YAMLToJSON(content)
	if err != nil {
		at, rule := syntax(file, err)
		r.wrong(at, "%s", rule)
		return
	}
	r.object(file, node, data)
}

var yamlLine = regexp.MustCompile(`line (\d+): `)

// syntax takes the line out of a parser's message.
func syntax(file string, err error) (place, string) {
	message := strings.TrimPrefix(err.Error(), "yaml: ")
	m := yamlLine.FindStringSubmatch(message)
	if m == nil {
		return place{file, 1}, message
	}
	line, err := strconv.Atoi(m[1])
	if err != nil {
		return place{file, 1}, message
	}
	return place{file, line}, strings.Replace(message, m[0], "", 1)
}

// fieldsDiffer notes fields that a mapping has twice; the parser would take the
// last and say nothing.
func (r *reader) fieldsDiffer(file, path string, node *yaml.Node) bool {
	ok := true
	switch node.Kind {
	case yaml.MappingNode:
		first := map[string]int{}
		for i := 0; i+1 < len(node.Content); i += 2 {
			key := node.Content[i]
			field := join(path, key.Value)
			if line, twice := first[key.Value]; twice {
				r.wrong(place{file, key.Line}, "%s: line %d has this field already", field, line)
				ok = false
			}
			first[key.Value] = key.Line
			ok = r.fieldsDiffer(file, field, node.Content[i+1]) && ok
		}
	case yaml.SequenceNode:
		for i, item := range node.Content {
			ok = r.fieldsDiffer(file, fmt.Sprintf("%s[%d]", path, i), item) && ok
		}
	}
	return ok
}

// object reads one object, or each of a List.
func (r *reader) object(file string, node *yaml.Node, data []byte) {
	var meta metav1.TypeMeta
	at := place{file, node.Line}
	if err := json.Unmarshal(data, &meta); err != nil {
		r.wrong(at, "%s", plain(err))
		return
	}
	if meta.Kind == "List" && meta.APIVersion == "v1" {
		r.list(file, node, data)
		return
	}
	k, ok := kindOf(meta)
	switch {
	case ok:
	case foreign(meta):
		return
	default:
		r.wrong(at, "%s: want one of %s", unknown(meta), known())
		return
	}
	object, strict, err := k.decode(data, &r.objects, func(o metav1.Object) bool { return r.isNew(at, meta.Kind, o) })
	if err != nil {
		r.wrong(locate(file, node, fieldOf(err)), "%s: %s", meta.Kind, plain(err))
		return
	}
	for _, err := range strict {
		r.wrong(locate(file, node, fieldOf(err)), "%s %s: %v", meta.Kind, object.GetName(), err)
	}
}

// isNew notes where o stands, or that it stands elsewhere already.
func (r *reader) isNew(at place, kind string, o metav1.Object) bool {
	if o.GetName() == "" {
		r.wrong(at, "%s: metadata.name is missing", kind)
		return false
	}
	id := identity{kind, o.GetNamespace(), o.GetName()}
	if id.namespace == "" {
		id.namespace = defaultNamespace
	}
	if first, twice := r.seen[id]; twice {
		r.wrong(at, "%s %s/%s: %s has it already", id.kind, id.namespace, id.name, first)
		return false
	}
	r.seen[id] = at
	return true
}

func (r *reader) list(file string, node *yaml.Node, data []byte) {
	var all struct {
		metav1.TypeMeta `json:",inline"`
		metav1.ListMeta `json:"metadata,omitempty"`
		Items           []json.RawMessage `json:"items"`
	}
	strict, err := kjson.UnmarshalStrict(data, &all)
	if err != nil {
		strict = append(strict, err)
	}
	for _, err := range strict {
		r.wrong(locate(file, node, fieldOf(err)), "List: %s", plain(err))
	}
	items := find(node, "items")
	for i, item := range all.Items {
		if items == nil || i >= len(items.Content) {
			break
		}
		at := resolved(items.Content[i])
		if at.Kind != yaml.MappingNode {
			r.wrong(place{file, at.Line}, "items[%d]: want an object", i)
			continue
		}
		r.object(file, at, item)
	}
}

// fieldOf is the path of the field that a decoder complains about.
func fieldOf(err error) string {
	var strict kjson.FieldError
	var kind *json.UnmarshalTypeError
	switch {
	case errors.As(err, &strict):
		return strict.FieldPath()
	case errors.As(err, &kind):
		return kind.Field
	}
	return ""
}

// plain says what a decoder says without the names of Go's types.
func plain(err error) string {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) {
		return fmt.Sprintf("%s: want %s, not a JSON %s", kind.Field, kind.Type, kind.Value)
	}
	return strings.TrimPrefix(err.Error(), "json: ")
}
