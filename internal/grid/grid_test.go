package grid_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/internal/text"
	"github.com/td-cli/td/pkg/jobresult"
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
		format jobresult.Format
		want   string
	}{
		{jobresult.Table, `+--------------+-------+
| Name         | Count |
+--------------+-------+
| a,"b"        | 1,000 |
| 日本\t\u001B |       |
|              | 0     |
+--------------+-------+
3 rows in set
`},
		{jobresult.Vertical, `******* 1. row *******
 Name: a,"b"
Count: 1000
******* 2. row *******
 Name: 日本\t\u001B
Count: 
******* 3. row *******
 Name: 
Count: 0
3 rows in set
`},
		{jobresult.CSV, "Name,Count\n\"a,\"\"b\"\"\",1000\n日本\t\x1b,\n\"\",0\n"},
		{jobresult.TSV, "Name\tCount\na,\"b\"\t1000\n日本\\t\x1b\t\n\t0\n"},
		{jobresult.JSON, `[{"Count":1000,"Name":"a,\"b\""},{"Count":null,"Name":"日本\t\u001b"},{"Count":0,"Name":""}]` + "\n"},
		{jobresult.JSONL, `{"name":"<a>"}` + "\n" + `{"name":"b"}` + "\n" + `{"name":""}` + "\n"},
	} {
		t.Run(string(tt.format), func(t *testing.T) {
			var buf bytes.Buffer
			if err := sample().Write(&buf, tt.format, grid.Options{}); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tt.want, buf.String()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestWriteEmpty(t *testing.T) {
	for format, want := range map[jobresult.Format]string{
		jobresult.Table: "0 rows in set\n", jobresult.Vertical: "0 rows in set\n", jobresult.CSV: "Name\n", jobresult.TSV: "Name\n", jobresult.JSON: "[]\n", jobresult.JSONL: "",
	} {
		var buf bytes.Buffer
		if err := (grid.List{Columns: []string{"Name"}}).Write(&buf, format, grid.Options{}); err != nil {
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
	for _, f := range jobresult.TextFormats() {
		if err := sample().Write(full{}, f, grid.Options{}); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want the writer's error", f, err)
		}
	}
}

// TestWriteLong checks that all rows of a long table have the same width.
func TestWriteLong(t *testing.T) {
	l := grid.List{Columns: []string{"Name"}}
	for range 1500 {
		l.Rows = append(l.Rows, grid.Row{Cells: []any{"x"}})
	}
	l.Rows = append(l.Rows, grid.Row{Cells: []any{"much longer"}})
	var buf bytes.Buffer
	if err := l.Write(&buf, jobresult.Table, grid.Options{}); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(buf.String(), "| x           |\n"); n != 1500 {
		t.Errorf("%d of 1500 lines have the width of the last: %.200q", n, buf.String())
	}
}

func TestWriteStyle(t *testing.T) {
	l := grid.List{Columns: []string{"Name", "Count", "Size", "ID"}, Rows: []grid.Row{
		{Cells: []any{"a", grid.Shown{Table: "1,000", Plain: int64(1000)}, "1.5 MB", "7"}},
		{Cells: []any{"bc", 5, "60 B", "x"}},
		{Cells: []any{"d", nil, "", nil}},
	}}
	o := grid.Options{AlignNumbers: true, Style: func(column int, cell string) string {
		if column == 0 {
			return "<" + cell + ">"
		}
		return cell
	}}
	want := `
+------+-------+--------+----+
| Name | Count |   Size | ID |
+------+-------+--------+----+
| <a>    | 1,000 | 1.5 MB | 7  |
| <bc>   |     5 |   60 B | x  |
| <d>    |       |        |    |
+------+-------+--------+----+
3 rows in set
`
	var buf bytes.Buffer
	if err := l.Write(&buf, jobresult.Table, o); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[1:], buf.String()); diff != "" {
		t.Error(diff)
	}
}

func TestWriteBOM(t *testing.T) {
	var buf bytes.Buffer
	if err := sample().Write(&buf, jobresult.CSV, grid.Options{BOM: true}); err != nil || !strings.HasPrefix(buf.String(), "\ufeffName,Count\n") {
		t.Errorf("%q, %v", buf.String(), err)
	}
}

// TestWidth compares Width with the width of a drawn table.
func TestWidth(t *testing.T) {
	for _, l := range []grid.List{sample(), jobs(), {Columns: []string{"名"}, Rows: []grid.Row{{Cells: []any{"👩\u200d👩\u200d👧 \x1b"}}}}} {
		table := draw(t, l)
		line, _, _ := strings.Cut(table, "\n")
		if got, want := l.Width(), text.Width(line); got != want {
			t.Errorf("Width() = %d, want %d:\n%s", got, want, table)
		}
	}
}

// TestWhole checks that text is not abbreviated, but numbers keep their commas.
func TestWhole(t *testing.T) {
	l := grid.List{Columns: []string{"Query", "Count", "Elapsed"}, Rows: []grid.Row{{Cells: []any{
		grid.Shown{Table: "SELECT ...", Plain: "SELECT 1 FROM t"},
		grid.Shown{Table: "1,000", Plain: int64(1000)},
		grid.Shown{Table: "   ", Plain: nil},
	}}}}
	want := `+-----------------+-------+---------+
| Query           | Count | Elapsed |
+-----------------+-------+---------+
| SELECT 1 FROM t | 1,000 |         |
+-----------------+-------+---------+
1 row in set
`
	if diff := cmp.Diff(want, draw(t, l.Whole())); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff("SELECT ...", l.Rows[0].Cells[0].(grid.Shown).Table); diff != "" {
		t.Errorf("Whole changed the list: %s", diff)
	}
}
