package cmd

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

// argumentError says of arguments that check refuses whether there are too few or too many.
func argumentError(c *cobra.Command, check cobra.PositionalArgs, args []string) error {
	const most = 5 // arguments that any command wants
	for more := slices.Clone(args); len(more) < most; {
		if more = append(more, ""); check(c, more) == nil {
			return cli.WithHint(cli.Usagef("%s: an argument is missing", c.Name()), "usage: td %s", c.Use)
		}
	}
	err := cli.Usagef("%s: there are too many arguments", c.Name()) // which may be secrets
	if flag, value := apart(c.Flags(), args); flag != nil {
		return cli.WithHint(err, "the value of %s is glued on: --%s=%s", spelled(flag), flag.Name, value)
	}
	return cli.WithHint(err, "usage: td %s", c.Use)
}

// apart finds the flag whose value is optional and was written as a word of its own, as 60 in -w 60.
func apart(fs *pflag.FlagSet, args []string) (flag *pflag.Flag, value string) {
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
