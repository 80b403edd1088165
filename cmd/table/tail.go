package table

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/cmd/internal/tablecmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/pkg/jobresult"
)

// NewTail returns the command table:tail.
func NewTail(env *cli.Env) *cobra.Command {
	var count int
	var pretty bool
	cmd := &cobra.Command{
		Use:         "table:tail DB TABLE",
		Short:       "Print recently imported records, one JSON object per line",
		Example:     "  td table:tail web access\n  td table:tail web access -n 100 | jq .path",
		Args:        cobra.ExactArgs(2),
		Annotations: complete.Args(complete.Database, complete.Table),
		RunE: func(cmd *cobra.Command, args []string) error {
			if count < 1 {
				return cli.Usagef("-n/--count must be 1 or more, not %d", count)
			}
			return tail(cmd.Context(), env, args[0], args[1], count, pretty)
		},
	}
	cmd.Flags().IntVarP(&count, "count", "n", 10, "print at most `N` records")
	cmd.Flags().BoolVarP(&pretty, "pretty", "P", false, "indent the JSON")
	return cmd
}

// tail prints the records without rounding numbers.
func tail(ctx context.Context, env *cli.Env, database, name string, count int, pretty bool) error {
	client, err := env.Client()
	if err != nil {
		return err
	}
	b, err := client.TailTable(ctx, database, name, "msgpack", count)
	if err != nil {
		return tablecmd.ExplainNotFound(ctx, client, database, name, err)
	}
	records, err := split(ctx, b)
	if err != nil {
		return fmt.Errorf("cannot parse the records of '%s.%s': %w: %w", database, name, api.ErrAnswer, err)
	}
	for _, record := range records {
		var line bytes.Buffer
		if pretty {
			err = json.Indent(&line, record, "", "  ")
		} else {
			err = json.Compact(&line, record)
		}
		if err != nil {
			return err
		}
		env.Print("%s", bytes.ToValidUTF8(line.Bytes(), []byte("\ufffd")))
	}
	return nil
}

// split splits the response: a sequence of records in MessagePack, or an array or a
// sequence of records in JSON, which some servers send.
func split(ctx context.Context, b []byte) ([]json.RawMessage, error) {
	if start := bytes.TrimSpace(b); len(start) > 0 && (start[0] >= 0x80 || start[0] == 0x1f) { // map, array or gzip
		var lines bytes.Buffer
		if err := jobresult.CopyJSON(ctx, &lines, bytes.NewReader(b)); err != nil {
			return nil, err
		}
		b = lines.Bytes()
	}
	var values []json.RawMessage
	d := json.NewDecoder(bytes.NewReader(b))
	for {
		var v json.RawMessage
		switch err := d.Decode(&v); {
		case errors.Is(err, io.EOF) && len(values) == 1 && values[0][0] == '[':
			var records []json.RawMessage
			return records, json.Unmarshal(values[0], &records)
		case errors.Is(err, io.EOF):
			return values, nil
		case err != nil:
			return nil, err
		}
		values = append(values, v)
	}
}
