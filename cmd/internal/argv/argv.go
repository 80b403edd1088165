// Package argv translates command lines in the Ruby toolbelt's spellings to ones that
// pflag parses, and words the errors in what a user typed.
package argv

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

// Normalize rewrites the arguments of td for cobra:
//
//   - Global flags precede the command; their letters are global only there.
//   - Long flags may be abbreviated and written with underscores: --data NAME, --num_threads.
//     An abbreviation must match a single flag of the Ruby toolbelt.
//   - An optional value must be attached (-w60, --wait=60). After a flag of
//     [MakeValueOptional] it may also follow: --slow 60.
//   - Letters may be combined: -wc is -w -c.
//   - A noun alone requests its help.
//   - "job kill 1" is job:kill 1, unless job is a command that accepts the arguments.
//     "workflow start" and "wf start" are always workflow:start.
//   - "--" ends the global flags, too.
//   - An empty value is an error, except for flags of [AllowEmpty].
//
// Errors name flags and never their values, which may be secrets.
func Normalize(tree *Tree, args []string) ([]string, error) {
	tree.Root.InitDefaultHelpFlag()
	globals, rest, err := expand(args, tree.Root.Flags(), "", true)
	if err == nil {
		err = checkEmpty(globals, tree.Root.Flags())
	}
	if err != nil || len(rest) == 0 {
		return globals, err
	}
	if containsFlag(globals, "--version") {
		return []string{"--version"}, nil
	}
	if isFlag(rest[0]) { // after a "--"
		return nil, fmt.Errorf("unknown command %q", rest[0])
	}
	if len(rest) == 1 && tree.isNoun(rest[0]) {
		rest = []string{"help", rest[0]}
	}
	if rest[0] == "help" && len(rest) > 2 {
		if command, used := findSpaced(tree, rest[1:]); command != nil && used == len(rest)-1 {
			rest = []string{"help", command.Name()}
		}
	}
	if command, used := findSpaced(tree, rest); command != nil && !accepts(tree.Find(rest[0]), rest[1:]) {
		rest = append([]string{command.Name()}, rest[used:]...)
	}
	own, err := normalizeCommand(tree, rest)
	return append(globals, own...), err
}

// normalizeCommand rewrites the arguments after the global flags.
func normalizeCommand(tree *Tree, args []string) ([]string, error) {
	command := tree.Find(args[0])
	if command == nil {
		return args, nil // the root command reports it
	}
	command.InitDefaultHelpFlag()
	if command.Flags().Lookup("version") == nil && containsFlag(args[1:], "--version") {
		return []string{"--version"}, nil
	}
	if len(args) == 2 && args[1] == "-h" {
		return []string{args[0], "--help"}, nil // even if -h is a flag with a value
	}
	own, _, err := expand(args[1:], command.Flags(), command.Name(), false)
	if err == nil {
		err = checkEmpty(own, command.Flags())
	} else if IsRunner(command) && !slices.Contains(args, "--") {
		err = cli.WithHint(err, "usage: td %s", command.Use)
	}
	return append([]string{args[0]}, own...), err
}

// Resolve returns the command that arguments of td name, and the arguments as Normalize returns them. It does not run the
// command or change the values of flags. It returns an error if there is no such command, or for invalid flags.
func Resolve(tree *Tree, args []string) (c *cobra.Command, normalized []string, err error) {
	if normalized, err = Normalize(tree, args); err != nil {
		return nil, nil, cli.UsageError{Err: err}
	}
	_, rest, err := expand(normalized, tree.Root.Flags(), "", true)
	switch {
	case err != nil:
		return nil, nil, cli.UsageError{Err: err}
	case len(rest) == 0:
		return nil, nil, cli.Usagef("there is no command")
	}
	if c = tree.Find(rest[0]); c == nil {
		return nil, nil, UnknownCommand(tree, rest[0])
	}
	return c, normalized, nil
}

// SuggestSpaced adds a hint to err, the error for an object that does not exist, if the
// arguments may be a command with spaces: "table list" is table:show for the database
// list, but may be meant as table:list.
func SuggestSpaced(tree *Tree, args []string, err error) error {
	_, rest, expandErr := expand(args, tree.Root.Flags(), "", true)
	if expandErr != nil || len(rest) == 0 {
		return err
	}
	if command, _ := findSpaced(tree, rest); command != nil && accepts(tree.Find(rest[0]), rest[1:]) {
		return cli.WithHint(err, "did you mean 'td %s'?", command.Name())
	}
	return err
}

// findSpaced returns the command whose name is made of the first words of args, and their
// number: "user apikey list" is user:apikey:list. It returns nil if there is none.
func findSpaced(tree *Tree, args []string) (command *cobra.Command, words int) {
	name := args[0]
	if name == "wf" {
		name = "workflow"
	}
	for i, word := range args[1:] {
		name += ":" + word
		if c := tree.Find(name); c != nil {
			command, words = c, i+2
		} else if !tree.HasVerbs(name) {
			break
		}
	}
	return command, words
}

// accepts reports whether a command can run with args.
func accepts(c *cobra.Command, args []string) bool {
	if c == nil || c.Name() == "workflow" {
		return false
	}
	c.InitDefaultHelpFlag()
	long, _, err := expand(args, c.Flags(), c.Name(), false)
	if err != nil {
		return false
	}
	_, positional := separate(long, c.Flags())
	return c.Args(c, positional) == nil
}

// runsCommandKey is the annotation of a command that [RunsCommand] marks.
const runsCommandKey = "td-runs-command"

// RunsCommand marks a command whose arguments after "--" are another command of td.
func RunsCommand(c *cobra.Command) {
	if c.Annotations == nil {
		c.Annotations = map[string]string{}
	}
	c.Annotations[runsCommandKey] = "true"
}

// IsRunner reports whether RunsCommand has marked a command.
func IsRunner(c *cobra.Command) bool { return c.Annotations[runsCommandKey] != "" }

// checkEmpty returns an error if an expanded flag has an empty value that is not allowed.
func checkEmpty(long []string, fs *pflag.FlagSet) error {
	flags, _ := separate(long, fs)
	for _, f := range flags {
		if f.Attached && f.Value == "" && !AllowsEmpty(f.Flag) {
			return fmt.Errorf("%s must not be empty", formatFlag(f.Flag))
		}
	}
	return nil
}

// containsFlag reports whether a flag is among the arguments before a "--".
func containsFlag(args []string, flag string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	return slices.Contains(args, flag)
}
