// Package history implements the history command.
package history

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/internal/text"
)

// Commands returns the commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "history", New: New, ReadOnly: true},
	}
}

// unknown is the status of a job whose end td has not seen.
const unknown = "unknown"

type options struct {
	limit                      int
	all                        bool
	status, database, typeName string
}

// A recorded job is a job of the history with its reference, which is empty for another account.
type recorded struct {
	history.Job
	ref string
}

// New returns the history command.
func New(env *cli.Env) *cobra.Command {
	var o options
	cmd := listcmd.New(env, listcmd.Spec[recorded]{
		Use:   "history [TEXT]",
		Short: "List the jobs that td submitted on this machine",
		Long: `List the jobs that td submitted on this machine with this account, the newest first. TEXT selects
those whose SQL, name or ID contains it.

All commands accept last and @last instead of the ID of the last job, @-2 instead of the one before,
and @NAME instead of the newest one with this name, which query --name gives.

For each job td records the time, account, database, type, SQL and parameters without secrets, and
its end when a command sees it, but no rows. The file is in ~/.local/state/td ($XDG_STATE_HOME/td),
and only you can read it. 'history = off' in td.conf disables the history. The oldest jobs are removed
when the file exceeds 8 MB.`,
		Example:  "  td history\n  td history www_access --status error\n  td history --all --limit 100 -f jsonl",
		Args:     cobra.MaximumNArgs(1),
		Kinds:    []complete.Kind{complete.Any},
		Fetch:    func(_ context.Context, args []string) ([]recorded, error) { return find(env, o, args) },
		Columns:  columns(),
		Optional: []string{"Profile", "Command", "Duration", "Rows", "Type", "Database", "Time", "Name"},
		Raw:      raw,
		Empty:    func([]string) { env.Say("No recorded job matches.") },
	})
	fs := cmd.Flags()
	fs.IntVar(&o.limit, "limit", 20, "list at most `N` jobs")
	fs.BoolVar(&o.all, "all", false, "list the jobs of all accounts and endpoints")
	fs.StringVar(&o.status, "status", "", "list only jobs with this `STATUS`: success, error, killed or unknown")
	fs.StringVarP(&o.database, "database", "d", "", "list only jobs in database `DB`")
	fs.StringVarP(&o.typeName, "type", "T", "", "list only jobs of this `TYPE`, such as trino")
	complete.Flags(fs, complete.OneOf("success", "error", "killed", unknown), "status")
	complete.Flags(fs, complete.Database, "database")
	complete.Flags(fs, complete.JobType, "type")
	return cmd
}

func columns() []listcmd.Column[recorded] {
	return []listcmd.Column[recorded]{
		{Title: "Ref", Cell: func(j recorded) any { return listcmd.OrNil(j.ref) }},
		{Title: "JobID", Cell: func(j recorded) any { return j.ID }},
		{Title: "Status", Cell: func(j recorded) any { return j.status() }},
		listcmd.LocalTime("Time", func(j recorded) time.Time { return j.Time }),
		{Title: "Duration", Cell: func(j recorded) any {
			if j.Outcome == nil || j.Outcome.Duration == nil {
				return nil
			}
			return text.Elapsed(time.Duration(*j.Outcome.Duration)*time.Second, false)
		}},
		{Title: "Rows", Cell: func(j recorded) any {
			if j.Outcome == nil || j.Outcome.Rows == nil {
				return nil
			}
			return *j.Outcome.Rows
		}},
		{Title: "Type", Cell: func(j recorded) any { return listcmd.OrNil(j.Type) }},
		{Title: "Database", Cell: func(j recorded) any { return listcmd.OrNil(j.Database) }},
		{Title: "Name", Cell: func(j recorded) any { return listcmd.OrNil(j.Name) }},
		{Title: "Command", Cell: func(j recorded) any { return j.Command }},
		{Title: "Profile", Cell: func(j recorded) any { return j.Profile }},
		{Title: "Query", Cell: func(j recorded) any {
			const width = 50
			return grid.Shown{Table: text.Truncate(strings.Join(strings.Fields(j.SQL), " "), width), Plain: listcmd.OrNil(j.SQL)}
		}},
	}
}

func (j recorded) status() string {
	if j.Outcome == nil {
		return unknown
	}
	return j.Outcome.Status
}

// raw returns the jsonl object of a job.
func raw(j recorded) any {
	o := struct {
		Ref           string    `json:"ref,omitempty"`
		JobID         string    `json:"job_id"`
		Status        string    `json:"status"`
		Time          time.Time `json:"time"`
		Duration      *int64    `json:"duration"`
		NumRecords    *int64    `json:"num_records"`
		Type          string    `json:"type"`
		Database      string    `json:"database"`
		Name          string    `json:"name,omitempty"`
		Command       string    `json:"command"`
		Profile       string    `json:"profile"`
		Endpoint      string    `json:"endpoint"`
		Query         string    `json:"query"`
		Params        []string  `json:"params,omitempty"`
		Hash          string    `json:"hash,omitempty"`
		EngineVersion string    `json:"engine_version,omitempty"`
		Result        string    `json:"result,omitempty"`
	}{
		Ref: j.ref, JobID: j.ID, Status: j.status(), Time: j.Time, Type: j.Type, Database: j.Database, Name: j.Name, Command: j.Command,
		Profile: j.Profile, Endpoint: j.Endpoint, Query: j.SQL, Params: j.Params, Hash: j.Hash, EngineVersion: j.EngineVersion,
		Result: j.ResultURL,
	}
	if j.Outcome != nil {
		o.Duration, o.NumRecords = j.Outcome.Duration, j.Outcome.Rows
	}
	return o
}

// find returns the newest jobs that the options and the arguments select.
func find(env *cli.Env, o options, args []string) (found []recorded, err error) {
	if o.limit < 1 {
		return nil, cli.Usagef("--limit must be 1 or more, not %d", o.limit)
	}
	if o.status != "" && !slices.Contains([]string{"success", "error", "killed", unknown}, o.status) {
		return nil, cli.Usagef("--status must be success, error, killed or unknown, not %q", o.status)
	}
	ledger, err := env.History()
	if err != nil {
		return nil, err
	}
	own := 0
	for job, err := range ledger.Jobs() {
		if err != nil {
			return nil, err
		}
		j := recorded{Job: job}
		if ledger.Owns(job) {
			own++
			j.ref = fmt.Sprintf("@-%d", own)
		}
		if !o.selects(j) || len(args) == 1 && !job.Matches(args[0]) {
			continue
		}
		if found = append(found, j); len(found) == o.limit {
			break
		}
	}
	return found, nil
}

func (o options) selects(j recorded) bool {
	return (o.all || j.ref != "") &&
		(o.status == "" || o.status == j.status()) &&
		(o.database == "" || o.database == j.Database) &&
		(o.typeName == "" || o.typeName == j.Type)
}
