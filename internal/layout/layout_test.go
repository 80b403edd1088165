// Package layout checks limits of the repository's structure: packages and types must stay
// small enough to read, and exceptions to the linter and dependencies must stay few.
package layout

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

const root = "../.."

// Limits. The guides in .github/CONTRIBUTING.md are lower.
const (
	maxFiles   = 32 // non-test files of a package
	maxMethods = 60 // methods of a type
	maxNolint  = 22 // comments that disable a linter
	maxDirect  = 20 // direct dependencies
)

// A source is a Go file of the module.
type source struct {
	path string // below the root, with slashes
	file *ast.File
	text string
}

func readSources(t *testing.T) []source {
	t.Helper()
	var sources []source
	fset := token.NewFileSet()
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name := d.Name(); path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "dist") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(path, ".go") {
			return nil
		}
		text, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		file, err := parser.ParseFile(fset, path, text, parser.ParseComments)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		sources = append(sources, source{filepath.ToSlash(rel), file, string(text)})
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sources) < 100 {
		t.Fatalf("found only %d Go files", len(sources))
	}
	return sources
}

func isTest(path string) bool { return strings.HasSuffix(path, "_test.go") }

func directory(path string) string {
	if i := strings.LastIndexByte(path, '/'); i >= 0 {
		return path[:i]
	}
	return "."
}

// Files of one package must fit in a reader's head. The library of SQL functions is a long
// list of independent functions.
func TestPackageSize(t *testing.T) {
	files := map[string]int{}
	for _, s := range readSources(t) {
		if !isTest(s.path) {
			files[directory(s.path)]++
		}
	}
	for dir, n := range files {
		if n > maxFiles && dir != "internal/sandbox/sql/functions" {
			t.Errorf("%s has %d files; at most %d are allowed: find the missing concept and give it a package", dir, n, maxFiles)
		}
	}
}

// A type with many methods has more than one responsibility. The REST client has a method
// for each call of the API.
func TestMethodCount(t *testing.T) {
	methods := map[string]int{}
	for _, s := range readSources(t) {
		if isTest(s.path) {
			continue
		}
		for _, d := range s.file.Decls {
			if f, ok := d.(*ast.FuncDecl); ok && f.Recv != nil {
				methods[directory(s.path)+"."+receiver(f.Recv.List[0].Type)]++
			}
		}
	}
	for name, n := range methods {
		if n > maxMethods && name != "internal/api.Client" {
			t.Errorf("%s has %d methods; at most %d are allowed: split its concerns", name, n, maxMethods)
		}
	}
}

// receiver returns the type name of a receiver such as T, *T or *T[P].
func receiver(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.StarExpr:
		return receiver(e.X)
	case *ast.IndexExpr:
		return receiver(e.X)
	case *ast.IndexListExpr:
		return receiver(e.X)
	case *ast.Ident:
		return e.Name
	}
	return ""
}

func TestNolintCount(t *testing.T) {
	directive := regexp.MustCompile(`//nolint\b`)
	n := 0
	for _, s := range readSources(t) {
		if s.path != "internal/layout/layout_test.go" {
			n += len(directive.FindAllString(s.text, -1))
		}
	}
	if n > maxNolint {
		t.Errorf("%d nolint comments; at most %d are allowed: change the code instead", n, maxNolint)
	}
}

// The map of the code must be complete: it names every package and every direct dependency.
func TestContributingIsComplete(t *testing.T) {
	text, err := os.ReadFile(filepath.Join(root, ".github", "CONTRIBUTING.md"))
	if err != nil {
		t.Fatal(err)
	}
	guide := string(text)
	named := map[string]bool{}
	for _, s := range readSources(t) {
		dir := directory(s.path)
		if dir == "." || named[dir] {
			continue
		}
		named[dir] = true
		if strings.HasPrefix(dir, "cmd/") && !strings.HasPrefix(dir, "cmd/internal/") {
			continue // a noun: described by the row of cmd/NOUN
		}
		if !strings.Contains(guide, "`"+dir+"`") {
			t.Errorf("CONTRIBUTING.md does not describe the package `%s`", dir)
		}
	}
	direct := directDependencies(t)
	for _, module := range direct {
		if !strings.Contains(guide, "`"+module+"`") {
			t.Errorf("CONTRIBUTING.md does not justify the dependency `%s`", module)
		}
	}
	if len(direct) > maxDirect {
		t.Errorf("%d direct dependencies; at most %d are allowed", len(direct), maxDirect)
	}
}

func directDependencies(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "go.mod"))
	if err != nil {
		t.Fatal(err)
	}
	var direct []string
	for line := range strings.Lines(string(text)) {
		fields := strings.Fields(line)
		if len(fields) >= 2 && strings.HasPrefix(line, "\t") && !strings.Contains(line, "// indirect") {
			direct = append(direct, fields[0])
		}
	}
	if len(direct) == 0 {
		t.Fatal("go.mod has no direct dependencies")
	}
	return direct
}
