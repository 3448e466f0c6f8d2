package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

const reference = "switchyard/switchyard:v1"

// stage is a folder that stands for a build stage, with a program, a symbolic
// link and a folder that anybody may write to.
func stage(t *testing.T) string {
	t.Helper()
	root := t.TempDir()
	if err := errors.Join(
		os.MkdirAll(filepath.Join(root, "image/bin"), 0o755),
		os.Mkdir(filepath.Join(root, "image/tmp"), 0o755),
		os.WriteFile(filepath.Join(root, "image/bin/program"), []byte("program"), 0o755),
		os.Symlink("program", filepath.Join(root, "image/bin/alias")),
		os.WriteFile(filepath.Join(root, "beside"), nil, 0o644),
		// No umask takes anything from these.
		os.Chmod(filepath.Join(root, "image/bin"), 0o755),
		os.Chmod(filepath.Join(root, "image/bin/program"), 0o755),
		os.Chmod(filepath.Join(root, "image/tmp"), 0o777|os.ModeSticky),
	); err != nil {
		t.Fatal(err)
	}
	return root
}

// packed runs the command on a Dockerfile, and gives the archive's name.
func packed(t *testing.T, dockerfile, stage string, more ...string) string {
	t.Helper()
	dir := t.TempDir()
	in, out := filepath.Join(dir, "Dockerfile"), filepath.Join(dir, "image.tar")
	if err := os.WriteFile(in, []byte(dockerfile), 0o644); err != nil {
		t.Fatal(err)
	}
	args := append([]string{"-dockerfile", in, "-stage", "build=" + stage, "-o", out}, more...)
	if err := run(append(args, reference), io.Discard, io.Discard); err != nil {
		t.Fatal(err)
	}
	return out
}

// files lists what is in an image, as ls would.
func files(t *testing.T, archive string) []string {
	t.Helper()
	tag, err := name.NewTag(reference)
	if err != nil {
		t.Fatal(err)
	}
	image, err := tarball.ImageFromPath(archive, &tag)
	if err != nil {
		t.Fatal(err)
	}
	content := mutate.Extract(image)
	defer content.Close()
	var list []string
	for r := tar.NewReader(content); ; {
		h, err := r.Next()
		if err == io.EOF {
			return list
		}
		if err != nil {
			t.Fatal(err)
		}
		if h.Uid != 0 || h.Gid != 0 || h.Uname != "" || !h.ModTime.Equal(time.Unix(0, 0)) {
			t.Errorf("%s is of %d:%d (%s), of %s", h.Name, h.Uid, h.Gid, h.Uname, h.ModTime)
		}
		body, err := io.ReadAll(r)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, strings.TrimSpace(fmt.Sprintf("%o %s %s%s", h.Mode, h.Name, h.Linkname, body)))
	}
}

func TestTheArchiveHasWhatTheRecipeCopies(t *testing.T) {
	for name, tc := range map[string]struct {
		dockerfile string
		want       []string
	}{
		"into the root": {
			"FROM scratch\nCOPY --from=build /image/ /",
			[]string{"755 bin", "777 bin/alias program", "755 bin/program program", "1777 tmp"},
		},
		"into a folder, with the folders that lead to it": {
			"FROM scratch\nCOPY --from=build /image/bin/ /usr/bin/",
			[]string{"755 usr", "755 usr/bin", "777 usr/bin/alias program", "755 usr/bin/program program"},
		},
		"nothing": {"FROM scratch", nil},
	} {
		t.Run(name, func(t *testing.T) {
			if got := files(t, packed(t, tc.dockerfile, stage(t))); !reflect.DeepEqual(got, tc.want) {
				t.Errorf("got  %q\nwant %q", got, tc.want)
			}
		})
	}
}

func TestTheArchiveHasTheConfiguration(t *testing.T) {
	archive := packed(t, "FROM scratch\nARG V=dev\nLABEL v=$V\nUSER 65532:65532\nENTRYPOINT [\"program\"]", stage(t), "-arch", "arm64", "-arg", "V=v1")
	tag, err := name.NewTag(reference)
	if err != nil {
		t.Fatal(err)
	}
	image, err := tarball.ImageFromPath(archive, &tag)
	if err != nil {
		t.Fatal(err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	got := []string{file.OS, file.Architecture, file.Config.User, file.Config.Labels["v"], strings.Join(file.Config.Entrypoint, " ")}
	if want := []string{"linux", "arm64", "65532:65532", "v1", "program"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTheSameInputMakesTheSameBytes(t *testing.T) {
	const dockerfile = "FROM scratch\nLABEL b=1 a=2 c=3\nCOPY --from=build /image/ /"
	first := stage(t)
	second := stage(t)
	old := time.Unix(1e9, 0)
	if err := os.Chtimes(filepath.Join(second, "image/bin/program"), old, old); err != nil {
		t.Fatal(err)
	}
	bytesOf := func(stage string) []byte {
		content, err := os.ReadFile(packed(t, dockerfile, stage))
		if err != nil {
			t.Fatal(err)
		}
		return content
	}
	if !bytes.Equal(bytesOf(first), bytesOf(second)) {
		t.Error("two archives of equal folders differ")
	}
	if err := os.WriteFile(filepath.Join(second, "image/bin/program"), []byte("changed"), 0o755); err != nil {
		t.Fatal(err)
	}
	if bytes.Equal(bytesOf(first), bytesOf(second)) {
		t.Error("two archives of different folders are equal")
	}
}

func TestRunSaysWhatIsWrong(t *testing.T) {
	dir := stage(t)
	if err := syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o644); err != nil {
		t.Fatal(err)
	}
	dockerfile := func(text string) string {
		file := filepath.Join(t.TempDir(), "Dockerfile")
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return file
	}
	build := "build=" + dir
	copies := dockerfile("FROM scratch\nCOPY --from=build /image/ /")
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"no reference":               {[]string{"-dockerfile", copies}, "one image reference is needed"},
		"no Dockerfile":              {[]string{"-dockerfile", dir + "/none", reference}, "open " + dir + "/none: no such file or directory"},
		"a pair without a value":     {[]string{"-stage", "build", reference}, "invalid value \"build\" for flag -stage: NAME=VALUE is needed"},
		"a stage that is not given":  {[]string{"-dockerfile", copies, reference}, "no folder stands for stage build"},
		"a folder that is not there": {[]string{"-dockerfile", dockerfile("FROM scratch\nCOPY --from=build /none/ /"), "-stage", build, reference}, "stage build: lstat " + dir + "/none: no such file or directory"},
		"a file that is no file":     {[]string{"-dockerfile", dockerfile("FROM scratch\nCOPY --from=build / /"), "-stage", build, reference}, "stage build: " + dir + "/fifo is not a file, a folder or a symbolic link"},
		"a tag that is none":         {[]string{"-dockerfile", copies, "-stage", build, "switchyard:v1+dirty"}, "tag can only contain the characters"},
	} {
		t.Run(name, func(t *testing.T) {
			err := run(append([]string{"-o", filepath.Join(t.TempDir(), "out.tar")}, tc.args...), io.Discard, io.Discard)
			if err == nil || !strings.HasPrefix(err.Error(), tc.want) {
				t.Errorf("got %v, want %s", err, tc.want)
			}
		})
	}
}
