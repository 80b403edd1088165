package importjournal

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// writeFile writes a file with a fixed modification time.
func writeFile(t *testing.T, path, text string) string {
	t.Helper()
	at := time.Date(2026, 1, 2, 3, 4, 5, 678, time.UTC)
	if err := errors.Join(os.WriteFile(path, []byte(text), 0o600), os.Chtimes(path, at, at)); err != nil {
		t.Fatal(err)
	}
	return path
}

func start(t *testing.T, dir string, i Import) *Run {
	t.Helper()
	r, err := Start(dir, i)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// list returns the names of the files in dir.
func list(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestResume(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "dir")
	a := writeFile(t, filepath.Join(t.TempDir(), "a.json"), "a")
	b := writeFile(t, filepath.Join(t.TempDir(), "b.json"), "b")
	what := Import{Service: "https://api.example.com 1", Table: "db.t", Paths: []string{a, b}, Options: []string{"x", "y"}}

	first := start(t, dir, what)
	if first.Resumed || first.Records != 0 {
		t.Errorf("the first run: %+v", first)
	}
	one, two := first.PartID(a, 0, "c0ffee"), first.PartID(a, 1, "c0ffee")
	if one == two || len(one) != 32 || one == first.PartID(b, 0, "c0ffee") || one == first.PartID(a, 0, "tea") {
		t.Errorf("part IDs %q, %q", one, two)
	}
	if err := errors.Join(first.Record(one, 10), first.Record(one, 10)); err != nil || !first.Stored(one) || first.Stored(two) {
		t.Errorf("after Record: %v", err)
	}
	first.Close()
	if runtime.GOOS != "windows" {
		info, err := os.Stat(filepath.Join(dir, list(t, dir)[0]))
		if err != nil || info.Mode() != 0o600 {
			t.Errorf("mode %v, %v", info.Mode(), err)
		}
	}

	before := list(t, dir)
	if r := Peek(dir, what); !r.Resumed || r.Records != 10 || !r.Stored(one) || r.Stored(two) || r.PartID(a, 1, "c0ffee") != two || r.Record(two, 5) != nil {
		t.Errorf("the run without changes: %+v", r)
	}
	if diff := cmp.Diff(before, list(t, dir)); diff != "" {
		t.Errorf("Peek changes the directory: %s", diff)
	}

	reordered := what
	reordered.Paths, reordered.Options = []string{b, a}, []string{"y", "x"}
	second := start(t, dir, reordered)
	if !second.Resumed || second.Records != 10 || !second.Stored(one) || second.Stored(two) || second.PartID(a, 1, "c0ffee") != two {
		t.Errorf("the resumed run: %+v", second)
	}
	if err := errors.Join(second.Record(two, 5), second.Finish(), second.Finish()); err != nil {
		t.Error(err)
	}
	if names := list(t, dir); len(names) != 0 {
		t.Errorf("left: %q", names)
	}

	if r := Peek(dir, what); r.Resumed || r.Stored(one) || len(list(t, dir)) > 0 {
		t.Errorf("the run without changes after a successful one: %+v", r)
	}
	third := start(t, dir, what)
	if third.Resumed || third.Stored(one) || third.PartID(a, 0, "c0ffee") == one {
		t.Errorf("the run after a successful one: %+v", third)
	}
}

func TestOtherImports(t *testing.T) {
	dir := t.TempDir()
	a := writeFile(t, filepath.Join(t.TempDir(), "a.json"), "a")
	b := writeFile(t, filepath.Join(t.TempDir(), "b.json"), "b")
	what := Import{Service: "s", Table: "db.t", Paths: []string{a}, Options: []string{"x"}}
	start(t, dir, what).Close()
	for name, other := range map[string]Import{
		"service": {Service: "s2", Table: "db.t", Paths: []string{a}, Options: []string{"x"}},
		"table":   {Service: "s", Table: "db.t2", Paths: []string{a}, Options: []string{"x"}},
		"files":   {Service: "s", Table: "db.t", Paths: []string{a, b}, Options: []string{"x"}},
		"file":    {Service: "s", Table: "db.t", Paths: []string{b}, Options: []string{"x"}},
		"options": {Service: "s", Table: "db.t", Paths: []string{a}},
	} {
		if r := start(t, dir, other); r.Resumed {
			t.Errorf("another %s: the run is resumed", name)
		}
	}
	if r := start(t, dir, what); !r.Resumed {
		t.Error("the same import is not resumed")
	}
}

// TestChangedFile checks that a file that has changed is a new import, and that the
// records of the interrupted one are reported.
func TestChangedFile(t *testing.T) {
	for name, change := range map[string]func(path string) error{
		"size":              func(path string) error { return os.WriteFile(path, []byte("longer"), 0o600) },
		"modification time": func(path string) error { return os.Chtimes(path, time.Time{}, time.Now()) },
	} {
		dir := t.TempDir()
		a := writeFile(t, filepath.Join(t.TempDir(), "a.json"), "a")
		what := Import{Table: "db.t", Paths: []string{a}}
		first := start(t, dir, what)
		id := first.PartID(a, 0, "c0ffee")
		if err := first.Record(id, 7); err != nil {
			t.Fatal(err)
		}
		first.Close()
		if err := change(a); err != nil {
			t.Fatal(err)
		}
		second := start(t, dir, what)
		if second.Resumed || second.Records != 0 || second.Abandoned != 7 || second.Stored(id) || second.PartID(a, 0, "c0ffee") == id {
			t.Errorf("%s: %+v", name, second)
		}
		second.Close()
		if third := start(t, dir, what); !third.Resumed || third.Abandoned != 0 {
			t.Errorf("%s: the next run: %+v", name, third)
		}
	}
}

// TestDamagedJournal checks what is left of a journal after a crash or a full disk.
func TestDamagedJournal(t *testing.T) {
	a := writeFile(t, filepath.Join(t.TempDir(), "a.json"), "a")
	what := Import{Table: "db.t", Paths: []string{a}}
	for _, tt := range []struct {
		name    string
		change  func(string) string
		records int64 // -1: the run is not resumed
	}{
		{"unchanged", func(s string) string { return s }, 3},
		{"incomplete last line", func(s string) string { return s + `{"part":"99","rec` }, 3},
		{"incomplete line of a part", func(s string) string { return s[:len(s)-5] }, 1},
		{"invalid lines", func(s string) string { return s + "null\n{}\n\xff\n" }, 3},
		{"header only", func(s string) string { return s[:strings.Index(s, "\n")+1] }, 0},
		{"incomplete header", func(s string) string { return s[:20] }, -1},
		{"empty", func(string) string { return "" }, -1},
		{"another version", func(s string) string { return strings.Replace(s, `"version":1`, `"version":2`, 1) }, -1},
		{"another file", func(string) string { return "n,text\n1,2\n" }, -1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			first := start(t, dir, what)
			if err := errors.Join(first.Record("11", 1), first.Record("22", 2)); err != nil {
				t.Fatal(err)
			}
			first.Close()
			path := filepath.Join(dir, list(t, dir)[0])
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(path, []byte(tt.change(string(b))), 0o600); err != nil {
				t.Fatal(err)
			}
			second := start(t, dir, what)
			if second.Resumed != (tt.records >= 0) || second.Records != max(tt.records, 0) {
				t.Errorf("resumed %v with %d records, want %d", second.Resumed, second.Records, tt.records)
			}
			if err := second.Record("33", 10); err != nil {
				t.Fatal(err)
			}
			second.Close()
			third := start(t, dir, what)
			if want := max(tt.records, 0) + 10; !third.Resumed || third.Records != want || third.id != second.id {
				t.Errorf("then resumed %v with %d records, want %d", third.Resumed, third.Records, want)
			}
		})
	}
}

