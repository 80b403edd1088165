package functions

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestEveryFunctionIsTested checks that each function has at least five calls in the test tables.
// Functions of a boolean have fewer inputs, volatile functions have separate tests, and
// f_try_cast_T calls f_cast_T.
func TestEveryFunctionIsTested(t *testing.T) {
	files, err := filepath.Glob("*_test.go")
	if err != nil {
		t.Fatal(err)
	}
	calls := map[string]int{}
	for _, file := range files {
		source, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`\{\s*"([fh]_[a-z0-9_]+)",`).FindAllSubmatch(source, -1) {
			calls[string(m[1])]++
		}
	}
	exempt := map[string]bool{
		"f_cast_json_boolean": true, "f_cast_varchar_boolean": true,
		"f_fail": true, "f_td_currency_conv": true, "f_td_ip_to_country_code": true, // always fail
	}
	r := New()
	for _, f := range r.Scalars() {
		if f.Max == 0 || f.Volatile || strings.HasPrefix(f.Name, "f_try_cast_") {
			continue
		}
		if calls[f.Name] < 5 && !exempt[f.Name] {
			t.Errorf("%s has %d test calls, want at least 5", f.Name, calls[f.Name])
		}
	}
	for _, f := range r.Aggregates() {
		if f.Name != "f_td_sessionize_window" && calls[f.Name] < 5 {
			t.Errorf("%s has %d test rows, want at least 5", f.Name, calls[f.Name])
		}
	}
}
