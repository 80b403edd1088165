package cmd

import (
	"context"
	"slices"
	"time"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/names"
)

// How long names are kept. Other people's jobs change all the time, other people's
// databases seldom; what td itself changes makes it forget.
const (
	shortLife = 30 * time.Second
	longLife  = 10 * time.Minute
)

// live asks the account what it has of a kind. What stands on the line already is not
// offered again.
func (l *line) live(ctx context.Context, e *cli.Env, k complete.Kind) []names.Name {
	var found []names.Name
	switch k {
	case complete.Database:
		found = kept(ctx, e, "databases", longLife, e.Client, names.Databases)
	case complete.Table:
		found = l.tablesOf(ctx, e, l.database(e))
	case complete.Column:
		database, table := l.database(e), l.before(complete.Table)
		found = kept(ctx, e, "columns "+database+"."+table, longLife, e.Client, func(ctx context.Context, c *api.Client) ([]names.Name, error) {
			return names.Columns(ctx, c, database, table)
		})
	case complete.Job:
		found = kept(ctx, e, "jobs", shortLife, e.Client, names.Jobs)
	case complete.RunningJob:
		found = names.Unfinished(kept(ctx, e, "jobs", shortLife, e.Client, names.Jobs))
	case complete.Schedule:
		found = kept(ctx, e, "schedules", longLife, e.Client, names.Schedules)
	case complete.Result:
		found = kept(ctx, e, "results", longLife, e.Client, names.Results)
	case complete.Connector:
		found = kept(ctx, e, "connectors", longLife, e.Client, names.Connectors)
	case complete.BulkImport:
		found = kept(ctx, e, "imports", longLife, e.Client, names.BulkImports)
	case complete.Part:
		session := l.before(complete.BulkImport)
		found = kept(ctx, e, "parts "+session, shortLife, e.Client, func(ctx context.Context, c *api.Client) ([]names.Name, error) {
			return names.Parts(ctx, c, session)
		})
	case complete.User:
		found = kept(ctx, e, "users", longLife, e.Client, names.Users)
	case complete.Project:
		found = kept(ctx, e, "projects", longLife, e.Workflows, names.Projects)
	case complete.Workflow:
		project := l.before(complete.Project)
		found = kept(ctx, e, "workflows "+project, longLife, e.Workflows, func(ctx context.Context, w *api.Workflows) ([]names.Name, error) {
			return names.Workflows(ctx, w, project)
		})
	case complete.Attempt:
		found = kept(ctx, e, "attempts", shortLife, e.Workflows, names.Attempts)
	}
	return slices.DeleteFunc(slices.Clone(found), func(n names.Name) bool { return l.given(k, n.Text) })
}

func (l *line) tablesOf(ctx context.Context, e *cli.Env, database string) []names.Name {
	if database == "" {
		return nil
	}
	return kept(ctx, e, "tables "+database, longLife, e.Client, func(ctx context.Context, c *api.Client) ([]names.Name, error) {
		return names.Tables(ctx, c, database)
	})
}

// database is the one that stands before the cursor, or else the configured one.
func (l *line) database(e *cli.Env) string {
	if name := l.before(complete.Database); name != "" {
		return name
	}
	if f := l.command.Flags().Lookup("database"); f != nil && f.Value.String() != "" {
		return f.Value.String()
	}
	c, _ := e.Config() // without one there is no default
	return c.Database
}

// before is the last argument of a kind.
func (l *line) before(k complete.Kind) (arg string) {
	for i, a := range l.args {
		if complete.ArgumentKind(l.command, i) == k {
			arg = a
		}
	}
	return arg
}

// given reports whether a word is among the arguments of a kind, when it is an argument
// that is being completed.
func (l *line) given(k complete.Kind, word string) bool {
	for i, a := range l.args {
		if a == word && l.flag == nil && complete.ArgumentKind(l.command, i) == k {
			return true
		}
	}
	return false
}

// kept returns a list of names from the account's cache, or from the service. Without an
// account there is none.
func kept[C any](ctx context.Context, e *cli.Env, list string, life time.Duration,
	client func() (C, error), fetch func(context.Context, C) ([]names.Name, error),
) []names.Name {
	cache, ok := accountNames(e)
	if !ok {
		return nil
	}
	if e.Embedded() {
		life = shortLife // it is quick, and other programs change it
	}
	return cache.Get(ctx, list, life, func(ctx context.Context) ([]names.Name, error) {
		c, err := client()
		if err != nil {
			return nil, err
		}
		return fetch(ctx, c)
	})
}

// accountNames returns the cache of the account that the settings name, and whether there
// is one.
func accountNames(e *cli.Env) (names.Cache, bool) {
	c, err := e.Config()
	if err != nil || c.APIKey == "" && c.Endpoint != config.Sandbox {
		return names.Cache{}, false
	}
	account := []string{c.Endpoint, c.APIKey, c.WorkflowEndpoint}
	if c.Endpoint == config.Sandbox {
		dir, err := cli.SandboxDir(e.Getenv)
		if err != nil {
			return names.Cache{}, false
		}
		account = append(account, dir)
	}
	return names.Open(names.Dir(e.Getenv), account...), true
}
