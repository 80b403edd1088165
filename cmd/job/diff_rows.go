package job

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/cmd/internal/jobcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/diff"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
)

// diffRows compares the rows of two jobs and prints the differences.
func diffRows(ctx context.Context, env *cli.Env, client *api.Client, o diffOptions, jobs [2]api.Job) error {
	for _, j := range jobs {
		if err := jobcmd.NotSucceededError(ctx, client, j); err != nil {
			return err
		}
	}
	c, err := matchColumns(jobs, o.keys)
	if err != nil {
		return err
	}
	c.report(env, jobs)
	var sets [2]*diff.Rows
	for i, j := range jobs {
		sets[i] = diff.NewRows(c.keys)
		defer func() { _ = sets[i].Close() }() // a temporary file
		if err := jobcmd.CopyRows(ctx, env, client, j, c.indexes[i], nullCell, sets[i]); err != nil {
			return err
		}
	}
	l := grid.List{Columns: []string{"Change", "Key", "Column", "A", "B"}}
	listed, found := int64(0), int64(0)
	total, err := diff.CompareRows(ctx, sets[0], sets[1], func(change diff.RowChange) {
		if found++; len(l.Rows) < o.limit {
			listed++
			l.Rows = append(l.Rows, c.describe(change)...)
		}
	})
	if duplicate, ok := errors.AsType[*diff.DuplicateKeyError](err); ok {
		id := jobs[0].ID
		if duplicate.InB {
			id = jobs[1].ID
		}
		return cli.WithHint(cli.Usagef("several rows of job %s have the key %s", id, c.formatCells(c.keys, strings.Split(duplicate.Key, "\t"))),
			"name more columns with --key, or omit it to compare whole rows")
	}
	if err != nil {
		return err
	}
	if err := env.PrintList(l, o.format); err != nil {
		return err
	}
	env.Say("%s", summarize(total, jobs, o.keys != nil))
	if listed < found {
		env.Say("the first %s of %s differences are listed (--limit)", text.Commas(listed), text.Commas(found))
	}
	if o.exitStatus && (found > 0 || len(c.only[0])+len(c.only[1]) > 0) {
		return cli.SilentError{Err: cli.ExpectationError{Err: errors.New("the rows differ")}}
	}
	return nil
}

// nullCell is the text of NULL in the compared rows. The text \N itself is written with two backslashes.
const nullCell = `\N`

// comparedColumns are the columns that two results have in common, in the order of the first.
type comparedColumns struct {
	names   []string
	types   [2][]string
	indexes [2][]int // column indexes in each result
	only    [2][]string
	keys    []int // indexes of the key in names; nil: the whole row
}

// matchColumns finds the common columns of two results and the key.
func matchColumns(jobs [2]api.Job, keys []string) (comparedColumns, error) {
	var c comparedColumns
	var names [2][]string
	var columns [2][]jobresult.Column
	for i, j := range jobs {
		var err error
		if columns[i], err = jobresult.ParseSchema(j.Schema); err != nil || len(columns[i]) == 0 {
			return c, fmt.Errorf("the rows of job %s cannot be compared: the names of its columns are unknown", j.ID)
		}
		names[i], _ = jobresult.UniqueNames(columns[i])
	}
	for a, name := range names[0] {
		b := slices.Index(names[1], name)
		if b < 0 {
			c.only[0] = append(c.only[0], name)
			continue
		}
		c.names = append(c.names, name)
		c.indexes[0], c.indexes[1] = append(c.indexes[0], a), append(c.indexes[1], b)
		c.types[0], c.types[1] = append(c.types[0], columns[0][a].Type), append(c.types[1], columns[1][b].Type)
	}
	for _, name := range names[1] {
		if !slices.Contains(names[0], name) {
			c.only[1] = append(c.only[1], name)
		}
	}
	if len(c.names) == 0 {
		return c, cli.Usagef("the results of jobs %s and %s have no column in common", jobs[0].ID, jobs[1].ID)
	}
	for _, key := range keys {
		i := slices.Index(c.names, key)
		if i < 0 {
			return c, cli.Usagef("--key: jobs %s and %s have no common column %q (common: %s)", jobs[0].ID, jobs[1].ID, key, strings.Join(c.names, ", "))
		}
		c.keys = append(c.keys, i)
	}
	return c, nil
}

