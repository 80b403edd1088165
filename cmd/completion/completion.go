// Package completion implements the commands completion and completion:install, which
// print and install the completion script of a shell. The script runs "td __complete"; see
// package complete.
package completion

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// Scripts of the shells. cobra's scripts evaluate the text of the command line, and a
// query may contain code that a shell would run. These pass words to td instead. Only
// the script for PowerShell is cobra's; powershellGuard makes it safe.
var (
	//go:embed td.bash
	bash string
	//go:embed td.zsh
	zsh string
	//go:embed td.fish
	fish string
)

// Commands returns the commands completion and completion:install.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "completion", New: New, ReadOnly: true},
		{Name: "completion:install", New: NewInstall},
	}
}

// shells returns the names of the supported shells.
func shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// New returns the command completion.
func New(env *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script for bash, zsh, fish or powershell",
		Long: `Print the script that completes td's command lines in bash, zsh, fish or powershell:
commands, flags, their values, and names in the account. The names are cached for some
minutes in $XDG_CACHE_HOME/td or ~/.td/cache. 'td completion:install' installs the script.`,
		Example: `  . <(td completion bash)
  td completion zsh > "${fpath[1]}/_td"
  td completion fish | source`,
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.OneOf(shells()...)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := checkShell(args[0]); err != nil {
				return err
			}
			script, err := Script(cmd.Root(), args[0])
			if err != nil {
				return err
			}
			_, err = env.Out.Write(script)
			return err
		},
	}
}

func checkShell(name string) error {
	if !slices.Contains(shells(), name) {
		return cli.WithHint(cli.Usagef("unknown shell %q", name), "supported shells: %s", strings.Join(shells(), ", "))
	}
	return nil
}

// Script returns the completion script of a shell.
func Script(root *cobra.Command, shell string) ([]byte, error) {
	switch shell {
	case "bash":
		return []byte(bash), nil
	case "zsh":
		return []byte(zsh), nil
	case "fish":
		return []byte(fish), nil
	}
	var buf bytes.Buffer
	err := root.GenPowerShellCompletionWithDesc(&buf)
	return bytes.Replace(buf.Bytes(), []byte(powershellStart), []byte(powershellGuard+powershellStart), 1), err
}

// powershellStart is the first line of cobra's script that uses the command line.
const powershellStart = "    # Get the current command line and convert into a string\n"

// powershellGuard precedes powershellStart. It ends the completion of command lines that
// contain more than words and variables, because cobra's script evaluates their text.
const powershellGuard = `    # The line is evaluated below. Do not complete lines with $(...) and the like.
    foreach ($Element in $CommandAst.CommandElements) {
        $IsWord = $Element -is [System.Management.Automation.Language.ConstantExpressionAst] -or
            $Element -is [System.Management.Automation.Language.VariableExpressionAst] -or
            ($Element -is [System.Management.Automation.Language.CommandParameterAst] -and $null -eq $Element.Argument)
        if (-not $IsWord) {
            return
        }
    }

`
