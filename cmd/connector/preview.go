package connector

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/pkg/jobresult"
)

// NewPreview returns the command connector:preview.
func NewPreview(env *cli.Env) *cobra.Command {
	format := cli.TableList()
	cmd := &cobra.Command{
		Use:         "connector:preview CONFIG",
		Short:       "Show the first records of a configuration's source",
		Example:     "  td connector:preview load.yml\n  td connector:preview load.yml -f jsonl",
		Args:        cobra.ExactArgs(1),
		Annotations: complete.Args(complete.File),
		RunE: func(cmd *cobra.Command, args []string) error {
			return preview(cmd.Context(), env, format, args[0])
		},
	}
	cmd.Flags().VarP(&format, "format", "f", cli.ListFormatUsage)
	return cmd
}

func preview(ctx context.Context, env *cli.Env, format cli.ListFormat, path string) error {
	config, err := readConfig(env, path)
	if err != nil {
		return err
	}
	raw, err := config.JSON()
	if err != nil {
		return cli.UsageError{Err: err}
	}
	client, err := env.Client()
	if err != nil {
		return err
	}
	p, err := client.PreviewBulkLoad(ctx, raw)
	if err != nil {
		return err
	}
	l, err := previewList(p)
	if err != nil {
		return fmt.Errorf("cannot parse the preview: %w: %w", api.ErrAnswer, err)
	}
	if err := env.PrintList(l, format); err != nil {
		return err
	}
	env.Say("Update %s and use 'td connector:preview %s' to preview again.", path, path)
	env.Say("Use 'td connector:issue %s' to run Server-side bulk load.", path)
	return nil
}

func previewList(p api.BulkLoadPreview) (grid.List, error) {
	var l grid.List
	columns := make([]jobresult.Column, len(p.Schema))
	for i, c := range p.Schema {
		l.Columns = append(l.Columns, c.Name+":"+c.Type)
		columns[i].Name = c.Name
	}
	for i := range l.Columns { // titles are also keys and must be unique
		for n := 2; slices.Contains(l.Columns[:i], l.Columns[i]); n++ {
			l.Columns[i] = fmt.Sprintf("%s_%d:%s", p.Schema[i].Name, n, p.Schema[i].Type)
		}
	}
	names, _ := jobresult.UniqueNames(columns)
	for n, record := range p.Records {
		if len(record) != len(names) {
			return l, fmt.Errorf("record %d has %d values for %d columns", n+1, len(record), len(names))
		}
		cells := make([]any, len(record))
		for i, value := range record {
			cells[i] = cell(value)
		}
		object, err := objectOf(names, record)
		if err != nil {
			return l, err
		}
		l.Rows = append(l.Rows, grid.Row{Cells: cells, Raw: object})
	}
	return l, nil
}

// cell returns a cell that shows a JSON value unchanged in a table, where a string and a
// number must differ, and as a text or a number in other formats.
func cell(raw json.RawMessage) grid.Shown {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	var value any
	if err := d.Decode(&value); err != nil {
		value = string(raw)
	}
	switch value.(type) {
	case map[string]any, []any:
		value = string(raw)
	}
	return grid.Shown{Table: string(raw), Plain: value}
}

// objectOf returns a record as one object, in the order of the columns.
func objectOf(names []string, record []json.RawMessage) (json.RawMessage, error) {
	var b bytes.Buffer
	b.WriteByte('{')
	for i, value := range record {
		if i > 0 {
			b.WriteByte(',')
		}
		name, err := grid.Marshal(names[i])
		if err != nil {
			return nil, err
		}
		b.Write(name)
		b.WriteByte(':')
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}
