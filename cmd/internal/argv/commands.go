package argv

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// Find returns the command with a name or an alias, or nil.
func Find(root *cobra.Command, name string) *cobra.Command {
	for _, c := range root.Commands() {
		if c.Name() == name || c.HasAlias(name) {
			return c
		}
	}
	return nil
}

// isNoun reports whether a word alone requests the help of a noun: it has commands, and
// the word is not itself a command that runs without arguments.
func isNoun(root *cobra.Command, word string) bool {
	c := Find(root, word)
	return root.ContainsGroup(word) && HasVerbs(root, word) && (c == nil || c.Args(c, nil) != nil)
}

// HasVerbs reports whether there are commands noun:verb.
func HasVerbs(root *cobra.Command, noun string) bool {
	return slices.ContainsFunc(root.Commands(), func(c *cobra.Command) bool {
		return strings.HasPrefix(c.Name(), noun+":")
	})
}

// Nouns returns the nouns that are not also names of commands.
func Nouns(root *cobra.Command) (nouns []string) {
	names := CommandNames(root)
	for _, g := range root.Groups() {
		if HasVerbs(root, g.ID) && !slices.Contains(names, g.ID) {
			nouns = append(nouns, g.ID)
		}
	}
	return nouns
}
