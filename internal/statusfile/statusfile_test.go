package statusfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func create(t *testing.T, path string) *File {
	t.Helper()
	f, err := Create(path)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func TestShell(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sh")
	if err := os.WriteFile(path, []byte("of yesterday"), 0o600); err != nil {
		t.Fatal(err)
	}
	f := create(t, path)
	const empty = "job_id=''\njob_status=''\n" + skipInZsh + "status=''\nexit_status=''\nerror=''\nelapsed='0'\nnum_records=''\nresult_size=''\noutput=''\n"
	if diff := cmp.Diff(empty, read(t, path)); diff != "" {
		t.Error(diff)
	}
	f.SetJob("12", "running")
	f.SetRecords(0)
	f.SetSize(20)
	f.SetOutput("it's.csv", 0)
	if err := f.Finish(3, errors.New("no 'x'\nin $HOME `id`\x00")); err != nil {
		t.Fatal(err)
	}
	want := "job_id='12'\njob_status='running'\n" + skipInZsh + "status='running'\nexit_status='3'\nerror='no '\\''x'\\''\nin $HOME `id`'\nelapsed='0'\n" +
		"num_records='0'\nresult_size='20'\noutput='it'\\''s.csv'\n"
	if diff := cmp.Diff(want, read(t, path)); diff != "" {
		t.Error(diff)
	}
	out, err := exec.CommandContext(t.Context(), "sh", "-c", `. "$1" && printf %s "$error"`, "sh", path).Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Skip("no shell to read it with")
	}
	if got := string(out); err != nil || got != "no 'x'\nin $HOME `id`" {
		t.Errorf("a shell reads %q, %v", got, err)
	}
	f.SetJob("13", "queued") // another job begins with nothing
	if diff := cmp.Diff("job_id='13'\njob_status='queued'\n"+skipInZsh+"status='queued'\nexit_status=''\nerror=''\nelapsed='0'\nnum_records=''\nresult_size=''\noutput=''\n", read(t, path)); diff != "" {
		t.Error(diff)
	}
}

// TestShells checks that the file can be sourced in zsh, where status is read-only.
func TestShells(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sh")
	create(t, path).SetJob("12", "success")
	for _, shell := range []string{"sh", "bash", "dash", "ksh", "zsh"} {
		out, err := exec.CommandContext(t.Context(), shell, "-euc", `. "$1"; echo "$job_id $job_status"`, shell, path).CombinedOutput()
		if errors.Is(err, exec.ErrNotFound) {
			continue
		}
		if got := string(out); err != nil || got != "12 success\n" {
			t.Errorf("%s reads %q, %v", shell, got, err)
		}
	}
}

// TestDanglingLink checks that a dangling link is followed and not replaced.
func TestDanglingLink(t *testing.T) {
	dir := t.TempDir()
	link := filepath.Join(dir, "link.sh")
	if err := os.Symlink("real.sh", link); err != nil {
		t.Skip(err)
	}
	for _, id := range []string{"1", "2"} {
		create(t, link).SetJob(id, "queued")
		if got := read(t, filepath.Join(dir, "real.sh")); !strings.HasPrefix(got, "job_id='"+id+"'") {
			t.Errorf("behind the link is %q", got)
		}
		if _, err := os.Readlink(link); err != nil {
			t.Error(err)
		}
	}
}

func TestJSON(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.JSON")
	f := create(t, path)
	f.SetJob("12", "success")
	f.SetRecords(5)
	if err := f.Finish(0, nil); err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal([]byte(read(t, path)), &got); err != nil {
		t.Fatal(err)
	}
	want := map[string]any{
		"job_id": "12", "status": "success", "exit_status": 0.0, "error": "", "elapsed": 0.0,
		"num_records": 5.0, "result_size": nil, "output": "",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
}

func TestNone(t *testing.T) {
	var f *File
	f.SetJob("1", "queued")
	f.SetRecords(1)
	f.SetSize(1)
	f.SetOutput("x", 0)
	if err := f.Finish(1, errors.New("x")); err != nil {
		t.Error(err)
	}
}

func TestUnwritable(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{dir, filepath.Join(dir, "no", "s.sh"), os.DevNull} {
		if _, err := Create(path); err == nil {
			t.Errorf("%s was written", path)
		}
	}
	path := filepath.Join(dir, "gone", "s.sh")
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	f := create(t, path)
	if err := os.RemoveAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	f.SetJob("1", "queued")
	if f.Finish(0, nil) == nil {
		t.Error("that it could not be written is not said")
	}
}

// TestLink checks that a link is followed and that no temporary file is left.
func TestLink(t *testing.T) {
	dir := t.TempDir()
	target, link := filepath.Join(dir, "real.sh"), filepath.Join(dir, "link.sh")
	if err := os.WriteFile(target, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(target, link); err != nil {
		t.Skip(err)
	}
	create(t, link).SetJob("1", "queued")
	if fi, err := os.Lstat(link); err != nil || fi.Mode()&os.ModeSymlink == 0 || read(t, target) == "" {
		t.Errorf("the link is %v, %v", fi, err)
	}
	if entries, err := os.ReadDir(dir); err != nil || len(entries) != 2 {
		t.Errorf("%v, %v", entries, err)
	}
}

// A file that only its owner can read stays one: its errors hold parts of queries.
func TestMode(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.sh")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	before, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	create(t, path).SetJob("1", "queued")
	after, err := os.Stat(path)
	if err != nil || after.Mode() != before.Mode() || read(t, path) == "" {
		t.Errorf("the mode was %v and is %v, %v", before.Mode(), after.Mode(), err)
	}
}

// TestPlantedLink checks that links planted in a shared directory are not followed.
func TestPlantedLink(t *testing.T) {
	dir := t.TempDir()
	path, victim := filepath.Join(dir, "s.sh"), filepath.Join(dir, "victim")
	if err := os.WriteFile(victim, []byte("precious"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{fmt.Sprintf("%s.%d.tmp", path, os.Getpid()), path + ".tmp"} {
		if err := os.Symlink(victim, name); err != nil {
			t.Skip(err)
		}
	}
	create(t, path).SetJob("1", "queued")
	if got := read(t, victim); got != "precious" {
		t.Errorf("the file behind the link holds %q", got)
	}
}

// TestLaterSuccess checks that a failed write does not matter if a later one succeeds.
func TestLaterSuccess(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "there")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	f := create(t, filepath.Join(dir, "s.sh"))
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	f.SetJob("1", "running")
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := f.Finish(0, nil); err != nil {
		t.Error(err)
	}
}

// FuzzText checks that both formats contain all values.
func FuzzText(f *testing.F) {
	f.Add("12", "it's", "a\nb")
	f.Fuzz(func(t *testing.T, id, said, output string) {
		file := &File{path: "s.json", state: state{JobID: id, Error: said, Output: output}}
		var got state
		if err := json.Unmarshal(file.format(), &got); err != nil {
			t.Fatal(err)
		}
		file.path = "s"
		text := strings.ReplaceAll(string(file.format()), `'\''`, "")
		if n := strings.Count(text, "'"); n != 18 {
			t.Errorf("%d quotes are left of %q", n, file.format())
		}
	})
}

func TestParts(t *testing.T) {
	for name, want := range map[string]string{"s.json": `"output":"p%d.csv","parts":3}`, "s.sh": "output='p%d.csv'\nparts='3'"} {
		path := filepath.Join(t.TempDir(), name)
		create(t, path).SetOutput("p%d.csv", 3)
		if got := read(t, path); !strings.HasSuffix(got, want+"\n") {
			t.Errorf("%s: %q", name, got)
		}
	}
}
