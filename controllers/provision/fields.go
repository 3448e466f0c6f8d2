package provision

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// digest tells whether an object is the same as before.
type digest [sha256.Size]byte

// fieldsOf are what o says, as server-side apply takes it: what is left unset in
// Go is not there, and neither is the status.
func fieldsOf(o client.Object) (map[string]any, error) {
	fields, err := runtime.DefaultUnstructuredConverter.ToUnstructured(o)
	if err != nil {
		return nil, fmt.Errorf("%T %s: %w", o, client.ObjectKeyFromObject(o), err)
	}
	delete(fields, "status")
	dropNulls(fields)
	return fields, nil
}

// dropNulls drops what the conversion has of some fields that are unset.
func dropNulls(fields map[string]any) {
	for key, value := range fields {
		switch value := value.(type) {
		case nil:
			delete(fields, key)
		case map[string]any:
			dropNulls(value)
		}
	}
}

// digestOf is that of fields.
func digestOf(fields any) (digest, error) {
	data, err := json.Marshal(fields)
	if err != nil {
		return digest{}, err
	}
	return sha256.Sum256(data), nil
}

// contentOf is the digest of what o says, without what the API server counts
// and notes beside it. Objects of one kind alone are compared.
func contentOf(o client.Object) (digest, error) {
	fields, err := fieldsOf(o)
	if err != nil {
		return digest{}, err
	}
	// Objects out of a list do not say their kind.
	delete(fields, "kind")
	delete(fields, "apiVersion")
	if meta, ok := fields["metadata"].(map[string]any); ok {
		delete(meta, "managedFields")
		delete(meta, "resourceVersion")
		delete(meta, "generation")
	}
	return digestOf(fields)
}
