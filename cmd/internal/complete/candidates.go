package cmd

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/names"
	"github.com/td-cli/td/pkg/jobresult"
)

// offer returns what there is of a kind.
func (l *line) offer(ctx context.Context, e *cli.Env, k complete.Kind) answer {
	a := answer{then: cobra.ShellCompDirectiveNoFileComp}
	if words, ok := strings.CutPrefix(string(k), "="); ok {
		a.names = plain(strings.Fields(words)...)
		return a
	}
	switch k {
	case complete.Any:
	case complete.File:
		a.then = cobra.ShellCompDirectiveDefault
	case complete.Folder:
		a.then = cobra.ShellCompDirectiveFilterDirs
	case complete.WorkflowVerb:
		if len(l.args) == 0 {
			a.names = workflowVerbs(l.root)
		}
	case complete.HelpTopic:
		a.names = helpTopics(l.root)
	case complete.Endpoint:
		a.names = sites()
	case complete.ListFormat:
		a.names = plain(grid.Formats()...)
	case complete.RowFormat:
		a.names = plain(jobresult.Formats()...)
	case complete.Profile:
		found, _ := config.Profiles(config.Path(e.Flags.Flags, e.Getenv)) // of a file that cannot be read there are none
		a.names = plain(found...)
	case complete.ColumnAndType:
		if name, _, ok := strings.Cut(l.word, ":"); ok {
			a.names = plain(name+":int", name+":long", name+":float", name+":double", name+":string")
		}
	case complete.DatabaseAndTable:
		database, _, ok := strings.Cut(l.word, ".")
		if ok {
			a.names = each(l.tablesOf(ctx, e, database), database+".", "")
		} else {
			a.names = each(l.live(ctx, e, complete.Database), "", ".")
			a.then |= cobra.ShellCompDirectiveNoSpace
		}
	case complete.Job, complete.RunningJob, complete.Attempt: // the newest first
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
