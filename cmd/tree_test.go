package cmd

import (
	"bytes"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/cmd/completion"
	"github.com/td-cli/td/internal/text"
)

// TestTree holds what is true of every command.
func TestTree(t *testing.T) {
	root := newRoot(testEnv())
	seen := map[string]string{}
	for _, c := range root.Commands() {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: Short is %q; want a line without a full stop", c.Name(), c.Short)
		}
		if !strings.Contains(c.Example, "td ") {
			t.Errorf("%s has no example", c.Name())
		}
		if c.Args == nil || c.RunE == nil {
			t.Errorf("%s has no rule for its arguments, or does nothing", c.Name())
		}
		for _, name := range append([]string{c.Name()}, c.Aliases...) {
			if other, taken := seen[name]; taken {
				t.Errorf("%q is a name of both %s and %s", name, other, c.Name())
			}
			seen[name] = c.Name()
			if strings.Contains(name, "_") && !strings.HasPrefix(name, "bulk_import") && !strings.HasPrefix(name, "import:") {
				t.Errorf("%q has an underscore", name)
			}
		}
	}
}

// TestHelpFits holds that a command's help fits on a screen.
func TestHelpFits(t *testing.T) {
	root := newRoot(testEnv())
	for _, c := range root.Commands() {
		var buf bytes.Buffer
		c.InitDefaultHelpFlag()
		commandHelp(&buf, c, 0)
		if n := strings.Count(buf.String(), "\n"); n >= 40 {
			t.Errorf("the help of %s has %d lines, 40 or more", c.Name(), n)
		}
		if !strings.Contains(buf.String(), "usage: td "+c.Name()) {
			t.Errorf("the help of %s does not show its usage:\n%s", c.Name(), buf.String())
		}
	}
}

// TestHelpOnTerminal holds that a command's help does not leave its columns on a terminal of 80, and
// says the same words.
func TestHelpOnTerminal(t *testing.T) {
	root := newRoot(testEnv())
	words := func(text string) []string {
		about, _, _ := strings.Cut(text, "\nExamples:")
		return strings.Fields(about)
	}
	for _, c := range root.Commands() {
		var narrow, wide bytes.Buffer
		commandHelp(&narrow, c, screenWidth)
		commandHelp(&wide, c, 0)
		if diff := cmp.Diff(words(wide.String()), words(narrow.String())); diff != "" {
			t.Errorf("%s: %s", c.Name(), diff)
		}
		about, _, _ := strings.Cut(narrow.String(), "\nExamples:") // which are to be copied as they are
		for line := range strings.SplitSeq(about, "\n") {
			if text.Width(line) > screenWidth {
				t.Errorf("%s: wider than %d columns: %q", c.Name(), screenWidth, line)
			}
		}
	}
}

func completionFiles() map[string]string {
	return map[string]string{"bash": "td.bash", "zsh": "_td", "fish": "td.fish", "powershell": "td.ps1"}
}

// TestCompletions holds completions/ to what td completion prints; -update rewrites them.
func TestCompletions(t *testing.T) {
	rewrite := flag.Lookup("update").Value.String() == "true"
	for shell, file := range completionFiles() {
		path := filepath.Join("..", "completions", file)
		got, err := completion.Script(newRoot(testEnv()), shell)
		if err != nil {
			t.Fatal(err)
		}
		if rewrite {
			if err := os.WriteFile(path, got, 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		want, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(string(want), string(got)); diff != "" {
			t.Errorf("%s is stale, 'make completions' makes it anew:\n%s", file, diff)
		}
	}
}
