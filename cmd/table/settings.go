package table

import (
	"strconv"

	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

// settings are the flags for the settings of a table.
type settings struct {
	expireDays   int
	includeV     string
	detectSchema string
}

func (s *settings) add(fs *pflag.FlagSet) {
	fs.IntVar(&s.expireDays, "expire-days", 0, "delete records `DAYS` after their time; 0 keeps them")
	fs.Lookup("expire-days").DefValue = ""
	fs.StringVar(&s.includeV, "include-v", "", "`true` or false: make the column v visible in Hive")
	fs.StringVar(&s.detectSchema, "detect-schema", "", "`true` or false: add new columns of imports to the schema")
	complete.Flags(fs, complete.OneOf("true", "false"), "include-v", "detect-schema")
}

// check returns the given settings. Other settings are nil.
func (s *settings) check(fs *pflag.FlagSet) (o api.TableOptions, err error) {
	if fs.Changed("expire-days") {
		if s.expireDays < 0 {
			return o, cli.Usagef("--expire-days must be 0 or more, not %d", s.expireDays)
		}
		o.ExpireDays = &s.expireDays
	}
	if o.IncludeV, err = parseBool(fs, "include-v", s.includeV); err != nil {
		return o, err
	}
	o.DetectSchema, err = parseBool(fs, "detect-schema", s.detectSchema)
	return o, err
}

// parseBool parses the value of a flag, which must be true or false.
func parseBool(fs *pflag.FlagSet, name, value string) (*bool, error) {
	if !fs.Changed(name) {
		return nil, nil
	}
	b, err := strconv.ParseBool(value)
	if err != nil {
		return nil, cli.Usagef("--%s must be true or false, not %q", name, value)
	}
	return &b, nil
}