// TestConcurrentRuns checks that two runs of a command at the same time are two
// imports, and that both can be resumed.
func TestConcurrentRuns(t *testing.T) {
	dir := t.TempDir()
	a := writeFile(t, filepath.Join(t.TempDir(), "a.json"), "a")
	what := Import{Table: "db.t", Paths: []string{a}}
	one, two := start(t, dir, what), start(t, dir, what)
	if one.Resumed || two.Resumed || one.id == two.id {
		t.Errorf("IDs %q and %q", one.id, two.id)
	}
	one.Close()
	two.Close()
	again, both := start(t, dir, what), start(t, dir, what)
	if diff := cmp.Diff([]string{one.id, two.id}, []string{again.id, both.id}); diff != "" {
		t.Error(diff)
	}
}

func TestConcurrentRecords(t *testing.T) {
	dir := t.TempDir()
	a := writeFile(t, filepath.Join(t.TempDir(), "a.json"), "a")
	what := Import{Table: "db.t", Paths: []string{a}}
	r := start(t, dir, what)
	var wg sync.WaitGroup
	for n := range 50 {
		wg.Go(func() {
			if err := r.Record(r.PartID(a, n, "c0ffee"), 2); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	r.Close()
	if r := start(t, dir, what); r.Records != 100 {
		t.Errorf("%d records, want 100", r.Records)
	}
}

// TestUnrecorded checks that a run is usable if its journal cannot be written.
func TestUnrecorded(t *testing.T) {
	a := writeFile(t, filepath.Join(t.TempDir(), "a.json"), "a")
	missing := a + "x"
	for name, f := range map[string]func() (*Run, error){
		"missing file":     func() (*Run, error) { return Start(t.TempDir(), Import{Paths: []string{missing}}) },
		"directory":        func() (*Run, error) { return Start(t.TempDir(), Import{Paths: []string{filepath.Dir(a)}}) },
		"unusable dir":     func() (*Run, error) { return Start(a, Import{Paths: []string{a}}) },
		"without a record": func() (*Run, error) { return NewRun(), nil },
	} {
		r, err := f()
		if (err == nil) != (name == "without a record") || r == nil {
			t.Fatalf("%s: %v, %v", name, r, err)
		}
		id := r.PartID("-", 0, "c0ffee")
		if err := r.Record(id, 1); err != nil || !r.Stored(id) || r.Finish() != nil {
			t.Errorf("%s: %v", name, err)
		}
		r.Close()
	}
	one, two := NewRun(), NewRun()
	if one.PartID("-", 0, "c0ffee") == two.PartID("-", 0, "c0ffee") {
		t.Error("two runs use the same IDs")
	}
}

func TestOldJournals(t *testing.T) {
	dir := t.TempDir()
	a := writeFile(t, filepath.Join(t.TempDir(), "a.json"), "a")
	hash := strings.Repeat("0123456789abcdef", 2)
	for name, age := range map[string]time.Duration{
		hash + ".0": maxAge + time.Hour, hash + ".1": maxAge - time.Hour, hash + ".history": 2 * maxAge, "other.0": 2 * maxAge,
	} {
		at := time.Now().Add(-age)
		path := writeFile(t, filepath.Join(dir, name), "")
		if err := os.Chtimes(path, at, at); err != nil {
			t.Fatal(err)
		}
	}
	start(t, dir, Import{Paths: []string{a}}).Finish()
	if diff := cmp.Diff([]string{hash + ".1", hash + ".history", "other.0"}, list(t, dir)); diff != "" {
		t.Error(diff)
	}
}

func TestHistory(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new")
	open := func(service, table string) *History {
		t.Helper()
		h, err := OpenHistory(dir, service, table)
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	h := open("s", "db.t")
	if h.Has("1") {
		t.Error("a new history is not empty")
	}
	if err := errors.Join(h.Add(), h.Add("1", "2"), h.Add("2", "3")); err != nil {
		t.Fatal(err)
	}
	f, err := os.OpenFile(h.path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	fmt.Fprint(f, "4") // incomplete, as after a crash
	f.Close()
	if h := open("s", "db.t"); h.Has("4") {
		t.Error("an incomplete line is used")
	} else if err := h.Add("5"); err != nil {
		t.Fatal(err)
	}
	h = open("s", "db.t")
	for digest, want := range map[string]bool{"1": true, "2": true, "3": true, "5": true, "6": false, "45": false} {
		if got := h.Has(digest); got != want {
			t.Errorf("Has(%q) = %v", digest, got)
		}
	}
	if open("s", "db.t2").Has("1") || open("s2", "db.t").Has("1") {
		t.Error("histories of different tables are mixed")
	}
	if h, err := OpenHistory(h.path, "s", "db.t"); err == nil || h.Has("1") || h.Add("1") == nil {
		t.Errorf("a file instead of a directory: %v", err)
	}
}
