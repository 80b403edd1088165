package cmd

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// didYouMean adds to err the words that are similar to the one that is wrong, or else another hint.
func didYouMean(err error, word string, words []string, otherwise string) error {
	if meant := similar(word, words); len(meant) > 0 {
		return cli.WithHint(err, "did you mean %s?", strings.Join(meant, " or "))
	}
	return cli.WithHint(err, "%s", otherwise)
}

// similar are the words that another one may stand for, by cobra's measure of it.
func similar(word string, words []string) []string {
	const letters = 2 // that are wrong
	all := &cobra.Command{SuggestionsMinimumDistance: letters}
	for _, w := range words {
		all.AddCommand(&cobra.Command{Use: w, Run: func(*cobra.Command, []string) {}})
	}
	return all.SuggestionsFor(word)
}

// commandWords are the names of the visible commands, or their aliases.
func commandWords(root *cobra.Command, aliases bool) (words []string) {
	for _, c := range root.Commands() {
		switch {
		case c.Hidden:
		case aliases:
			words = append(words, c.Aliases...)
		default:
			words = append(words, c.Name())
		}
	}
	return words
}
