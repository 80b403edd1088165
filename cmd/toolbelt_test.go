package cmd

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/console"
)

// A row is a line of testdata/toolbelt.txt, which says what the rows are.
type row struct {
	kind, name string
	short      rune   // of a flag, 0: none
	arity      string // of a flag
	command    string // that a flag and an alias belong to, or that a name is refused with
	yes        bool
}

// fields is how many words a kind of row has before its yes or no.
func fields(kind string) int {
	switch kind {
	case "global", "flag":
		return 4
	case "suggest":
		return 3
	}
	return 2
}

// toolbelt reads the list of what the toolbelt names.
func toolbelt(t *testing.T) []row {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("testdata", "toolbelt.txt"))
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
		said := len(words) > n && (words[n] == "yes" && len(words) == n+1 || words[n] == "no" && len(words) > n+1)
		if !said {
			t.Fatalf("line %d ends neither in yes nor in no and a reason: %s", i+1, line)
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

// TestToolbelt holds the tree of commands to the toolbelt's names, both ways.
func TestToolbelt(t *testing.T) {
	root := newRoot(testEnv())
	for _, r := range toolbelt(t) {
		wrong := r.check(root)
		switch {
		case r.yes && wrong != "":
			t.Errorf("%s: %s", r, wrong)
		case !r.yes && wrong == "":
			t.Errorf("%s is there, and the list says that it is not", r)
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

// check says what is not as the row has it, "" when all is.
func (r row) check(root *cobra.Command) string {
	switch r.kind {
	case "command", "hidden":
		c := find(root, r.name)
		switch {
		case c == nil || c.Name() != r.name:
			return "there is no such command"
		case c.Hidden != (r.kind == "hidden"):
			return fmt.Sprintf("whether help hides it: %t", c.Hidden)
		}
	case "alias":
		switch c := find(root, r.name); {
		case c == nil:
			return "there is no such name"
		case c.Name() != r.command:
			return fmt.Sprintf("leads to %s, not to %s", c.Name(), r.command)
		}
	case "global":
		root.InitDefaultHelpFlag()
		return r.checkFlag(root.Flags())
	case "flag":
		c := find(root, r.command)
		if c == nil {
			return "its command is missing"
		}
		return r.checkFlag(c.Flags())
	case "group":
		return r.answers(exitOK, "", ":\n  "+r.name+":")
	case "suggest":
		return r.answers(exitUsage, "it is called "+r.command+" now")
	default:
		return "unknown kind of row"
	}
	return ""
}

func (r row) checkFlag(fs *pflag.FlagSet) string {
	f := fs.Lookup(r.name)
	if f == nil {
		return "there is no such flag"
	}
	if r.short != 0 && f.Shorthand != string(r.short) {
		return fmt.Sprintf("its short form is %q, not %q", f.Shorthand, r.short)
	}
	if got := arity(f); got != r.arity {
		return fmt.Sprintf("takes a value: %s, not %s", got, r.arity)
	}
	return ""
}

// arity is how a flag takes a value, in the list's words.
func arity(f *pflag.Flag) string {
	switch {
	case f.Value.Type() == "bool":
		return "none"
	case argv.HasOptionalValue(f):
		return "next"
	case takesNext(f):
		return "value"
	}
	return "glued"
}

// answers runs the name alone. It must end with the status; the first of the texts must be
// on standard error, the others on standard output.
func (r row) answers(status int, texts ...string) string {
	got, stdout, stderr := runLine(r.name)
	if got != status || !strings.Contains(stderr, texts[0]) {
		return fmt.Sprintf("status %d, and on standard error %q", got, stderr)
	}
	for _, text := range texts[1:] {
		if !strings.Contains(stdout, text) {
			return fmt.Sprintf("does not print %q", text)
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
