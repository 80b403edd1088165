package cmd

import (
	"bytes"
	_ "embed"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
)

// bashFallback stands in for the bash-completion package where it is not installed.
//
//go:embed bash_fallback.sh
var bashFallback string

func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// newCompletion returns the command completion.
func newCompletion(e *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script for bash, zsh, fish or powershell",
		Example: `  . <(td completion bash)
  td completion zsh > "${fpath[1]}/_td"
  td completion fish | source`,
		Args:      cobra.ExactArgs(1),
		ValidArgs: shells(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !slices.Contains(shells(), args[0]) {
				return cli.Usagef("unknown shell %q; it is %s", args[0], strings.Join(shells(), ", "))
			}
			script, err := completionScript(cmd.Root(), args[0])
			if err != nil {
				return err
			}
			_, err = e.Out.Write(script)
			return err
		},
	}
}

func completionScript(root *cobra.Command, shell string) ([]byte, error) {
	var buf bytes.Buffer
	var err error
	switch shell {
	case "bash":
		err = root.GenBashCompletionV2(&buf, true)
		fmt.Fprintf(&buf, "\n%s", bashFallback)
	case "zsh":
		err = root.GenZshCompletion(&buf)
	case "fish":
		err = root.GenFishCompletion(&buf, true)
	case "powershell":
		err = root.GenPowerShellCompletionWithDesc(&buf)
	}
	return buf.Bytes(), err
}
