package tables

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/httpapi"
)

func TestFormatSchema(t *testing.T) {
	schema := []engine.Column{{Name: "a", Type: "long"}, {Name: "B c", Type: "map<string,long>", Alias: "b_c"}}
	if got, want := formatSchema(schema, false), `[["a","long"],["B c","map<string,long>","b_c"]]`; got != want {
		t.Errorf("got %s; want %s", got, want)
	}
	if got, want := formatSchema(schema, true), `[["a","long",null,null],["B c","map<string,long>","b_c",null]]`; got != want {
		t.Errorf("with descriptions: got %s; want %s", got, want)
	}
	if got := formatSchema(nil, false); got != "[]" {
		t.Errorf("without columns: got %s; want []", got)
	}
}

func TestParseSchema(t *testing.T) {
	current := []engine.Column{{Name: "a", Type: "long", Alias: "x"}, {Name: "b", Type: "string"}}
	tests := []struct {
		name, text string
		want       []engine.Column
		err        string
		ignore     bool // duplicates
	}{
		{"no alias removes it", `[["a","double"]]`, []engine.Column{{Name: "a", Type: "double"}}, "", false},
		{"ignored duplicate", `[["c","long"],["c","string"]]`, []engine.Column{{Name: "c", Type: "long"}}, "", true},
		{"ignored duplicate with alias", `[["c","long","d"],["c","long","d"]]`, []engine.Column{{Name: "c", Type: "long", Alias: "d"}}, "", true},
		{"reserved name with ignore", `[["time","long"]]`, nil, "duplicate or reserved column name: time", true},
		{"empty", `[]`, []engine.Column{}, "", false},
		{"new columns", `[["c","long"],["d","string","e"]]`, []engine.Column{{Name: "c", Type: "long"}, {Name: "d", Type: "string", Alias: "e"}}, "", false},
		{"null keeps the alias", `[["a","double",null]]`, []engine.Column{{Name: "a", Type: "double", Alias: "x"}}, "", false},
		{"new alias", `[["a","long","y"]]`, []engine.Column{{Name: "a", Type: "long", Alias: "y"}}, "", false},
		{"description", `[["b","string",null,"text"]]`, []engine.Column{{Name: "b", Type: "string"}}, "", false},
		{"alias equals name", `[["c","long","c"]]`, []engine.Column{{Name: "c", Type: "long", Alias: "c"}}, "", false},
		{"not JSON", `a:long`, nil, "not an array of arrays", false},
		{"object", `{"a":"long"}`, nil, "not an array of arrays", false},
		{"number", `[["a",1]]`, nil, "not an array of arrays", false},
		{"no type", `[["a"]]`, nil, "not [name, type, alias]", false},
		{"five elements", `[["a","long","b","c","d"]]`, nil, "not [name, type, alias]", false},
		{"null type", `[["a",null]]`, nil, "not [name, type, alias]", false},
		{"empty name", `[["","long"]]`, nil, "column without a name", false},
		{"duplicate", `[["c","long"],["c","string"]]`, nil, "duplicate or reserved column name: c", false},
		{"time", `[["time","long"]]`, nil, "duplicate or reserved column name: time", false},
		{"v", `[["v","string"]]`, nil, "duplicate or reserved column name: v", false},
		{"alias of another column", `[["c","long"],["d","long","c"]]`, nil, "duplicate or reserved column name: d", false},
		{"name equals an alias", `[["c","long","d"],["d","long"]]`, nil, "duplicate or reserved column name: d", false},
		{"alias time", `[["c","long","time"]]`, nil, "duplicate or reserved column name: c", false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := parseSchema(test.text, current, test.ignore)
			if test.err != "" {
				if err == nil || !strings.Contains(err.Error(), test.err) || httpapi.AsError(err).Status != 422 {
					t.Errorf("error %v; want %q with status 422", err, test.err)
				}
				return
			}
			if diff := cmp.Diff(test.want, got); err != nil || diff != "" {
				t.Errorf("%v (-want +got):\n%s", err, diff)
			}
		})
	}
}

func TestCheckName(t *testing.T) {
	for name, want := range map[string]string{
		"abc":                    "",
		"a_1":                    "",
		strings.Repeat("x", 255): "",
		"ab":                     "got 2 characters. name = 'ab'",
		strings.Repeat("x", 256): "got 256 characters",
		"":                       "got 0 characters",
		"日本":                     "got 2 characters",
		"日本語":                    "lower-case",
		"Abc":                    "lower-case",
		"a b":                    "lower-case",
		"abc\n":                  "lower-case",
		"a-b":                    "lower-case",
		"a/b":                    "lower-case",
	} {
		err := CheckName(name)
		switch {
		case want == "" && err != nil:
			t.Errorf("%q: %v", name, err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want) || httpapi.AsError(err).Status != 400):
			t.Errorf("%q: %v; want %q with status 400", name, err, want)
		}
	}
}
