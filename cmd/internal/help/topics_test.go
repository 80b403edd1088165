package help_test

import (
	"bytes"
	"context"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd"
	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/help"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// newTree returns td's commands with an environment that reads and prints nothing.
func newTree() *argv.Tree {
	c := &console.Console{In: strings.NewReader(""), Out: io.Discard, Err: io.Discard}
	return cmd.NewTree(cli.NewEnv(context.Background(), c, func(string) string { return "" }, "test"))
}

// TestFirstScreen checks that the help of td leaves a line of an 80x24 terminal for the
// prompt, however many commands there are, and that it lists all nouns. Verbs may only be
// missing where "…" shows it.
func TestFirstScreen(t *testing.T) {
	for added := range 12 {
		tree := newTree()
		for i := range added * added {
			noun := tree.Root.Groups()[i%len(tree.Root.Groups())].ID
			tree.Declare(argv.Command{
				Name: fmt.Sprintf("%s:another%d", noun, i),
				New:  func(*cli.Env) *cobra.Command { return &cobra.Command{Use: fmt.Sprintf("%s:another%d", noun, i)} },
			})
		}
		var buf bytes.Buffer
		help.Write(&buf, tree, tree.Root, 0)
		screen := strings.TrimSuffix(buf.String(), "\n")
		if n := strings.Count(screen, "\n") + 1; n > 23 {
			t.Errorf("%d more commands: %d lines:\n%s", added*added, n, screen)
		}
		checkWidth(t, screen)
		summaries := nounSummaries(tree, screen)
		for _, c := range tree.Commands() {
			noun, verb, isVerb := strings.Cut(c.Name(), ":")
			if c.Hidden || noun == "bulk_import" || !tree.Root.ContainsGroup(noun) {
				continue
			}
			summary, ok := summaries[noun]
			if !ok {
				t.Errorf("%d more commands: no %s in:\n%s", added*added, noun, screen)
			}
			if isVerb && added == 0 && !strings.Contains(screen, strings.Split(verb, ":")[0]) && !strings.Contains(summary, "…") {
				t.Errorf("no %s in:\n%s", c.Name(), screen)
			}
		}
	}
}

// nounSummaries returns the text of each noun on the first screen. A line has one noun or two; a long text continues on
// the next lines.
func nounSummaries(tree *argv.Tree, screen string) map[string]string {
	const secondColumn = 41
	startsWithNoun := func(cell string) (noun string) {
		for _, g := range tree.Root.Groups() {
			if strings.HasPrefix(cell, g.ID+" ") {
				noun = g.ID
			}
		}
		return noun
	}
	summaries := map[string]string{}
	var left string // the noun above
	for line := range strings.Lines(screen) {
		line = strings.TrimRight(line, "\n")
		for i := range line {
			if right := startsWithNoun(line[i:]); right != "" && text.Width(line[:i]) == secondColumn {
				summaries[right] = line[i:]
				line = line[:i]
				break
			}
		}
		if noun := startsWithNoun(line); noun != "" {
			left = noun
		}
		if left != "" {
			summaries[left] += line
		}
	}
	return summaries
}

func checkWidth(t *testing.T, page string) {
	t.Helper()
	for line := range strings.Lines(page) {
		if line = strings.TrimSuffix(line, "\n"); text.Width(line) > 80 {
			t.Errorf("wider than 80 columns: %q", line)
		}
	}
}

func TestTopics(t *testing.T) {
	tree := newTree()
	files, err := filepath.Glob("topics/*.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if name := strings.TrimSuffix(filepath.Base(path), ".md"); !slices.Contains(help.Topics(), name) {
			t.Errorf("%s is missing in Topics", path)
		}
	}
	screen := readHelp(t)
	for _, name := range help.Topics() {
		text := readHelp(t, name)
		checkWidth(t, text)
		if strings.ContainsAny(text, "\t`\\") && !slices.Contains([]string{"formats", "recipes", "scripting", "sqlfiles"}, name) {
			t.Errorf("%s has a tab or Markdown:\n%s", name, text)
		}
		if !strings.Contains(screen, name) {
			t.Errorf("td help does not mention the topic %s", name)
		}
		if tree.Root.ContainsGroup(name) {
			t.Errorf("%s is both a topic and a noun", name)
		}
		if tree.Find(name) != nil && !strings.Contains(text, "'td "+name+" -h'") {
			t.Errorf("the topic %s does not mention how to see the help of the command %[1]s", name)
		}
	}
}

