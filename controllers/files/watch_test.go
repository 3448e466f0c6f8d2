package files

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// tooLong is when a test gives up waiting.
const tooLong = 20 * time.Second

// watching is a Watch under test. Each case does one thing and waits to be told.
type watching struct {
	*testing.T
	root    string
	changed chan struct{}
}

// watch starts to watch path below a new folder that prepare has filled.
func watch(t *testing.T, path string, prepare func(*watching)) *watching {
	t.Helper()
	w := &watching{T: t, root: t.TempDir(), changed: make(chan struct{}, 1000)}
	prepare(w)
	inner, err := newWatcher(w.at(path))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- inner.run(ctx, func() { w.changed <- struct{}{} }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("watch: %v", err)
		}
		if err := inner.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

func (w *watching) at(path string) string { return filepath.Join(w.root, path) }

func (w *watching) must(err error) {
	w.Helper()
	if err != nil {
		w.Fatal(err)
	}
}

func (w *watching) write(path string) {
	w.Helper()
	w.must(os.WriteFile(w.at(path), []byte("x"), 0o600))
}

func (w *watching) told(what string) {
	w.Helper()
	select {
	case <-w.changed:
	case <-time.After(tooLong):
		w.Fatalf("%s: nothing was told", what)
	}
}

func folder(w *watching) {
	w.must(os.Mkdir(w.at("dir"), 0o700))
	w.write("dir/a.yaml")
}

func TestWatchOfAFolder(t *testing.T) {
	tests := map[string]func(*watching){
		"a file is written":  func(w *watching) { w.write("dir/a.yaml") },
		"a file is added":    func(w *watching) { w.write("dir/b.yaml") },
		"a file is deleted":  func(w *watching) { w.must(os.Remove(w.at("dir/a.yaml"))) },
		"a file is replaced": func(w *watching) { w.write("new"); w.must(os.Rename(w.at("new"), w.at("dir/a.yaml"))) },
	}
	for name, act := range tests {
		t.Run(name, func(t *testing.T) {
			w := watch(t, "dir", folder)
			act(w)
			w.told(name)
		})
	}
}

func TestWatchOfAFolderThatIsMadeAnew(t *testing.T) {
	w := watch(t, "dir", folder)
	w.must(os.RemoveAll(w.at("dir")))
	w.told("the folder is deleted")
	folder(w)
	w.told("the folder is back")
	w.write("dir/b.yaml")
	w.told("a file is added to the new folder")
}

func TestWatchOfAFile(t *testing.T) {
	w := watch(t, "dir/a.yaml", folder)
	w.write("dir/a.yaml")
	w.told("written")
	w.write("dir/.a.swp")
	w.must(os.Rename(w.at("dir/.a.swp"), w.at("dir/a.yaml")))
	w.told("replaced")
	w.must(os.Remove(w.at("dir/a.yaml")))
	w.told("deleted")
	w.write("dir/a.yaml")
	w.told("made anew")
}

// mount is a folder as the kubelet makes it of a ConfigMap.
func mount(w *watching) {
	w.must(os.MkdirAll(w.at("dir/..1"), 0o700))
	w.write("dir/..1/a.yaml")
	w.must(os.Symlink("..1", w.at("dir/..data")))
	w.must(os.Symlink("..data/a.yaml", w.at("dir/a.yaml")))
}

// remount replaces what is mounted.
func (w *watching) remount(next string) {
	w.must(os.Mkdir(w.at("dir/"+next), 0o700))
	w.write("dir/" + next + "/a.yaml")
	w.must(os.Symlink(next, w.at("dir/..tmp")))
	w.must(os.Rename(w.at("dir/..tmp"), w.at("dir/..data")))
}

func TestWatchOfAMount(t *testing.T) {
	for _, path := range []string{"dir", "dir/a.yaml"} {
		t.Run(path, func(t *testing.T) {
			w := watch(t, path, mount)
			w.remount("..2")
			w.told("replaced")
			w.remount("..3")
			w.told("replaced again")
		})
	}
}

func TestWatchOfALinkToAFolder(t *testing.T) {
	w := watch(t, "link", func(w *watching) {
		w.must(os.MkdirAll(w.at("v1"), 0o700))
		w.must(os.MkdirAll(w.at("v2"), 0o700))
		w.must(os.Symlink("v1", w.at("link")))
	})
	w.write("v1/a.yaml")
	w.told("a file where the link leads")
	w.must(os.Symlink("v2", w.at("next")))
	w.must(os.Rename(w.at("next"), w.at("link")))
	w.told("the link leads elsewhere")
	w.write("v2/a.yaml")
	w.told("a file where it leads now")
}

func TestWatchOfNothing(t *testing.T) {
	if err := Watch(t.Context(), filepath.Join(t.TempDir(), "no", "such"), func() {}); err == nil {
		t.Error("a path in a folder that does not exist can be watched")
	}
}
