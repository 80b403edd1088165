package workflow

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"maps"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
)

type retryOptions struct {
	name, revision, resumeFrom, paramsFile string
	params                                 []string
	latest, keep, all, resume              bool
}

// NewRetry returns the command workflow:retry.
func NewRetry(env *cli.Env) *cobra.Command {
	var o retryOptions
	cmd := &cobra.Command{
		Use:   "workflow:retry ATTEMPT_ID",
		Short: "Run a session again",
		Long: `Run the session of an attempt again: with the chosen revision of its workflow, and either
all tasks or the unfinished ones.`,
		Example:     "  td workflow retry 123 --latest-revision --all\n  td workflow retry 123 --keep-revision --resume",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.Attempt),
		RunE: func(cmd *cobra.Command, args []string) error {
			return retry(cmd.Context(), env, o, args[0])
		},
	}
	fs := cmd.Flags()
	fs.BoolVar(&o.latest, "latest-revision", false, "use the newest revision")
	fs.BoolVar(&o.keep, "keep-revision", false, "use the revision of the attempt")
	fs.StringVar(&o.revision, "revision", "", "in this `REVISION`")
	fs.BoolVar(&o.all, "all", false, "run all tasks")
	fs.BoolVar(&o.resume, "resume", false, "run only the tasks that did not succeed")
	fs.StringVar(&o.resumeFrom, "resume-from", "", "run this `+TASK` and the tasks after it")
	fs.StringVar(&o.name, "name", "", "`NAME` of the new attempt (default random)")
	fs.StringArrayVarP(&o.params, "param", "p", nil, "workflow parameter `KEY=VALUE` (repeatable)")
	fs.StringVarP(&o.paramsFile, "params-file", "P", "", "read parameters from a YAML `FILE`")
	complete.Flags(fs, complete.Any, "revision", "resume-from", "name", "param")
	complete.Flags(fs, complete.File, "params-file")
	return cmd
}

func (o retryOptions) check() error {
	switch {
	case count(o.latest, o.keep, o.revision != "") != 1:
		return cli.Usagef("one of --latest-revision, --keep-revision and --revision is required")
	case count(o.all, o.resume, o.resumeFrom != "") != 1:
		return cli.Usagef("one of --all, --resume and --resume-from is required")
	}
	return nil
}

func count(given ...bool) (n int) {
	for _, g := range given {
		if g {
			n++
		}
	}
	return n
}

func retry(ctx context.Context, env *cli.Env, o retryOptions, id string) error {
	if err := checkAttempt(id); err != nil {
		return err
	}
	if err := o.check(); err != nil {
		return err
	}
	extra, err := parameters(o.paramsFile, o.params)
	if err != nil {
		return err
	}
	client, err := env.Workflows()
	if err != nil {
		return err
	}
	old, err := client.Attempt(ctx, id)
	if err != nil {
		return noAttempt(id, err)
	}
	workflowID, err := revisionOf(ctx, client, o, old)
	if err != nil {
		return err
	}
	r := api.StartRequest{WorkflowID: workflowID, SessionTime: old.SessionTime.Time, RetryName: o.name, Params: map[string]any{}}
	if len(old.Params) > 0 {
		if err := json.Unmarshal(old.Params, &r.Params); err != nil {
			return fmt.Errorf("cannot read the parameters of attempt %s: %w: %w", id, api.ErrAnswer, err)
		}
	}
	maps.Copy(r.Params, extra)
	switch {
	case r.RetryName != "":
	case env.Flags.DryRun:
		r.RetryName = api.UnknownID
	default:
		r.RetryName = rand.Text()
	}
	if !o.all {
		r.ResumeAttempt, r.ResumeFrom = id, o.resumeFrom
	}
	a, err := client.Start(ctx, r)
	if errors.Is(err, api.ErrConflict) {
		return cli.StateError{Err: fmt.Errorf("an attempt %q already exists, or the session is still running", r.RetryName)}
	}
	if err != nil {
		return err
	}
	printStarted(env, a)
	return nil
}

// revisionOf returns the ID of the attempt's workflow in the chosen revision.
func revisionOf(ctx context.Context, client *api.Workflows, o retryOptions, old api.Attempt) (string, error) {
	if !o.keep {
		w, err := client.Workflow(ctx, old.ProjectID, old.Workflow, o.revision)
		return w.ID, noWorkflow(old.Project, err)
	}
	if old.WorkflowID == "" {
		return "", cli.StateError{Err: fmt.Errorf("the workflow of attempt %s is not stored and cannot run again", old.ID)}
	}
	return old.WorkflowID, nil
}
