package cmd

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
)

// A row is a line of compat/toolbelt.txt, which describes the format.
type row struct {
	kind, name string
	short      rune   // letter of a flag, or 0
	arity      string // of a flag
	command    string // of a flag or an alias, or suggested for a name
	yes        bool   // td has it
}

// fields returns the number of words in a kind of row before yes or no.
func fields(kind string) int {
	switch kind {
	case "global", "flag":
		return 4
	case "suggest":
		return 3
	}
	return 2
}

// readToolbelt reads the list of the Ruby toolbelt's names.
func readToolbelt(t *testing.T) []row {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("compat", "toolbelt.txt"))
	if err != nil {
		t.Fatal(err)
	}
	var list []row
	command := ""
	for i, line := range strings.Split(string(b), "\n") {
		words := strings.Fields(line)
		if len(words) == 0 || words[0] == "#" {
			continue
		}
		n := fields(words[0])
		valid := len(words) > n && (words[n] == "yes" && len(words) == n+1 || words[n] == "no" && len(words) > n+1)
		if !valid {
			t.Fatalf("line %d must end in yes, or in no and a reason: %s", i+1, line)
		}
		r := row{kind: words[0], name: words[1], command: command, yes: words[n] == "yes"}
		switch r.kind {
		case "command", "hidden":
			command = r.name
		case "suggest":
			r.command = words[2]
		case "global", "flag":
			r.name, r.arity = strings.TrimPrefix(words[2], "--"), words[3]
			if words[1] != "-" {
				r.short = rune(words[1][1])
			}
		}
		list = append(list, r)
	}
	return list
}

// TestToolbelt compares the commands with the Ruby toolbelt's, in both directions.
func TestToolbelt(t *testing.T) {
	tree := NewTree(testEnv())
	for _, r := range readToolbelt(t) {
		wrong := r.check(tree)
		switch {
		case r.yes && wrong != "":
			t.Errorf("%s: %s", r, wrong)
		case !r.yes && wrong == "":
			t.Errorf("%s exists, but compat/toolbelt.txt does not expect it", r)
		}
	}
}

func (r row) String() string {
	switch r.kind {
	case "flag":
		return fmt.Sprintf("flag --%s of %s", r.name, r.command)
	case "global":
		return "flag --" + r.name
	}
	return r.kind + " " + r.name
}

// check returns how the commands differ from the row, or "".
func (r row) check(tree *argv.Tree) string {
	switch r.kind {
	case "command", "hidden":
		c := tree.Find(r.name)
		switch {
		case c == nil || c.Name() != r.name:
			return "no such command"
		case c.Hidden != (r.kind == "hidden"):
			return fmt.Sprintf("hidden: %t", c.Hidden)
		}
	case "alias":
		switch c := tree.Find(r.name); {
		case c == nil:
			return "no such name"
		case c.Name() != r.command:
			return fmt.Sprintf("is %s, want %s", c.Name(), r.command)
		}
	case "global":
		tree.Root.InitDefaultHelpFlag()
		return r.checkFlag(tree.Root.Flags())
	case "flag":
		c := tree.Find(r.command)
		if c == nil {
			return "no such command"
		}
		return r.checkFlag(c.Flags())
	case "group":
		return r.answers(cli.ExitOK, "", ":\n  "+r.name+":")
	case "suggest":
		return r.answers(cli.ExitUsage, "the command is now called "+r.command)
	default:
		return "unknown kind of row"
	}
	return ""
}

func (r row) checkFlag(fs *pflag.FlagSet) string {
	f := fs.Lookup(r.name)
	if f == nil {
		return "no such flag"
	}
	if r.short != 0 && f.Shorthand != string(r.short) {
		return fmt.Sprintf("letter %q, want %q", f.Shorthand, r.short)
	}
	if got := arity(f); got != r.arity {
		return fmt.Sprintf("value: %s, want %s", got, r.arity)
	}
	return ""
}

// arity returns how a flag takes a value, in the words of the list.
func arity(f *pflag.Flag) string {
	switch {
	case f.Value.Type() == "bool":
		return "none"
	case argv.HasOptionalValue(f):
		return "next"
	case argv.RequiresValue(f):
		return "value"
	}
	return "attached"
}

// answers runs td with only the name. It expects a status, the first text on standard
// error and the others on standard output.
func (r row) answers(status int, texts ...string) string {
	got, stdout, stderr := runLine(r.name)
	if got != status || !strings.Contains(stderr, texts[0]) {
		return fmt.Sprintf("status %d, stderr %q", got, stderr)
	}
	for _, text := range texts[1:] {
		if !strings.Contains(stdout, text) {
			return fmt.Sprintf("stdout does not contain %q", text)
		}
	}
	return ""
}

// runLine runs td with arguments, no input and no account.
func runLine(args ...string) (status int, stdout, stderr string) {
	var out, errs bytes.Buffer
	c := &console.Console{In: strings.NewReader(""), Out: &out, Err: &errs}
	status = Run(context.Background(), c, func(string) string { return "" }, args)
	return status, out.String(), errs.String()
}
