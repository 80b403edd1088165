package argv

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

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
	if name == "dry-run" {
		return cli.WithHint(err, "the commands that change something have it: put it after the name of one")
	}
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
