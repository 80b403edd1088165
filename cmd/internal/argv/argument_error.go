package argv

import (
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

// maxArgs is the largest number of arguments that a command requires.
const maxArgs = 5

// CheckArgs returns check with td's error messages: an argument is missing, or there are
// too many.
func CheckArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if check(c, args) == nil {
			return nil
		}
		return argumentError(c, check, args)
	}
}

// Errors for the number of arguments of a command.
var (
	ErrMissingArgument  = errors.New("an argument is missing")
	ErrTooManyArguments = errors.New("too many arguments")
)

// argumentError does not repeat the arguments, which may be secrets.
func argumentError(c *cobra.Command, check cobra.PositionalArgs, args []string) error {
	for more := slices.Clone(args); len(more) < maxArgs; {
		if more = append(more, ""); check(c, more) == nil {
			return cli.WithHint(cli.Usagef("%s: %w", c.Name(), ErrMissingArgument), "usage: td %s", c.Use)
		}
	}
	err := cli.Usagef("%s: %w", c.Name(), ErrTooManyArguments)
	if flag, value := separatedValue(c.Flags(), args); flag != nil {
		return cli.WithHint(err, "attach the value to the flag: --%s=%s", flag.Name, value)
	}
	return cli.WithHint(err, "usage: td %s", c.Use)
}

// separatedValue detects 'td query -w 60', where the optional value must be attached
// (-w60). It returns nil if no argument is a number.
func separatedValue(fs *pflag.FlagSet, args []string) (flag *pflag.Flag, value string) {
	i := slices.IndexFunc(args, func(a string) bool { return a != "" && strings.Trim(a, "0123456789") == "" })
	if i < 0 {
		return nil, ""
	}
	fs.Visit(func(f *pflag.Flag) {
		if f.Value.Type() != "bool" && f.NoOptDefVal != "" && f.Value.String() == f.NoOptDefVal {
			flag = f
		}
	})
	return flag, args[i]
}
