package bulkimport

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// NewJarVersion returns the command import:jar_version.
func NewJarVersion(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "import:jar_version",
		Aliases: []string{"import:java_version"},
		Short:   "Say that importing needs no jar",
		Example: "  td import:jar_version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			env.Print("td %s imports by itself; no jar is needed", env.Version)
			return nil
		},
	}
}

// NewJarUpdate returns the command import:jar_update.
func NewJarUpdate(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "import:jar_update",
		Short:   "Say that importing needs no jar",
		Example: "  td import:jar_update",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			env.Say("td %s imports by itself; there is no jar to update.", env.Version)
			return nil
		},
	}
}
