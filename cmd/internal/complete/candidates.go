package complete

import (
	"context"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/config"
	"github.com/td-cli/td/internal/history"
	"github.com/td-cli/td/pkg/jobresult"
)

// A candidate is a word that completion offers. The description may be empty.
type candidate struct{ text, description string }

// findKind returns the candidates of a kind.
func (l *line) findKind(ctx context.Context, e *cli.Env, k Kind) answer {
	a := answer{directive: cobra.ShellCompDirectiveNoFileComp}
	if words := k.Words(); words != nil {
		a.candidates = newCandidates(words...)
		return a
	}
	if topics, ok := strings.CutPrefix(string(k), helpPrefix); ok {
		a.candidates = findHelpWords(l.tree, strings.Fields(topics))
		return a
	}
	switch k {
	case Any:
	case File:
		a.directive = cobra.ShellCompDirectiveDefault
	case Folder:
		a.directive = cobra.ShellCompDirectiveFilterDirs
	case WorkflowVerb:
		if len(l.args) == 0 {
			a.candidates = findWorkflowVerbs(l.tree)
		}
	case Endpoint:
		a.candidates = findEndpoints()
	case ListFormat:
		a.candidates = newCandidates(jobresult.TextFormats()...)
	case RowFormat:
		a.candidates = newCandidates(jobresult.Formats()...)
	case Profile:
		found, _ := config.Profiles(config.Path(e.Flags.Flags, e.Getenv)) // none if the file is unreadable
		a.candidates = newCandidates(found...)
	case ColumnAndType:
		if name, _, ok := strings.Cut(l.word, ":"); ok {
			a.candidates = newCandidates(name+":int", name+":long", name+":float", name+":double", name+":string")
		}
	case DatabaseAndTable:
		database, _, ok := strings.Cut(l.word, ".")
		if ok {
			a.candidates = surround(findTables(ctx, e, database), database+".", "")
		} else {
			a.candidates = surround(l.findObjects(ctx, e, Database), "", ".")
			a.directive |= cobra.ShellCompDirectiveNoSpace
		}
	case RecordedQuery:
		a.candidates = l.findReferences(e, true, func(j history.Job) bool { return j.SQL != "" })
		a.directive |= cobra.ShellCompDirectiveKeepOrder
	case Job, RunningJob:
		a.candidates = l.findReferences(e, false, func(j history.Job) bool { return k == Job || j.Outcome == nil })
		a.candidates = append(a.candidates, l.findObjects(ctx, e, k)...)
		a.directive |= cobra.ShellCompDirectiveKeepOrder
	case Attempt: // newest first
		a.candidates = l.findObjects(ctx, e, k)
		a.directive |= cobra.ShellCompDirectiveKeepOrder
	default:
		a.candidates = l.findObjects(ctx, e, k)
	}
	return a
}

func newCandidates[S ~string](words ...S) []candidate {
	l := make([]candidate, len(words))
	for i, w := range words {
		l[i].text = string(w)
	}
	return l
}

// surround returns a copy of l with text before and after each candidate.
func surround(l []candidate, before, after string) []candidate {
	out := make([]candidate, len(l))
	for i, c := range l {
		out[i] = candidate{before + c.text + after, c.description}
	}
	return out
}

// findCommands returns the names of the commands, without aliases.
func findCommands(tree *argv.Tree) (l []candidate) {
	for _, c := range tree.Commands() {
		if !c.Hidden {
			l = append(l, candidate{c.Name(), c.Short})
		}
	}
	return l
}

func findWorkflowVerbs(tree *argv.Tree) (l []candidate) {
	for _, c := range findCommands(tree) {
		if verb, ok := strings.CutPrefix(c.text, "workflow:"); ok {
			l = append(l, candidate{verb, c.description})
		}
	}
	return l
}

func findHelpWords(tree *argv.Tree, topics []string) []candidate {
	l := newCandidates(slices.Concat(topics, tree.Nouns(), tree.Names())...)
	for i := range l {
		if c := tree.Find(l[i].text); c != nil {
			l[i].description = c.Short
		}
	}
	return l
}

func findEndpoints() []candidate {
	l := []candidate{{config.Sandbox, "the server in td itself"}}
	for _, site := range config.Sites() {
		url, _ := config.ResolveEndpoint(site, false) // a site always resolves
		l = append(l, candidate{site, url})
	}
	return l
}
