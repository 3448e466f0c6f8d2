package keep

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"time"

	"switchyard.dev/gateway/config"
)

const (
	// fileName is the file in its folder; draftName is the next one while it is
	// written.
	fileName  = "configuration"
	draftName = "configuration.new"
	// onlyUs may read it.
	onlyUs = 0o600
	// between is the least time between two writes.
	between = time.Second
)

// Keep is a folder with the last configuration in it, or none. Put and Run may
// be called at the same time.
type Keep struct {
	folder string

	mu sync.Mutex
	// next is what is to be written; nil is nothing.
	next *kept
	// some wakes Run when there is a next.
	some chan struct{}
}

type kept struct {
	snapshot *config.Snapshot
	versions map[string]string
}

// Open is a Keep in folder, which is there already.
func Open(folder string) (*Keep, error) {
	info, err := os.Stat(folder)
	if err != nil {
		return nil, fmt.Errorf("keep: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("keep: %s is not a folder", folder)
	}
	return &Keep{folder: folder, some: make(chan struct{}, 1)}, nil
}

// Load is what is kept and the versions of its resources; nil where nothing is.
// Whether it can be served is the caller's to find out.
func (k *Keep) Load() (*config.Snapshot, map[string]string, error) {
	path := filepath.Join(k.folder, fileName)
	content, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("kept configuration: %w", err)
	}
	s, versions, err := decode(content)
	if err != nil {
		return nil, nil, fmt.Errorf("kept configuration %s: %w", path, err)
	}
	return s, versions, nil
}

// Restore has apply serve what is kept, and returns it with the versions of its
// resources; nil where nothing is. What cannot be served is an error, and for the
// caller as if there were nothing: the controller will send everything.
func (k *Keep) Restore(apply func(*config.Snapshot) error) (*config.Snapshot, map[string]string, error) {
	s, versions, err := k.Load()
	if s == nil || err != nil {
		return nil, nil, err
	}
	if err := config.Validate(s); err != nil {
		return nil, nil, err
	}
	if err := apply(s); err != nil {
		return nil, nil, err
	}
	return s, versions, nil
}

// Put has s kept, with the version of each of its resources. It returns at once,
// and neither is changed afterwards.
func (k *Keep) Put(s *config.Snapshot, versions map[string]string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.next = &kept{snapshot: s, versions: versions}
	select {
	case k.some <- struct{}{}:
	default: // it is awake
	}
}

// Run writes what is put until ctx ends, the last of it then. What cannot be
// written is told to failed, and what is put next is tried again. It is called
// once.
func (k *Keep) Run(ctx context.Context, failed func(error)) {
	for {
		select {
		case <-ctx.Done():
			k.write(failed)
			return
		case <-k.some:
		}
		k.write(failed)
		timer := time.NewTimer(between)
		select {
		case <-ctx.Done():
		case <-timer.C:
		}
		timer.Stop()
	}
}

// write writes what is next, if anything is.
func (k *Keep) write(failed func(error)) {
	k.mu.Lock()
	next := k.next
	k.next = nil
	k.mu.Unlock()
	if next == nil {
		return
	}
	content, err := encode(next.snapshot, next.versions)
	if err == nil {
		err = replace(k.folder, content)
	}
	if err != nil {
		failed(fmt.Errorf("keep configuration: %w", err))
	}
}

// replace has the file hold content, or what it held before.
func replace(folder string, content []byte) error {
	draft := filepath.Join(folder, draftName)
	// A draft that an end cut short, whoever may read it.
	if err := os.Remove(draft); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	f, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_EXCL, onlyUs)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err == nil {
		// A name must not come to stand for what is not there yet.
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(draft))
	}
	return os.Rename(draft, filepath.Join(folder, fileName))
}
