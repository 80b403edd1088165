package grid_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/pkg/jobresult"
)

func TestSelect(t *testing.T) {
	type raw struct {
		Name  string         `json:"name"`
		More  map[string]int `json:"more"`
		Bytes int64          `json:"bytes"`
	}
	l := sample()
	for i := range l.Rows {
		l.Rows[i].Raw = raw{Name: "<a>", More: map[string]int{"x": 1}, Bytes: 1 << 60}
	}
	for _, tt := range []struct {
		format jobresult.Format
		names  []string
		want   string
	}{
		{jobresult.CSV, []string{"count", "Name"}, "Count,Name\n1000,\"a,\"\"b\"\"\"\n,日本\t\x1b\n0,\"\"\n"},
		{jobresult.JSON, []string{"COUNT"}, `[{"Count":1000},{"Count":null},{"Count":0}]` + "\n"},
		{jobresult.JSONL, []string{"bytes", "name"}, strings.Repeat(`{"bytes":1152921504606846976,"name":"<a>"}`+"\n", 3)},
	} {
		got, err := l.Select(tt.names, tt.format)
		if err != nil {
			t.Fatal(err)
		}
		var buf bytes.Buffer
		if err := got.Write(&buf, tt.format, grid.Options{}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want, buf.String()); diff != "" {
			t.Errorf("%s: %s", tt.format, diff)
		}
	}
	for format, want := range map[jobresult.Format]string{jobresult.Table: "(available: Name, Count)", jobresult.JSONL: "(available: name, more, bytes)"} {
		if _, err := l.Select([]string{"nope"}, format); err == nil || !strings.HasSuffix(err.Error(), want) {
			t.Errorf("%s: %v", format, err)
		}
	}
}
