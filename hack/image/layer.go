package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// layer is what is in a folder, put at a path of the image.
func layer(folder, to string) (v1.Layer, error) {
	var buffer bytes.Buffer
	archive := tar.NewWriter(&buffer)
	if err := addParents(archive, to); err != nil {
		return nil, err
	}
	err := filepath.WalkDir(folder, func(file string, _ fs.DirEntry, err error) error {
		if err != nil || file == folder {
			return err
		}
		inside, err := filepath.Rel(folder, file)
		if err != nil {
			return err
		}
		return add(archive, file, path.Join(to, inside))
	})
	if err = errors.Join(err, archive.Close()); err != nil {
		return nil, err
	}
	return tarball.LayerFromOpener(func() (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(buffer.Bytes())), nil
	}, tarball.WithCompressedCaching)
}

// addParents adds the folders that lead to a path.
func addParents(archive *tar.Writer, to string) error {
	name := ""
	for part := range strings.SplitSeq(strings.Trim(to, "/"), "/") {
		if part == "" {
			continue
		}
		name += part + "/"
		if err := archive.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: name, Mode: 0o755}); err != nil {
			return err
		}
	}
	return nil
}

// add writes one file, folder or symbolic link. Who owns it here, and since when,
// is no part of an image: everything is root's, of the epoch.
func add(archive *tar.Writer, file, name string) error {
	info, err := os.Lstat(file)
	if err != nil {
		return err
	}
	var target string
	if info.Mode().Type() == fs.ModeSymlink {
		if target, err = os.Readlink(file); err != nil {
			return err
		}
	}
	found, err := tar.FileInfoHeader(info, target)
	if err != nil {
		return err
	}
	header := &tar.Header{
		Typeflag: found.Typeflag,
		Name:     strings.TrimPrefix(name, "/"),
		Linkname: target,
		Mode:     found.Mode,
		Size:     found.Size,
	}
	switch found.Typeflag {
	case tar.TypeDir:
		header.Name += "/"
	case tar.TypeReg, tar.TypeSymlink:
	default:
		return errors.New(file + " is not a file, a folder or a symbolic link")
	}
	if err := archive.WriteHeader(header); err != nil || found.Typeflag != tar.TypeReg {
		return err
	}
	content, err := os.Open(file)
	if err != nil {
		return err
	}
	defer content.Close()
	_, err = io.Copy(archive, content)
	return err
}
