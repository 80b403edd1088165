package chart

import (
	"encoding/json"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/text"
)

// num returns a value as package json decodes it.
func num(s string) any { return json.Number(s) }

func TestDraw(t *testing.T) {
	days := []Column{{"day", "varchar"}, {"hits", "bigint"}}
	for _, tt := range []struct {
		name    string
		columns []Column
		rows    [][]any
		options Options
		want    string
	}{
		{"bars", []Column{{"symbol", "varchar"}, {"n", "bigint"}}, [][]any{
			{"AAPL", num("100")}, {"GOOG", num("25")}, {"日本", num("1")}, {nil, num("0")},
		}, Options{Width: 40}, `
AAPL │██████████████████████████████ 100
GOOG │███████▌ 25
日本 │▎ 1
null │ 0
`},
		{"ASCII", []Column{{"symbol", "varchar"}, {"n", "bigint"}}, [][]any{{"AAPL", num("100")}, {"GOOG", num("25")}}, Options{Width: 40, ASCII: true}, `
AAPL |############################## 100
GOOG |######## 25
`},
		{"negative, NULL, NaN and infinite", []Column{{"k", "varchar"}, {"v", "double"}}, [][]any{
			{"a", num("-10")}, {"b", num("30.5")}, {"c", nil}, {"d", "NaN"}, {"e", "-Infinity"}, {"f\x1b", num("0.0001")},
		}, Options{Width: 40}, `
a       █████│ -10
b            │███████████████▉ 30.5
c            │ null
d            │ NaN
e            │ -Infinity
f\u001B      │▏ 0.0001
`},
		{"huge", []Column{{"k", "varchar"}, {"v", "double"}}, [][]any{
			{"a", num("1.7e308")}, {"b", num("-1.7e308")}, {"c", num("9007199254740993")},
		}, Options{Width: 40}, `
a              │█████████████ 1.7e308
b █████████████│ -1.7e308
c              │▏ 900719925…
`},
		{"several columns", []Column{{"k", "varchar"}, {"x", "bigint"}, {"note", "varchar"}, {"y", "double"}}, [][]any{
			{"a", num("4"), "-", num("2.5")}, {"b", num("1"), "-", num("3")},
		}, Options{Width: 30}, `
a x │█████████████████████ 4
  y │█████████████▏ 2.5
b x │█████▎ 1
  y │███████████████▊ 3
`},
		{"the first column has the only numbers", []Column{{"n", "bigint"}, {"k", "varchar"}}, [][]any{{num("2"), "a"}, {num("4"), "b"}}, Options{Width: 20}, `
a │███████▌ 2
b │███████████████ 4
`},
		{"no labels", []Column{{"n", ""}}, [][]any{{num("2")}, {num("4")}}, Options{Width: 20}, `
1 │███████▌ 2
2 │███████████████ 4
`},
		{"wide labels", []Column{{"k", "varchar"}, {"n", "bigint"}}, [][]any{{strings.Repeat("label ", 20), num("3")}}, Options{Width: 40}, `
label label … │███████████████████████ 3
`},
		{"a named column of text", []Column{{"k", "varchar"}, {"a", "bigint"}, {"b", "varchar"}}, [][]any{{"x", num("1"), " 2.5 "}}, Options{Width: 20, Values: []string{"b"}}, `
x │███████████  2.5
`},
		{"times", days, [][]any{
			{"2026-01-01", num("1")}, {"2026-01-02", num("5")}, {"2026-01-05", num("3")}, {"2026-01-03", num("2")},
		}, Options{Width: 40, ASCII: true}, `
5 +         *
  |        * *
  |        *  *
  |       *   *
  |      *     *
  |      *      *
  |     *        *
3 +     *         *                  ***
  |    *           *             ****
  |   *            *        *****
  |   *             *   ****
  |  *               ***
  | *
  | *
1 +*
  +-------------------------------------
   2026-01-01                 2026-01-05
`},
		{"Braille", days, [][]any{{"2026-01-01", num("1")}, {"2026-01-02", num("5")}, {"2026-01-03", num("0")}}, Options{Width: 24}, `
  5 ┤         ⡜⡄
    │        ⡸ ⢱
    │       ⢰⠁ ⠈⡆
    │      ⢠⠃   ⠸⡀
    │     ⢀⠎     ⢇
    │     ⡜      ⠘⡄
    │    ⡜        ⢱
2.5 ┤   ⡰⠁         ⡇
    │  ⢠⠃          ⠸⡀
    │ ⢀⠇            ⢣
    │ ⡎             ⠈⡆
    │⡜               ⢱
    │                 ⢇
    │                 ⠸⡀
  0 ┤                  ⢣
    └───────────────────
     2026-01-… 2026-01-…
`},
		{"several lines with gaps", []Column{{"time", "bigint"}, {"a", "bigint"}, {"b", "double"}, {"c", "double"}}, [][]any{
			{num("0"), num("7"), num("-1e300"), nil}, {num("60"), nil, num("1e300"), nil}, {num("120"), num("7"), num("0"), nil},
		}, Options{Width: 30, ASCII: true}, `
a
  |
  |
7 +*                         *
  |
  |
  +---------------------------
   1970-01-01 0~ 1970-01-01 0~

b
 1e+300 +         ****
        |       **    *****
      0 +    ***           ***
        |  **
-1e+300 +**
        +---------------------
         1970-01-0~ 1970-01-0~

c
(no numbers)
`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			lines, err := Draw(tt.columns, tt.rows, tt.options)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(strings.TrimPrefix(tt.want, "\n"), strings.Join(lines, "\n")+"\n"); diff != "" {
				t.Errorf("%s\n%s", diff, strings.Join(lines, "\n"))
			}
		})
	}
}

