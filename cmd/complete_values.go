package cmd

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/completion"
	sandboxcmd "github.com/td-cli/td/cmd/sandbox"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/names"
	"github.com/td-cli/td/pkg/jobresult"
)

// A kind says what an argument or a flag's value is.
type kind string

const (
	free  kind = ""  // nobody knows
	again kind = "…" // at the end of a rule: any number of the kind before

	files   kind = "file"
	folders kind = "folder"

	databases   kind = "database"
	tables      kind = "table"   // of the database before it
	columns     kind = "column"  // of the table before it
	jobs        kind = "job"     // the newest
	runningJobs kind = "running" // those that can be killed
	schedules   kind = "schedule"
	results     kind = "result"
	connectors  kind = "connector"
	bulkImports kind = "bulk import"
	parts       kind = "part" // of the bulk import before it
	users       kind = "user"
	projects    kind = "project"
	workflows   kind = "workflow" // of the project before it
	attempts    kind = "attempt"

	databaseAndTable kind = "database.table"
	columnAndType    kind = "column:type"
	verbs            kind = "verb" // of td workflow
	helpNames        kind = "help" // what td help explains
	endpoints        kind = "endpoint"
	listFormats      kind = "list format"
	rowFormats       kind = "row format"
	shellNames       kind = "shell"

	cronTexts   kind = "=@hourly @daily @monthly"
	fileFormats kind = "=csv tsv json msgpack apache syslog regex"
)

// oneOf is the kind of these words.
func oneOf(words ...string) kind { return kind("=" + strings.Join(words, " ")) }

// How long names are kept. Other people's jobs change all the time, other people's
// databases seldom; what td itself changes makes it forget.
const (
	shortLife = 30 * time.Second
	longLife  = 10 * time.Minute
)

// offer returns what there is of a kind.
func (l *line) offer(ctx context.Context, e *cli.Env, k kind) answer {
	a := answer{then: cobra.ShellCompDirectiveNoFileComp}
	if words, ok := strings.CutPrefix(string(k), "="); ok {
		a.names = plain(strings.Fields(words)...)
		return a
	}
	switch k {
	case free:
	case files:
		a.then = cobra.ShellCompDirectiveDefault
	case folders:
		a.then = cobra.ShellCompDirectiveFilterDirs
	case verbs:
		if len(l.args) == 0 {
			a.names = workflowVerbs(l.root)
		}
	case helpNames:
		a.names = helpTopics(l.root)
	case endpoints:
		a.names = sites()
	case listFormats:
		a.names = plain(grid.Formats()...)
	case rowFormats:
		a.names = plain(jobresult.Formats()...)
	case shellNames:
		a.names = plain(completion.Shells()...)
	case columnAndType:
		if name, _, ok := strings.Cut(l.word, ":"); ok {
			a.names = plain(name+":int", name+":long", name+":float", name+":double", name+":string")
		}
	case databaseAndTable:
		database, _, ok := strings.Cut(l.word, ".")
		if ok {
			a.names = each(l.tablesOf(ctx, e, database), database+".", "")
		} else {
			a.names = each(l.live(ctx, e, databases), "", ".")
			a.then |= cobra.ShellCompDirectiveNoSpace
		}
	case jobs, runningJobs, attempts: // the newest first
		a.names = l.live(ctx, e, k)
		a.then |= cobra.ShellCompDirectiveKeepOrder
	default:
		a.names = l.live(ctx, e, k)
	}
	return a
}

// plain are names that need no explanation.
func plain[S ~string](words ...S) []names.Name {
	l := make([]names.Name, len(words))
	for i, w := range words {
		l[i].Text = string(w)
	}
	return l
}

// each returns the names with something before and behind them.
func each(l []names.Name, before, behind string) []names.Name {
	out := slices.Clone(l)
	for i := range out {
		out[i].Text = before + out[i].Text + behind
	}
	return out
}

// sites are the short names of endpoints.
func sites() []names.Name {
	l := plain("us01", "jp01", "eu01", "ap02", "ap03", config.Sandbox)
	for i := range l {
		l[i].About = "the server in td itself"
		if url, _ := config.ResolveEndpoint(l[i].Text, false); url != config.Sandbox {
			l[i].About = url
		}
	}
	return l
}