// readHelp returns the output of td help.
func readHelp(t *testing.T, args ...string) string {
	t.Helper()
	var out, messages bytes.Buffer
	c := &console.Console{In: strings.NewReader(""), Out: &out, Err: &messages}
	status := cmd.Run(t.Context(), c, func(string) string { return "" }, append([]string{"help"}, args...))
	if status != 0 || messages.Len() > 0 || out.Len() == 0 {
		t.Fatalf("td help %q: status %d, stderr %q", args, status, &messages)
	}
	return out.String()
}

// terms returns the defined terms of a topic.
func terms(t *testing.T, name string) []string {
	t.Helper()
	var terms []string
	for block := range strings.SplitSeq(help.Topic(newTree().Root, name), "\n\n") {
		if term, _, ok := strings.Cut(block, "\n: "); ok {
			terms = append(terms, strings.Split(term, ", ")...)
		}
	}
	return terms
}

// sources parses the program's Go files below a directory, without test helpers. It skips
// the sandbox: SQL functions have names like variables.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	var files []*ast.File
	err := filepath.WalkDir(filepath.Join("..", "..", "..", dir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && (d.Name() == "scripttest" || d.Name() == "conformance" || strings.HasSuffix(filepath.ToSlash(path), "internal/sandbox")) {
			return fs.SkipDir
		}
		if err != nil || d.IsDir() || filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return err
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		files = append(files, f)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// TestExitStatusTopic checks that the topic lists the declared exit statuses.
func TestExitStatusTopic(t *testing.T) {
	declared := map[string]bool{}
	name := regexp.MustCompile(`^[eE]xit[A-Z]`)
	for _, file := range append(sources(t, "cmd"), sources(t, "internal/cli")...) {
		ast.Inspect(file, func(n ast.Node) bool {
			spec, ok := n.(*ast.ValueSpec)
			if !ok || !name.MatchString(spec.Names[0].Name) || len(spec.Values) != 1 {
				return true
			}
			if value, ok := spec.Values[0].(*ast.BasicLit); ok && value.Kind == token.INT {
				declared[value.Value] = true
			}
			return true
		})
	}
	want := slices.SortedFunc(maps.Keys(declared), func(a, b string) int { return number(t, a) - number(t, b) })
	if len(want) < 13 {
		t.Fatalf("only %v were found", want)
	}
	if diff := cmp.Diff(want, terms(t, "exit-status")); diff != "" {
		t.Errorf("constants and topic differ:\n%s", diff)
	}
}

func number(t *testing.T, text string) int {
	t.Helper()
	n, err := strconv.Atoi(text)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func TestFormatsTopic(t *testing.T) {
	var want []string
	for _, f := range jobresult.Formats() {
		want = append(want, string(f))
	}
	if diff := cmp.Diff(want, terms(t, "formats")); diff != "" {
		t.Errorf("formats and topic differ:\n%s", diff)
	}
}

// TestEnvironmentTopic checks that the topic lists the variables that the code reads:
// arguments of functions called getenv, and strings that look like td's variables.
func TestEnvironmentTopic(t *testing.T) {
	var read []string
	ours := regexp.MustCompile(`^(TD|TREASURE_DATA)_[A-Z_]+$`)
	note := func(e ast.Expr, sure bool) {
		lit, ok := e.(*ast.BasicLit)
		if !ok || lit.Kind != token.STRING {
			return
		}
		if name, err := strconv.Unquote(lit.Value); err == nil && (sure || ours.MatchString(name)) {
			read = append(read, name)
		}
	}
	for _, file := range slices.Concat(sources(t, "cmd"), sources(t, "internal"), sources(t, "pkg")) {
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if callsGetenv(n) && len(n.Args) > 0 {
					note(n.Args[0], true)
				}
			case *ast.BasicLit:
				note(n, false)
			}
			return true
		})
	}
	library := []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZ"} // read by the standard library
	got := terms(t, "environment")
	for _, name := range read {
		if !slices.Contains(got, name) {
			t.Errorf("%s is read, but 'td help environment' does not list it", name)
		}
	}
	for _, name := range got {
		if !slices.Contains(read, name) && !slices.Contains(library, name) {
			t.Errorf("'td help environment' lists %s, which is not read", name)
		}
	}
}

func callsGetenv(call *ast.CallExpr) bool {
	switch f := call.Fun.(type) {
	case *ast.Ident:
		return strings.EqualFold(f.Name, "getenv") || strings.EqualFold(f.Name, "lookupenv")
	case *ast.SelectorExpr:
		return strings.EqualFold(f.Sel.Name, "getenv") || strings.EqualFold(f.Sel.Name, "lookupenv")
	}
	return false
}
