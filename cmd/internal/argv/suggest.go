package argv

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/cli"
)

// Limits of suggestions.
const (
	maxEditDistance = 2
	maxSuggestions  = 4
	minPrefix       = 2 // letters
)

// UnknownCommand returns the error for a command that does not exist. It suggests nouns and
// short names in preference to names with a colon, and these in preference to aliases.
func UnknownCommand(tree *Tree, name string) error {
	err := cli.Usagef("unknown command %q", name)
	if name == "version" {
		return cli.WithHint(err, "did you mean 'td --version'?")
	}
	if tree.HasVerbs(name) { // the noun exists, but not this command
		return cli.WithHint(err, "'td help %s' lists the commands", name)
	}
	short, long := tree.Nouns(), []string(nil)
	for _, n := range tree.Names() {
		if strings.Contains(n, ":") {
			long = append(long, n)
		} else {
			short = append(short, n)
		}
	}
	otherwise := "'td help' lists the commands"
	if noun, _, ok := strings.Cut(name, ":"); ok && tree.HasVerbs(noun) {
		otherwise = "'td help " + noun + "' lists the commands"
		short = nil
	}
	for _, words := range [][]string{short, long, tree.aliases()} {
		if len(findSimilar(name, words)) > 0 {
			return Suggest(err, name, words, otherwise)
		}
	}
	return Suggest(err, name, nil, otherwise)
}

// Suggest adds a hint to err, the error for an unknown word: its new name, the similar
// ones among words, or else another hint.
func Suggest(err error, word string, words []string, otherwise string) error {
	if name := renamedTo(word); name != "" {
		return cli.WithHint(err, "the command is now called %s", name)
	}
	if found := findSimilar(word, words); len(found) > 0 && len(found) <= maxSuggestions {
		return cli.WithHint(err, "did you mean %s?", strings.Join(found, " or "))
	}
	return cli.WithHint(err, "%s", otherwise)
}

// findSimilar returns the words that start with word or are probably meant by it: one
// letter may be wrong in five, and two in nine. Case is ignored.
func findSimilar(word string, words []string) (found []string) {
	word = strings.ToLower(word)
	for _, w := range words {
		lower := strings.ToLower(w)
		limit := min(maxEditDistance, (max(len(word), len(lower))-1)/4)
		isPrefix := len(word) >= minPrefix && strings.HasPrefix(lower, word)
		if difference := len(word) - len(lower); isPrefix || max(difference, -difference) <= limit && editDistance(word, lower) <= limit {
			found = append(found, w)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// editDistance returns the number of bytes to insert, delete or replace, or of neighbours to
// swap, in order to change a into b. It is the optimal string alignment distance:
// https://en.wikipedia.org/wiki/Damerau%E2%80%93Levenshtein_distance
func editDistance(a, b string) int {
	rows := make([][]int, len(a)+1) // rows[i][j] is the distance between a[:i] and b[:j]
	for i := range rows {
		rows[i] = make([]int, len(b)+1)
		rows[i][0] = i
	}
	for j := range rows[0] {
		rows[0][j] = j
	}
	for i := 1; i <= len(a); i++ {
		for j := 1; j <= len(b); j++ {
			replaced := rows[i-1][j-1]
			if a[i-1] != b[j-1] {
				replaced++
			}
			rows[i][j] = min(replaced, rows[i-1][j]+1, rows[i][j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				rows[i][j] = min(rows[i][j], rows[i-2][j-2]+1)
			}
		}
	}
	return rows[len(a)][len(b)]
}
