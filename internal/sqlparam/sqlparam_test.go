package sqlparam

import (
	"slices"
	"strings"
	"testing"
)

func params(t testing.TB, texts ...string) []Param {
	t.Helper()
	var ps []Param
	for _, text := range texts {
		p, err := Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		ps = append(ps, p)
	}
	return ps
}

func TestLiterals(t *testing.T) {
	for _, tt := range []struct{ param, trino, hive string }{
		{"x=", "''", "''"},
		{"x=a=b", "'a=b'", "'a=b'"},
		{"x=O'Reilly", "'O''Reilly'", `'O\'Reilly'`},
		{`x=\' OR 1=1 --`, `'\'' OR 1=1 --'`, `'\\\' OR 1=1 --'`},
		{"x=${hiveconf:a} $b", "'${hiveconf:a} $b'", `'\u0024{hiveconf:a} $b'`},
		{"x=日本\n", "'日本\n'", "'日本\n'"},
		{"x:STRING=5", "'5'", "'5'"},
		{"x:int=5", "5", "5"},
		{"x:int=-5", "(-5)", "(-5)"},
		{"x:int=-9223372036854775808", "(-9223372036854775808)", "(-9223372036854775808)"},
		{"x:float=.5", "5e-01", "5e-01"},
		{"x:float=-1e3", "(-1e+03)", "(-1e+03)"},
		{"x:decimal=-12.340", "DECIMAL '-12.340'", "(-12.340BD)"},
		{"x:bool=TRUE", "true", "true"},
		{"x:date=2026-02-28", "DATE '2026-02-28'", "DATE '2026-02-28'"},
		{"x:timestamp=2026-02-28 01:02:03.5", "TIMESTAMP '2026-02-28 01:02:03.5'", "TIMESTAMP '2026-02-28 01:02:03.5'"},
		{"x:identifier=db.my table", `"db"."my table"`, "`db`.`my table`"},
		{"x:int[]=1, 2,-3", "1, 2, (-3)", "1, 2, (-3)"},
		{"x:string[]=a,b'c,", "'a', 'b''c', ''", `'a', 'b\'c', ''`},
		{"x:date[]=2026-01-01,2026-01-02", "DATE '2026-01-01', DATE '2026-01-02'", "DATE '2026-01-01', DATE '2026-01-02'"},
	} {
		for hive, want := range map[bool]string{false: tt.trino, true: tt.hive} {
			got, found, err := Bind("(:x)", hive, params(t, tt.param))
			if err != nil || got != "("+want+")" || !slices.Equal(found, []string{"x"}) {
				t.Errorf("%s, hive %v: got %s, %v, %v, want %s", tt.param, hive, got, found, err, want)
			}
		}
	}
}

func TestBadParams(t *testing.T) {
	for _, text := range []string{"x", "=1", "1x=1", "a b=1", "x:=1", "x:integer=1", "x:identifier[]=a", "x:int[][]=1"} {
		if p, err := Parse(text); err == nil {
			t.Errorf("%s: got %+v", text, p)
		}
	}
	for _, text := range []string{
		"x:int=1 OR 1=1", "x:int=0x10", "x:int=", "x:int=9223372036854775808", "x:int=1_000", "x:float=NaN", "x:float=Inf", "x:float=1e999",
		"x:decimal=1e5", "x:decimal=.5", "x:decimal=" + strings.Repeat("9", 39), "x:bool=1", "x:date=2026-02-30", "x:date=2026-01-01'--",
		"x:timestamp=2026-01-01", "x:timestamp=2026-01-01 00:00:00,5", "x:int[]=1,,2", "x=\x00", "x=\xff", "x:identifier=", "x:identifier=a..b", "x:identifier=a\"b`c",
	} {
		for _, hive := range []bool{false, true} {
			if got, _, err := Bind(":x", hive, params(t, text)); err == nil {
				t.Errorf("%s: got %s", text, got)
			}
		}
	}
	if _, _, err := Bind(":x", false, params(t, "x=1", "x=2")); err == nil || !strings.Contains(err.Error(), "twice") {
		t.Errorf("got %v", err)
	}
}

