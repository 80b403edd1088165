package table

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/api"
)

func TestCompareTables(t *testing.T) {
	columns := func(pairs ...string) (list []api.Column) {
		for i := 0; i < len(pairs); i += 2 {
			list = append(list, api.Column{Name: pairs[i], Type: pairs[i+1]})
		}
		return list
	}
	schema := columns("path", "string", "size", "long")
	for _, tt := range []struct {
		name       string
		live, next api.Table
		want       []string
	}{
		{"equal", api.Table{Count: 10, Schema: schema}, api.Table{Count: 10, Schema: schema}, nil},
		{"half", api.Table{Count: 10, Schema: schema}, api.Table{Count: 5, Schema: schema}, nil},
		{"more columns, other order", api.Table{Count: 1, Schema: schema}, api.Table{Count: 1, Schema: columns("size", "LONG", "a", "int", "path", "string")}, nil},
		{"first load", api.Table{}, api.Table{Count: 1, Schema: schema}, nil},
		{"less than half", api.Table{Count: 5001}, api.Table{Count: 2500}, []string{"'web.new' has 2,500 records, less than half of the 5,001 of 'web.live'"}},
		{"empty", api.Table{Count: 1}, api.Table{}, []string{"'web.new' is empty, and 'web.live' has 1 record"}},
		{"both empty", api.Table{}, api.Table{}, []string{"'web.new' is empty, and 'web.live' has 0 records"}},
		{"a column", api.Table{Count: 1, Schema: schema}, api.Table{Count: 1, Schema: columns("size", "long")}, []string{"'web.new' lacks the column path"}},
		{
			"columns and a type",
			api.Table{Count: 1, Schema: columns("a", "int", "b", "int", "c", "array<long>")},
			api.Table{Count: 1, Schema: columns("c", "string")},
			[]string{"'web.new' lacks 2 columns: a, b", "the type of the column c of 'web.new' is string instead of array<long>"},
		},
		{
			"an unknown schema",
			api.Table{Count: 1, RawSchema: "?"},
			api.Table{Count: 1, Schema: schema},
			[]string{"the schemas cannot be compared, because td cannot parse one of them"},
		},
	} {
		tt.live.Name, tt.next.Name = "live", "new"
		if diff := cmp.Diff(tt.want, compareTables("web", tt.live, tt.next)); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}
