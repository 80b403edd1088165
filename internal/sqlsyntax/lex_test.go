package sqlsyntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLex(t *testing.T) {
	kinds := map[tokenKind]string{tokWord: "word", tokQuoted: "name", tokString: "string", tokNumber: "number", tokSymbol: "symbol"}
	tests := []struct {
		name string
		hive bool
		sql  string
		want []string
	}{
		{"words keep their case", false, `Select abc_1 x$y`, []string{"1:1 word Select", "1:8 word abc_1", "1:14 word x$y"}},
		{"double quotes are names in Trino", false, `"a ""b"`, []string{`1:1 name a "b`}},
		{"double quotes are strings in Hive", true, `"a b"`, []string{"1:1 string a b"}},
		{"backquotes are names", true, "`a``b`", []string{"1:1 name a`b"}},
		{"doubled quote", false, `'it''s'`, []string{"1:1 string it's"}},
		{"no escapes in Trino", false, `'a\n'`, []string{`1:1 string a\n`}},
		{"escapes in Hive", true, `'\t\r\b\Z\0\'\"\\'`, []string{"1:1 string \t\r\b\x1a\x00'\"\\"}},
		{"octal and unicode escapes", true, `'\101\u65e5'`, []string{"1:1 string A日"}},
		{"patterns keep their backslash", true, `'50\%\_'`, []string{`1:1 string 50\%\_`}},
		{"unknown escapes", true, `'\d\('`, []string{`1:1 string d(`}},
		{"numbers", false, `1 1.5 .5 1. 1e3 1E-3 1.5e+3`, []string{
			"1:1 number 1", "1:3 number 1.5", "1:7 number .5", "1:10 number 1.", "1:13 number 1e3", "1:17 number 1E-3", "1:22 number 1.5e+3",
		}},
		{"a dot after a name", false, `a.1`, []string{"1:1 word a", "1:2 symbol .", "1:3 number 1"}},
		{"an exponent needs digits", false, `1e`, []string{"1:1 number 1e"}},
		{"symbols", false, `a<>b<=c>=d!=e||f->g=>h`, []string{
			"1:1 word a", "1:2 symbol <>", "1:4 word b", "1:5 symbol <=", "1:7 word c", "1:8 symbol >=", "1:10 word d", "1:11 symbol !=", "1:13 word e",
			"1:14 symbol ||", "1:16 word f", "1:17 symbol ->", "1:19 word g", "1:20 symbol =>", "1:22 word h",
		}},
		{"null-safe equality is Hive's", true, `a<=>b`, []string{"1:1 word a", "1:2 symbol <=>", "1:5 word b"}},
		{"and two symbols in Trino", false, `a<=>b`, []string{"1:1 word a", "1:2 symbol <=", "1:4 symbol >", "1:5 word b"}},
		{"comments", false, "a -- b\n/* c\n*/ d", []string{"1:1 word a", "3:4 word d"}},
		{"a comment at the end", false, "a -- b", []string{"1:1 word a"}},
		{"columns count characters", false, "'日本' x", []string{"1:1 string 日本", "1:6 word x"}},
		{"wide blanks", false, "a \u3000b \u00a0c", []string{"1:1 word a", "1:4 word b", "1:7 word c"}},
		{"a byte order mark", false, "\ufeffa", []string{"1:2 word a"}},
		{"letters of other scripts", false, "列 é", []string{"1:1 word 列", "1:3 word é"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			tokens, err := lex(test.sql, test.hive)
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, x := range tokens[:len(tokens)-1] {
				got = append(got, fmt.Sprintf("%d:%d %s %s", x.line, x.column, kinds[x.kind], x.text))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if last := tokens[len(tokens)-1]; last.kind != tokEOF {
				t.Errorf("the last token is %v", last)
			}
		})
	}
}

func TestInvalidUTF8(t *testing.T) {
	if _, err := Parse("SELECT '\xff'", Trino); err == nil || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("got error %v", err)
	}
}

func TestParseType(t *testing.T) {
	tests := []struct{ text, want string }{
		{"bigint", "bigint"},
		{"VARCHAR(10)", "varchar<10>"},
		{"decimal(10,2)", "decimal<10,2>"},
		{"array(array(double))", "array<array<double>>"},
		{"array<map<string,int>>", "array<map<string,int>>"},
		{"row(a bigint, b row(varchar))", "row<a=bigint,b=row<varchar>>"},
		{"struct<a:int,b:array<string>>", "struct<a=int,b=array<string>>"},
		{"row(double precision, interval day to second)", "row<double,interval-day-to-second>"},
		{"timestamp(3) without time zone", "timestamp<3>"},
		{"time with time zone", "time-with-time-zone"},
		{"interval year to month", "interval-year-to-month"},
		{"qdigest(double)", "qdigest<double>"},
	}
	for _, test := range tests {
		got, err := ParseType(test.text)
		if err != nil {
			t.Errorf("%s: %v", test.text, err)
		} else if diff := cmp.Diff(test.want, printer{}.typeName(got)); diff != "" {
			t.Errorf("%s: %s", test.text, diff)
		}
	}
	for _, text := range []string{"", "1", "array", "array(", "row()", "bigint x", "decimal(a,1"} {
		if got, err := ParseType(text); err == nil {
			t.Errorf("%q: got %v, want an error", text, printer{}.typeName(got))
		}
	}
}

func TestNestingIsLimited(t *testing.T) {
	for _, part := range []string{"(", "NOT ", "-", "ARRAY[", "(SELECT ", "CASE WHEN ", "f(", "x -> ", "1 IN (", "SELECT * FROM (", "a[", "ROW("} {
		if _, err := Parse("SELECT "+strings.Repeat(part, 100_000), Trino); err == nil {
			t.Errorf("100,000 times %q is accepted", part)
		}
	}
	for _, part := range []string{" UNION SELECT 1", " + 1", "[1]", " JOIN t ON true"} {
		if _, err := Parse("SELECT 1 FROM t"+strings.Repeat(part, 10_000), Trino); err == nil {
			t.Errorf("10,000 times %q is accepted", part)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("SELECT a, count(*) FROM t GROUP BY 1", false)
	f.Add("FROM t LATERAL VIEW explode(x) u AS y SELECT *", true)
	f.Add("SELECT*0", false)
	f.Fuzz(func(t *testing.T, sql string, hive bool) {
		d := Trino
		if hive {
			d = Hive
		}
		s, err := Parse(sql, d)
		if (s == nil) == (err == nil) {
			t.Errorf("statement %v, error %v", s, err)
		}
		if err != nil && strings.Contains(err.Error(), internalError) {
			t.Error(err)
		}
	})
}
