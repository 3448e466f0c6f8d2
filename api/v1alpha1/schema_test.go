package v1alpha1_test

import (
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"

	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"

	"switchyard.dev/api/v1alpha1"
)

// structIn is the struct in a field, or in its list, whose fields are worth a
// line each; nil where there is none: Kubernetes' own types have a reference of
// their own.
func structIn(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || strings.HasPrefix(t.PkgPath(), "k8s.io/") {
		return nil
	}
	return t
}

func ours(t reflect.Type) bool {
	return t.PkgPath() == reflect.TypeFor[v1alpha1.WebSocketRoute]().PkgPath()
}

// schemaIn is the schema of what a list holds, or else the schema itself without
// the rules that are its own.
func schemaIn(p apiextensionsv1.JSONSchemaProps) apiextensionsv1.JSONSchemaProps {
	if p.Type == "array" {
		return *p.Items.Schema
	}
	p.XValidations = nil
	return p
}

// names are the fields of a struct, in words.
func names(t reflect.Type) string {
	var all []string
	for _, field := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		all = append(all, "`"+name+"`")
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " and " + all[last]
}

func typeName(p apiextensionsv1.JSONSchemaProps) string {
	switch {
	case p.Type == "array":
		return "list of " + strings.TrimSuffix(typeName(*p.Items.Schema), "s") + "s"
	case p.AdditionalProperties != nil:
		return "map of " + typeName(*p.AdditionalProperties.Schema) + "s"
	case p.Pattern == durationPattern:
		return "duration"
	}
	return p.Type
}

// durationPattern is how a schema shows the Gateway API's type of durations.
const durationPattern = `^([0-9]{1,5}(h|m|s|ms)){1,4}$`

// defaultSentence is how descriptions end of fields that have a default, be it
// the schema's or the gateway's.
var defaultSentence = regexp.MustCompile(` ?Default (\S+)\.$`)

// splitDefault cuts the first paragraph of a description into what it says and
// the default at its end.
func splitDefault(description string) (text, byDefault string) {
	text, _, _ = strings.Cut(description, "\n\n")
	text = strings.Join(strings.Fields(text), " ")
	if found := defaultSentence.FindStringSubmatch(text); found != nil {
		return strings.TrimSuffix(text, found[0]), "`" + strings.Trim(found[1], `"`) + "`"
	}
	return text, ""
}

func defaultOf(name string, object apiextensionsv1.JSONSchemaProps) string {
	property := object.Properties[name]
	_, said := splitDefault(property.Description)
	switch {
	case slices.Contains(object.Required, name):
		return "(required)"
	case said != "":
		return said
	case property.Default != nil && property.Type != "object":
		return value(property.Default.Raw)
	}
	return ""
}

// value is a JSON value as it is written in YAML.
func value(raw []byte) string {
	if plain := strings.Trim(string(raw), `"`); plain != "" {
		return "`" + plain + "`"
	}
	return "`" + string(raw) + "`"
}

// bounds are those of a value in words: which values, how big, how many.
func bounds(p apiextensionsv1.JSONSchemaProps) string {
	var out []string
	if len(p.Enum) > 0 {
		var values []string
		for _, v := range p.Enum {
			values = append(values, value(v.Raw))
		}
		out = append(out, "One of "+strings.Join(values, ", ")+".")
	}
	if p.Minimum != nil || p.Maximum != nil {
		out = append(out, between(whole(p.Minimum), whole(p.Maximum), ""))
	}
	if p.Type == "array" {
		out = append(out, between(p.MinItems, p.MaxItems, " entries"))
		if len(p.XListMapKeys) > 0 {
			out = append(out, "No two have the same `"+strings.Join(p.XListMapKeys, "`, `")+"`.")
		}
		p = *p.Items.Schema
	}
	if p.MaxLength != nil {
		out = append(out, between(p.MinLength, p.MaxLength, " characters"))
	}
	if p.MaxProperties != nil {
		out = append(out, between(p.MinProperties, p.MaxProperties, " entries"))
	}
	return strings.Join(out, " ")
}

func whole(f *float64) *int64 {
	if f == nil {
		return nil
	}
	n := int64(*f)
	return &n
}

func between(low, high *int64, of string) string {
	switch {
	case low != nil && high != nil:
		return fmt.Sprintf("%d to %d%s.", *low, *high, of)
	case low != nil:
		return fmt.Sprintf("At least %d%s.", *low, of)
	default:
		return fmt.Sprintf("At most %d%s.", *high, of)
	}
}

var special = regexp.MustCompile("[|*_`<~]")

// escape keeps Markdown from reading signs as its own.
func escape(text string) string { return special.ReplaceAllString(text, `\$0`) }
