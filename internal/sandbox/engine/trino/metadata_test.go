package trino

import (
	"database/sql"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// TestSchemaOrder stores orders of columns that differ from the one in the cluster.
func TestSchemaOrder(t *testing.T) {
	m, err := openMetadata(t.Context(), filepath.Join(t.TempDir(), "trino.db"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = m.close() })
	columns := func(names string) (list []schema.Column) {
		for _, name := range names {
			list = append(list, schema.Column{Name: string(name), SQL: string(name), Type: "bigint"})
		}
		return list
	}
	id, err := m.addTable(t.Context(), "db", "t1", columns("abc"))
	if err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct{ set, stored, want string }{
		{"", "abc", "abc"},
		{"cab", "abc", "cab"},
		{"", "abcd", "cabd"}, // an import has added d
		{"", "bcd", "cbd"},   // another program has dropped a
		{"abcd", "abcd", "abcd"},
		{"dcba", "abcd", "dcba"},
	} {
		x := &table{}
		x.ID, x.columns = id, slices.Concat(columns(step.stored), []schema.Column{{Name: "time", SQL: "time", Type: "bigint"}})
		if step.set != "" {
			err := m.update(t.Context(), func(tx *sql.Tx) error { return writeOrder(t.Context(), tx, x, columns(step.set)) })
			if err != nil {
				t.Fatal(err)
			}
		}
		if err := m.addKeys(t.Context(), x); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, c := range x.Schema {
			got += c.Name
		}
		if diff := cmp.Diff(step.want, got); diff != "" {
			t.Errorf("stored %s, set %q (-want +got):\n%s", step.stored, step.set, diff)
		}
	}
	if err := m.forgetDatabase(t.Context(), "db"); err != nil {
		t.Fatal(err)
	}
	left := 0
	if err := m.db.QueryRowContext(t.Context(), `SELECT count(*) FROM orders`).Scan(&left); err != nil || left != 0 {
		t.Errorf("%d orders are left, %v", left, err)
	}
}
