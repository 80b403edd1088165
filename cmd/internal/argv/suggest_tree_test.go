package argv_test

import (
	"strings"
	"testing"
)

// TestUnknownCommands checks the suggestions for words that users typed.
func TestUnknownCommands(t *testing.T) {
	for _, tt := range []struct{ word, hint string }{
		{"foo", "'td help' lists the commands"},
		{"sqrt", "'td help' lists the commands"},
		{"hell", "did you mean shell?"},
		{"j", "'td help' lists the commands"},
		{"version", "did you mean 'td --version'?"},
		{"tab", "did you mean table?"},
		{"tabel", "did you mean table?"},
		{"qurey", "did you mean query?"},
		{"dblist", "did you mean db:list?"},
		{"db:lst", "did you mean db:list?"},
		{"db:nonsense", "'td help db' lists the commands"},
		{"table:", "'td help table' lists the commands"},
		{"database:lst", "did you mean database:list?"},
		{"show-jobs", "the command is now called job:list"},
	} {
		status, stdout, stderr := run(tt.word)
		want := "td: unknown command \"" + tt.word + "\"\nhint: " + tt.hint + "\n"
		if status != 2 || stdout != "" || stderr != want {
			t.Errorf("%s: status %d, stdout %q, stderr %q, want %q", tt.word, status, stdout, stderr, want)
		}
	}
}

// TestSuggestSpaced checks that an object which does not exist leads to a hint if it may be
// a verb.
func TestSuggestSpaced(t *testing.T) {
	const hint = "hint: did you mean 'td -e http://127.0.0.1:1 job:list'?\n"
	for args, want := range map[string]bool{
		"job list":          true,
		"-v job list":       true,
		"job nope":          false,
		"job:show list":     false,
		"job:show nonsense": false,
	} {
		status, _, stderr := run(strings.Fields("-k 1/test -e http://127.0.0.1:1 " + args)...)
		if got := strings.HasSuffix(stderr, hint); status != 2 || got != want {
			t.Errorf("%s: status %d, stderr %q, hint: %t", args, status, stderr, want)
		}
	}
}
