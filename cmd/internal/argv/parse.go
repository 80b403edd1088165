package argv

import (
	"github.com/spf13/cobra"
)

// A Line is a command line.
type Line struct {
	Command *cobra.Command // nil if there are only global flags
	Globals []Flag
	Flags   []Flag // the command's flags
	Args    []string
}

// ParseLine returns the parts of a command line in the spellings of [Normalize], without setting
// flags. An unknown command or flag is an error.
func ParseLine(tree *Tree, args []string) (Line, error) {
	normalized, err := Normalize(tree, args)
	if err != nil {
		return Line{}, err
	}
	globals, rest, err := expand(normalized, tree.Root.Flags(), "", true)
	if err != nil {
		return Line{}, err
	}
	var line Line
	line.Globals, _ = separate(globals, tree.Root.Flags())
	if len(rest) == 0 {
		return line, nil
	}
	if line.Command = tree.Find(rest[0]); line.Command == nil {
		return line, UnknownCommand(tree, rest[0])
	}
	line.Flags, line.Args = separate(rest[1:], line.Command.Flags())
	return line, nil
}

// Check sets the flags of a line and checks its arguments. It returns the error that running the
// line would return before the command runs. The tree cannot be used for another line.
func (l Line) Check(tree *Tree) error {
	var words []string
	for _, f := range l.Globals {
		words = append(words, f.word())
	}
	if l.Command != nil {
		words = append(words, l.Command.Name())
		for _, f := range l.Flags {
			words = append(words, f.word())
		}
		words = append(append(words, "--"), l.Args...)
	}
	c, rest, err := tree.Root.Traverse(words)
	if err != nil {
		return GlobalFlagError(err)
	}
	if err := c.ParseFlags(rest); err != nil {
		return FlagError(c, err)
	}
	return c.ValidateArgs(c.Flags().Args())
}

// word returns a flag in its long form.
func (f Flag) word() string {
	if f.Attached {
		return "--" + f.Flag.Name + "=" + f.Value
	}
	return "--" + f.Flag.Name
}
