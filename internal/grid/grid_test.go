package grid_test

import (
	"bytes"
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/grid"
)

func sample() grid.List {
	return grid.List{
		Columns: []string{"Name", "Count"},
		Keys:    []string{"Count", "Name"},
		Rows: []grid.Row{
			{Cells: []any{"a,\"b\"", grid.Shown{Table: "1,000", Plain: int64(1000)}}, Raw: map[string]any{"name": "<a>"}},
			{Cells: []any{"日本\t\x1b", nil}, Raw: map[string]any{"name": "b"}},
			{Cells: []any{"", 0}, Raw: map[string]any{"name": ""}},
		},
	}
}

func TestWrite(t *testing.T) {
	for _, tt := range []struct {
		format grid.Format
		want   string
	}{
		{grid.Table, `+--------------+-------+
| Name         | Count |
+--------------+-------+
| a,"b"        | 1,000 |
| 日本\t\u001B |       |
|              | 0     |
+--------------+-------+
3 rows in set
`},
		{grid.Vertical, `******* 1. row *******
 Name: a,"b"
Count: 1000
******* 2. row *******
 Name: 日本\t\u001B
Count: 
******* 3. row *******
 Name: 
Count: 0
`},
		{grid.CSV, "Name,Count\n\"a,\"\"b\"\"\",1000\n日本\t\x1b,\n\"\",0\n"},
		{grid.TSV, "Name\tCount\na,\"b\"\t1000\n日本\\t\x1b\t\n\t0\n"},
		{grid.JSON, `[{"Count":1000,"Name":"a,\"b\""},{"Count":null,"Name":"日本\t\u001b"},{"Count":0,"Name":""}]` + "\n"},
		{grid.JSONL, `{"name":"<a>"}` + "\n" + `{"name":"b"}` + "\n" + `{"name":""}` + "\n"},
	} {
		t.Run(string(tt.format), func(t *testing.T) {
			var buf bytes.Buffer
			if err := sample().Write(&buf, tt.format); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, buf.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteEmpty(t *testing.T) {
	for format, want := range map[grid.Format]string{
		grid.Table: "0 rows in set\n", grid.Vertical: "", grid.CSV: "Name\n", grid.TSV: "Name\n", grid.JSON: "[]\n", grid.JSONL: "",
	} {
		var buf bytes.Buffer
		if err := (grid.List{Columns: []string{"Name"}}).Write(&buf, format); err != nil {
			t.Fatal(err)
		}
		if buf.String() != want {
			t.Errorf("%s: got %q, want %q", format, buf.String(), want)
		}
	}
}

type full struct{}

var errFull = errors.New("no space left on device")

func (full) Write([]byte) (int, error) { return 0, errFull }

func TestWriteError(t *testing.T) {
	for _, f := range grid.Formats() {
		if err := sample().Write(full{}, f); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want the writer's error", f, err)
		}
	}
}

func TestParseFormat(t *testing.T) {
	if _, err := grid.ParseFormat("xml"); err == nil {
		t.Error("xml was accepted")
	}
	if f, err := grid.ParseFormat("jsonl"); err != nil || f != grid.JSONL {
		t.Errorf("jsonl: %q, %v", f, err)
	}
}
