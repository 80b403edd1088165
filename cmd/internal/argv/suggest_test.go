package argv

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

func TestEditDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{
		{"", "", 0},
		{"", "abc", 3},
		{"abc", "", 3},
		{"job", "job", 0},
		{"jbo", "job", 1},
		{"ca", "abc", 3},
		{"jobs", "job", 1},
		{"kitten", "sitting", 3},
		{"db:lits", "db:list", 1},
		{"staus", "status", 1},
	} {
		if got := editDistance(tt.a, tt.b); got != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if back := editDistance(tt.b, tt.a); back != tt.want {
			t.Errorf("editDistance(%q, %q) = %d, want %d", tt.b, tt.a, back, tt.want)
		}
	}
}

func TestFindSimilar(t *testing.T) {
	words := []string{"table:show", "db:list", "db:show", "result:show", "Status"}
	for _, tt := range []struct {
		word string
		want []string
	}{
		{"db:lits", []string{"db:list"}},
		{"DB:LIST", []string{"db:list"}},
		{"status", []string{"Status"}},
		{"db:", []string{"db:list", "db:show"}},
		{"xb:list", []string{"db:list"}},
		{"nonsense", nil},
		{"d", nil}, // too short
		{"sta", []string{"Status"}},
		{"tbale:shwo", []string{"table:show"}},
		{"tbael:shwo", nil},
	} {
		if diff := cmp.Diff(tt.want, findSimilar(tt.word, words)); diff != "" {
			t.Errorf("%s: %s", tt.word, diff)
		}
	}
}

func TestSuggest(t *testing.T) {
	err := errors.New("unknown word")
	for _, tt := range []struct{ word, want string }{
		{"show-job", "the command is now called job:show"},
		{"server-status", "the command is now called server:status"},
		{"lists", "did you mean list?"},
		{"lit", "try help"}, // too short
		{"laist", "did you mean last or list?"},
		{"nonsense", "try help"},
	} {
		got := Suggest(err, tt.word, []string{"list", "last"}, "try help")
		if !errors.Is(got, err) || cli.Hint(got) != tt.want {
			t.Errorf("%s: %v, hint %q, want %q", tt.word, got, cli.Hint(got), tt.want)
		}
	}
}

func TestUnknownCommand(t *testing.T) {
	tree := NewTree(&cobra.Command{Use: "td"}, func(c Command) *cobra.Command {
		return &cobra.Command{Use: c.Name, Aliases: c.Aliases, Hidden: c.Name == "db:secret"}
	})
	tree.Declare(Command{Name: "db:list", Aliases: []string{"databases"}}, Command{Name: "db:secret"})
	for _, tt := range []struct{ name, want string }{
		{"db:lst", "did you mean db:list?"},
		{"database", "did you mean databases?"},
		{"db:secre", "'td help db' lists the commands"},
		{"db", "'td help db' lists the commands"},
		{"show-jobs", "the command is now called job:list"},
	} {
		err := UnknownCommand(tree, tt.name)
		if got := cli.Hint(err); got != tt.want {
			t.Errorf("%s: hint %q, want %q", tt.name, got, tt.want)
		}
		if want := `unknown command "` + tt.name + `"`; err.Error() != want {
			t.Errorf("%s: %q, want %q", tt.name, err, want)
		}
	}
}
