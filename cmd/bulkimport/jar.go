package bulkimport

import (
	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// NewJarVersion returns the command import:jar_version.
func NewJarVersion(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "import:jar_version",
		Short:   "No-op: importing does not need a jar",
		Example: "  td import:jar_version",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			env.Print("td %s imports without a jar", env.Version)
			return nil
		},
	}
}

// NewJarUpdate returns the command import:jar_update.
func NewJarUpdate(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:     "import:jar_update",
		Short:   "No-op: importing does not need a jar",
		Example: "  td import:jar_update",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			env.Say("td %s imports without a jar; there is nothing to update.", env.Version)
			return nil
		},
	}
}
