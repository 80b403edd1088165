// Package connector implements the connector:* commands, which load data from external
// sources into tables.
package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
	"github.com/td-cli/td/internal/history"
)

// Commands returns the connector:* commands.
func Commands() []argv.Command {
	return []argv.Command{
		{Name: "connector:guess", Aliases: []string{"connector"}, New: NewGuess, ReadOnly: true},
		{Name: "connector:preview", New: NewPreview, ReadOnly: true},
		{Name: "connector:issue", New: NewIssue},
		{Name: "connector:list", New: NewList, ReadOnly: true},
		{Name: "connector:show", New: NewShow, ReadOnly: true},
		{Name: "connector:create", New: NewCreate},
		{Name: "connector:update", New: NewUpdate},
		{Name: "connector:delete", New: NewDelete},
		{Name: "connector:history", New: NewHistory, ReadOnly: true},
		{Name: "connector:run", New: NewRun},
	}
}

// withName adds the session's name to a not-found or conflict error.
func withName(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return cli.NotFound("connector session", name, "connector:list", err)
	case errors.Is(err, api.ErrConflict):
		return cli.AlreadyExists("connector session", name, err)
	}
	return err
}

// readConfig reads a configuration from a file, or from standard input (-). An invalid
// configuration is a usage error.
func readConfig(env *cli.Env, path string) (connectorconfig.Config, error) {
	return readWith(env, path, connectorconfig.Parse)
}

func readWith(env *cli.Env, path string, parse func([]byte) (connectorconfig.Config, error)) (connectorconfig.Config, error) {
	var data []byte
	var err error
	if path == "-" {
		data, err = io.ReadAll(env.In)
	} else {
		data, err = os.ReadFile(path)
	}
	if err != nil {
		return connectorconfig.Config{}, cli.CannotRead(path, err)
	}
	config, err := parse(data)
	if err != nil {
		return config, cli.Usagef("invalid configuration in %s: %w", path, err)
	}
	return config, nil
}

// submitted records and prints that a job is queued, and waits for it if the flags ask for it.
func submitted(ctx context.Context, env *cli.Env, client *api.Client, job history.Job, f jobcmd.SubmitFlags) error {
	say := env.Print
	if f.Wait.On {
		say = env.Say
	}
	f.PrintID.ReportQueued(ctx, env, job, say, "Job %s is queued.")
	return jobcmd.WaitSubmitted(ctx, env, client, job.ID, "Status", f)
}

// describe prints a session without secrets.
func describe(w io.Writer, l api.BulkLoad) {
	line := func(label string, value any) { fmt.Fprintf(w, "%-9s: %v\n", label, value) }
	line("Name", l.Name)
	line("Cron", l.Cron)
	line("Timezone", l.Timezone)
	line("Delay", l.Delay.Value)
	line("Database", l.Database)
	line("Table", l.Table)
	fmt.Fprintf(w, "Config\n%s\n", connectorconfig.ShowDocument(l.Config))
	fmt.Fprintf(w, "Config Diff\n%s", connectorconfig.ShowDocument(l.ConfigDiff))
}
