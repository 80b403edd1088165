package shell

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/chart"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// maxChartRows is the number of rows that a chart shows.
const maxChartRows = 10_000

// drawChart draws the rows of the last job.
func (s *session) drawChart(ctx context.Context, _, args string) error {
	if s.last.ID == "" {
		return cli.Usagef(`\chart requires a result: no statement of this session has returned one`)
	}
	o := chart.Options{Width: cmp.Or(s.env.OutWidth(), 80), ASCII: !isUTF8(s.env.Getenv)}
	words := splitWords(args)
	if len(words) > 0 && (words[0] == string(chart.Bar) || words[0] == string(chart.Line)) {
		o.Kind, words = chart.Kind(words[0]), words[1:]
	}
	for _, word := range words {
		o.Values = append(o.Values, strings.TrimSuffix(word, ","))
	}
	s.nameOlderResult()
	ctx, release := s.cancelOnInterrupt(ctx)
	defer release()
	rows, err := jobcmd.ReadRows(ctx, s.env, s.client, s.last, maxChartRows, s.rows.Copy)
	if err != nil {
		return err
	}
	schema, err := jobresult.ParseSchema(s.last.Schema)
	if err != nil {
		s.env.Warn("job %s has an invalid schema; its columns have no names", s.last.ID)
	}
	lines, err := chart.Draw(chartColumns(schema, rows), rows, o)
	if err != nil {
		return cli.Usagef(`\chart: %w`, err)
	}
	end := s.env.Page()
	for _, line := range lines {
		s.env.Print("%s", line)
	}
	end()
	if n := s.last.NumRecords; len(rows) == maxChartRows && n.Value > maxChartRows {
		s.env.Say("the chart has the first %s of %s rows", text.Commas(maxChartRows), text.Commas(n.Value))
	}
	return nil
}

// chartColumns returns the columns of rows, named _col0, _col1, … without a schema.
func chartColumns(schema []jobresult.Column, rows [][]any) (columns []chart.Column) {
	for _, c := range schema {
		columns = append(columns, chart.Column{Name: c.Name, Type: c.Type})
	}
	if schema == nil && len(rows) > 0 {
		for i := range rows[0] {
			columns = append(columns, chart.Column{Name: fmt.Sprintf("_col%d", i)})
		}
	}
	return columns
}

// isUTF8 reports whether the locale uses UTF-8, which is assumed if none is set.
func isUTF8(getenv func(string) string) bool {
	locale := strings.ToLower(cmp.Or(getenv("LC_ALL"), getenv("LC_CTYPE"), getenv("LANG"), "utf-8"))
	return strings.Contains(locale, "utf-8") || strings.Contains(locale, "utf8")
}
