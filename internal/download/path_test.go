package download

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/td-cli/td/pkg/jobresult"
)

// put downloads r as csv to path.
func put(t *testing.T, r result, path string) error {
	t.Helper()
	_, err := Fetch(t.Context(), serve(t, r), r.job(), Options{Rows: options(jobresult.CSV), Path: path})
	return err
}

func write(t *testing.T, path, text string, mode fs.FileMode) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestCompression(t *testing.T) {
	r := newResult(t, 1, 50)
	plain := func(r io.Reader) (io.Reader, error) { return r, nil }
	gunzip := func(r io.Reader) (io.Reader, error) { return gzip.NewReader(r) }
	unzstd := func(r io.Reader) (io.Reader, error) { return zstd.NewReader(r, zstd.WithDecoderConcurrency(1)) }
	for _, tt := range []struct {
		name   string
		format jobresult.Format
		unpack func(io.Reader) (io.Reader, error)
	}{
		{"out.csv", jobresult.CSV, plain},
		{"out.csv.gz", jobresult.CSV, gunzip},
		{"OUT.CSV.GZ", jobresult.JSON, gunzip},
		{"out.tsv.zst", jobresult.TSV, unzstd},
		{"out.msgpack.gz", jobresult.MsgPackGz, plain},
		{"out.zst", jobresult.MsgPackGz, plain},
		{"out.gz", jobresult.MsgPack, gunzip},
	} {
		path := filepath.Join(t.TempDir(), tt.name)
		o := Options{Rows: options(tt.format), Path: path}
		if _, err := Fetch(t.Context(), serve(t, r), r.job(), o); err != nil {
			t.Fatal(err)
		}
		in, err := tt.unpack(bytes.NewReader(read(t, path)))
		if err != nil {
			t.Fatalf("%s: %v", tt.name, err)
		}
		got, err := io.ReadAll(in)
		if err != nil || !bytes.Equal(got, r.text(t, tt.format)) {
			t.Errorf("%s: %d bytes, error %v", tt.name, len(got), err)
		}
	}
}

// TestRefusedPaths checks that CheckPath and Fetch fail for invalid paths and change no file.
func TestRefusedPaths(t *testing.T) {
	dir := t.TempDir()
	r := newResult(t, 1, 50)
	write(t, filepath.Join(dir, "file"), "old", 0o600)
	if err := os.Mkdir(filepath.Join(dir, "dir"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(dir, "taken.part"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("loop", filepath.Join(dir, "loop")); err != nil {
		t.Skip(err)
	}
	before := names(t, dir)
	for _, path := range []string{
		dir, filepath.Join(dir, "dir"), filepath.Join(dir, "new") + "/", filepath.Join(dir, "no", "such"),
		filepath.Join(dir, "file", "x"), filepath.Join(dir, "loop"), filepath.Join(dir, "taken"),
		filepath.Join(dir, string(bytes.Repeat([]byte("n"), 300))),
	} {
		for what, err := range map[string]error{"CheckPath": CheckPath(path), "Fetch": put(t, r, path)} {
			if f, ok := errors.AsType[*FileError](err); !ok || f.Path != path {
				t.Errorf("%s of %q: %v", what, path, err)
			}
		}
	}
	if got := names(t, dir); got != before {
		t.Errorf("there was %q, there is %q", before, got)
	}
}

func TestCheckPath(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "old"), "old", 0o600)
	write(t, filepath.Join(dir, "stale.part"), "left by a process that was killed", 0o600)
	markPart(filepath.Join(dir, "stale.part"), "1", 0o600)
	write(t, filepath.Join(dir, "empty.part"), "", 0o600)
	write(t, filepath.Join(dir, "foreign.part"), "precious", 0o600)
	for _, name := range []string{"old", "new", "stale", "empty", "foreign"} {
		if err := CheckPath(filepath.Join(dir, name)); err != nil {
			t.Error(err)
		}
	}
	if got := names(t, dir); got != "foreign.part old stale.part.journal" {
		t.Errorf("there is %q", got)
	}
	if got := read(t, filepath.Join(dir, "foreign.part")); string(got) != "precious" {
		t.Errorf("the foreign file holds %q", got)
	}
	if got := read(t, filepath.Join(dir, "old")); string(got) != "old" {
		t.Errorf("the file holds %q", got)
	}
}

// TestOldFileStays checks that a failed download keeps an existing file.
func TestOldFileStays(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out")
	write(t, path, "old", 0o640)
	r := newResult(t, 1, 50)
	r.body = r.body[:len(r.body)/2]
	if _, ok := errors.AsType[*IncompleteError](put(t, r, path)); !ok {
		t.Error("half a result was taken for a whole one")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	o := Options{Rows: options(jobresult.CSV), Path: path}
	if _, err := Fetch(ctx, serve(t, r), r.job(), o); !errors.Is(err, context.Canceled) {
		t.Errorf("got the error %v", err)
	}
	if got := read(t, path); string(got) != "old" || names(t, filepath.Dir(path)) != "out" {
		t.Errorf("the file holds %q, the directory %q", got, names(t, filepath.Dir(path)))
	}
}
