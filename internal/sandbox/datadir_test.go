package sandbox_test

import (
	"bytes"
	"database/sql"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox"
)

// tree returns the files below a directory with their contents.
func tree(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		files[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// writeTree creates files with the given contents.
func writeTree(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	for name, text := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

// foreign is a directory of the user's with names that a sandbox uses, too.
func foreign() map[string]string {
	return map[string]string{
		"results/7.csv": "my results", "tables/engine.db": "my tables", "uploads/tmp-1": "my upload", "parts/1/valid-1.msgpack.gz": "my parts",
		"key.pem": "my key", "cert.pem": "my certificate", "photo.jpg": "my photo", "setup.lock": "", "processes/x": "",
	}
}

func TestForeignDirectory(t *testing.T) {
	dir := t.TempDir()
	writeTree(t, dir, foreign())
	if s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir}); !errors.Is(err, sandbox.ErrNotDataDir) {
		t.Errorf("Open = %v; want ErrNotDataDir", err)
		if err == nil {
			s.Close()
		}
	}
	if err := sandbox.Reset(dir); !errors.Is(err, sandbox.ErrNotDataDir) {
		t.Errorf("Reset = %v; want ErrNotDataDir", err)
	}
	if info, err := sandbox.Describe(t.Context(), dir); err != nil || info.Exists {
		t.Errorf("Describe = %+v, %v; want a directory without a sandbox", info, err)
	}
	if diff := cmp.Diff(foreign(), tree(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
}

// TestForeignStateFile opens and resets directories of other programs with a file that has the name of the state.
func TestForeignStateFile(t *testing.T) {
	for name, statements := range map[string]string{
		"no database":      "",
		"another database": "CREATE TABLE jobs (id INTEGER); CREATE TABLE notes (text TEXT)",
		"with a log":       "PRAGMA journal_mode = WAL; CREATE TABLE objects (id INTEGER)",
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			writeTree(t, dir, foreign())
			path := filepath.Join(dir, "service.db")
			if statements == "" {
				writeTree(t, dir, map[string]string{"service.db": "my services"})
			} else {
				db, err := sql.Open("sqlite", path)
				if err != nil {
					t.Fatal(err)
				}
				defer db.Close()
				if _, err := db.ExecContext(t.Context(), statements); err != nil {
					t.Fatal(err)
				}
			}
			want := tree(t, dir)
			if s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir}); !errors.Is(err, sandbox.ErrNotDataDir) {
				t.Errorf("Open = %v; want ErrNotDataDir", err)
				if err == nil {
					s.Close()
				}
			}
			if err := sandbox.Reset(dir); !errors.Is(err, sandbox.ErrNotDataDir) {
				t.Errorf("Reset = %v; want ErrNotDataDir", err)
			}
			got := tree(t, dir)
			delete(want, "service.db-shm") // shared by all readers
			delete(got, "service.db-shm")
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("files (-want +got):\n%s", diff)
			}
		})
	}
}

// TestResetLink resets a data directory through a link, and keeps directories of the user's in it.
func TestResetLink(t *testing.T) {
	dir := newDir(t)
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil {
		t.Skipf("symbolic links are not available: %v", err)
	}
	mine := filepath.Join(dir, "photos", "empty")
	if err := os.MkdirAll(mine, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := sandbox.Reset(link); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(mine); err != nil {
		t.Error(err)
	}
	if err := os.RemoveAll(filepath.Dir(mine)); err != nil {
		t.Fatal(err)
	}
	for range 2 { // the target of the link is kept
		s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: link})
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
		if err := sandbox.Reset(link); err != nil {
			t.Fatal(err)
		}
	}
}

// TestResetKeepsForeignFiles adds files of the user's to a data directory.
func TestResetKeepsForeignFiles(t *testing.T) {
	dir := newDir(t)
	kept := map[string]string{
		"photo.jpg": "my photo", "results/report.csv": "my report", "results/7.csv.bak": "", "tables/my.db": "my tables", "tables/databases/My.db": "",
		"uploads/photo.jpg": "", "parts/readme.txt": "", "parts/1/part-1": "", "files/in.csv": "a\n1\n", "service.db.old": "", "processes/note": "",
	}
	writeTree(t, dir, kept)
	if err := sandbox.Reset(dir); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(kept, tree(t, dir)); diff != "" {
		t.Errorf("files (-want +got):\n%s", diff)
	}
	if err := sandbox.Reset(dir); !errors.Is(err, sandbox.ErrNotDataDir) {
		t.Errorf("second Reset = %v; want ErrNotDataDir", err)
	}
}

// TestResetRemovesEverything uses all features that create files.
func TestResetRemovesEverything(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "data")
	s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	direct(t, s, "POST", "/v3/job/issue/presto/sample_datasets?query=SELECT+1.5")
	direct(t, s, "POST", "/v3/bulk_import/create/ses/sample_datasets/nasdaq")
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, format := range []string{"csv", "tsv&header=true", "msgpack", "csv&nullify_special=true&header=true"} {
		send(t, s, "GET", "/v3/job/result/1?format="+format, nil)
	}
	send(t, s, "PUT", "/v3/bulk_import/upload_part/ses/one", records(t, map[string]any{"time": 1}, map[string]any{"a": 1}))
	direct(t, s, "POST", "/v3/bulk_import/perform/ses")
	if err := s.Wait(t.Context()); err != nil {
		t.Fatal(err)
	}
	send(t, s, "PUT", "/v3/bulk_import/upload_part/ses/two", records(t, map[string]any{"time": 1}))
	if _, _, err := sandbox.Certificate(dir); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if len(tree(t, dir)) < 12 {
		t.Errorf("the sandbox created only %v", tree(t, dir))
	}
	if err := sandbox.Reset(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the directory is left: %v, with %v", err, tree(t, dir))
	}
}

func TestPrepareDirectories(t *testing.T) {
	tests := []struct {
		name  string
		files map[string]string
		ok    bool
	}{
		{"empty", nil, true},
		{"files of clients", map[string]string{"files/in.csv": "a"}, true},
		{"marker", map[string]string{"td-sandbox.txt": "", "photo.jpg": ""}, true},
		{"other file", map[string]string{".hidden": ""}, false},
		{"marker is a directory", map[string]string{"td-sandbox.txt/x": ""}, false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			dir := t.TempDir()
			writeTree(t, dir, test.files)
			s, err := sandbox.Open(t.Context(), sandbox.Options{Dir: dir})
			if (err == nil) != test.ok {
				t.Fatalf("Open = %v", err)
			}
			if err != nil {
				return
			}
			if err := s.Close(); err != nil {
				t.Fatal(err)
			}
			files := tree(t, dir)
			if _, ok := files["td-sandbox.txt"]; !ok {
				t.Error("the directory has no marker")
			}
			for name := range test.files {
				if _, ok := files[name]; !ok {
					t.Errorf("%s is missing", name)
				}
			}
		})
	}
}

// TestEarlierVersion opens a directory without a marker.
func TestEarlierVersion(t *testing.T) {
	dir := newDir(t)
	marker := filepath.Join(dir, "td-sandbox.txt")
	if err := os.Remove(marker); err != nil {
		t.Fatal(err)
	}
	start(t, sandbox.Options{Dir: dir})
	if data, err := os.ReadFile(marker); err != nil || !bytes.Contains(data, []byte("sandbox")) {
		t.Errorf("marker: %q, %v", data, err)
	}
}
