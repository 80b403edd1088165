package cmd

import (
	"errors"
	"strconv"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

// flagError says what is wrong with a flag, without the parser's own words for it.
func flagError(err error) error {
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return cli.Usagef("%s needs a value", spelled(missing.GetFlag()))
	}
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return cli.UsageError{Err: err}
	}
	flag, value := invalid.GetFlag(), invalid.GetValue()
	why, isNumber := errors.AsType[*strconv.NumError](err)
	switch {
	case flag.Value.Type() == "bool":
		return cli.Usagef("%s is true or false, not %q", spelled(flag), value)
	case isNumber && errors.Is(why, strconv.ErrRange):
		return cli.Usagef("%s: the number %s is too large", spelled(flag), value)
	case isNumber:
		return cli.Usagef("%s takes a number, not %q", spelled(flag), value)
	}
	return cli.Usagef("%s: %w", spelled(flag), invalid.Unwrap())
}

// globalFlagError is flagError for the flags before the command, of whose errors cobra
// tells nobody when a command follows. Other errors stay as they are.
func globalFlagError(err error) error {
	_, told := errors.AsType[cli.UsageError](err)
	_, missing := errors.AsType[*pflag.ValueRequiredError](err)
	_, invalid := errors.AsType[*pflag.InvalidValueError](err)
	if told || !missing && !invalid {
		return err
	}
	return flagError(err)
}

// spelled is a flag as help writes it: -f/--format.
func spelled(f *pflag.Flag) string {
	if f.Shorthand == "" {
		return "--" + f.Name
	}
	return "-" + f.Shorthand + "/--" + f.Name
}
