package text_test

import (
	"testing"

	"github.com/td-cli/td/internal/text"
)

func TestJoinOr(t *testing.T) {
	for want, words := range map[string][]string{
		"":           nil,
		"a":          {"a"},
		"a or b":     {"a", "b"},
		"a, b or c":  {"a", "b", "c"},
		"a, b, or c": {"a, b,", "c"},
	} {
		if got := text.JoinOr(words); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
