package registry

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
)

func TestFunctionTables(t *testing.T) {
	for name, table := range map[string]string{"trino": trinoFunctions, "hive": hiveFunctions, "td": tdFunctions} {
		var names []string
		for line := range strings.Lines(table) {
			s := parseSignature(strings.TrimSuffix(line, "\n"))
			names = append(names, s.Name)
			if s.Result.IsUnknown() && s.Result.Name != "" || s.Name == "" || !strings.Contains(line, ")") {
				t.Errorf("%s: %q cannot be read", name, line)
			}
			found, ok := Lookup(s.Name, name == "hive")
			if !ok || !slices.ContainsFunc(found, func(f Signature) bool { return f.String() == s.String() }) {
				t.Errorf("%s: %q is not found", name, line)
			}
		}
		if !slices.IsSorted(names) {
			t.Errorf("%s is not sorted", name)
		}
	}
	if _, ok := Lookup("nosuch", false); ok {
		t.Error("nosuch is found")
	}
}

// Every function that a template calls is one that the engine has.
func TestTemplates(t *testing.T) {
	known := functions.Names()
	name := regexp.MustCompile(`\b[fh]_[a-z0-9_]+\b`)
	for _, table := range []string{trinoFunctions, hiveFunctions, tdFunctions} {
		for line := range strings.Lines(table) {
			s := parseSignature(strings.TrimSuffix(line, "\n"))
			if s.Special || s.Unsupported {
				continue
			}
			for _, used := range name.FindAllString(s.Template, -1) {
				if !slices.Contains(known, used) {
					t.Errorf("%s: the engine has no %s", s, used)
				}
			}
		}
	}
}
