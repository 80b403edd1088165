package query

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/sqlparam"
)

// NewRerun returns the rerun command.
func NewRerun(env *cli.Env) *cobra.Command {
	var o options
	cmd := &cobra.Command{
		Use:   "rerun JOB",
		Short: "Submit a query of the history again",
		Long: `Submit a query of the history again: with the same SQL, parameters, database, type, name and
settings, unless flags give other ones. JOB is last, @-2, @NAME or a job ID; 'td history' lists them.
SQL that is not in the history because of its length or a secret is fetched from the server.`,
		Example:     "  td rerun @-3 -D day=2026-01-02\n  td rerun last -w -T trino\n  td rerun @daily -w -f csv -o daily.csv",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.RecordedQuery),
		RunE: func(cmd *cobra.Command, args []string) error {
			o.reuseGiven = cmd.Flags().Changed("reuse")
			return runRerun(cmd.Context(), env, o, args[0])
		},
	}
	o.addFlags(cmd.Flags())
	return cmd
}

func runRerun(ctx context.Context, env *cli.Env, o options, ref string) error {
	job, err := jobcmd.FindJob(env, ref)
	if err != nil {
		return err
	}
	if job.Command != jobcmd.QueryCommand {
		return cli.Usagef("job %s was submitted by %s; only queries can be run again", job.ID, job.Command)
	}
	if err := o.inherit(job); err != nil {
		return err
	}
	t := task{name: "the SQL of job " + job.ID, options: o}
	if t.sql, o.defines, err = recordedSQL(ctx, env, job, o.defines); err != nil {
		return err
	}
	tasks := []task{t}
	if err := prepare(env, o, tasks); err != nil {
		return err
	}
	return runTasks(ctx, env, tasks)
}

// inherit sets the options that were not given to those of a job.
func (o *options) inherit(job history.Job) error {
	o.database = cmp.Or(o.database, job.Database)
	o.jobType = cmp.Or(o.jobType, job.Type)
	o.engine = cmp.Or(o.engine, job.EngineVersion)
	o.pool = cmp.Or(o.pool, job.PoolName)
	o.name = cmp.Or(o.name, job.Name)
	if o.priority == "" && job.Priority != nil {
		o.priority = strconv.Itoa(*job.Priority)
	}
	if o.retry == 0 && job.RetryLimit != nil {
		o.retry = *job.RetryLimit
	}
	if o.resultURL == "" && !job.HasFullResultURL() {
		return cli.Usagef("job %s wrote its result to %s, which the history has without its password; give the URL with -r", job.ID, job.ResultURL)
	}
	o.resultURL = cmp.Or(o.resultURL, job.ResultURL)
	return nil
}

// recordedSQL returns the SQL of a job and its parameters, some of which are replaced by defines. SQL that the history does
// not have is fetched from the server, which only has it with the values of the parameters.
func recordedSQL(ctx context.Context, env *cli.Env, job history.Job, defines []string) (sql string, params []string, err error) {
	params, missing, err := mergeParams(job, defines)
	if err != nil {
		return "", nil, err
	}
	switch {
	case job.HasFullSQL() && missing == "":
		return job.SQL, params, nil
	case len(defines) > 0 && job.HasFullSQL():
		return "", nil, cli.Usagef("the history has no value for :%s of job %s because it is secret; give it with -D", missing, job.ID)
	case len(defines) > 0:
		return "", nil, cli.Usagef("the SQL of job %s is not in the history because it is too long or contains a secret, so -D cannot be used", job.ID)
	}
	client, err := env.Client()
	if err != nil {
		return "", nil, err
	}
	full, err := jobcmd.FetchJob(ctx, env, client, job.ID)
	if err != nil {
		return "", nil, fmt.Errorf("the history has no SQL of job %s: %w", job.ID, err)
	}
	return full.Query, nil, nil
}

// mergeParams returns the parameters of a job, replaced by those of defines with the same names and followed by the
// others. A define without a type has that of the job. missing is the name of one whose value is unknown, or "".
func mergeParams(job history.Job, texts []string) (params []string, missing string, err error) {
	defines, err := parseDefines(texts)
	if err != nil {
		return nil, "", err
	}
	for _, text := range job.Params {
		p, err := sqlparam.Parse(text)
		if err != nil { // recorded parameters are valid
			continue
		}
		if i := slices.IndexFunc(defines, func(d define) bool { return d.Name == p.Name }); i >= 0 {
			if !defines[i].isTyped {
				defines[i].Type = p.Type
			}
			continue
		}
		if job.IsParamMasked(p.Name) {
			missing = p.Name
		}
		params = append(params, text)
	}
	for _, d := range defines {
		params = append(params, d.String())
	}
	return params, missing, nil
}
