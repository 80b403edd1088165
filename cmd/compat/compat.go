// Package compat implements the command compat:check, which finds the calls of td in shell
// scripts and crontabs that behave differently than with the Ruby toolbelt.
package compat

import (
	"context"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/shellscript"
	"github.com/td-cli/td/internal/text"
)

// Commands returns the command compat:check. The function newTree returns a new tree of all
// commands, with which one call is parsed.
func Commands(newTree func() *argv.Tree) []argv.Command {
	return []argv.Command{
		{Name: "compat:check", New: func(env *cli.Env) *cobra.Command { return New(env, newTree) }, ReadOnly: true},
	}
}

// formats returns the values of --type.
func formats() []string {
	return []string{string(shellscript.Auto), string(shellscript.Shell), string(shellscript.Crontab), string(shellscript.SystemCrontab)}
}

// New returns the command compat:check.
func New(env *cli.Env, newTree func() *argv.Tree) *cobra.Command {
	format := cli.TableList()
	var fileType string
	cmd := &cobra.Command{
		Use:   "compat:check FILE...",
		Short: "Check the td calls in shell scripts written for the Ruby toolbelt",
		Long: `Find the td calls in shell scripts and crontabs (- is standard input), and report for each of
them whether this td behaves as the Ruby toolbelt does. Nothing is run or sent.
'td help compat' explains the verdicts and lists what is found.

The exit status is 0 if nothing must be done, and 1 if a call needs a change or a look.`,
		Example: `  td compat:check nightly.sh /etc/cron.d/reports
  crontab -l | td compat:check -
  td compat:check *.sh -f jsonl --jq 'select(.action_required) | .call'`,
		Args:        cobra.MinimumNArgs(1),
		Annotations: complete.Args(complete.File, complete.Repeat),
		RunE: func(cmd *cobra.Command, args []string) error {
			fileFormat := shellscript.Format(fileType)
			switch fileFormat {
			case shellscript.Auto, shellscript.Shell, shellscript.Crontab, shellscript.SystemCrontab:
			default:
				return cli.Usagef("--type must be %s, not %q", text.JoinOr(formats()), fileType)
			}
			return run(cmd.Context(), env, checker{newTree}, args, fileFormat, printer{env, format, cmd.Flags().Changed("format") || cmd.Flags().Changed("jq")})
		},
	}
	fs := cmd.Flags()
	fs.VarP(&format, "format", "f", "print a list in this `FORMAT`, instead of a report")
	fs.StringVar(&fileType, "type", string(shellscript.Auto), "`TYPE` of the files: "+text.JoinOr(formats()))
	complete.Flags(fs, complete.OneOf(formats()...), "type")
	return cmd
}

// An actionError is the error for calls that need a change or a look, which the report lists.
type actionError struct{ calls int }

func (e actionError) Error() string { return count(e.calls, "call") + ": a change or a look is needed" }

func run(ctx context.Context, env *cli.Env, c checker, files []string, format shellscript.Format, p printer) error {
	var results []result
	var firstErr error
	for _, name := range files {
		if err := ctx.Err(); err != nil {
			return err
		}
		src, err := readFile(env, name)
		if err != nil {
			if firstErr == nil {
				firstErr = err
			} else {
				env.Warn("%s", err)
			}
			continue
		}
		results = append(results, c.checkFile(name, src, format)...)
	}
	if err := p.print(results); err != nil {
		return err
	}
	p.summarize(results, len(files))
	if firstErr != nil {
		return firstErr
	}
	if n := countRequired(results); n > 0 {
		return cli.SilentError{Err: actionError{n}}
	}
	return nil
}

// readFile returns the text of a file, or of standard input for "-".
func readFile(env *cli.Env, name string) (src string, err error) {
	var b []byte
	if name == "-" {
		b, err = io.ReadAll(env.In)
	} else {
		b, err = os.ReadFile(name)
	}
	if err == nil {
		src, err = text.Decode(b)
	}
	if err != nil {
		return "", cli.CannotRead(name, err)
	}
	return src, nil
}