func TestDrawErrors(t *testing.T) {
	columns := []Column{{"k", "varchar"}, {"n", "bigint"}, {"m", "map<string,int>"}}
	rows := [][]any{{"a", num("1"), nil}}
	for _, tt := range []struct {
		name    string
		columns []Column
		rows    [][]any
		options Options
		want    string
	}{
		{"no rows", columns, nil, Options{}, "the result has no rows"},
		{"no numbers", []Column{{"a", "varchar"}, {"b", ""}}, [][]any{{"1", "x"}}, Options{}, "the result has no column of numbers: its columns are a (varchar), b (unknown)"},
		{"only NULL", []Column{{"a", "varchar"}, {"n", "bigint"}}, [][]any{{"2026-01-02", nil}, {"2026-01-03", nil}}, Options{}, "the result has no numbers to draw"},
		{"unknown column", columns, rows, Options{Values: []string{"x"}}, `there is no column "x": the columns are k, n, m`},
		{"a column of text", columns, rows, Options{Values: []string{"k"}}, `column "k" has no numbers: its type is varchar`},
		{"a column of maps", columns, rows, Options{Values: []string{"m"}}, `column "m" has no numbers: its type is map<string,int>`},
	} {
		if _, err := Draw(tt.columns, tt.rows, tt.options); err == nil || err.Error() != tt.want {
			t.Errorf("%s: got %v, want %s", tt.name, err, tt.want)
		}
	}
}

func TestManyRows(t *testing.T) {
	var rows [][]any
	for range 5000 {
		rows = append(rows, []any{num("1")})
	}
	lines, err := Draw([]Column{{"n", "bigint"}}, rows, Options{})
	if err != nil || len(lines) != maxBarRows+1 || lines[maxBarRows] != "(4,900 more rows)" {
		t.Errorf("%d lines, %v, ending in %q", len(lines), err, lines[len(lines)-1])
	}
}

func TestFormatNumber(t *testing.T) {
	for want, v := range map[string]float64{
		"0": 0, "1": 1, "-0.5": -0.5, "12,346": 12345.678, "123.46": 123.456, "1,234.6": 1234.56, "-1,234,567": -1234567, "1e+300": 1e300,
		"1e-05": 1e-5, "0.25": 0.25, "1.798e+308": math.MaxFloat64,
	} {
		if got := formatNumber(v); got != want {
			t.Errorf("%v: got %q, want %q", v, got, want)
		}
	}
}

// FuzzDraw checks that no line is wider than the terminal and that all of it can be printed.
func FuzzDraw(f *testing.F) {
	f.Add("a", "1", "2026-01-01", "-1e308", 80, true)
	f.Add("日本", "NaN", "\x1b", "1e308", 20, false)
	f.Fuzz(func(t *testing.T, a, x, b, y string, width int, ascii bool) {
		rows := [][]any{{a, num(x)}, {b, num(y)}, {a + b, nil}}
		for _, kind := range []Kind{Auto, Bar, Line} {
			width = min(max(width, minWidth), 300)
			lines, err := Draw([]Column{{a, ""}, {b, "double"}}, rows, Options{Kind: kind, Width: width, ASCII: ascii})
			if err != nil {
				continue
			}
			for _, line := range lines {
				if text.Width(line) > width || strings.ContainsFunc(line, text.IsUnsafe) {
					t.Errorf("%d columns: %q", width, line)
				}
			}
		}
	})
}