// live asks the account what it has of a kind. What stands on the line already is not
// offered again.
func (l *line) live(ctx context.Context, e *cli.Env, k kind) []names.Name {
	var found []names.Name
	switch k {
	case databases:
		found = fromAPI(ctx, e, "databases", longLife, names.Databases)
	case tables:
		found = l.tablesOf(ctx, e, l.database(e))
	case columns:
		database, table := l.database(e), l.before(tables)
		found = fromAPI(ctx, e, "columns "+database+"."+table, longLife, func(ctx context.Context, c *api.Client) ([]names.Name, error) {
			return names.Columns(ctx, c, database, table)
		})
	case jobs:
		found = fromAPI(ctx, e, "jobs", shortLife, names.Jobs)
	case runningJobs:
		found = names.Unfinished(fromAPI(ctx, e, "jobs", shortLife, names.Jobs))
	case schedules:
		found = fromAPI(ctx, e, "schedules", longLife, names.Schedules)
	case results:
		found = fromAPI(ctx, e, "results", longLife, names.Results)
	case connectors:
		found = fromAPI(ctx, e, "connectors", longLife, names.Connectors)
	case bulkImports:
		found = fromAPI(ctx, e, "imports", longLife, names.BulkImports)
	case parts:
		session := l.before(bulkImports)
		found = fromAPI(ctx, e, "parts "+session, shortLife, func(ctx context.Context, c *api.Client) ([]names.Name, error) {
			return names.Parts(ctx, c, session)
		})
	case users:
		found = fromAPI(ctx, e, "users", longLife, names.Users)
	case projects:
		found = fromWorkflows(ctx, e, "projects", longLife, names.Projects)
	case workflows:
		project := l.before(projects)
		found = fromWorkflows(ctx, e, "workflows "+project, longLife, func(ctx context.Context, w *api.Workflows) ([]names.Name, error) {
			return names.Workflows(ctx, w, project)
		})
	case attempts:
		found = fromWorkflows(ctx, e, "attempts", shortLife, names.Attempts)
	}
	return slices.DeleteFunc(slices.Clone(found), func(n names.Name) bool { return l.given(k, n.Text) })
}

func (l *line) tablesOf(ctx context.Context, e *cli.Env, database string) []names.Name {
	if database == "" {
		return nil
	}
	return fromAPI(ctx, e, "tables "+database, longLife, func(ctx context.Context, c *api.Client) ([]names.Name, error) {
		return names.Tables(ctx, c, database)
	})
}

// database is the one that stands before the cursor, or else the configured one.
func (l *line) database(e *cli.Env) string {
	if name := l.before(databases); name != "" {
		return name
	}
	if f := l.command.Flags().Lookup("database"); f != nil && f.Value.String() != "" {
		return f.Value.String()
	}
	c, _ := e.Config() // without one there is no default
	return c.Database
}

// before is the last argument of a kind.
func (l *line) before(k kind) (arg string) {
	for i, a := range l.args {
		if argumentKind(l.command, i) == k {
			arg = a
		}
	}
	return arg
}

// given reports whether a word is among the arguments of a kind, when it is an argument
// that is being completed.
func (l *line) given(k kind, word string) bool {
	for i, a := range l.args {
		if a == word && l.flag == nil && argumentKind(l.command, i) == k {
			return true
		}
	}
	return false
}

// fromAPI returns a list of names from the account's cache, or from the service. Without
// an account there is none.
func fromAPI(ctx context.Context, e *cli.Env, list string, life time.Duration, fetch func(context.Context, *api.Client) ([]names.Name, error)) []names.Name {
	cache, ok := accountNames(e)
	if !ok {
		return nil
	}
	if e.Embedded() {
		life = shortLife // it is quick, and other programs change it
	}
	return cache.Get(ctx, list, life, func(ctx context.Context) ([]names.Name, error) {
		client, err := e.Client()
		if err != nil {
			return nil, err
		}
		return fetch(ctx, client)
	})
}

// fromWorkflows is fromAPI for the workflow service.
func fromWorkflows(ctx context.Context, e *cli.Env, list string, life time.Duration, fetch func(context.Context, *api.Workflows) ([]names.Name, error)) []names.Name {
	cache, ok := accountNames(e)
	if !ok {
		return nil
	}
	return cache.Get(ctx, list, life, func(ctx context.Context) ([]names.Name, error) {
		client, err := e.Workflows()
		if err != nil {
			return nil, err
		}
		return fetch(ctx, client)
	})
}

// accountNames returns the cache of the account that the settings name, and whether there
// is one.
func accountNames(e *cli.Env) (names.Cache, bool) {
	c, err := e.Config()
	if err != nil || c.APIKey == "" && c.Endpoint != config.Sandbox {
		return names.Cache{}, false
	}
	account := []string{c.Endpoint, c.APIKey, e.Getenv("TREASURE_DATA_WORKFLOW_ENDPOINT")}
	if c.Endpoint == config.Sandbox {
		dir, err := sandboxcmd.Dir(e.Getenv)
		if err != nil {
			return names.Cache{}, false
		}
		account = append(account, dir)
	}
	return names.Open(names.Dir(e.Getenv), account...), true
}
