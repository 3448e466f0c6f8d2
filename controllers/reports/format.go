package reports

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"slices"

	"k8s.io/apimachinery/pkg/types"

	"switchyard.dev/controllers/xds"
)

// maxReports is far more than an object holds when it is compressed.
const maxReports = 16 << 20

var errTooMuch = errors.New("it is too much")

// encode is own as it is put: JSON, compressed, for an object holds 1 MiB and a
// replica may have thousands of pods. Why gateways refuse a configuration is said
// once, which is all that a Gateway's status has place for.
func encode(own []xds.Report) ([]byte, error) {
	type refused struct {
		gateway types.NamespacedName
		digest  string
	}
	own, told := slices.Clone(own), map[refused]bool{}
	for i := range own {
		if r := &own[i]; r.Refusal != "" {
			if of := (refused{r.Gateway, r.Refused}); told[of] {
				r.Refusal = ""
			} else {
				told[of] = true
			}
		}
	}
	var out bytes.Buffer
	z := gzip.NewWriter(&out)
	err := errors.Join(json.NewEncoder(z).Encode(own), z.Close())
	return out.Bytes(), err
}

// decode is what encode was given.
func decode(data []byte) (all []xds.Report, _ error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	text, err := io.ReadAll(io.LimitReader(z, maxReports+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxReports {
		return nil, errTooMuch
	}
	return all, json.Unmarshal(text, &all)
}
