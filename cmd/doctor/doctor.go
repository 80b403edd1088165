// Package doctor implements the doctor command, which diagnoses problems of td.
package doctor

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

// Time limits of the checks. The network checks run concurrently; together all checks take
// less than ten seconds.
const (
	keyLimit     = 4 * time.Second // key command and keyring
	networkLimit = 4 * time.Second
	diskLimit    = time.Second
)

// Results of a check.
const (
	ok      = "ok"
	warning = "warning"
	failed  = "failed"
	skipped = "skipped" // an earlier failure makes the check impossible
)

// A finding is the outcome of one check.
type finding struct {
	check, status, detail string
	err                   error // set for a failure; determines the exit status
}

// Commands returns the command doctor.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "doctor", New: New, ReadOnly: true},
	}
}

// New returns the command doctor.
func New(env *cli.Env) *cobra.Command { return newCommand(env, networkLimit) }

func newCommand(env *cli.Env, limit time.Duration) *cobra.Command {
	format := cli.TableList()
	format.KeepText = true
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the settings, the API key, the network and the sandbox",
		Long: `Check the settings and their file permissions, the API key, the proxy, the servers, TLS,
the clock, completion and the sandbox. Each line shows the result and how to fix a problem.
The key is only sent to the configured endpoint and never shown.

Warnings do not change the exit status. After a failure it is the status of the first one:
6 for unusable settings or an unusable key, 10 for the network, 11 for the sandbox.`,
		Example: "  td doctor\n  td --profile japan doctor\n  td doctor -f jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return doctor(cmd.Context(), env, format, limit)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func doctor(ctx context.Context, env *cli.Env, format cli.ListFormat, limit time.Duration) error {
	env.Flags.RetryMaxTime, env.Account.KeyTimeout = 0, keyLimit
	found := []finding{version(env)}
	c, err := env.Config()
	if usage, bad := asUsage(err); bad {
		return usage
	}
	found = append(found, settings(env, c, err)...)
	local := []finding{completion(env), sandboxFolder(ctx, env)} // before the sandbox is opened
	spin := env.Spin("checking")
	found = append(found, network(ctx, env, c, err, limit)...)
	spin.Stop()
	if ctx.Err() != nil {
		return ctx.Err()
	}
	found = append(found, local...)
	l := grid.List{Columns: []string{"Check", "Status", "Detail"}}
	var first error
	for _, f := range found {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{f.check, f.status, f.detail}, Raw: raw{f.check, f.status, f.detail}})
		if first == nil && f.err != nil {
			first = cli.SilentError{Err: f.err}
		}
	}
	if err := env.PrintList(l, format); err != nil {
		return err
	}
	return first
}

// raw returns a finding as format jsonl shows it.
type raw struct {
	Check  string `json:"check"`
	Status string `json:"status"`
	Detail string `json:"detail"`
}

func version(env *cli.Env) finding {
	return finding{"version", ok, fmt.Sprintf("td %s, %s, %s/%s", env.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH), nil}
}

// failure returns the finding for an error, with its hint.
func failure(check string, err error) finding {
	detail := err.Error()
	if hint := cli.Hint(err); hint != "" {
		detail += "; " + hint
	}
	return finding{check, failed, detail, err}
}
