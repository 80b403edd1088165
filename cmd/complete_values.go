package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/completion"
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
	profiles         kind = "profile"

	cronTexts   kind = "=@hourly @daily @monthly"
	fileFormats kind = "=csv tsv json msgpack apache syslog regex"
)

// oneOf is the kind of these words.
func oneOf(words ...string) kind { return kind("=" + strings.Join(words, " ")) }

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
	case profiles:
		found, _ := config.Profiles(config.Path(e.Flags.Flags, e.Getenv)) // of a file that cannot be read there are none
		a.names = plain(found...)
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
