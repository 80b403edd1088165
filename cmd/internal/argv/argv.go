package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
)

// The toolbelt's spellings that pflag does not read are turned here into ones that it does:
//
//   - global flags stand before the command, and their letters mean them only there;
//   - a long flag may be abbreviated, as long as only one flag of the toolbelt's begins so, and
//     written with underscores: --data NAME, --num_threads;
//   - a flag with an optional value takes it only when it is glued on: -w60, --wait=60, not -w 60;
//   - one that may stand bare takes the next argument unless that is a flag: --slow 60, --slow;
//   - -wc is -w -c;
//   - a group's name alone asks for its help;
//   - workflow start is workflow:start.
//
// An error names a flag and never its value, which may be an API key.

// normalize rewrites the arguments of td.
func normalize(root *cobra.Command, args []string) ([]string, error) {
	root.InitDefaultHelpFlag()
	globals, rest, err := expand(args, root.Flags(), "", true)
	if err != nil || len(rest) == 0 {
		return globals, err
	}
	if contains(globals, "--version") {
		return []string{"--version"}, nil
	}
	if verb := workflowVerb(root, rest); verb != "" {
		rest = append([]string{verb}, rest[2:]...)
	}
	name := rest[0]
	if isGroup(name) && len(rest) == 1 {
		return append(globals, "help", name), nil
	}
	command := find(root, name)
	if command == nil {
		return append(globals, rest...), nil // root says that it does not know it
	}
	command.InitDefaultHelpFlag()
	if command.Flags().Lookup("version") == nil && contains(rest[1:], "--version") {
		return []string{"--version"}, nil
	}
	if len(rest) == 2 && rest[1] == "-h" {
		return append(globals, name, "--help"), nil // though -h be a flag that wants a value
	}
	own, _, err := expand(rest[1:], command.Flags(), command.Name(), false)
	if err != nil {
		return nil, err
	}
	return append(append(globals, name), own...), nil
}

// contains reports whether a flag is among the arguments before a "--".
func contains(args []string, flag string) bool {
	for _, a := range args {
		if a == "--" {
			return false
		}
		if a == flag {
			return true
		}
	}
	return false
}

func find(root *cobra.Command, name string) *cobra.Command {
	for _, c := range root.Commands() {
		if c.Name() == name || c.HasAlias(name) {
			return c
		}
	}
	return nil
}

// expand rewrites arguments into what the flag set reads. With stop it ends before
// the first word that is no flag and returns the rest untouched.
func expand(args []string, fs *pflag.FlagSet, command string, stop bool) (out, rest []string, err error) {
	for i := 0; i < len(args); i++ {
		a := args[i]
		switch {
		case a == "--":
			return append(out, args[i:]...), nil, nil
		case strings.HasPrefix(a, "--"):
			f, long, err := longFlag(a, fs)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, long)
			if !strings.Contains(long, "=") {
				out, i = withValue(out, f, args, i)
			}
		case isFlag(a):
			flags, last, err := shortFlags(a[1:], fs, command)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, flags...)
			if last != nil {
				out, i = withValue(out, last, args, i)
			}
		case stop:
			return out, args[i:], nil
		default:
			out = append(out, a)
		}
	}
	return out, nil, nil
}

func isFlag(arg string) bool { return len(arg) > 1 && arg[0] == '-' }

// withValue gives the flag that ends out its value, where that is the argument after i.
// It returns the last argument that is used up.
func withValue(out []string, f *pflag.Flag, args []string, i int) ([]string, int) {
	more := i+1 < len(args)
	switch {
	case argv.HasOptionalValue(f) && more && !isFlag(args[i+1]) && !takesNext(f):
		out[len(out)-1] += "=" + args[i+1]
		return out, i + 1
	case argv.HasOptionalValue(f) && takesNext(f) && (!more || isFlag(args[i+1])):
		out[len(out)-1] += "=" // its value is empty
	case takesNext(f) && more:
		return append(out, args[i+1]), i + 1
	}
	return out, i
}

