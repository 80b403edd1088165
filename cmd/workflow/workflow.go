// Package workflow implements the workflow:* commands, which use the Treasure Workflow API.
package workflow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
)

// Commands returns the workflow:* commands. One of them lists the others, which are in tree.
func Commands(tree *argv.Tree) []argv.Command {
	return []argv.Command{
		{Name: "workflow", Aliases: []string{"wf"}, New: func(env *cli.Env) *cobra.Command { return New(env, tree) }, ReadOnly: true},
		{Name: "workflow:projects", New: NewProjects, ReadOnly: true},
		{Name: "workflow:workflows", New: NewWorkflows, ReadOnly: true},
		{Name: "workflow:push", New: NewPush},
		{Name: "workflow:download", New: NewDownload, ReadOnly: true},
		{Name: "workflow:check", New: NewCheck, ReadOnly: true},
		{Name: "workflow:start", New: NewStart},
		{Name: "workflow:retry", New: NewRetry},
		{Name: "workflow:kill", New: NewKill},
		{Name: "workflow:run", New: NewRun, ReadOnly: true},
		{Name: "workflow:secrets", New: NewSecrets},
		{Name: "workflow:sessions", Aliases: []string{"workflow:session"}, New: NewSessions, ReadOnly: true},
		{Name: "workflow:attempts", New: NewAttempts, ReadOnly: true},
		{Name: "workflow:attempt", New: NewAttempt, ReadOnly: true},
		{Name: "workflow:tasks", Aliases: []string{"workflow:task"}, New: NewTasks, ReadOnly: true},
		{Name: "workflow:log", Aliases: []string{"workflow:logs"}, New: NewLog, ReadOnly: true},
		{Name: "workflow:reset", New: NewReset, ReadOnly: true},
		{Name: "workflow:update", New: NewUpdate, ReadOnly: true},
		{Name: "workflow:version", New: NewVersion, ReadOnly: true},
	}
}

// project returns the project with the given name.
func project(ctx context.Context, client *api.Workflows, name string) (api.Project, error) {
	p, err := client.Project(ctx, name)
	if errors.Is(err, api.ErrNotFound) {
		return p, cli.WithHint(err, "'td workflow projects' lists the projects")
	}
	return p, err
}

// noAttempt adds the attempt's ID to a not-found error.
func noAttempt(id string, err error) error {
	if errors.Is(err, api.ErrNotFound) {
		return cli.WithHint(fmt.Errorf("attempt %s does not exist: %w", id, err), "'td workflow attempts' lists the newest")
	}
	return err
}

// isID reports whether an argument is the ID of a session or an attempt.
func isID(s string) bool {
	return s != "" && strings.Trim(s, "0123456789") == ""
}

// checkAttempt returns an error if id cannot be the ID of an attempt.
func checkAttempt(id string) error {
	if !isID(id) {
		return cli.Usagef("ATTEMPT_ID must be a number, not %q", id)
	}
	return nil
}

// parameters reads the parameters of a session: a YAML file and key=value pairs, which
// override it.
func parameters(file string, pairs []string) (map[string]any, error) {
	params := map[string]any{}
	if file != "" {
		b, err := os.ReadFile(file)
		if err != nil {
			return nil, cli.CannotRead(file, err)
		}
		if err := yaml.Unmarshal(b, &params); err != nil {
			return nil, cli.Usagef("%s: %w", file, err)
		}
	}
	for _, pair := range pairs {
		key, value, ok := strings.Cut(pair, "=")
		if !ok || key == "" {
			return nil, cli.Usagef("-p/--param must be NAME=VALUE, not %q", pair)
		}
		params[key] = value
	}
	return params, nil
}

// describeAttempt prints an attempt.
func describeAttempt(env *cli.Env, a api.Attempt) {
	for _, line := range [][2]string{
		{"Session ID", a.SessionID},
		{"Attempt ID", a.ID},
		{"UUID", a.SessionUUID},
		{"Project", a.Project},
		{"Workflow", a.Workflow},
		{"Session time", a.SessionTime.Raw},
		{"Retry name", a.RetryName},
		{"Params", string(a.Params)},
		{"Created at", text.LocalTime(a.CreatedAt.Time)},
		{"Finished at", text.LocalTime(a.FinishedAt.Time)},
	} {
		env.Print("%-12s: %s", line[0], line[1])
	}
	fmt.Fprintf(env.Out, "%-12s: ", "Status")
	env.PrintStatus(env.Out, a.Status())
	fmt.Fprintln(env.Out)
}

// printStarted prints how to follow an attempt.
func printStarted(env *cli.Env, a api.Attempt) {
	describeAttempt(env, a)
	env.Say("Use 'td workflow attempt %s' to show its status, 'td workflow log %s' to show its log.", a.ID, a.ID)
}
