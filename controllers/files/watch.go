package files

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/fsnotify/fsnotify"
)

const (
	// quiet is how long nothing must happen before a change is told: an editor
	// that saves is several events, and so is a ConfigMap mount that is replaced.
	quiet = 100 * time.Millisecond
	// patience is the longest a change is kept back while more is happening.
	patience = time.Second
)

// Watch calls changed, from the goroutine that called Watch, whenever what Read would
// read at path may have changed. It says "look again", no more: several changes
// may be one call, and a call may be about nothing. The first is made as soon
// as it watches: what was read before may be old.
//
// It sees files written, replaced by renaming, added and deleted; the folder
// itself deleted and made anew; and symbolic links that are pointed elsewhere,
// as the "..data" of a mounted ConfigMap is. It returns nil when ctx ends, or an
// error if it cannot watch.
func Watch(ctx context.Context, path string, changed func()) error {
	w, err := newWatcher(path)
	if err != nil {
		return err
	}
	defer w.Close()
	changed()
	return w.run(ctx, changed)
}

// watcher holds watches of folders alone: a watch of a file is lost with it.
type watcher struct {
	*fsnotify.Watcher
	// path is what is followed, absolute.
	path string
	// folders are those being watched.
	folders map[string]bool
}

func newWatcher(path string) (*watcher, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	if _, err := os.Stat(filepath.Dir(path)); err != nil {
		return nil, fmt.Errorf("watch %s: %w", path, err)
	}
	inner, err := fsnotify.NewWatcher()
	if err != nil {
		return nil, fmt.Errorf("watch %s: %w", path, err)
	}
	w := &watcher{Watcher: inner, path: path, folders: map[string]bool{}}
	if err := w.renew(); err != nil {
		return nil, errors.Join(fmt.Errorf("watch %s: %w", path, err), inner.Close())
	}
	return w, nil
}

// renew watches what has to be watched now: the folder that path is in, path
// itself, and where it leads if it is a link.
func (w *watcher) renew() error {
	parent := filepath.Dir(w.path)
	want := []string{parent, w.path}
	if real, err := filepath.EvalSymlinks(w.path); err == nil && isFolder(real) {
		want = append(want, real)
	} else if err == nil {
		want = append(want, filepath.Dir(real))
	}
	now := make(map[string]bool, len(want))
	for _, folder := range want {
		if isFolder(folder) {
			now[folder] = true
		}
	}
	for folder := range w.folders {
		if !now[folder] {
			// Its watch went with the folder, if that is gone.
			_ = w.Remove(folder)
		}
	}
	w.folders = now
	var err error
	for folder := range now {
		// Adding anew what is watched costs nothing, and catches a folder that
		// was replaced by another of its name.
		if e := w.Add(folder); e != nil && folder == parent {
			err = e
		}
	}
	return err
}

// run tells of changes once they pause.
func (w *watcher) run(ctx context.Context, changed func()) error {
	pause, limit := stopped(), stopped()
	defer pause.Stop()
	defer limit.Stop()
	waiting := false
	tell := func() error {
		waiting = false
		pause.Stop()
		limit.Stop()
		// A folder that came back between two events is seen here.
		err := w.renew()
		changed()
		return err
	}
	for {
		// Wakes: the end; a change in a folder; the watch failing, as by losing
		// events; quiet after a change; a change kept back for long enough.
		select {
		case <-ctx.Done():
			return nil
		case e, ok := <-w.Events:
			if !ok {
				return nil
			}
			if !w.matters(e) {
				continue
			}
			pause.Reset(quiet)
			if !waiting {
				waiting = true
				limit.Reset(patience)
			}
		case err, ok := <-w.Errors:
			if !ok {
				return nil
			}
			if !errors.Is(err, fsnotify.ErrEventOverflow) {
				return fmt.Errorf("watch %s: %w", w.path, err)
			}
			pause.Reset(0)
		case <-pause.C:
			if err := tell(); err != nil {
				return fmt.Errorf("watch %s: %w", w.path, err)
			}
		case <-limit.C:
			if err := tell(); err != nil {
				return fmt.Errorf("watch %s: %w", w.path, err)
			}
		}
	}
}

// matters leaves out what the neighbours of path do.
func (w *watcher) matters(e fsnotify.Event) bool {
	if e.Op == fsnotify.Chmod {
		return false
	}
	if e.Name == w.path || filepath.Dir(e.Name) != filepath.Dir(w.path) {
		return true
	}
	return strings.HasPrefix(filepath.Base(e.Name), "..")
}

// stopped is a timer that has not been started.
func stopped() *time.Timer {
	t := time.NewTimer(0)
	t.Stop()
	return t
}
