package main

import (
	"fmt"
	"path/filepath"

	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// pack makes the image of a recipe. stages has the folder that stands for each
// build stage.
func pack(r recipe, arch string, stages map[string]string) (v1.Image, error) {
	image, err := mutate.ConfigFile(empty.Image, &v1.ConfigFile{
		Architecture: arch,
		OS:           "linux",
		Config:       r.config,
		RootFS:       v1.RootFS{Type: "layers"},
	})
	if err != nil {
		return nil, err
	}
	for _, c := range r.copies {
		folder, ok := stages[c.stage]
		if !ok {
			return nil, fmt.Errorf("no folder stands for stage %s", c.stage)
		}
		layer, err := layer(filepath.Join(folder, c.from), c.to)
		if err != nil {
			return nil, fmt.Errorf("stage %s: %w", c.stage, err)
		}
		if image, err = mutate.AppendLayers(image, layer); err != nil {
			return nil, err
		}
	}
	return image, nil
}

// write makes the archive of an image, under the name that is given.
func write(file, reference string, image v1.Image) error {
	tag, err := name.NewTag(reference)
	if err != nil {
		return err
	}
	return tarball.WriteToFile(file, tag, image)
}
