package complete

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/argv"
	"github.com/td-cli/td/internal/cli"
)

// ParseLine is parseLine.
func ParseLine(tree *argv.Tree, words []string) *line { return parseLine(tree, words) }

// Candidates completes a line without time limits. It also returns the text with which
// the candidates start.
func (l *line) Candidates(ctx context.Context, e *cli.Env) (found []string, directive cobra.ShellCompDirective, prefix string) {
	a := l.answer(ctx, e)
	for _, c := range a.candidates {
		found = append(found, c.text)
	}
	return found, a.directive, l.prefix + l.word
}
