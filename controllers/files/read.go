package files

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"switchyard.dev/controllers/translate"
)

// extensions are those of the files in a folder that are read.
var extensions = []string{".yaml", ".yml", ".json"}

// Read reads the objects in a file, or in the *.yaml, *.yml and *.json files of
// a folder. Subfolders and files whose names begin with "." are left alone. A
// file holds any number of documents, and a document one object or a List.
//
// Decoding is strict: unknown and repeated fields, unknown kinds and repeated
// objects are errors. Errors are joined, and each names file and line. With an
// error the Objects are those that could be read.
func Read(path string) (translate.Objects, error) {
	files, err := list(path)
	if err != nil {
		return translate.Objects{}, err
	}
	r := &reader{seen: map[identity]place{}}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			r.errs = append(r.errs, err)
			continue
		}
		r.file(file, content)
	}
	return r.objects, errors.Join(r.errs...)
}

// list is the files to read, sorted.
func list(path string) ([]string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return nil, err
	}
	var files []string
	for _, e := range entries {
		file := filepath.Join(path, e.Name())
		if e.Name()[0] == '.' || !slices.Contains(extensions, filepath.Ext(file)) {
			continue
		}
		if isFolder(file) {
			continue
		}
		files = append(files, file)
	}
	if len(files) == 0 {
		return nil, fmt.Errorf("%s: no *.yaml, *.yml or *.json file is in it", path)
	}
	return files, nil
}

// isFolder follows symbolic links.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// place is where something stands.
type place struct {
	file string
	line int
}

func (p place) String() string { return fmt.Sprintf("%s:%d", p.file, p.line) }

// identity is what no two objects share.
type identity struct{ kind, namespace, name string }

// reader collects the objects and errors of many files.
type reader struct {
	objects translate.Objects
	seen    map[identity]place
	errs    []error
}

func (r *reader) wrong(at place, format string, args ...any) {
	r.errs = append(r.errs, fmt.Errorf("%s: %w", at, fmt.Errorf(format, args...)))
}

func (r *reader) file(name string, content []byte) {
	for _, d := range split(content) {
		r.document(name, d)
	}
}

// split cuts a file into its documents. Each is led by as many empty lines as
// there are lines before it, so that line numbers are the file's.
func split(content []byte) (documents [][]byte) {
	start, lines := 0, 0
	var current []byte
	flush := func() {
		if len(bytes.TrimSpace(current)) > 0 {
			documents = append(documents, append(bytes.Repeat([]byte("\n"), start), current...))
		}
		current = nil
	}
	for line := range bytes.Lines(content) {
		lines++
		if separates(line) {
			flush()
			start = lines
			continue
		}
		current = append(current, line...)
	}
	flush()
	return documents
}

// separates says whether a line is "---", with nothing but a comment behind.
func separates(line []byte) bool {
	rest, ok := bytes.CutPrefix(line, []byte("---"))
	if !ok {
		return false
	}
	trimmed := bytes.TrimSpace(rest)
	return len(trimmed) == 0 || trimmed[0] == '#' && len(rest) > 0 && rest[0] != '#'
}
