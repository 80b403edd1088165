package jobcmd

import (
	"errors"

	"github.com/spf13/pflag"
)

// filled is a flag's text that must not be empty.
type filled string

// Filled defines a flag whose text must not be empty: where a script has forgotten to set a variable, --once
// "$KEY" would submit another job each time.
func Filled(fs *pflag.FlagSet, text *string, name, letter, usage string) {
	fs.VarP((*filled)(text), name, letter, usage)
}

// Set implements the command line's Value.
func (f *filled) Set(s string) error {
	if s == "" {
		return errors.New("its value is empty")
	}
	*f = filled(s)
	return nil
}

// String implements the command line's Value.
func (f *filled) String() string { return string(*f) }

// Type implements the command line's Value.
func (f *filled) Type() string { return "string" }
