package api

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDeletedTables(t *testing.T) {
	runWire(t, []wireTest{
		{
			"table_deleted", func(ctx context.Context, c *Client) (any, error) { return c.DeletedTables(ctx) },
			"GET /v3/table/deleted?page_size=100",
			[]DeletedTable{{
				Table: Table{
					ID: "210906", Name: "nasdaq", Type: "log", Count: 8807278, StorageSize: 55102516, IncludeV: true,
					Schema:    []Column{{Name: "symbol", Type: "string"}, {Name: "open", Type: "double"}},
					CreatedAt: at("2014-10-22 11:01:18 UTC", "2014-10-22T11:01:18Z"),
					UpdatedAt: at("2014-10-22 11:01:18 UTC", "2014-10-22T11:01:18Z"),
				},
				Database: "db0", DeletedAt: at("2020-12-31 11:22:33 UTC", "2020-12-31T11:22:33Z"),
			}},
		},
		{
			"table_recover", done(func(ctx context.Context, c *Client) error { return c.RecoverTable(ctx, "210906", "") }),
			"POST /v3/table/recover/210906", nil,
		},
		{
			"table_recover", done(func(ctx context.Context, c *Client) error { return c.RecoverTable(ctx, "210906", "copy") }),
			"POST /v3/table/recover/210906 table_name=copy", nil,
		},
	})
}

// TestDeletedTablesPages checks that all pages are read, whether the last one has no cursor or repeats it.
func TestDeletedTablesPages(t *testing.T) {
	for last, answers := range map[string][]answer{
		"no cursor":     {{body: `{"cursor_id":9,"tables":[{"id":9}]}`}, {body: `{"cursor_id":null,"tables":[{"id":3}]}`}},
		"an empty page": {{body: `{"cursor_id":"9","tables":[{"id":9}]}`}, {body: `{"cursor_id":3,"tables":[{"id":3}]}`}, {body: `{"cursor_id":3,"tables":[]}`}},
		"the same":      {{body: `{"cursor_id":9,"tables":[{"id":9}]}`}, {body: `{"cursor_id":9,"tables":[{"id":3}]}`}},
		"a bare array":  {{body: `[{"id":9},{"id":3}]`}},
	} {
		c, s := client(t, Options{}, answers...)
		tables, err := c.DeletedTables(t.Context())
		var ids []string
		for _, x := range tables {
			ids = append(ids, x.ID)
		}
		if diff := cmp.Diff([]string{"9", "3"}, ids); diff != "" || err != nil {
			t.Errorf("%s: %v %s", last, err, diff)
		}
		if len(s.seen) > 1 && s.seen[1].uri != "/v3/table/deleted?cursor_id=9&page_size=100" {
			t.Errorf("%s: the second request is %s", last, s.seen[1].uri)
		}
	}
}
