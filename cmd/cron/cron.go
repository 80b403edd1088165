// Package cron implements the commands cron and cron:*, which run other commands unattended.
package cron

import (
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
)

// Commands returns the commands. They run the commands in tree.
func Commands(tree *argv.Tree) []argv.Command {
	return []argv.Command{
		{Name: "cron", New: func(env *cli.Env) *cobra.Command { return New(env, tree) }},
		{Name: "cron:install", New: func(env *cli.Env) *cobra.Command { return NewInstall(env, tree) }},
		{Name: "cron:list", New: NewList, ReadOnly: true},
		{Name: "cron:remove", New: NewRemove},
	}
}

// New returns the command cron.
func New(env *cli.Env, tree *argv.Tree) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "cron -- COMMAND…",
		Short: "Run a command of td unattended: silent unless it fails",
		Long: `Run a command of td unattended, for example from a crontab: silent if it succeeds, with its whole log
on standard error if it fails, and with its exit status. COMMAND are arguments of td. A retry, and the
next run of the same command after it was interrupted or killed, continues with the job that the command
submitted. 'td help cron' explains the details, and cron:install adds a command to the crontab.`,
		Example: `  td cron --lock daily --timeout 2h -- query -w -d web -q /etc/td/daily.sql -o /srv/daily.csv
  td cron --retries 3 --heartbeat https://hc-ping.com/ID -- connector:run -w orders`,
		Args:        checkDash,
		Annotations: complete.Args(),
		RunE: func(cmd *cobra.Command, args []string) error {
			if cmd.ArgsLenAtDash() < 0 {
				if err := cmd.Help(); err != nil || len(args) == 0 {
					return err
				}
				return cli.Usagef("cron: -- is missing before the command '%s'", args[0])
			}
			return run(cmd.Context(), env, tree, o, globalFlags(tree, cmd), args)
		},
	}
	argv.RunsCommand(cmd)
	fs := cmd.Flags()
	o.add(fs)
	fs.StringVar(&o.schedule, "schedule", "", "the `TIMES` at which this command is run, as in cron:install")
	complete.Flags(fs, complete.Cron, "schedule")
	return cmd
}

// checkDash rejects arguments before "--". Arguments without one are rejected by the command itself, which prints its help,
// but not accepted as long as the flags are not parsed, so that 'td cron list' is cron:list.
func checkDash(c *cobra.Command, args []string) error {
	if len(args) > 0 && !c.Flags().Parsed() || c.ArgsLenAtDash() > 0 {
		return cli.Usagef("the command must follow --")
	}
	return nil
}

// globalFlags returns the global flags that were given to cron, for the command.
func globalFlags(tree *argv.Tree, c *cobra.Command) (args []string) {
	var names []string
	add := func(f *pflag.Flag) {
		if tree.Root.Flags().Lookup(f.Name) != nil && !slices.Contains(names, f.Name) && f.Name != "help" {
			names = append(names, f.Name)
			args = append(args, "--"+f.Name+"="+f.Value.String())
		}
	}
	tree.Root.Flags().Visit(add)
	c.Flags().Visit(add)
	return args
}