// report prints the differences of the columns.
func (c comparedColumns) report(env *cli.Env, jobs [2]api.Job) {
	for i, only := range c.only {
		if len(only) > 0 {
			env.Say("only job %s has the columns %s, which are not compared", jobs[i].ID, strings.Join(only, ", "))
		}
	}
	for i, name := range c.names {
		if a, b := c.types[0][i], c.types[1][i]; a != b {
			env.Say("the type of %s is %s in job %s and %s in job %s", name, a, jobs[0].ID, b, jobs[1].ID)
		}
	}
}

// describe returns the lines of the list for a change: one for each cell of a changed row.
func (c comparedColumns) describe(change diff.RowChange) []grid.Row {
	a, b := strings.Split(change.A, "\t"), strings.Split(change.B, "\t")
	switch {
	case !change.InB:
		return []grid.Row{c.describeRow("removed", a, 0)}
	case !change.InA:
		return []grid.Row{c.describeRow("added", b, 1)}
	}
	var rows []grid.Row
	for i, name := range c.names {
		if a[i] == b[i] {
			continue
		}
		rows = append(rows, grid.Row{
			Cells: []any{"changed", c.formatCells(c.keys, pick(a, c.keys)), name, shownCell(a[i]), shownCell(b[i])},
			Raw: struct {
				Change string         `json:"change"`
				Key    map[string]any `json:"key"`
				Column string         `json:"column"`
				A      any            `json:"a"`
				B      any            `json:"b"`
			}{"changed", c.object(c.keys, pick(a, c.keys)), name, cellValue(a[i]), cellValue(b[i])},
		})
	}
	return rows
}

// describeRow returns the line of the list for a row that only one of the results has.
func (c comparedColumns) describeRow(change string, cells []string, side int) grid.Row {
	all := make([]int, len(c.names))
	for i := range all {
		all[i] = i
	}
	var key any
	var object map[string]any
	if c.keys != nil {
		key, object = c.formatCells(c.keys, pick(cells, c.keys)), c.object(c.keys, pick(cells, c.keys))
	}
	row := grid.Row{
		Cells: []any{change, key, nil, nil, nil},
		Raw: struct {
			Change string         `json:"change"`
			Key    map[string]any `json:"key,omitempty"`
			Row    map[string]any `json:"row"`
		}{change, object, c.object(all, cells)},
	}
	row.Cells[3+side] = c.formatCells(all, cells)
	return row
}

// formatCells returns "id=3, day=x" for the columns with the given indexes.
func (c comparedColumns) formatCells(indexes []int, cells []string) string {
	parts := make([]string, len(indexes))
	for i, at := range indexes {
		parts[i] = c.names[at] + "=" + fmt.Sprint(orNull(cellValue(cells[i])))
	}
	return strings.Join(parts, ", ")
}

func (c comparedColumns) object(indexes []int, cells []string) map[string]any {
	o := make(map[string]any, len(indexes))
	for i, at := range indexes {
		o[c.names[at]] = cellValue(cells[i])
	}
	return o
}

// pick returns the cells with the given indexes.
func pick(cells []string, indexes []int) []string {
	picked := make([]string, len(indexes))
	for i, at := range indexes {
		picked[i] = cells[at]
	}
	return picked
}

// cellValue returns the text of a cell, or nil for NULL.
func cellValue(cell string) any {
	if cell == nullCell {
		return nil
	}
	return strings.NewReplacer(`\\`, `\`, `\t`, "\t", `\n`, "\n", `\r`, "\r").Replace(cell)
}

func shownCell(cell string) grid.Shown {
	value := cellValue(cell)
	return grid.Shown{Table: fmt.Sprint(orNull(value)), Plain: value}
}

func orNull(value any) any {
	if value == nil {
		return jobresult.DefaultNull
	}
	return value
}

// summarize returns the numbers of rows in a sentence.
func summarize(total diff.Summary, jobs [2]api.Job, keyed bool) string {
	parts := []string{counted(total.Same) + " the same"}
	if keyed {
		parts = append(parts, counted(total.Changed)+" changed")
	}
	parts = append(parts, counted(total.OnlyA)+" only in job "+jobs[0].ID, counted(total.OnlyB)+" only in job "+jobs[1].ID)
	return strings.Join(parts, ", ")
}

func counted(rows int64) string {
	if rows == 1 {
		return "1 row"
	}
	return text.Commas(rows) + " rows"
}
