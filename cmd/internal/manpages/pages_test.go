package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// writeAll writes the pages of a release to a temporary directory and returns them.
func writeAll(t *testing.T) (dir string, pages map[string]string) {
	t.Helper()
	dir = filepath.Join(t.TempDir(), "new", "man")
	if err := writePages(dir, "1.2.3", "2026-01-02"); err != nil {
		t.Fatal(err)
	}
	paths, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	pages = map[string]string{}
	for _, path := range paths {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		pages[filepath.Base(path)] = string(b)
	}
	return dir, pages
}

func TestPages(t *testing.T) {
	_, pages := writeAll(t)
	_, again := writeAll(t)
	if diff := cmp.Diff(pages, again); diff != "" {
		t.Errorf("the same release has different pages:\n%s", diff)
	}
	if len(pages) < 100 {
		t.Errorf("only %d pages", len(pages))
	}
	fileName := regexp.MustCompile(`^td(-[a-z_]+)*\.1$`)
	for name, text := range pages {
		if !fileName.MatchString(name) {
			t.Errorf("%q is not a portable file name", name)
		}
		if !strings.Contains(text, `"1" "2026-01-02" "td 1.2.3" "The Treasure Data toolbelt"`) {
			t.Errorf("%s: wrong title: %.80q", name, text)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' && r != '\t' }); i >= 0 {
			t.Errorf("%s: %q is not ASCII", name, text[i:min(i+10, len(text))])
		}
		for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "FLAGS", "EXAMPLES", "SEE ALSO"} {
			if !strings.Contains(text, section+"\n") {
				t.Errorf("%s: no section %s", name, section)
			}
		}
		command := strings.TrimSuffix(strings.ReplaceAll(name, "-", `\-`), ".1")
		if name != "td.1" && !strings.Contains(text, command) {
			t.Errorf("%s does not contain %s", name, command)
		}
	}
}

// TestPageText checks what a reader sees: literal text must survive Markdown and roff.
func TestPageText(t *testing.T) {
	if _, err := exec.LookPath("groff"); err != nil {
		t.Skip("groff is not installed")
	}
	dir, pages := writeAll(t)
	render := func(page string) string {
		c := exec.CommandContext(t.Context(), "groff", "-ww", "-man", "-Tascii", "-P-cbou", page)
		c.Dir = dir
		var messages bytes.Buffer
		c.Stderr = &messages
		out, err := c.Output()
		if err != nil || messages.Len() > 0 {
			t.Errorf("groff %s: %v\n%s", page, err, &messages)
		}
		return strings.Join(strings.Fields(string(out)), " ")
	}
	for page, want := range map[string][]string{
		"td.1": {
			"td - the Treasure Data toolbelt",
			"td [GLOBAL FLAGS] COMMAND [ARGUMENTS AND FLAGS]",
			"TREASURE_DATA_API_IMPORT_SERVER, TD_API_IMPORT_SERVER the import server",
			`written as \t, \n, \r and \\,`,
			"The section [account] is the default account.",
			`td job:list --jq 'select(.status == "error") | .job_id'`,
			"lists such as int[] with commas",
			"variables TREASURE_DATA_*, these override TD_*",
			"--expect 'rows>0' exit with status 13",
			"13 the rows do not meet --expect or --fail-if-empty",
			"query [SQL | -]",
		},
		"td-query.1":   {"td-query - ", "-f, --format FORMAT", "--wait[=SECONDS]", "td query -d sample_datasets -w 'SELECT method"},
		"td-db-list.1": {"td-db-list - List the databases", "Aliases: dbs, databases,", "td(1), td-db-create(1), td-db-delete(1), td-db-show(1)"},
	} {
		got := render(page)
		for _, text := range want {
			if !strings.Contains(got, text) {
				t.Errorf("%s does not contain %q", page, text)
			}
		}
	}
	for page := range pages {
		if strings.Contains(page, "sandbox") || strings.Contains(page, "completion") {
			render(page)
		}
	}
}

func TestWriteError(t *testing.T) {
	file := filepath.Join(t.TempDir(), "td.1")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := writePages(file, "1", "2026-01-02"); err == nil {
		t.Error("writing to a file instead of a directory succeeded")
	}
}