func TestBind(t *testing.T) {
	for _, tt := range []struct {
		name, sql, trino, hive string
	}{
		{"none", "SELECT 1", "SELECT 1", "SELECT 1"},
		{"all over", ":a,:a+:b=:a", "1,1+2=1", "1,1+2=1"},
		{"in strings", "':a' || \":a\" || :a", "':a' || \":a\" || 1", "':a' || \":a\" || 1"},
		{"in names", "`:a`.:a", "`:a`.1", "`:a`.1"},
		{"in comments", "-- :a it's\n:a /* :x ' */ :b", "-- :a it's\n1 /* :x ' */ 2", "-- :a it's\n1 /* :x ' */ 2"},
		{"a comment that ends the text", ":a --:x", "1 --:x", "1 --:x"},
		{"a comment that does not end", ":a /* :x", "1 /* :x", "1 /* :x"},
		{"a string that does not end", ":a ':x", "1 ':x", "1 ':x"},
		{"doubled quotes", "'it''s :x' :a", "'it''s :x' 1", "'it''s :x' 1"},
		{"types", "CAST(x AS struct<a:int,b:x>) :a", "CAST(x AS struct<a:int,b:x>) 1", "CAST(x AS struct<a:int,b:x>) 1"},
		{"casts", "x::a", "x::a", "x::a"},
		{"times", "'12:30' 1:30 ${x:y}", "'12:30' 1:30 ${x:y}", "'12:30' 1:30 ${x:y}"},
		{"other words", "日本:a ー:a", "日本:a ー:a", "日本:a ー:a"},
		{"a longer name", ":aa", "", ""},
		{"unknown", "SELECT\n:c", "", ""},
	} {
		for hive, want := range map[bool]string{false: tt.trino, true: tt.hive} {
			got, _, err := Bind(tt.sql, hive, params(t, "a:int=1", "b:int=2"))
			if got != want || (err != nil) != (want == "") {
				t.Errorf("%s, hive %v: got %q, %v, want %q", tt.name, hive, got, err, want)
			}
		}
	}
	got, _, err := Bind(`'\':x' :a`, true, params(t, "a:int=1"))
	if err != nil || got != `'\':x' 1` {
		t.Errorf("an escaped quote in Hive: %q, %v", got, err)
	}
	if _, _, err := Bind("SELECT\n:c", false, nil); err == nil || !strings.Contains(err.Error(), ":c in line 2") {
		t.Errorf("got %v", err)
	}
}

// FuzzStringLiteral checks that any value becomes a single string literal, which ends
// where the lexer finds its end.
func FuzzStringLiteral(f *testing.F) {
	for _, s := range []string{"", "'", `\`, `\'`, "''", "--", "${a}", "\n;", `'"` + "`"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, hive := range []bool{false, true} {
			text, err := stringLiteral(s, hive)
			if err != nil {
				continue
			}
			for i := 0; i < len(text); {
				n := quotedLength(text[i:], hive)
				if i += n; text[i-1] != '\'' || n < 2 || i < len(text) && hive {
					t.Fatalf("%q is %s, hive %v", s, text, hive)
				}
			}
			if back := strings.NewReplacer(`\\`, `\`, `\'`, "'", `\u0024`, "$").Replace(text[1 : len(text)-1]); hive && back != s {
				t.Fatalf("%q comes back as %q", s, back)
			}
		}
	})
}

// FuzzBind checks that no value of any type changes the tokens after it.
func FuzzBind(f *testing.F) {
	f.Add("a:date", "2026-01-02", false)
	f.Add("a:int[]", "1, -2", true)
	f.Add("a:identifier", "db.t`\"", true)
	f.Add("a", "it's \\ -- /* ${x}", true)
	f.Add("a:timestamp", "2026-01-02 03:04:05.6", false)
	f.Fuzz(func(t *testing.T, head, value string, hive bool) {
		p, err := Parse(head + "=" + value)
		if err != nil || p.Name != "a" {
			return
		}
		const before, after = "SELECT -:a", " FROM t -- 'end"
		bound, _, err := Bind(before+after, hive, []Param{p})
		if err != nil {
			return
		}
		rest, ok := strings.CutSuffix(bound, after)
		if !ok || !strings.HasPrefix(bound, "SELECT -") {
			t.Fatalf("%q", bound)
		}
		ends := false
		for i := 0; i < len(bound); {
			if i == len(rest) {
				ends = true
			}
			if i >= len("SELECT -") && i < len(rest) && (strings.HasPrefix(bound[i:], "--") || strings.HasPrefix(bound[i:], "/*") || bound[i] == ';') {
				t.Fatalf("%q as %s is more than a value: %s", value, p.Type, bound)
			}
			end, _ := scanToken(bound, i, hive)
			i = end
		}
		if !ends {
			t.Fatalf("%q as %s includes what follows it: %s", value, p.Type, bound)
		}
	})
}
