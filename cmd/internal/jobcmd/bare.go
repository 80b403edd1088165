package jobcmd

import "github.com/spf13/pflag"

const bare = "td_bare"

// AllowBare lets a flag stand without a value, at the end or before another flag. It then
// has the value of its own for that, if there is one, and else the empty text.
func AllowBare(fs *pflag.FlagSet, name string) { _ = fs.SetAnnotation(name, bare, nil) }

// AllowsBare reports whether AllowBare was said of the flag.
func AllowsBare(f *pflag.Flag) bool {
	_, ok := f.Annotations[bare]
	return ok
}
