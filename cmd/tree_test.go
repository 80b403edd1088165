package cmd

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/completion"
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/help"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/text"
)

// testEnv returns an environment without input, output and variables.
func testEnv() *cli.Env {
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	return cli.NewEnv(context.Background(), c, func(string) string { return "" }, "test")
}

// TestTree checks the declaration of every command.
func TestTree(t *testing.T) {
	tree := NewTree(testEnv())
	for _, declared := range declareCommands(tree) {
		if name := declared.New(testEnv()).Name(); name != declared.Name {
			t.Errorf("%s creates %s", declared.Name, name)
		}
	}
	owners := map[string]string{}
	for _, c := range tree.Commands() {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: Short is %q; want a line without a full stop", c.Name(), c.Short)
		}
		if c.Args == nil || c.RunE == nil {
			t.Errorf("%s: no Args or RunE", c.Name())
		}
		if c.Name() != "workflow:run" && !slices.Contains(exampleCommands(t, c.Example), c.Name()) { // it cannot run
			t.Errorf("%s: no example runs it:\n%s", c.Name(), c.Example)
		}
		for _, name := range append([]string{c.Name()}, c.Aliases...) {
			if other, ok := owners[name]; ok {
				t.Errorf("%q is a name of both %s and %s", name, other, c.Name())
			}
			owners[name] = c.Name()
			if strings.Contains(name, "_") && !strings.HasPrefix(name, "bulk_import") && !strings.HasPrefix(name, "import:") {
				t.Errorf("%q has an underscore", name)
			}
		}
	}
}

// TestCreatedCommands checks that td creates only the commands that its arguments need.
func TestCreatedCommands(t *testing.T) {
	for args, want := range map[string]string{
		"":                          "",
		"--version":                 "",
		"query -w -d web SQL":       "query",
		"-k 1/a -v query -- SQL":    "query",
		"-e sandbox databases":      "db:list",
		"table:list --format=csv":   "table:list",
		"wf start p w --session 1":  "workflow workflow:start",
		"user apikey list me":       "user:apikey:list user:show",
		"job list":                  "job:list job:show",
		"job":                       "help job:show",
		"export":                    "help",
		"help query":                "help",
		"completion bash":           "completion",
		"query --nope SQL --format": "query",
		"nope":                      "",
	} {
		tree := NewTree(testEnv())
		_, _ = argv.Normalize(tree, strings.Fields(args)) // an error needs no further command
		var names []string
		for _, c := range tree.Root.Commands() {
			names = append(names, c.Name())
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%q: %q, want %q", args, got, want)
		}
	}
}

// exampleCommands returns the names of the commands that an example runs.
func exampleCommands(t *testing.T, example string) (names []string) {
	t.Helper()
	for line := range strings.Lines(example) {
		commands, err := shellCommands(line)
		if err != nil {
			t.Errorf("%q: %v", line, err)
		}
		for _, words := range commands {
			if i := slices.Index(words, "td"); i >= 0 {
				if c, err := parse(words[i+1:]); err == nil { // TestExamples reports errors
					names = append(names, c.Name())
				}
			}
		}
	}
	return names
}

// TestKinds checks that every argument and every flag value has a completion kind.
func TestKinds(t *testing.T) {
	tree := NewTree(testEnv())
	check := func(c *cobra.Command, f *pflag.Flag) {
		if f.Value.Type() != "bool" && !f.Hidden && complete.FlagKind(f) == "" {
			t.Errorf("%s: no kind for --%s: add complete.Flags next to the flag; complete.Any offers nothing", c.Name(), f.Name)
		}
	}
	tree.Root.Flags().VisitAll(func(f *pflag.Flag) { check(tree.Root, f) })
	for _, c := range tree.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) { check(c, f) })
		kinds := complete.ArgumentKinds(c)
		repeats := len(kinds) > 0 && kinds[len(kinds)-1] == complete.Repeat
		takes := 0
		for n := 1; n <= 9; n++ {
			if c.Args(c, slices.Repeat([]string{"1"}, n)) == nil {
				takes = n
			}
		}
		switch {
		case takes == 9 != repeats:
			t.Errorf("%s: complete.Args must end with complete.Repeat if and only if the last argument may be repeated", c.Name())
		case !repeats && takes != len(kinds):
			t.Errorf("%s: complete.Args has %d kinds, the command takes %d arguments; complete.Any offers nothing", c.Name(), len(kinds), takes)
		}
	}
}

// TestHelpWidth checks that the help of commands is at most 80 columns wide on such a
// terminal, and has the same words as in a pipe.
func TestHelpWidth(t *testing.T) {
	const columns = 80
	tree := NewTree(testEnv())
	for _, c := range tree.Commands() {
		var narrow, wide bytes.Buffer
		help.Write(&narrow, tree, c, columns)
		help.Write(&wide, tree, c, 0)
		narrowText, _, _ := strings.Cut(narrow.String(), "\nExamples:") // not wrapped, for copying
		wideText, _, _ := strings.Cut(wide.String(), "\nExamples:")
		if diff := cmp.Diff(strings.Fields(wideText), strings.Fields(narrowText)); diff != "" {
			t.Errorf("%s: %s", c.Name(), diff)
		}
		for line := range strings.SplitSeq(narrowText, "\n") {
			if text.Width(line) > columns {
				t.Errorf("%s: wider than %d columns: %q", c.Name(), columns, line)
			}
		}
	}
}

// TestCompletions compares the scripts in completions/ with those of td completion. With
// -update it writes them.
func TestCompletions(t *testing.T) {
	update := flag.Lookup("update").Value.String() == "true"
	for shell, file := range map[string]string{"bash": "td.bash", "zsh": "_td", "fish": "td.fish", "powershell": "td.ps1"} {
		path := filepath.Join("..", "completions", file)
		got, err := completion.Script(NewTree(testEnv()).Root, shell)
		if err != nil {
			t.Fatal(err)
		}
		if update {
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
			t.Errorf("%s is out of date, run 'make completions':\n%s", file, diff)
		}
	}
}
