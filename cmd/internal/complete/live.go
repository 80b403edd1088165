package complete

import (
	"context"
	"slices"
	"time"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
)

// Lifetimes of cached lists. Jobs change all the time, databases seldom, and the cache is
// cleared when td itself changes something.
const (
	shortLife = 30 * time.Second
	longLife  = 10 * time.Minute
)

// findObjects lists the objects of a kind in the account, without those that the line
// already names.
func (l *line) findObjects(ctx context.Context, e *cli.Env, k Kind) []candidate {
	var found []candidate
	switch k {
	case Database:
		found = listCached(ctx, e, "databases", longLife, e.Client, listDatabases)
	case Table:
		found = findTables(ctx, e, l.database(e))
	case DeletedTable:
		database := l.database(e)
		found = listCached(ctx, e, "deleted tables "+database, shortLife, e.Client, func(ctx context.Context, c *api.Client) ([]candidate, error) {
			return listDeletedTables(ctx, c, database)
		})
	case DeletedTableID:
		found = listCached(ctx, e, "deleted tables", shortLife, e.Client, listDeletedTableIDs)
	case Column:
		found = findColumns(ctx, e, l.database(e), l.lastArgument(Table))
	case Job:
		found = listCached(ctx, e, "jobs", shortLife, e.Client, listJobs)
	case RunningJob:
		found = filterUnfinished(listCached(ctx, e, "jobs", shortLife, e.Client, listJobs))
	case Schedule:
		found = listCached(ctx, e, "schedules", longLife, e.Client, listSchedules)
	case Result:
		found = listCached(ctx, e, "results", longLife, e.Client, listResults)
	case Connector:
		found = listCached(ctx, e, "connectors", longLife, e.Client, listConnectors)
	case BulkImport:
		found = listCached(ctx, e, "imports", longLife, e.Client, listBulkImports)
	case Part:
		session := l.lastArgument(BulkImport)
		found = listCached(ctx, e, "parts "+session, shortLife, e.Client, func(ctx context.Context, c *api.Client) ([]candidate, error) {
			return listParts(ctx, c, session)
		})
	case User:
		found = listCached(ctx, e, "users", longLife, e.Client, listUsers)
	case Project:
		found = listCached(ctx, e, "projects", longLife, e.Workflows, listProjects)
	case Workflow:
		project := l.lastArgument(Project)
		found = listCached(ctx, e, "workflows "+project, longLife, e.Workflows, func(ctx context.Context, w *api.Workflows) ([]candidate, error) {
			return listWorkflows(ctx, w, project)
		})
	case Attempt:
		found = listCached(ctx, e, "attempts", shortLife, e.Workflows, listAttempts)
	}
	return slices.DeleteFunc(slices.Clone(found), func(c candidate) bool { return l.hasArgument(k, c.text) })
}

func findTables(ctx context.Context, e *cli.Env, database string) []candidate {
	if database == "" {
		return nil
	}
	return listCached(ctx, e, "tables "+database, longLife, e.Client, func(ctx context.Context, c *api.Client) ([]candidate, error) {
		return listTables(ctx, e, c, database)
	})
}

// database returns the database of the line: the last argument of that kind, the value of
// --database, or the configured one.
func (l *line) database(e *cli.Env) string {
	if name := l.lastArgument(Database); name != "" {
		return name
	}
	if f := l.command.Flags().Lookup("database"); f != nil && f.Value.String() != "" {
		return f.Value.String()
	}
	c, _ := e.Config() // an unreadable configuration has no database
	return c.Database
}

// lastArgument returns the last argument of a kind before the cursor.
func (l *line) lastArgument(k Kind) (arg string) {
	for i, a := range l.args {
		if ArgumentKind(l.command, i) == k {
			arg = a
		}
	}
	return arg
}

// hasArgument reports whether the cursor is on an argument and word is an earlier
// argument of the kind.
func (l *line) hasArgument(k Kind, word string) bool {
	for i, a := range l.args {
		if a == word && l.flag == nil && ArgumentKind(l.command, i) == k {
			return true
		}
	}
	return false
}

// listCached returns a list from the account's cache, or else from fetch. It returns nil
// without an account.
func listCached[C any](ctx context.Context, e *cli.Env, name string, life time.Duration,
	client func() (C, error), fetch func(context.Context, C) ([]candidate, error),
) []candidate {
	cache, ok := openAccountCache(e)
	if !ok {
		return nil
	}
	if e.Embedded() {
		life = shortLife // it answers quickly, and other programs change it
	}
	return cache.get(ctx, name, life, func(ctx context.Context) ([]candidate, error) {
		c, err := client()
		if err != nil {
			return nil, err
		}
		return fetch(ctx, c)
	})
}

// ForgetNames clears the cached names of the account, but not the sizes of tables. Call it after a change.
func ForgetNames(e *cli.Env) {
	if c, ok := openAccountCache(e); ok {
		c.forget()
	}
}

// openAccountCache returns the cache of the account in the settings, if there is one.
func openAccountCache(e *cli.Env) (cache, bool) {
	c, err := e.Config()
	if err != nil || c.APIKey == "" && c.Endpoint != config.Sandbox {
		return cache{}, false
	}
	account := []string{c.Endpoint, c.APIKey, c.WorkflowEndpoint}
	if c.Endpoint == config.Sandbox {
		dir, err := cli.SandboxDir(e.Getenv)
		if err != nil {
			return cache{}, false
		}
		account = append(account, dir)
	}
	return openCache(cacheDir(e.Getenv), account...), true
}
