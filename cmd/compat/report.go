package compat

import (
	"fmt"
	"strings"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
)

// A printer prints results as a report, or as a list.
type printer struct {
	env    *cli.Env
	format cli.ListFormat
	isList bool
}

func (p printer) print(results []result) error {
	if p.isList {
		return p.env.PrintList(newList(results), p.format)
	}
	if p.format.Columns != nil || p.format.BOM || p.format.Wide {
		return cli.Usagef("--columns, --bom and --wide require -f")
	}
	defer p.env.Page()()
	for len(results) > 0 {
		n := 1
		for n < len(results) && results[n].place() == results[0].place() {
			n++
		}
		p.printCall(results[:n])
		results = results[n:]
	}
	return nil
}

// printCall prints the results for a call, the most important first.
func (p printer) printCall(results []result) {
	r := results[0]
	p.env.Print("%s", text.Sanitize(fmt.Sprintf("%s:%d:%d: %s: %s", r.file, r.position.Line, r.position.Column, r.verdict, r.call)))
	line := func(label, message string) {
		if message != "" {
			p.env.Print("    %s: %s", label, text.Sanitize(message))
		}
	}
	for i, r := range results {
		label := "why"
		if i > 0 && r.verdict != results[0].verdict {
			label = r.verdict.String()
		}
		line(label, r.why)
		line("do", r.action)
	}
	line("not checked", strings.Join(r.notChecked, ", "))
}

// A rawResult is a result in the format jsonl.
type rawResult struct {
	File           string   `json:"file"`
	Line           int      `json:"line"`
	Column         int      `json:"column"`
	Verdict        string   `json:"verdict"`
	Call           string   `json:"call"`
	Why            string   `json:"why"`
	Action         string   `json:"action"`
	ActionRequired bool     `json:"action_required"`
	NotChecked     []string `json:"not_checked"`
}

// newList returns a list with a row for each result.
func newList(results []result) grid.List {
	l := grid.List{Columns: []string{"File", "Line", "Column", "Verdict", "Call", "Why", "Action", "Not checked"}}
	for _, r := range results {
		unknown := r.notChecked
		if unknown == nil {
			unknown = []string{}
		}
		l.Rows = append(l.Rows, grid.Row{
			Cells: []any{r.file, r.position.Line, r.position.Column, r.verdict.String(), r.call, listcmd.OrNil(r.why), listcmd.OrNil(r.action), listcmd.OrNil(strings.Join(unknown, ", "))},
			Raw:   rawResult{r.file, r.position.Line, r.position.Column, r.verdict.String(), r.call, r.why, r.action, r.required, unknown},
		})
	}
	return l
}

// summarize prints the number of calls by their most important verdict.
func (p printer) summarize(results []result, files int) {
	worst := map[place]verdict{}
	for _, r := range results {
		worst[r.place()] = max(worst[r.place()], r.verdict)
	}
	counts := map[verdict]int{}
	for _, v := range worst {
		counts[v]++
	}
	var parts []string
	for _, v := range verdicts() {
		if counts[v] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", counts[v], v.plural(counts[v])))
		}
	}
	summary := fmt.Sprintf("%s in %s", count(len(worst), "call"), count(files, "file"))
	if len(parts) > 0 {
		summary += ": " + strings.Join(parts, ", ")
	}
	p.env.Say("%s", summary)
}

// count returns a number with a noun: "1 call", "2 calls".
func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}
