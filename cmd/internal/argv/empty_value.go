package argv

import "github.com/spf13/pflag"

// emptyKey is the annotation that AllowEmpty sets.
const emptyKey = "td-empty"

// AllowEmpty permits empty values of flags. Elsewhere an empty value is an error: it
// usually comes from a variable that a script failed to set, and --once "" for example
// would submit another job each time. AllowEmpty ignores names that are not defined.
func AllowEmpty(fs *pflag.FlagSet, names ...string) {
	for _, name := range names {
		_ = fs.SetAnnotation(name, emptyKey, []string{"true"})
	}
}

// AllowsEmpty reports whether the value of a flag may be empty.
func AllowsEmpty(f *pflag.Flag) bool { return f.Annotations[emptyKey] != nil }
