package argv

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// A Command declares a command, which New creates. Only the declaration has the aliases.
type Command struct {
	Name    string
	Aliases []string
	New     func(*cli.Env) *cobra.Command

	// ReadOnly declares that the command changes nothing on the server and no state of td. It may write files that
	// its arguments name. All other commands have the flag --dry-run.
	ReadOnly bool
}

// A Tree is the commands of td. It creates a command when it is first used, because most
// runs use one of them.
type Tree struct {
	Root     *cobra.Command // has the commands that were created
	commands []treeCommand  // sorted by name
	create   func(Command) *cobra.Command
}

type treeCommand struct {
	Command
	created *cobra.Command // nil before its first use
}

// NewTree returns a tree without commands. The function create returns a declared command
// with everything that it shares with the others.
func NewTree(root *cobra.Command, create func(Command) *cobra.Command) *Tree {
	return &Tree{Root: root, create: create}
}

// Declare adds commands to the tree.
func (t *Tree) Declare(commands ...Command) {
	for _, c := range commands {
		t.commands = append(t.commands, treeCommand{Command: c})
	}
	slices.SortStableFunc(t.commands, func(a, b treeCommand) int { return strings.Compare(a.Name, b.Name) })
}

// Commands returns all commands, sorted by name.
func (t *Tree) Commands() []*cobra.Command {
	all := make([]*cobra.Command, len(t.commands))
	for i := range t.commands {
		all[i] = t.use(&t.commands[i])
	}
	return all
}

// Find returns the command with a name or an alias, or nil.
func (t *Tree) Find(name string) *cobra.Command {
	i := slices.IndexFunc(t.commands, func(c treeCommand) bool { return c.Name == name || slices.Contains(c.Aliases, name) })
	if i < 0 {
		return nil
	}
	return t.use(&t.commands[i])
}

// use creates a command unless it exists already.
func (t *Tree) use(c *treeCommand) *cobra.Command {
	if c.created == nil {
		c.created = t.create(c.Command)
		t.Root.AddCommand(c.created)
	}
	return c.created
}

// HasVerbs reports whether there are commands noun:verb.
func (t *Tree) HasVerbs(noun string) bool {
	return slices.ContainsFunc(t.commands, func(c treeCommand) bool { return strings.HasPrefix(c.Name, noun+":") })
}

// isNoun reports whether a word alone requests the help of a noun: it has commands, and
// the word is not itself a command that runs without arguments.
func (t *Tree) isNoun(word string) bool {
	if !t.Root.ContainsGroup(word) || !t.HasVerbs(word) {
		return false
	}
	c := t.Find(word)
	return c == nil || c.Args(c, nil) != nil
}

// Nouns returns the nouns that are not also names of commands.
func (t *Tree) Nouns() (nouns []string) {
	names := t.Names()
	for _, g := range t.Root.Groups() {
		if t.HasVerbs(g.ID) && !slices.Contains(names, g.ID) {
			nouns = append(nouns, g.ID)
		}
	}
	return nouns
}

// Names returns the names of the visible commands.
func (t *Tree) Names() (names []string) {
	for _, c := range t.Commands() {
		if !c.Hidden {
			names = append(names, c.Name())
		}
	}
	return names
}

// aliases returns the aliases of the visible commands.
func (t *Tree) aliases() (names []string) {
	for _, c := range t.Commands() {
		if !c.Hidden {
			names = append(names, c.Aliases...)
		}
	}
	return names
}
