// Package argv translates command lines in the Ruby toolbelt's spellings to ones that
// pflag parses, and words the errors in what a user typed.
package argv

import (
	"fmt"
	"slices"
	"strings"

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
func Normalize(root *cobra.Command, args []string) ([]string, error) {
	root.InitDefaultHelpFlag()
	globals, rest, err := expand(args, root.Flags(), "", true)
	if err == nil {
		err = checkEmpty(globals, root.Flags())
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
	if len(rest) == 1 && isNoun(root, rest[0]) {
		return append(globals, "help", rest[0]), nil
	}
	if rest[0] == "help" && len(rest) > 2 {
		if command, used := findSpaced(root, rest[1:]); command != nil && used == len(rest)-1 {
			rest = []string{"help", command.Name()}
		}
	}
	if command, used := findSpaced(root, rest); command != nil && !accepts(Find(root, rest[0]), rest[1:]) {
		rest = append([]string{command.Name()}, rest[used:]...)
	}
	own, err := normalizeCommand(root, rest)
	return append(globals, own...), err
}

// normalizeCommand rewrites the arguments after the global flags.
func normalizeCommand(root *cobra.Command, args []string) ([]string, error) {
	command := Find(root, args[0])
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
	}
	return append([]string{args[0]}, own...), err
}

// SuggestSpaced adds a hint to err, the error for an object that does not exist, if the
// arguments may be a command with spaces: "table list" is table:show for the database
// list, but may be meant as table:list.
func SuggestSpaced(root *cobra.Command, args []string, err error) error {
	_, rest, expandErr := expand(args, root.Flags(), "", true)
	if expandErr != nil || len(rest) == 0 {
		return err
	}
	if command, _ := findSpaced(root, rest); command != nil && accepts(Find(root, rest[0]), rest[1:]) {
		return cli.WithHint(err, "did you mean 'td %s'?", command.Name())
	}
	return err
}

// findSpaced returns the command whose name is made of the first words of args, and their
// number: "user apikey list" is user:apikey:list. It returns nil if there is none.
func findSpaced(root *cobra.Command, args []string) (command *cobra.Command, words int) {
	name := args[0]
	if name == "wf" {
		name = "workflow"
	}
	for i, word := range args[1:] {
		name += ":" + word
		if c := Find(root, name); c != nil {
			command, words = c, i+2
		} else if !HasVerbs(root, name) {
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

// checkEmpty returns an error if an expanded flag has an empty value that is not allowed.
func checkEmpty(long []string, fs *pflag.FlagSet) error {
	flags, _ := separate(long, fs)
	for _, f := range flags {
		if f.Attached && f.Value == "" && !allowsEmpty(f.Flag) {
			return fmt.Errorf("%s must not be empty", formatFlag(f.Flag))
		}
	}
	return nil
}

// separate returns the flags and the other words of expanded arguments. Values in words of
// their own count as attached.
func separate(long []string, fs *pflag.FlagSet) (flags []Flag, positional []string) {
	for i := 0; i < len(long); i++ {
		if long[i] == "--" {
			return flags, append(positional, long[i+1:]...)
		}
		name, isFlag := strings.CutPrefix(long[i], "--")
		if !isFlag {
			positional = append(positional, long[i])
			continue
		}
		name, value, attached := strings.Cut(name, "=")
		f := fs.Lookup(name)
		if f == nil {
			continue
		}
		if !attached && RequiresValue(f) && i+1 < len(long) {
			i++
			value, attached = long[i], true
		}
		flags = append(flags, Flag{f, value, attached})
	}
	return flags, positional
}

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

// containsFlag reports whether a flag is among the arguments before a "--".
func containsFlag(args []string, flag string) bool {
	if i := slices.Index(args, "--"); i >= 0 {
		args = args[:i]
	}
	return slices.Contains(args, flag)
}

// expand rewrites arguments for a flag set. With stop it ends at the first word that is
// not a flag and returns that word and the following ones as rest.
func expand(args []string, fs *pflag.FlagSet, command string, stop bool) (out, rest []string, err error) {
	for i := 0; i < len(args); i++ {
		arg := args[i]
		switch {
		case arg == "--" && stop:
			return out, args[i+1:], nil
		case arg == "--":
			return append(out, args[i:]...), nil, nil
		case strings.HasPrefix(arg, "--"):
			f, long, err := expandLong(arg, fs)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, long)
			if !strings.Contains(long, "=") {
				out, i = appendValue(out, f, args, i)
			}
		case isFlag(arg):
			flags, last, err := expandShort(arg[1:], fs, command)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, flags...)
			if last != nil {
				out, i = appendValue(out, last, args, i)
			}
		case stop:
			return out, args[i:], nil
		default:
			out = append(out, arg)
		}
	}
	return out, nil, nil
}

func isFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' }

// appendValue adds the value of f, the last flag in out, if args[i+1] is its value. It
// returns the index of the last argument that was consumed.
func appendValue(out []string, f *pflag.Flag, args []string, i int) ([]string, int) {
	more := i+1 < len(args)
	switch {
	case HasOptionalValue(f) && more && !isFlag(args[i+1]) && !RequiresValue(f):
		out[len(out)-1] += "=" + args[i+1]
		return out, i + 1
	case HasOptionalValue(f) && RequiresValue(f) && (!more || isFlag(args[i+1])):
		out[len(out)-1] += "="
	case RequiresValue(f) && more:
		return append(out, args[i+1]), i + 1
	}
	return out, i
}

// RequiresValue reports whether pflag takes the next argument as the value of f.
func RequiresValue(f *pflag.Flag) bool { return f.NoOptDefVal == "" }

// expandLong writes the name of a long flag in full.
func expandLong(arg string, fs *pflag.FlagSet) (*pflag.Flag, string, error) {
	name, value, attached := strings.Cut(arg[2:], "=")
	f := fs.Lookup(name)
	if f == nil {
		var err error
		if f, err = findAbbreviated(name, fs); err != nil {
			return nil, "", err
		}
	}
	if attached {
		return f, "--" + f.Name + "=" + value, nil
	}
	return f, "--" + f.Name, nil
}

// findAbbreviated returns the only flag whose name starts with an abbreviation. It
// considers the flags that the command has in the Ruby toolbelt before its new ones, and
// these before the global ones. Hyphens and underscores are equal.
func findAbbreviated(abbreviation string, fs *pflag.FlagSet) (*pflag.Flag, error) {
	if abbreviation == "" {
		return nil, unknownFlag(abbreviation, fs)
	}
	hyphens := func(s string) string { return strings.ReplaceAll(s, "_", "-") }
	for _, eligible := range []func(*pflag.Flag) bool{
		func(f *pflag.Flag) bool { return !f.Hidden && !isNew(f) },
		func(f *pflag.Flag) bool { return !f.Hidden },
		func(*pflag.Flag) bool { return true },
	} {
		var found []*pflag.Flag
		fs.VisitAll(func(f *pflag.Flag) {
			if eligible(f) && strings.HasPrefix(hyphens(f.Name), hyphens(abbreviation)) {
				found = append(found, f)
			}
		})
		if exact := slices.IndexFunc(found, func(f *pflag.Flag) bool { return len(f.Name) == len(abbreviation) }); exact >= 0 {
			return found[exact], nil
		}
		if len(found) == 1 {
			return found[0], nil
		}
		if len(found) > 1 {
			names := make([]string, len(found))
			for i, f := range found {
				names[i] = "--" + f.Name
			}
			return nil, fmt.Errorf("--%s is ambiguous: %s", abbreviation, strings.Join(names, " or "))
		}
	}
	return nil, unknownFlag(abbreviation, fs)
}

func unknownFlag(name string, fs *pflag.FlagSet) error {
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	err := fmt.Errorf("unknown flag --%s", name)
	if found := findSimilar(name, names); len(found) > 0 {
		return cli.WithHint(err, "did you mean --%s?", strings.Join(found, " or --"))
	}
	return err
}

// expandShort splits combined letters into long flags. It returns the last flag unless
// its value is attached.
func expandShort(letters string, fs *pflag.FlagSet, command string) (out []string, last *pflag.Flag, err error) {
	for i, r := range letters {
		f := lookUpLetter(fs, r)
		if f == nil {
			return nil, nil, unknownLetter(r, command)
		}
		rest := letters[i+len(string(r)):]
		attached := f.Value.Type() != "bool" && rest != "" && (rest[0] == '=' || rest[0] >= '0' && rest[0] <= '9')
		if attached || RequiresValue(f) && rest != "" {
			return append(out, "--"+f.Name+"="+strings.TrimPrefix(rest, "=")), nil, nil
		}
		out, last = append(out, "--"+f.Name), f
	}
	return out, last, nil
}

func lookUpLetter(fs *pflag.FlagSet, r rune) *pflag.Flag {
	if r >= 0x80 { // pflag panics if a shorthand is longer than a byte
		return nil
	}
	return fs.ShorthandLookup(string(r))
}

func unknownLetter(r rune, command string) error {
	if command != "" && strings.ContainsRune("ckevr", r) {
		return cli.WithHint(fmt.Errorf("%s has no flag -%c", command, r), "put the global flag -%c before the command", r)
	}
	err := fmt.Errorf("unknown flag -%c", r)
	if command == "" {
		return cli.WithHint(err, "put command flags after the command name")
	}
	return err
}

// A Flag is a flag of a command line.
type Flag struct {
	Flag     *pflag.Flag
	Value    string // its default for an omitted value if nothing is attached
	Attached bool   // Value was written in the same word
}

// TakesNext reports whether the next argument is the flag's value.
func (f Flag) TakesNext() bool { return !f.Attached && RequiresValue(f.Flag) }

// Parse returns the flags in a word, or nil if the word is not understood. The command is
// "" for the global flags.
func Parse(word string, fs *pflag.FlagSet, command string) []Flag {
	long, _, err := expand([]string{word}, fs, command, false)
	if err != nil {
		return nil
	}
	var flags []Flag
	for _, arg := range long {
		name, value, attached := strings.Cut(strings.TrimPrefix(arg, "--"), "=")
		if f := fs.Lookup(name); f != nil {
			if !attached {
				value = f.NoOptDefVal
			}
			flags = append(flags, Flag{f, value, attached})
		}
	}
	return flags
}
