package cmd

import (
	"fmt"
	"slices"
	"testing"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
)

// TestEmptyValues runs td with each flag and an empty value. The status must be 2, before
// anything else happens, unless an empty value has a meaning.
func TestEmptyValues(t *testing.T) {
	allowed := map[string]bool{
		"bulk_import:delete_parts --prefix": true, // no prefix
		"bulk_import:upload_parts --prefix": true,
		"bulk_import:prepare_parts --null":  true, // the empty value
		"connector:update --schedule":       true, // no schedule
		"export:table --prefix":             true, // no prefix
		"import:auto --null":                true, // the empty value
		"import:prepare --null":             true,
		"import:upload --null":              true,
		"import:config --db-password":       true, // no password
		"job:result --null":                 true, // nothing for NULL
		"job:show --null":                   true,
		"query --null":                      true,
		"rerun --null":                      true,
		"sched:result --null":               true,
		"shell --null":                      true,
		"sched:update --result":             true, // no result URL
		"sched:update --schedule":           true, // never
	}
	tree := NewTree(testEnv())
	check := func(words []string, f *pflag.Flag) {
		flag := "--" + f.Name
		spellings := [][]string{{flag + "="}}
		switch {
		case f.Value.Type() == "bool":
			return
		case argv.RequiresValue(f) || argv.HasOptionalValue(f):
			spellings = append(spellings, []string{flag, ""})
		}
		if f.Shorthand != "" {
			spellings = append(spellings, []string{"-" + f.Shorthand + "="})
		}
		name := fmt.Sprint(append(words, flag))
		if len(words) > 0 {
			name = words[0] + " " + flag
		}
		for _, s := range spellings {
			args := slices.Concat(words, s)
			if allowed[name] {
				if _, err := argv.Normalize(NewTree(testEnv()), args); err != nil {
					t.Errorf("%q: %v", args, err)
				}
				continue
			}
			letter := ""
			if f.Shorthand != "" {
				letter = "-" + f.Shorthand + "/"
			}
			want := fmt.Sprintf("td: %s%s must not be empty\n", letter, flag)
			if status, stdout, stderr := runLine(args...); status != cli.ExitUsage || stdout != "" || stderr != want {
				t.Errorf("%q: status %d, stdout %q, stderr %q, want %q", args, status, stdout, stderr, want)
			}
		}
		delete(allowed, name)
	}
	tree.Root.Flags().VisitAll(func(f *pflag.Flag) { check(nil, f) })
	for i, c := range tree.Commands() {
		c.Flags().VisitAll(func(f *pflag.Flag) {
			if i == 0 || isOwnFlag(tree, f) { // the long global flags are the same everywhere
				check([]string{c.Name()}, f)
			}
		})
	}
	for name := range allowed {
		t.Errorf("no flag %s", name)
	}
}

func isOwnFlag(tree *argv.Tree, f *pflag.Flag) bool {
	return !f.Hidden || tree.Root.Flags().Lookup(f.Name) == nil
}
