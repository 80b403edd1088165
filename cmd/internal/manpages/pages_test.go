package cmd

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

func TestManPages(t *testing.T) {
	pages := manPages("1.2.3", "2026-01-02")
	if diff := cmp.Diff(pages, manPages("1.2.3", "2026-01-02")); diff != "" {
		t.Errorf("the same release has other pages:\n%s", diff)
	}
	fileName := regexp.MustCompile(`^td(-[a-z_]+)*\.1$`)
	for name, text := range pages {
		if !fileName.MatchString(name) {
			t.Errorf("%q is no name for a file", name)
		}
		if !strings.HasPrefix(text, ".TH ") || !strings.Contains(text, `1 2026-01-02 "td 1.2.3"`) {
			t.Errorf("%s begins with %.80q", name, text)
		}
		if i := strings.IndexFunc(text, func(r rune) bool { return r > '~' || r < ' ' && r != '\n' }); i >= 0 {
			t.Errorf("%s: %q is not ASCII", name, text[i:min(i+10, len(text))])
		}
	}
	root := newRoot(testEnv())
	visible := 0
	for _, c := range root.Commands() {
		page, ok := pages[pageName(c)+".1"]
		if c.Hidden {
			continue
		}
		visible++
		if !ok {
			t.Errorf("%s has no page", c.Name())
			continue
		}
		for _, want := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "FLAGS", "EXAMPLES", "SEE ALSO"} {
			if !strings.Contains(page, `.SH "`+want+"\"\n") {
				t.Errorf("%s: no section %s", c.Name(), want)
			}
		}
		if name := strings.ReplaceAll(c.Use, "-", `\-`); !strings.Contains(pages["td.1"], "td "+strings.Fields(name)[0]) {
			t.Errorf("td.1 does not name %s", c.Name())
		}
	}
	if len(pages) != visible+1 {
		t.Errorf("%d pages for td and %d commands: two have the same name", len(pages), visible)
	}
	for _, name := range topics() {
		for _, term := range terms(t, name) {
			if !strings.Contains(pages["td.1"], strings.ReplaceAll(term, "-", `\-`)) {
				t.Errorf("td.1 does not have %q of the topic %s", term, name)
			}
		}
	}
}

func TestWriteManPages(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "man")
	if err := WriteManPages(dir, "1.2.3", "2026-01-02"); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(filepath.Join(dir, "td-db-list.1"))
	if err != nil {
		t.Fatal(err)
	}
	if want := manPages("1.2.3", "2026-01-02")["td-db-list.1"]; string(got) != want {
		t.Errorf("td-db-list.1 is\n%s", got)
	}
	if err := WriteManPages(filepath.Join(dir, "td.1"), "1", "2026-01-02"); err == nil {
		t.Error("a file in place of the directory: no error")
	}
}

// TestManPagesFormat has the pages read by groff and by mandoc, where these are installed.
func TestManPagesFormat(t *testing.T) {
	for _, reader := range [][]string{{"groff", "-ww", "-man", "-Tutf8", "-z"}, {"mandoc", "-Tlint", "-Wwarning"}} {
		if _, err := exec.LookPath(reader[0]); err != nil {
			t.Logf("%s is not installed", reader[0])
			continue
		}
		dir := t.TempDir()
		if err := WriteManPages(dir, "1.2.3", "2026-01-02"); err != nil {
			t.Fatal(err)
		}
		for _, page := range []string{"td.1", "td-query.1", "td-db-list.1", "td-import-upload.1", "td-completion.1"} {
			command := exec.CommandContext(t.Context(), reader[0], append(reader[1:], page)...)
			command.Dir = dir
			if said, err := command.CombinedOutput(); err != nil || len(bytes.TrimSpace(said)) > 0 {
				t.Errorf("%s of %s: %v\n%s", reader[0], page, err, said)
			}
		}
	}
}
