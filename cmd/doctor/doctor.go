// Package doctor is the command that finds out why td does not work: td doctor.
package doctor

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
)

// The checks that wait for something stop after these times. Those of the network run
// side by side, so that all take less than ten seconds.
const (
	keyPatience     = 4 * time.Second // for the command or the keyring that has the key
	networkPatience = 4 * time.Second
	diskPatience    = time.Second
)

// What is found.
const (
	ok      = "ok"
	warning = "warning"
	failed  = "failed"
	skipped = "skipped" // cannot be told, because of an earlier failure
)

// A finding is the outcome of one check.
type finding struct {
	check, status, detail string
	err                   error // of a failure; it decides the exit status
}

// Commands returns the command doctor.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{New(env)}
}

// New returns the command doctor.
func New(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:   "doctor",
		Short: "Check the settings, the API key, the network and the sandbox",
		Long: `Check what td needs: the settings and who may read them, the API key, the proxy, the
servers, TLS, the clock, completion and the sandbox. Each line says what was found and
what to do. The key goes to the endpoint in force alone, and is never shown.

Warnings do not count. After a failure the exit status is that of the first one: 6 for
settings or a key that cannot be used, 10 for the network, 11 for the sandbox.`,
		Example: "  td doctor\n  td --profile japan doctor\n  td doctor -f jsonl",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return doctor(cmd.Context(), env, format)
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func doctor(ctx context.Context, env *cli.Env, format cli.ListFormat) error {
	env.Flags.RetryMaxTime, env.Account.KeyTimeout = 0, keyPatience
	found := []finding{version(env)}
	c, err := env.Config()
	if usage, bad := asUsage(err); bad {
		return usage
	}
	found = append(found, settings(env, c, err)...)
	local := []finding{completion(env), sandboxFolder(ctx, env)} // before the sandbox is opened
	spin := env.Spin("checking")
	found = append(found, network(ctx, env, c, err)...)
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

// raw is a finding as jsonl shows it.
type raw struct {
	Check  string `json:"check"`
	Status string `json:"status"`
	Detail string `json:"detail"`
}

func version(env *cli.Env) finding {
	return finding{"version", ok, fmt.Sprintf("td %s, %s, %s/%s", env.Version, runtime.Version(), runtime.GOOS, runtime.GOARCH), nil}
}

// failure is a finding that tells an error and what it hints at.
func failure(check string, err error) finding {
	detail := err.Error()
	if hint := cli.Hint(err); hint != "" {
		detail += "; " + hint
	}
	return finding{check, failed, detail, err}
}
