package jobresult

import (
	"fmt"
	"strings"
	"testing"
)

// tableOf returns a table of n equal rows and a last row with a cell of the given
// length.
func tableOf(t *testing.T, n, length int) string {
	t.Helper()
	var rows [][]any
	for i := range n {
		rows = append(rows, []any{i % 10, "東京"})
	}
	rows = append(rows, []any{strings.Repeat("x", length), nil})
	got, _, err := copied(t, packed(t, rows...), Options{Format: Table, Columns: people, Null: DefaultNull, Limit: -1})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestTableLong checks that a long table looks like a short one unless a later
// cell does not fit.
func TestTableLong(t *testing.T) {
	edge := "+----+------+\n"
	for _, test := range []struct {
		rows, length int
		last, edge   string
	}{
		{maxHeldRows - 1, 2, "| xx | null |\n", edge},
		{maxHeldRows, 2, "| xx | null |\n", edge},
		{maxHeldRows + 1, 2, "| xx | null |\n", edge},
		{5 * maxHeldRows, 2, "| xx | null |\n", edge},
		{maxHeldRows - 1, 4, "| xxxx | null |\n", "+------+------+\n"},
		{maxHeldRows + 1, 4, "| xxxx | null |\n", edge},
	} {
		got := tableOf(t, test.rows, test.length)
		pad := strings.Repeat(" ", len(test.edge)-len(edge))
		want := test.edge + "| id" + pad + " | name |\n" + test.edge
		for i := range test.rows {
			want += fmt.Sprintf("| %d%s  | 東京 |\n", i%10, pad)
		}
		want += test.last + test.edge + fmt.Sprintf("%d rows in set\n", test.rows+1)
		if got != want {
			t.Errorf("%d rows, cell of %d: %d bytes, want %d; ends with %q", test.rows, test.length, len(got), len(want), got[max(0, len(got)-90):])
		}
	}
}

func TestTableCells(t *testing.T) {
	columns := []Column{{Name: "x\x1b[31m"}, {Name: "日本"}}
	src := packed(t, []any{"a\tb\r\nc\\", "\x00\x7f\u0085"}, []any{"\xff", []any{"\n", "\u009b"}}, []any{"👩\u200d👩\u200d👧", " "}, []any{"e\u0301", "ｱ"})
	got, _, err := copied(t, src, Options{Format: Table, Columns: columns, Limit: -1})
	want := "" +
		"+-------------+--------------------+\n" +
		"| x\\u001B[31m | 日本               |\n" +
		"+-------------+--------------------+\n" +
		"| a\\tb\\r\\nc\\  | \\u0000\\u007F\\u0085 |\n" +
		"| \uFFFD           | [\"\\n\",\"\\u009B\"]    |\n" +
		"| 👩\u200d👩\u200d👧          |                    |\n" +
		"| e\u0301           | ｱ                  |\n" +
		"+-------------+--------------------+\n" +
		"4 rows in set\n"
	if err != nil || got != want {
		t.Errorf("%v\n%s\nwant\n%s", err, got, want)
	}
}

// TestTableBroken checks that the rows before an error are drawn.
func TestTableBroken(t *testing.T) {
	got, _, err := copied(t, append(packed(t, []any{1, "a"}), 0xc1), Options{Format: Table, Columns: people, Limit: -1})
	want := "+----+------+\n| id | name |\n+----+------+\n| 1  | a    |\n"
	if err == nil || got != want {
		t.Errorf("%v\n%s", err, got)
	}
}
