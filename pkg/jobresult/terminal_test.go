package jobresult

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func onTerminal(t *testing.T, columns []Column, width int, rows ...[]any) string {
	t.Helper()
	o := Options{Format: Table, Columns: columns, Null: DefaultNull, Limit: -1, Terminal: Terminal{On: true, Width: width}}
	got, _, err := copied(t, packed(t, rows...), o)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestTerminalTable(t *testing.T) {
	columns := []Column{{"n", "bigint"}, {"金額", "decimal(10,2)"}, {"text", "varchar"}, {"x\u202e", ""}}
	rows := [][]any{{1, 2.5, "日本", "\u202elive\u2066"}, {22, 10.25, "a\x1b", 5}, {nil, nil, "👩\u200d👩\u200d👧", nil}}
	want := `
+------+-------+---------+------------------+
|    n |  金額 | text    | x\u202E          |
+------+-------+---------+------------------+
|    1 |   2.5 | 日本    | \u202Elive\u2066 |
|   22 | 10.25 | a\u001B | 5                |
| null |  null | 👩‍👩‍👧      | null             |
+------+-------+---------+------------------+
3 rows in set
`
	for _, width := range []int{0, 45, 200} {
		if diff := cmp.Diff(want[1:], onTerminal(t, columns, width, rows...)); diff != "" {
			t.Errorf("width %d: %s", width, diff)
		}
	}
	want = `
********** 1. row **********
      n: 1
   金額: 2.5
   text: 日本
x\u202E: \u202Elive\u2066
********** 2. row **********
      n: 22
   金額: 10.25
   text: a\u001B
x\u202E: 5
********** 3. row **********
      n: null
   金額: null
   text: 👩‍👩‍👧
x\u202E: null
`
	if diff := cmp.Diff(want[1:], onTerminal(t, columns, 44, rows...)); diff != "" {
		t.Error(diff)
	}
}

// Rows look the same whether they were held or came later, as a table and as blocks.
func TestTerminalLong(t *testing.T) {
	columns := []Column{{"id", "int"}, {"name", "string"}}
	for _, width := range []int{0, 10} {
		var rows [][]any
		for i := range 3 * heldRows {
			rows = append(rows, []any{i % 100, "\u202ax"})
		}
		got := onTerminal(t, columns, width, rows...)
		line, n := "|  7 | \\u202Ax |\n", 3*heldRows/100
		if width > 0 {
			line = "  id: 7\nname: \\u202Ax\n"
		}
		if found := strings.Count(got, line); found != n {
			t.Errorf("width %d: %q is there %d times, want %d", width, line, found, n)
		}
		if width > 0 && (!strings.Contains(got, "****** 3000. row ******\n") || strings.Contains(got, "in set")) {
			t.Errorf("it ends with %q", got[len(got)-100:])
		}
	}
}

// What no schema names has made-up labels, and as many as the longest row.
func TestTerminalWithoutSchema(t *testing.T) {
	got := onTerminal(t, nil, 10, []any{1, "a long text"}, []any{2, "b", true})
	want := "****** 1. row ******\n_col0: 1\n_col1: a long text\n****** 2. row ******\n_col0: 2\n_col1: b\n_col2: true\n"
	if diff := cmp.Diff(want, strings.ReplaceAll(got, "*******", "******")); diff != "" {
		t.Error(diff)
	}
	if got := onTerminal(t, nil, 3); got != "0 rows in set\n" {
		t.Errorf("no rows: %q", got)
	}
}

func TestIsNumber(t *testing.T) {
	for kind, want := range map[string]bool{
		"bigint": true, "BIGINT": true, "decimal(38, 2)": true, "double": true, "double precision": true, "int": true,
		"varchar(10)": false, "": false, "array<int>": false, "array(bigint)": false, "timestamp(3)": false, "boolean": false, "interval day": false,
	} {
		if got := (Column{Type: kind}).isNumber(); got != want {
			t.Errorf("%q: %v", kind, got)
		}
	}
}
