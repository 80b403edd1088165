package argv

import (
	"errors"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

// FlagError converts a parse error of pflag to a usage error. It is a cobra
// FlagErrorFunc.
func FlagError(_ *cobra.Command, err error) error {
	if missing, ok := errors.AsType[*pflag.ValueRequiredError](err); ok {
		return cli.Usagef("%s requires a value", formatFlag(missing.GetFlag()))
	}
	invalid, ok := errors.AsType[*pflag.InvalidValueError](err)
	if !ok {
		return cli.UsageError{Err: err}
	}
	return ValueError(invalid.GetFlag(), invalid.GetValue(), invalid.Unwrap())
}

// ValueError returns the usage error for a value that a flag rejects with err.
func ValueError(flag *pflag.Flag, value string, err error) error {
	numError, isNumber := errors.AsType[*strconv.NumError](err)
	switch {
	case flag.Value.Type() == "bool":
		return cli.Usagef("%s must be true or false, not %q", formatFlag(flag), value)
	case flag.Value.Type() == "duration":
		return durationError(flag, value)
	case isNumber && errors.Is(numError, strconv.ErrRange):
		return cli.Usagef("%s: the number %s is too large", formatFlag(flag), value)
	case isNumber:
		return cli.Usagef("%s must be a number, not %q", formatFlag(flag), value)
	}
	return cli.Usagef("%s: %w", formatFlag(flag), err)
}

func durationError(flag *pflag.Flag, value string) error {
	if value != "" && strings.Trim(value, "0123456789.") == "" {
		return cli.Usagef("%s requires a unit, such as 5s, 10m or 2h", formatFlag(flag))
	}
	return cli.Usagef("%s must be a duration such as 30s, 10m or 2h, not %q", formatFlag(flag), value)
}

// GlobalFlagError applies [FlagError] to errors in the flags before the command. Cobra
// does not call FlagErrorFunc for these when TraverseChildren is set. It returns other
// errors unchanged.
func GlobalFlagError(err error) error {
	_, converted := errors.AsType[cli.UsageError](err)
	_, missing := errors.AsType[*pflag.ValueRequiredError](err)
	_, invalid := errors.AsType[*pflag.InvalidValueError](err)
	if converted || !missing && !invalid {
		return err
	}
	return FlagError(nil, err)
}

// formatFlag returns a flag in the form of the help: -f/--format.
func formatFlag(f *pflag.Flag) string {
	if f.Shorthand == "" {
		return "--" + f.Name
	}
	return "-" + f.Shorthand + "/--" + f.Name
}
