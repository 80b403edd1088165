package argv

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// maxEditDistance is how many letters of a word may be wrong for a suggestion.
const maxEditDistance = 2

// UnknownCommand returns the error for a command that does not exist.
func UnknownCommand(root *cobra.Command, name string) error {
	words := CommandNames(root)
	if len(findSimilar(name, words)) == 0 {
		words = commandAliases(root)
	}
	return Suggest(cli.Usagef("unknown command %q", name), name, words, "'td help' lists the commands")
}

// Suggest adds a hint to err, the error for an unknown word: its new name, the similar
// ones among words, or else another hint.
func Suggest(err error, word string, words []string, otherwise string) error {
	if name := renamedTo(word); name != "" {
		return cli.WithHint(err, "the command is now called %s", name)
	}
	if found := findSimilar(word, words); len(found) > 0 {
		return cli.WithHint(err, "did you mean %s?", strings.Join(found, " or "))
	}
	return cli.WithHint(err, "%s", otherwise)
}

// CommandNames returns the names of the visible commands.
func CommandNames(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

func commandAliases(root *cobra.Command) (names []string) {
	for _, c := range root.Commands() {
		if !c.Hidden {
			names = append(names, c.Aliases...)
		}
	}
	return names
}

// findSimilar returns the words that start with word or differ from it in at most
// maxEditDistance letters, regardless of case.
func findSimilar(word string, words []string) (found []string) {
	word = strings.ToLower(word)
	for _, w := range words {
		lower := strings.ToLower(w)
		if strings.HasPrefix(lower, word) || editDistance(word, lower) <= maxEditDistance {
			found = append(found, w)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// editDistance returns the Levenshtein distance of two words: the number of bytes to
// insert, delete or replace.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1) // distances of the prefixes of b from a[:i]
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, diagonal+1, row[j]+1)
		}
	}
	return row[len(b)]
}
