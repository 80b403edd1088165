package cmd

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// TestRootHelpFits holds that the help of td leaves a screen of 24 lines room for a prompt,
// and that every command is found in it.
func TestRootHelpFits(t *testing.T) {
	root := newRoot(testEnv())
	var buf bytes.Buffer
	rootHelp(&buf, root)
	text := strings.TrimSuffix(buf.String(), "\n")
	lines := strings.Split(text, "\n")
	if len(lines) > 23 {
		t.Errorf("it has %d lines, more than 23:\n%s", len(lines), text)
	}
	checkWidth(t, text)
	for _, c := range root.Commands() {
		noun, verb, _ := strings.Cut(c.Name(), ":")
		if c.Hidden || slices.ContainsFunc(groups(), func(g group) bool { return g.name == noun && g.of != "" }) {
			continue
		}
		for word := range strings.FieldsFuncSeq(noun+":"+verb, func(r rune) bool { return r == ':' }) {
			if !regexp.MustCompile(`(^|[^a-z_])` + word + `($|[^a-z_])`).MatchString(text) {
				t.Errorf("%s: no %q in it:\n%s", c.Name(), word, text)
			}
		}
	}
}

func checkWidth(t *testing.T, page string) {
	t.Helper()
	for line := range strings.Lines(page) {
		if line = strings.TrimSuffix(line, "\n"); text.Width(line) > screenWidth {
			t.Errorf("wider than %d columns: %q", screenWidth, line)
		}
	}
}

func TestAbbreviate(t *testing.T) {
	for _, tt := range []struct{ names, want string }{
		{"", ""},
		{"list show", "list show"},
		{"help help:all", "help[:all]"},
		{"a a:b a:c", "a[:b] a:c"},
		{"key:add key:list key:remove show", "key:add|list|remove show"},
		{"add key:add key:list", "add key:add|list"},
	} {
		if got := strings.Join(abbreviate(strings.Fields(tt.names)), " "); got != tt.want {
			t.Errorf("%q: got %q, want %q", tt.names, got, tt.want)
		}
	}
}

func TestTopics(t *testing.T) {
	root := newRoot(testEnv())
	files, err := fs.Glob(topicFiles, "topics/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range files {
		if name := strings.TrimSuffix(filepath.Base(path), ".txt"); !slices.Contains(topics(), name) {
			t.Errorf("%s is no topic of td help", path)
		}
	}
	var buf bytes.Buffer
	rootHelp(&buf, root)
	for _, name := range topics() {
		text := topic(root, name)
		if text == "" || !strings.HasSuffix(text, "\n") {
			t.Errorf("%s: no text, or no line end behind it", name)
		}
		checkWidth(t, text)
		if strings.Contains(text, "\t") {
			t.Errorf("%s: a tab", name)
		}
		if !strings.Contains(buf.String(), name) {
			t.Errorf("td help does not name the topic %s", name)
		}
		if root.ContainsGroup(name) {
			t.Errorf("%s is a topic and a group, too", name)
		}
		if find(root, name) != nil && !strings.Contains(text, "'td "+name+" -h'") {
			t.Errorf("%s is a topic and a command, too, and does not say how to see that one's help", name)
		}
	}
}

// terms are the words that the terms of a topic begin with.
func terms(t *testing.T, name string) []string {
	t.Helper()
	var terms []string
	for line := range strings.Lines(topic(newRoot(testEnv()), name)) {
		if rest, ok := strings.CutPrefix(line, "  "); ok && rest[0] != ' ' {
			terms = append(terms, strings.Fields(rest)[0])
		}
	}
	return terms
}

// sources parses the program's own Go files below a directory. It leaves the sandbox out,
// which reads no variable and has SQL functions that are called as our variables are.
func sources(t *testing.T, dir string) []*ast.File {
	t.Helper()
	var files []*ast.File
	err := filepath.WalkDir(filepath.Join("..", dir), func(path string, d fs.DirEntry, err error) error {
		if err == nil && d.IsDir() && path == filepath.Join("..", "internal", "sandbox") {
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

// TestExitStatusTopic holds the topic to the constants, wherever they are declared.
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
	for _, f := range grid.Formats() {
		if !slices.Contains(want, string(f)) {
			want = append(want, string(f))
		}
	}
	if diff := cmp.Diff(want, terms(t, "formats")); diff != "" {
		t.Errorf("formats and topic differ:\n%s", diff)
	}
}

// TestEnvironmentTopic holds the topic to the variables that the code reads: what is handed
// to a function called getenv, and what is called as our variables are.
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
	library := []string{"HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR", "TZ"} // read by Go's own packages
	got := terms(t, "environment")
	for _, name := range read {
		if !slices.Contains(got, name) {
			t.Errorf("%s is read, but 'td help environment' does not name it", name)
		}
	}
	for _, name := range got {
		if !slices.Contains(read, name) && !slices.Contains(library, name) {
			t.Errorf("'td help environment' names %s, which nothing reads", name)
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
