package jobresult

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestTableAlignNumbers(t *testing.T) {
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
	o := Options{Format: Table, Columns: columns, Null: DefaultNull, Limit: -1, AlignNumbers: true}
	got, _, err := copied(t, packed(t, rows...), o)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want[1:], got); diff != "" {
		t.Error(diff)
	}
}

// TestTableAlignNumbersLong checks that rows after the held ones are aligned,
// too.
func TestTableAlignNumbersLong(t *testing.T) {
	var rows [][]any
	for i := range 3 * maxHeldRows {
		rows = append(rows, []any{i % 100, "\u202ax"})
	}
	o := Options{Format: Table, Columns: []Column{{"id", "int"}, {"name", "string"}}, Limit: -1, AlignNumbers: true}
	got, _, err := copied(t, packed(t, rows...), o)
	if err != nil {
		t.Fatal(err)
	}
	line := "|  7 | \\u202Ax |\n"
	if n, want := strings.Count(got, line), 3*maxHeldRows/100; n != want {
		t.Errorf("%q appears %d times, want %d", line, n, want)
	}
}

// TestStyle checks that escape sequences do not count as width, in held and in
// later rows, and that the header has none.
func TestStyle(t *testing.T) {
	style := func(column int, cell string) string {
		if column == 1 {
			return "\x1b[1m" + cell + "\x1b[0m"
		}
		return cell
	}
	for _, extra := range []int{0, maxHeldRows} {
		var rows [][]any
		for range 1 + extra {
			rows = append(rows, []any{1, "a"})
		}
		o := Options{Format: Table, Columns: people, Limit: -1, Style: style}
		got, _, err := copied(t, packed(t, rows...), o)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(got, "| id | name |\n") {
			t.Errorf("the header is styled: %.80q", got)
		}
		if n := strings.Count(got, "| 1  | \x1b[1ma\x1b[0m    |\n"); n != 1+extra {
			t.Errorf("%d styled rows, want %d: %.200q", n, 1+extra, got)
		}
	}
	got, _, err := copied(t, packed(t, []any{1, "a"}), Options{Format: Vertical, Columns: people, Limit: -1, Style: style})
	if err != nil || !strings.Contains(got, "  id: 1\nname: \x1b[1ma\x1b[0m\n") {
		t.Errorf("vertical: %q, %v", got, err)
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
