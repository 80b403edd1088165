package argv

import (
	"github.com/spf13/pflag"

	"github.com/td-cli/td/internal/cli"
)

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

// AddDryRun defines the flag --dry-run, with a letter unless short is "". All commands share its value, which defining the
// flag of another command does not change.
func AddDryRun(fs *pflag.FlagSet, env *cli.Env, short, usage string) {
	const name = "dry-run"
	fs.BoolVarP(&env.Flags.DryRun, name, short, env.Flags.DryRun, usage)
	fs.Lookup(name).DefValue = "false"
}
