package workflow

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

type startOptions struct {
	session, revision, retry, paramsFile string
	params                               []string
}

// NewStart returns the command workflow:start.
func NewStart(env *cli.Env) *cobra.Command {
	var o startOptions
	cmd := &cobra.Command{
		Use:   "workflow:start PROJECT WORKFLOW --session TIME",
		Short: "Start a session of a workflow",
		Long: `Start a session of a workflow. TIME is now, hourly, daily, a date, or a date and a time, in
the time zone of the workflow.`,
		Example: "  td workflow start sales daily --session daily\n" +
			"  td workflow start sales daily --session '2026-01-02 03:00:00' -p region=eu",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Project, complete.Workflow),
		RunE: func(cmd *cobra.Command, args []string) error {
			return start(cmd.Context(), env, o, args[0], args[1], env.Now())
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&o.session, "session", "", "the session's `TIME` (required)")
	fs.StringVar(&o.revision, "revision", "", "start this `REVISION` (default the newest)")
	fs.StringVar(&o.retry, "retry", "", "start another attempt `NAME` of an existing session")
	fs.StringArrayVarP(&o.params, "param", "p", nil, "workflow parameter `KEY=VALUE` (repeatable)")
	fs.StringVarP(&o.paramsFile, "params-file", "P", "", "read parameters from a YAML `FILE`")
	argv.AddDryRun(fs, env, "d", "print what would be started")
	complete.Flags(fs, complete.OneOf("now", "hourly", "daily"), "session")
	complete.Flags(fs, complete.Any, "revision", "retry", "param")
	complete.Flags(fs, complete.File, "params-file")
	return cmd
}

func start(ctx context.Context, env *cli.Env, o startOptions, projectName, name string, now time.Time) error {
	at, mode, err := sessionTime(o.session, now)
	if err != nil {
		return err
	}
	params, err := parameters(o.paramsFile, o.params)
	if err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	p, err := project(ctx, client, projectName)
	if err != nil {
		return err
	}
	w, err := client.Workflow(ctx, p.ID, name, o.revision)
	if err != nil {
		return noWorkflow(projectName, err)
	}
	moment, err := client.SessionTime(ctx, w.ID, at, mode)
	if err != nil {
		return err
	}
	if moment.IsZero() {
		return fmt.Errorf("cannot parse the session time of %q: %w", o.session, api.ErrAnswer)
	}
	r := api.StartRequest{WorkflowID: w.ID, SessionTime: moment, RetryName: o.retry, Params: params}
	if env.Flags.DryRun {
		env.Say("Dry run, nothing was started: workflow %s of project %s, revision %s, at %s.", w.Name, p.Name, w.Revision, text.UTC(moment))
	}
	a, err := client.Start(ctx, r)
	if errors.Is(err, api.ErrConflict) {
		return cli.WithHint(cli.StateError{Err: fmt.Errorf("a session of %s at %s already exists", name, text.UTC(moment))},
			"'td workflow sessions %s %s' lists it, 'td workflow retry' runs it again", projectName, name)
	}
	if err != nil {
		return err
	}
	printStarted(env, a)
	return nil
}

func noWorkflow(projectName string, err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return cli.WithHint(err, "'td workflow workflows %s' lists the workflows", projectName)
	}
	return err
}

// sessionTime parses --session. It returns a time for the service and how the service
// truncates it.
func sessionTime(text string, now time.Time) (at, mode string, err error) {
	switch text {
	case "":
		return "", "", cli.Usagef("--session is required: now, hourly, daily, a date, or a date and a time")
	case "hourly":
		mode = "hour"
	case "daily":
		mode = "day"
	case "now":
	default:
		for _, layout := range []string{"2006-01-02", "2006-01-02 15:04:05", "2006-01-02T15:04:05", time.RFC3339} {
			t, err := time.Parse(layout, text)
			switch {
			case err != nil:
				continue
			case layout == time.RFC3339:
				return text, "", nil
			}
			return t.Format("2006-01-02T15:04:05"), "", nil
		}
		return "", "", cli.Usagef("--session must be now, hourly, daily, a date (2026-01-02), or a date and a time (2026-01-02 03:04:05), not %q", text)
	}
	return now.UTC().Format("2006-01-02T15:04:05Z"), mode, nil
}
