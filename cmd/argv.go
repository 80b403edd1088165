package cmd

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// The toolbelt's spellings that pflag does not read are turned here into ones that it does:
//
//   - global flags stand before the command, and their letters mean them only there;
//   - a long flag may be abbreviated, as long as only one flag begins so: --data NAME;
//   - a flag with an optional value takes it only when it is glued on: -w60, --wait=60, not -w 60;
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
			if takesNext(f) && !strings.Contains(long, "=") && i+1 < len(args) {
				i++
				out = append(out, args[i])
			}
		case len(a) > 1 && a[0] == '-':
			flags, next, err := shortFlags(a[1:], fs, command)
			if err != nil {
				return nil, nil, err
			}
			out = append(out, flags...)
			if next && i+1 < len(args) {
				i++
				out = append(out, args[i])
			}
		case stop:
			return out, args[i:], nil
		default:
			out = append(out, a)
		}
	}
	return out, nil, nil
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

// abbreviated finds the one flag that begins so, among the command's own flags before
// the global ones.
func abbreviated(name string, fs *pflag.FlagSet) (*pflag.Flag, error) {
	for _, global := range []bool{false, true} {
		var found []*pflag.Flag
		fs.VisitAll(func(f *pflag.Flag) {
			if name != "" && f.Hidden == global && strings.HasPrefix(f.Name, name) {
				found = append(found, f)
			}
		})
		switch len(found) {
		case 0:
			continue
		case 1:
			return found[0], nil
		}
		names := make([]string, len(found))
		for i, f := range found {
			names[i] = "--" + f.Name
		}
		return nil, fmt.Errorf("--%s may mean %s", name, strings.Join(names, " or "))
	}
	return nil, fmt.Errorf("unknown flag --%s", name)
}

// shortFlags takes a cluster of short flags apart. next reports whether the last of
// them wants the next argument as its value.
func shortFlags(cluster string, fs *pflag.FlagSet, command string) (out []string, next bool, err error) {
	for i, r := range cluster {
		f := shorthand(fs, r)
		if f == nil {
			return nil, false, unknownLetter(r, command)
		}
		rest := cluster[i+len(string(r)):]
		switch {
		case takesNext(f) && rest == "":
			return append(out, "--"+f.Name), true, nil
		case takesNext(f):
			return append(out, "--"+f.Name+"="+strings.TrimPrefix(rest, "=")), false, nil
		case f.Value.Type() != "bool" && rest != "" && (rest[0] == '=' || rest[0] >= '0' && rest[0] <= '9'):
			return append(out, "--"+f.Name+"="+strings.TrimPrefix(rest, "=")), false, nil
		}
		out = append(out, "--"+f.Name)
	}
	return out, false, nil
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
	return fmt.Errorf("unknown flag -%c", r)
}
