package history_test

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/history"
)

// openInputs opens the inputs of a profile and adds some.
func openInputs(t *testing.T, dir string, added ...string) *history.Inputs {
	t.Helper()
	i, err := history.OpenInputs(t.Context(), dir, "default")
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range added {
		if err := i.Add(t.Context(), text); err != nil {
			t.Fatal(err)
		}
	}
	return i
}

func TestInputs(t *testing.T) {
	dir := t.TempDir()
	typed := []string{"select\n  '日本';", " select 1; ", "select 1;", `\d web.access`, "select 'a\x00\xff';"}
	want := []string{"select\n  '日本';", "select 1;", `\d web.access`}
	first := openInputs(t, dir, typed...)
	if diff := cmp.Diff(append(want, "select 'a\x00\xff';"), first.Entries); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(append(want, "select 'a\x00\ufffd';"), openInputs(t, dir).Entries); diff != "" {
		t.Error(diff)
	}
	if other, err := history.OpenInputs(t.Context(), dir, "other"); err != nil || len(other.Entries) > 0 {
		t.Errorf("another profile: %v, %v", other.Entries, err)
	}
	path := filepath.Join(dir, "shell", "default.jsonl")
	if info, err := os.Stat(path); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", info, err)
	}
	memory := openInputs(t, "", "select 2;")
	if diff := cmp.Diff([]string{"select 2;"}, memory.Entries); diff != "" {
		t.Error(diff)
	}
	file := filepath.Join(dir, "shell")
	if i, err := history.OpenInputs(t.Context(), path, "default"); err == nil || i.Add(t.Context(), "x") != nil {
		t.Errorf("a directory below the file %s: %v", file, err)
	}
}

// TestInputsSecrets checks that an input with a secret can be repeated in the session, but is not in the file.
func TestInputsSecrets(t *testing.T) {
	dir := t.TempDir()
	secret := []string{
		"select '" + key + "';", "select * from t where password = 'hunter2';", `\set token hunter2`, `\set api_key=hunter2`,
		"select 1\n\\set db_password:string 'hunter2'", "insert into t select 'mysql://me:hunter2@host/db';",
		"-- Authorization: Bearer hunter2hunter2\nselect 1;", "select ''' password=hunter2';", "select 'password=hunter2';",
		"select 'https%3A%2F%2Fme%3Ahunter2%40h%2Fd';", `\o https://h/d?next=https%3A%2F%2Fh%2F%3Ftoken%3Dhunter2`, strings.Repeat("x", 70<<10) + "hunter2",
	}
	safe := []string{`\set day 2026-01-02`, "select token from t where password is null;", `\set token`}
	i := openInputs(t, dir, append(secret, safe...)...)
	if len(i.Entries) != len(secret)+len(safe) {
		t.Errorf("%d inputs in memory", len(i.Entries))
	}
	if diff := cmp.Diff(safe, openInputs(t, dir).Entries); diff != "" {
		t.Error(diff)
	}
	b, err := os.ReadFile(filepath.Join(dir, "shell", "default.jsonl"))
	if err != nil || strings.Contains(string(b), "hunter2") || strings.Contains(string(b), key[2:]) {
		t.Errorf("%v\n%s", err, b)
	}
}

// TestInputsSize checks that several sessions, which start and cut the file while others add to it, lose no input.
func TestInputsSize(t *testing.T) {
	dir := t.TempDir()
	const sessions, inputs = 4, 2600 // more than twice the kept ones
	var wg sync.WaitGroup
	for s := range sessions {
		wg.Go(func() {
			var i *history.Inputs
			for n := range inputs {
				var err error
				if n%100 == 0 {
					if i, err = history.OpenInputs(t.Context(), dir, "default"); err != nil {
						t.Error(err)
						return
					}
				}
				if err := i.Add(t.Context(), fmt.Sprintf("%d %d", s, n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	entries := openInputs(t, dir).Entries
	if len(entries) < 2000 || len(entries) > 4000 {
		t.Errorf("%d inputs", len(entries))
	}
	last := map[int]int{}
	for _, entry := range entries {
		var s, n int
		if _, err := fmt.Sscanf(entry, "%d %d", &s, &n); err != nil {
			t.Fatalf("%q: %v", entry, err)
		}
		if previous, ok := last[s]; ok && n != previous+1 {
			t.Errorf("session %d: %d follows %d", s, n, previous)
		}
		last[s] = n
	}
	for s, n := range last { // one that ended early may have been cut
		if n != inputs-1 {
			t.Errorf("the last input of session %d is %d", s, n)
		}
	}
}

// TestInputsCutLine has a line that a killed process did not finish.
func TestInputsCutLine(t *testing.T) {
	dir := t.TempDir()
	openInputs(t, dir, "select 1;")
	f, err := os.OpenFile(filepath.Join(dir, "shell", "default.jsonl"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`"select`); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	openInputs(t, dir, "select 2;")
	if diff := cmp.Diff([]string{"select 1;", "select 2;"}, openInputs(t, dir).Entries); diff != "" {
		t.Error(diff)
	}
}
