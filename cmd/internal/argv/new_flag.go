package argv

import "github.com/spf13/pflag"

// newKey is the annotation that MarkNew sets.
const newKey = "td-new"

// MarkNew marks flags that the Ruby toolbelt does not have on this command. They yield to
// its own flags when a name is abbreviated: --col is --column-header although --columns
// exists. It ignores names that are not defined.
func MarkNew(fs *pflag.FlagSet, names ...string) {
	for _, name := range names {
		_ = fs.SetAnnotation(name, newKey, []string{"true"})
	}
}

func isNew(f *pflag.Flag) bool { return f.Annotations[newKey] != nil }
