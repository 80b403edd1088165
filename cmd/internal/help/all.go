package cmd

import (
	"fmt"

	"github.com/spf13/cobra"
)

// newHelpAll returns the command help:all.
func newHelpAll(root *cobra.Command) *cobra.Command {
	return &cobra.Command{
		Use:     "help:all",
		Short:   "List every command with its arguments",
		Example: "  td help:all",
		Args:    cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			w := root.OutOrStdout()
			for i, g := range root.Groups() {
				if i > 0 {
					fmt.Fprintln(w)
				}
				fmt.Fprintf(w, "%s:\n", g.Title)
				for _, c := range root.Commands() {
					if c.GroupID == g.ID && !c.Hidden {
						fmt.Fprintf(w, "  %-46s # %s\n", c.Use, c.Short)
					}
				}
			}
			return nil
		},
	}
}
