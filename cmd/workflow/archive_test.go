package workflow

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// archiveOf returns an archive with one entry.
func archiveOf(t *testing.T, kind, name, link string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	h := &tar.Header{Name: name, Mode: 0o644, Typeflag: tar.TypeReg, Size: 1}
	if kind == "link" {
		h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, link, 0
	}
	err := w.WriteHeader(h)
	if kind == "file" {
		_, werr := w.Write([]byte("x"))
		err = errors.Join(err, werr)
	}
	if err := errors.Join(err, w.Close(), z.Close()); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestPackLinks(t *testing.T) {
	dir := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(dir, "a.dig"), []byte("+a: {}\n"), 0o600), os.Symlink("a.dig", filepath.Join(dir, "b.dig"))); err != nil {
		t.Skip(err) // no links on this system
	}
	archive, err := pack(dir)
	if err != nil {
		t.Fatal(err)
	}
	to := t.TempDir()
	if n, err := unpack(archive, to); err != nil || n != 2 {
		t.Errorf("got %d files, %v, want 2", n, err)
	}
	if link, err := os.Readlink(filepath.Join(to, "b.dig")); err != nil || link != "a.dig" {
		t.Errorf("got a link to %q, %v", link, err)
	}
	if err := os.Symlink("../../secret", filepath.Join(dir, "c.dig")); err != nil {
		t.Fatal(err)
	}
	if _, err := pack(dir); err == nil {
		t.Error("a link out of the project was packed")
	}
}
