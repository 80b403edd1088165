// Package completion is the commands that let a shell complete td's command lines: they
// print and install its script. What is offered there, td __complete knows.
package completion

import (
	"bytes"
	_ "embed"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// The scripts run td with the words of the line. They are our own because those that cobra
// makes evaluate the text of the line, and a query may hold what a shell would run. The one
// for PowerShell is cobra's, behind a guard.
var (
	//go:embed td.bash
	bash string
	//go:embed td.zsh
	zsh string
	//go:embed td.fish
	fish string
)

// Commands returns the completion commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{New(env), NewInstall(env)}
}

// Shells are the shells that there is a script for.
func Shells() []string { return []string{"bash", "zsh", "fish", "powershell"} }

// New returns the command completion.
func New(e *cli.Env) *cobra.Command {
	return &cobra.Command{
		Use:   "completion SHELL",
		Short: "Print the completion script for bash, zsh, fish or powershell",
		Long: `Print the script that lets bash, zsh, fish or powershell complete td's command lines:
commands, flags, their values, and names of the account, which are kept for some minutes
in $XDG_CACHE_HOME/td or ~/.td/cache. 'td completion:install' puts it in its place.`,
		Example: `  . <(td completion bash)
  td completion zsh > "${fpath[1]}/_td"
  td completion fish | source`,
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.OneOf(Shells()...)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := check(args[0]); err != nil {
				return err
			}
			script, err := Script(cmd.Root(), args[0])
			if err != nil {
				return err
			}
			_, err = e.Out.Write(script)
			return err
		},
	}
}

func check(shell string) error {
	if !slices.Contains(Shells(), shell) {
		return cli.Usagef("unknown shell %q; it is %s", shell, strings.Join(Shells(), ", "))
	}
	return nil
}

// Script returns the script for one of the [Shells].
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
	return bytes.Replace(buf.Bytes(), []byte(powershellBegins), []byte(powershellGuard+powershellBegins), 1), err
}

// powershellBegins is where cobra's script for PowerShell looks at the line for the first time.
const powershellBegins = "    # Get the current command line and convert into a string\n"

// powershellGuard stands before that. The script evaluates the text of the line: it is to hold
// nothing but words and variables then.
const powershellGuard = `    # The line is evaluated below: where it holds $(...) or the like, nothing is offered.
    foreach ($Element in $CommandAst.CommandElements) {
        $IsWord = $Element -is [System.Management.Automation.Language.ConstantExpressionAst] -or
            $Element -is [System.Management.Automation.Language.VariableExpressionAst] -or
            ($Element -is [System.Management.Automation.Language.CommandParameterAst] -and $null -eq $Element.Argument)
        if (-not $IsWord) {
            return
        }
    }

`
