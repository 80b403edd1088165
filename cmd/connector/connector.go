// Package connector is the commands that load data from elsewhere into tables, once or
// again and again.
package connector

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/connectorconfig"
)

// Commands returns the connector:* commands.
func Commands(env *cli.Env) []*cobra.Command {
	return []*cobra.Command{
		NewGuess(env), NewPreview(env), NewIssue(env), NewList(env), NewShow(env), NewCreate(env),
		NewUpdate(env), NewDelete(env), NewHistory(env), NewRun(env),
	}
}

// explain names the session that an error is about; nil stays nil.
func explain(name string, err error) error {
	switch {
	case errors.Is(err, api.ErrNotFound):
		return cli.NotFound("connector session", name, "connector:list", err)
	case errors.Is(err, api.ErrConflict):
		return cli.AlreadyExists("connector session", name, err)
	}
	return err
}

// readConfig reads a configuration from a file, or from standard input (-). One that
// makes no sense is a usage error: nothing was sent.
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
		return connectorconfig.Config{}, cli.UsageError{Err: err}
	}
	config, err := parse(data)
	if err != nil {
		return config, cli.Usagef("the configuration in %s cannot be used: %w", path, err)
	}
	return config, nil
}

// submitted says that a job is queued, and waits for it if that is asked for.
func submitted(ctx context.Context, env *cli.Env, client *api.Client, id string, f jobcmd.SubmitFlags) error {
	say := env.Print
	if f.Wait.On {
		say = env.Say
	}
	f.PrintID.Queued(env, id, say, "Job %s is queued.")
	return jobcmd.Finish(ctx, env, client, id, "Status", f)
}

// describe prints a session, without secrets.
func describe(w io.Writer, l api.BulkLoad) {
	line := func(label string, value any) { fmt.Fprintf(w, "%-11s: %v\n", label, value) }
	line("Name", l.Name)
	line("Cron", l.Cron)
	line("Timezone", l.Timezone)
	line("Delay", l.Delay.Value)
	line("Database", l.Database)
	line("Table", l.Table)
	fmt.Fprintf(w, "Config\n%s\n", connectorconfig.Show(l.Config))
	fmt.Fprintf(w, "Config Diff\n%s", connectorconfig.Show(l.ConfigDiff))
}
