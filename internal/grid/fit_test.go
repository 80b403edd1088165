package grid_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/grid"
)

func look(width int) grid.Look {
	return grid.Look{
		Width: width, Right: true,
		Paint: func(column, text string) string {
			if column == "Status" {
				return "<" + text + ">" // no width, as a colour has none
			}
			return text
		},
	}
}

func looked() grid.List {
	return grid.List{
		Columns: []string{"Name", "Status", "Count", "Size", "ID"},
		Rows: []grid.Row{
			{Cells: []any{"日本\u202e", "ok", grid.Shown{Table: "1,000", Plain: int64(1000)}, "1.5 MB", "7"}},
			{Cells: []any{"👩\u200d👩\u200d👧", "error", 5, "", "12"}},
			{Cells: []any{"e\u0301", nil, nil, "60 B", "a"}},
		},
	}
}

func TestDraw(t *testing.T) {
	table := `
+------------+--------+-------+--------+----+
| Name       | Status | Count |   Size | ID |
+------------+--------+-------+--------+----+
| 日本\u202E | <ok>     | 1,000 | 1.5 MB | 7  |
| 👩‍👩‍👧         | <error>  |     5 |        | 12 |
| é          | <>       |       |   60 B | a  |
+------------+--------+-------+--------+----+
3 rows in set
`
	vertical := `
********* 1. row *********
  Name: 日本\u202E
Status: <ok>
 Count: 1000
  Size: 1.5 MB
    ID: 7
********* 2. row *********
  Name: 👩‍👩‍👧
Status: <error>
 Count: 5
  Size: 
    ID: 12
********* 3. row *********
  Name: é
Status: <>
 Count: 
  Size: 60 B
    ID: a
`
	const width = 45
	for _, tt := range []struct {
		name   string
		format grid.Format
		width  int
		want   string
	}{
		{"a table", grid.Table, 0, table},
		{"just as wide as the terminal", grid.Table, width, table},
		{"wider", grid.Table, width - 1, vertical},
		{"vertical", grid.Vertical, 200, vertical},
	} {
		var buf bytes.Buffer
		if err := looked().Draw(&buf, tt.format, look(tt.width)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(tt.want[1:], strings.ReplaceAll(buf.String(), "e\u0301", "é")); diff != "" {
			t.Errorf("%s: %s", tt.name, diff)
		}
	}
}

func TestDrawEmpty(t *testing.T) {
	for _, width := range []int{0, 3, 80} {
		var buf bytes.Buffer
		if err := (grid.List{Columns: []string{"Name"}}).Draw(&buf, grid.Table, look(width)); err != nil || buf.String() != "0 rows in set\n" {
			t.Errorf("width %d: %q, %v", width, &buf, err)
		}
	}
}

func TestDrawError(t *testing.T) {
	for _, f := range []grid.Format{grid.Table, grid.Vertical} {
		if err := looked().Draw(full{}, f, look(0)); !errors.Is(err, errFull) {
			t.Errorf("%s: got %v, want the writer's error", f, err)
		}
	}
	if err := looked().Draw(&bytes.Buffer{}, grid.CSV, look(0)); err == nil {
		t.Error("csv was drawn")
	}
}

// A plain list looks as it is written, but for the numbers.
func TestDrawAsWritten(t *testing.T) {
	l := grid.List{Columns: []string{"Name", "Wide 名"}, Rows: []grid.Row{{Cells: []any{"a", "日本"}}, {Cells: []any{"bcd", "é"}}}}
	for _, f := range []grid.Format{grid.Table, grid.Vertical} {
		var drawn, written bytes.Buffer
		plain := grid.Look{Paint: func(_, text string) string { return text }}
		if err := errors.Join(l.Draw(&drawn, f, plain), l.Write(&written, f)); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(written.String(), drawn.String()); diff != "" {
			t.Errorf("%s: %s", f, diff)
		}
	}
}
