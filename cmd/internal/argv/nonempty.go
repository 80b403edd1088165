package argv

import (
	"errors"

	"github.com/spf13/pflag"
)

// nonEmptyString is a string flag that rejects "".
type nonEmptyString string

// NonEmptyString defines a string flag that rejects an empty value. An empty value usually comes from a
// variable that a script failed to set; accepting --once "" would submit another job each time.
func NonEmptyString(fs *pflag.FlagSet, p *string, name, shorthand, usage string) {
	fs.VarP((*nonEmptyString)(p), name, shorthand, usage)
}

// Set implements pflag.Value.
func (s *nonEmptyString) Set(value string) error {
	if value == "" {
		return errors.New("the value must not be empty")
	}
	*s = nonEmptyString(value)
	return nil
}

// String implements pflag.Value.
func (s *nonEmptyString) String() string { return string(*s) }

// Type implements pflag.Value.
func (s *nonEmptyString) Type() string { return "string" }
