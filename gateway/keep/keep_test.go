package keep

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"google.golang.org/protobuf/proto"

	"switchyard.dev/gateway/config"
)

// snapshot has one of each kind; the route says which it is.
func snapshot(path string) (*config.Snapshot, map[string]string) {
	s := &config.Snapshot{
		Listeners: []*config.Listener{{Name: "a", Port: 80, Tls: &config.TLS{Certificates: []*config.Certificate{{Key: []byte("secret")}}}}},
		Routes:    []*config.Route{{Name: "a", Path: &config.PathMatch{Value: path}}},
		Services:  []*config.Service{{Name: "a"}, {Name: "b"}},
	}
	return s, map[string]string{"listener/a": "1", "route/a": path, "service/a": "", "service/b": "3"}
}

func open(t *testing.T, folder string) *Keep {
	t.Helper()
	k, err := Open(folder)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// wantKept is what a start would find.
func wantKept(t *testing.T, folder, path string) {
	t.Helper()
	s, versions, err := open(t, folder).Load()
	want, wantVersions := snapshot(path)
	if err != nil || !proto.Equal(s, want) || fmt.Sprint(versions) != fmt.Sprint(wantVersions) {
		t.Errorf("kept %v, %v, %v, want what has the path %s", s, versions, err, path)
	}
}

// put has a Keep write the paths, and ends it.
func put(t *testing.T, folder string, paths ...string) {
	t.Helper()
	k := open(t, folder)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	for _, path := range paths {
		k.Put(snapshot(path))
	}
	k.Run(ctx, func(err error) { t.Error(err) })
}

func TestWhatIsPutIsFoundAtTheNextStart(t *testing.T) {
	folder := t.TempDir()
	if s, _, err := open(t, folder).Load(); s != nil || err != nil {
		t.Errorf("before anything is put: %v, %v", s, err)
	}
	put(t, folder, "/first", "/second")
	wantKept(t, folder, "/second")
	put(t, folder)
	wantKept(t, folder, "/second")
	put(t, folder, "/third")
	wantKept(t, folder, "/third")
}

func TestNobodyElseMayReadIt(t *testing.T) {
	folder := t.TempDir()
	// As an end may leave it.
	if err := os.WriteFile(filepath.Join(folder, draftName), []byte("half"), 0o644); err != nil {
		t.Fatal(err)
	}
	put(t, folder, "/")
	entries, err := os.ReadDir(folder)
	if err != nil || len(entries) != 1 {
		t.Fatalf("the folder has %v, %v", entries, err)
	}
	if info, err := entries[0].Info(); err != nil || info.Mode() != onlyUs {
		t.Errorf("mode %v, %v", info.Mode(), err)
	}
}

func TestAFileThatIsNotWholeIsAnError(t *testing.T) {
	good, err := encode(snapshot("/"))
	if err != nil {
		t.Fatal(err)
	}
	flipped := append([]byte(nil), good...)
	flipped[len(flipped)-1] ^= 1
	for name, tc := range map[string]struct {
		content string
		want    string
	}{
		"empty":                {"", errForeign.Error()},
		"of another program":   {"kind: Gateway\n", errForeign.Error()},
		"of a later version":   {strings.Replace(string(good), "configuration 1", "configuration 2", 1), errForeign.Error()},
		"with no sum":          {magic, errDamaged.Error()},
		"cut short":            {string(good[:len(good)-1]), errDamaged.Error()},
		"longer than it was":   {string(good) + "x", errDamaged.Error()},
		"with a bit the other": {string(flipped), errDamaged.Error()},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			if err := os.WriteFile(filepath.Join(folder, fileName), []byte(tc.content), 0o600); err != nil {
				t.Fatal(err)
			}
			s, versions, err := open(t, folder).Load()
			if s != nil || versions != nil || err == nil || !strings.HasSuffix(err.Error(), tc.want) {
				t.Errorf("got %v, %v, %v, want %s", s, versions, err, tc.want)
			}
			put(t, folder, "/next")
			wantKept(t, folder, "/next")
		})
	}
}

func TestWritesAreApartAndTheNewestLands(t *testing.T) {
	folder := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		k := open(t, folder)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() {
			defer close(done)
			k.Run(ctx, func(err error) { t.Error(err) })
		}()
		written := 0
		last := ""
		for i := range 350 {
			k.Put(snapshot(fmt.Sprintf("/%d", i)))
			time.Sleep(10 * time.Millisecond)
			synctest.Wait()
			if s, _, err := k.Load(); err != nil {
				t.Fatal(err)
			} else if path := s.GetRoutes()[0].GetPath().GetValue(); path != last {
				written++
				last = path
			}
		}
		if written != 4 {
			t.Errorf("written %d times in 3.5s, want 4", written)
		}
		time.Sleep(time.Second)
		synctest.Wait()
		wantKept(t, folder, "/349")
		k.Put(snapshot("/last"))
		k.Put(snapshot("/very-last"))
		stop()
		<-done
		wantKept(t, folder, "/very-last")
	})
}

func TestWhatCannotBeKeptIsTold(t *testing.T) {
	folder := t.TempDir()
	k := open(t, folder)
	if err := os.Mkdir(filepath.Join(folder, fileName), 0o700); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	stop()
	var failure error
	k.Put(snapshot("/"))
	k.Run(ctx, func(err error) { failure = err })
	if failure == nil || !strings.HasPrefix(failure.Error(), "keep configuration: ") {
		t.Errorf("told %v", failure)
	}
	s, versions := snapshot("/")
	delete(versions, "route/a")
	if _, err := encode(s, versions); err == nil || err.Error() != `resource "route/a" has no version` {
		t.Errorf("without a version: %v", err)
	}
}

func TestOpenWantsAFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{file: "is not a folder", file + "/x": "keep: "} {
		if _, err := Open(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
}

// FuzzResources reads what a sum does not protect.
func FuzzResources(f *testing.F) {
	good, err := encode(snapshot("/"))
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good[len(magic)+32:])
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01})
	f.Fuzz(func(t *testing.T, content []byte) {
		s, versions, err := decodeResources(content)
		if err != nil {
			return
		}
		again, err := encode(s, versions)
		if err != nil {
			t.Fatal(err)
		}
		back, _, err := decode(again)
		if err != nil || !proto.Equal(s, back) {
			t.Errorf("%v came back as %v, %v", s, back, err)
		}
	})
}
