package table

import (
	"strconv"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// settings are the flags for what a table can be told to do.
type settings struct {
	expireDays   int
	includeV     string
	detectSchema string
}

func (s *settings) add(fs *pflag.FlagSet) {
	fs.IntVar(&s.expireDays, "expire-days", 0, "drop records `DAYS` after their time; 0 keeps them")
	fs.Lookup("expire-days").DefValue = ""
	fs.StringVar(&s.includeV, "include-v", "", "`true` or false: let Hive see the column v")
	fs.StringVar(&s.detectSchema, "detect-schema", "", "`true` or false: add columns that imports bring to the schema")
	complete.Flags(fs, complete.OneOf("true", "false"), "include-v", "detect-schema")
}

// check returns what was asked for, and nil for what was not.
func (s *settings) check(fs *pflag.FlagSet) (o api.TableOptions, err error) {
	if fs.Changed("expire-days") {
		if s.expireDays < 0 {
			return o, cli.Usagef("--expire-days is 0 or more, not %d", s.expireDays)
		}
		o.ExpireDays = &s.expireDays
	}
	if o.IncludeV, err = boolean(fs, "include-v", s.includeV); err != nil {
		return o, err
	}
	o.DetectSchema, err = boolean(fs, "detect-schema", s.detectSchema)
	return o, err
}

// boolean reads a flag that takes the word true or false as its value.
func boolean(fs *pflag.FlagSet, name, value string) (*bool, error) {
	if !fs.Changed(name) {
		return nil, nil
	}
	b, err := strconv.ParseBool(value)
	if err != nil {
		return nil, cli.Usagef("--%s is true or false, not %q", name, value)
	}
	return &b, nil
}