// takesNext reports whether a flag takes the next argument as its value.
func takesNext(f *pflag.Flag) bool { return f.NoOptDefVal == "" }

// longFlag writes the name of a long flag in full.
func longFlag(arg string, fs *pflag.FlagSet) (*pflag.Flag, string, error) {
	name, value, glued := strings.Cut(arg[2:], "=")
	f := fs.Lookup(name)
	if f == nil {
		var err error
		if f, err = abbreviated(name, fs); err != nil {
			return nil, "", err
		}
	}
	if glued {
		return f, "--" + f.Name + "=" + value, nil
	}
	return f, "--" + f.Name, nil
}

// abbreviated finds the one flag that begins so: among the flags that the command had in the toolbelt,
// then among its new ones, then among the global ones. A hyphen and an underscore are the same.
func abbreviated(name string, fs *pflag.FlagSet) (*pflag.Flag, error) {
	hyphens := func(s string) string { return strings.ReplaceAll(s, "_", "-") }
	for _, among := range []func(*pflag.Flag) bool{
		func(f *pflag.Flag) bool { return !f.Hidden && !argv.IsNew(f) },
		func(f *pflag.Flag) bool { return !f.Hidden },
		func(*pflag.Flag) bool { return true },
	} {
		var exact *pflag.Flag
		var found []*pflag.Flag
		fs.VisitAll(func(f *pflag.Flag) {
			if name != "" && among(f) && strings.HasPrefix(hyphens(f.Name), hyphens(name)) {
				found = append(found, f)
				if len(f.Name) == len(name) {
					exact = f
				}
			}
		})
		switch {
		case exact != nil:
			return exact, nil
		case len(found) == 0:
			continue
		case len(found) == 1:
			return found[0], nil
		}
		names := make([]string, len(found))
		for i, f := range found {
			names[i] = "--" + f.Name
		}
		return nil, fmt.Errorf("--%s may mean %s", name, strings.Join(names, " or "))
	}
	return nil, unknownFlag(name, fs)
}

func unknownFlag(name string, fs *pflag.FlagSet) error {
	var names []string
	fs.VisitAll(func(f *pflag.Flag) { names = append(names, f.Name) })
	err := fmt.Errorf("unknown flag --%s", name)
	if meant := similar(name, names); len(meant) > 0 {
		return cli.WithHint(err, "did you mean --%s?", strings.Join(meant, " or --"))
	}
	return err
}

// shortFlags takes a cluster of short flags apart. last is the last of them, unless its
// value is glued on.
func shortFlags(cluster string, fs *pflag.FlagSet, command string) (out []string, last *pflag.Flag, err error) {
	for i, r := range cluster {
		f := shorthand(fs, r)
		if f == nil {
			return nil, nil, unknownLetter(r, command)
		}
		rest := cluster[i+len(string(r)):]
		glued := f.Value.Type() != "bool" && rest != "" && (rest[0] == '=' || rest[0] >= '0' && rest[0] <= '9')
		if glued || takesNext(f) && rest != "" {
			return append(out, "--"+f.Name+"="+strings.TrimPrefix(rest, "=")), nil, nil
		}
		out, last = append(out, "--"+f.Name), f
	}
	return out, last, nil
}

func shorthand(fs *pflag.FlagSet, r rune) *pflag.Flag {
	if r >= 0x80 { // pflag panics on more than a byte
		return nil
	}
	return fs.ShorthandLookup(string(r))
}

func unknownLetter(r rune, command string) error {
	if command != "" && strings.ContainsRune("ckevr", r) {
		return fmt.Errorf("%s has no flag -%c; the global -%c stands before the command", command, r, r)
	}
	err := fmt.Errorf("unknown flag -%c", r)
	if command == "" {
		return cli.WithHint(err, "the flags of a command stand behind its name")
	}
	return err
}
