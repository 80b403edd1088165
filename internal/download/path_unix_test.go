//go:build unix

package download

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"github.com/td-cli/td/pkg/jobresult"
)

// TestMode checks that a new file respects the umask and an existing one keeps its mode.
func TestMode(t *testing.T) {
	dir := t.TempDir()
	r := newResult(t, 1, 50)
	write(t, filepath.Join(dir, "plain"), "", 0o666)
	umask := syscall.Umask(0o027) // no test of this package runs beside this one
	defer syscall.Umask(umask)
	write(t, filepath.Join(dir, "secret"), "old", 0o600)
	write(t, filepath.Join(dir, "open"), "old", 0o666)
	write(t, filepath.Join(dir, "script"), "old", 0o754)
	for name, want := range map[string]fs.FileMode{"new": 0o640, "secret": 0o600, "open": 0o666, "script": 0o754} {
		path := filepath.Join(dir, name)
		if err := put(t, r, path); err != nil {
			t.Fatal(err)
		}
		if fi, err := os.Stat(path); err != nil || fi.Mode() != want {
			t.Errorf("%s has mode %v, want %v", name, fi.Mode(), want)
		}
	}
}

func TestWriteProtected(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("root may write everything")
	}
	dir := t.TempDir()
	locked := filepath.Join(dir, "locked")
	write(t, filepath.Join(dir, "file"), "old", 0o444)
	if err := os.Mkdir(locked, 0o500); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{filepath.Join(dir, "file"), filepath.Join(locked, "new")} {
		if _, ok := errors.AsType[*FileError](CheckPath(path)); !ok {
			t.Errorf("%q may be written", path)
		}
	}
}

// TestSymlinks checks that links, including dangling ones, are followed and not replaced.
func TestSymlinks(t *testing.T) {
	dir := t.TempDir()
	r := newResult(t, 1, 50)
	for _, sub := range []string{"a", "b", "b/c"} {
		if err := os.Mkdir(filepath.Join(dir, sub), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	write(t, filepath.Join(dir, "b/old"), "old", 0o600)
	for _, tt := range []struct{ link, to, file string }{
		{"a/old", "../b/old", "b/old"},
		{"a/new", "../b/new", "b/new"},
		{"a/twice", "old2", "b/old2"},
		{"a/old2", filepath.Join(dir, "b/old2"), "b/old2"},
		{"a/dir", "../b/c", ""},
		{"a/up", "dir/../up", "b/up"}, // above b/c, not above a/dir
	} {
		link := filepath.Join(dir, tt.link)
		if err := os.Symlink(tt.to, link); err != nil {
			t.Fatal(err)
		}
		if tt.file == "" || tt.link == "a/twice" {
			continue
		}
		if err := put(t, r, link); err != nil {
			t.Fatal(err)
		}
		if got, err := os.Readlink(link); err != nil || got != tt.to {
			t.Errorf("%s: the link is %q, %v", tt.link, got, err)
		}
		if got := read(t, filepath.Join(dir, tt.file)); !bytes.Equal(got, r.text(t, jobresult.CSV)) {
			t.Errorf("%s: %s holds %d bytes", tt.link, tt.file, len(got))
		}
	}
	if err := put(t, newResult(t, 2, 3), filepath.Join(dir, "a/twice")); err != nil {
		t.Fatal(err)
	}
	if got := names(t, filepath.Join(dir, "a")); got != "dir new old old2 twice up" {
		t.Errorf("a has %q", got)
	}
	if got := names(t, filepath.Join(dir, "b")); got != "c new old old2 up" {
		t.Errorf("b has %q", got)
	}
}

func TestDevices(t *testing.T) {
	r := newResult(t, 1, 5000)
	for path, want := range map[string]error{"/dev/null": nil, "/dev/full": syscall.ENOSPC} {
		if _, err := os.Stat(path); err != nil {
			continue
		}
		if err := CheckPath(path); err != nil {
			t.Error(err)
		}
		err := put(t, r, path)
		if _, ok := errors.AsType[*FileError](err); ok != (want != nil) || !errors.Is(err, want) {
			t.Errorf("%s: %v", path, err)
		}
		if fi, err := os.Stat(path); err != nil || fi.Mode()&fs.ModeDevice == 0 {
			t.Errorf("%s is %v", path, fi.Mode())
		}
	}
}

// TestOpenFile checks that the target of links such as /dev/stdout is written in place.
func TestOpenFile(t *testing.T) {
	if _, err := os.Stat("/dev/fd/0"); err != nil {
		t.Skip(err)
	}
	r := newResult(t, 1, 50)
	path := filepath.Join(t.TempDir(), "log")
	write(t, path, "first\n", 0o600)
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	link := filepath.Join("/dev/fd", fmt.Sprint(f.Fd()))
	if err := errors.Join(CheckPath(link), put(t, r, link)); err != nil {
		t.Fatal(err)
	}
	if got := read(t, path); !bytes.Equal(got, append([]byte("first\n"), r.text(t, jobresult.CSV)...)) {
		t.Errorf("the file holds %d bytes", len(got))
	}
}

func TestPipe(t *testing.T) {
	r := newResult(t, 1, 5000)
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	if err := CheckPath(path); err != nil {
		t.Error(err)
	}
	read := make(chan []byte)
	go func() {
		f, err := os.Open(path)
		if err != nil {
			t.Error(err)
		}
		defer f.Close()
		got, _ := io.ReadAll(f)
		read <- got
	}()
	if err := put(t, r, path); err != nil {
		t.Error(err)
	}
	if got := <-read; !bytes.Equal(got, r.text(t, jobresult.CSV)) {
		t.Errorf("%d bytes came through", len(got))
	}
	if got := names(t, filepath.Dir(path)); got != "pipe" {
		t.Errorf("the directory has %q", got)
	}
}

// TestPipeWithoutReader checks that waiting for a reader of the pipe ends with the context.
func TestPipeWithoutReader(t *testing.T) {
	path := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(path, 0o600); err != nil {
		t.Skip(err)
	}
	synctest.Test(t, func(t *testing.T) {
		r := newResult(t, 1, 5)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		_, err := Fetch(ctx, serve(t, r), r.job(), Options{Rows: options(jobresult.CSV), Path: path})
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got the error %v", err)
		}
	})
}
