package sandbox_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// The feature matrix in README.md must list exactly the endpoints that exist.
func TestMatrix(t *testing.T) {
	routes := map[string]bool{}
	pattern := regexp.MustCompile(`Pattern: +"([A-Z]+) /v3/([^"]+)"`)
	err := filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		text, err := os.ReadFile(path)
		for _, m := range pattern.FindAllStringSubmatch(string(text), -1) {
			routes[m[1]+" "+strings.NewReplacer("{", ":", "}", "").Replace(m[2])] = true
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	// A type of job has a route of its own.
	delete(routes, "POST job/issue/bulkload/:db")

	text, err := os.ReadFile("README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, section, found := strings.Cut(string(text), "\n## Endpoints\n")
	if !found {
		t.Fatal("README.md has no section Endpoints")
	}
	section, _, _ = strings.Cut(section, "\n## ")
	endpoint := regexp.MustCompile("`((?:GET|POST|PUT|DELETE) [^`]+)`")
	for line := range strings.Lines(section) {
		if !strings.HasPrefix(line, "| `") {
			continue
		}
		cell, _, _ := strings.Cut(line[1:], "|")
		for _, m := range endpoint.FindAllStringSubmatch(cell, -1) {
			if !routes[m[1]] {
				t.Errorf("README.md lists %s, which does not exist", m[1])
			}
			delete(routes, m[1])
		}
	}
	for route := range routes {
		t.Errorf("README.md does not list %s", route)
	}
}
