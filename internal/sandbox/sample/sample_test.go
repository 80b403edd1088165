package sample_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"testing"

	"github.com/td-cli/td/internal/sandbox/sample"
)

// The rows are a promise: queries in documents and tests count on them.
func TestTablesAreTheSameEverywhere(t *testing.T) {
	want := map[string]struct {
		rows int
		hash string
	}{
		"nasdaq":     {8352, "5461cf5383f7b5b2"},
		"www_access": {5000, "f99ef13b5ef9d0ea"},
	}
	for _, table := range sample.Tables() {
		t.Run(table.Name, func(t *testing.T) {
			h := sha256.New()
			rows := 0
			for record, err := range table.Records {
				if err != nil {
					t.Fatal(err)
				}
				if len(record) != len(table.Columns)+1 {
					t.Fatalf("row %d has %d fields; want %d columns and time", rows, len(record), len(table.Columns))
				}
				for i, f := range record[:len(record)-1] {
					if f.Key != table.Columns[i].Name {
						t.Fatalf("row %d, field %d is %q; want %q", rows, i, f.Key, table.Columns[i].Name)
					}
				}
				fmt.Fprintln(h, record)
				rows++
			}
			if w := want[table.Name]; rows != w.rows || hex.EncodeToString(h.Sum(nil)[:8]) != w.hash {
				t.Errorf("%d rows, hash %x; want %d, %s", rows, h.Sum(nil)[:8], w.rows, w.hash)
			}
		})
	}
}
