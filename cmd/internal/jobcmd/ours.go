package jobcmd

import "github.com/spf13/pflag"

// oursKey marks flags that the Ruby toolbelt does not have.
const oursKey = "td-ours"

// Ours marks flags that the Ruby toolbelt does not have on this command, so that an abbreviation means
// what it meant there: --col is --column-header, although there is --columns.
func Ours(fs *pflag.FlagSet, names ...string) {
	for _, name := range names {
		_ = fs.SetAnnotation(name, oursKey, []string{"true"}) // it fails for a name that is not there, which the tests see
	}
}

// IsOurs reports whether Ours marked a flag.
func IsOurs(f *pflag.Flag) bool { return f.Annotations[oursKey] != nil }
