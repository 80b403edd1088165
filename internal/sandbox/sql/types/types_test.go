package types

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sqlsyntax"
)

func mustParse(t *testing.T, s string) Type {
	t.Helper()
	got, err := Parse(s)
	if err != nil {
		t.Fatalf("%s: %v", s, err)
	}
	return got
}

func TestParse(t *testing.T) {
	tests := []struct{ text, trino, hive string }{
		{"varchar", "varchar", "string"},
		{"integer", "integer", "int"},
		{"int", "integer", "int"},
		{"real", "real", "float"},
		{"float", "real", "float"},
		{"string", "varchar", "string"},
		{"binary", "varbinary", "binary"},
		{"varchar(10)", "varchar", "varchar(10)"},
		{"char(3)", "varchar", "char(3)"},
		{"array(char(3))", "array(varchar)", "array<char(3)>"},
		{"decimal", "decimal(38,0)", "decimal(38,0)"},
		{"decimal(10)", "decimal(10,0)", "decimal(10,0)"},
		{"decimal(10,2)", "decimal(10,2)", "decimal(10,2)"},
		{"array(bigint)", "array(bigint)", "array<bigint>"},
		{"array<int>", "array(integer)", "array<int>"},
		{"map(varchar,array(double))", "map(varchar,array(double))", "map<string,array<double>>"},
		{"row(a bigint, b varchar)", "row(a bigint, b varchar)", "struct<a:bigint,b:string>"},
		{"row(bigint, varchar)", "row(bigint, varchar)", "struct<col1:bigint,col2:string>"},
		{"struct<a:int>", "row(a integer)", "struct<a:int>"},
		{"timestamp with time zone", "timestamp with time zone", "timestamp"},
		{"interval day to second", "interval day to second", "interval_day_time"},
		{"unknown", "unknown", "string"},
	}
	for _, test := range tests {
		got := mustParse(t, test.text)
		if got.String() != test.trino {
			t.Errorf("%s: got %s, want %s", test.text, got, test.trino)
		}
		if hive := Display(sqlsyntax.Hive, test.text); hive != test.hive {
			t.Errorf("%s in Hive: got %s, want %s", test.text, hive, test.hive)
		}
		if trino := Display(sqlsyntax.Trino, test.text); trino != test.text && trino != test.trino {
			t.Errorf("%s in Trino: got %s", test.text, trino)
		}
	}
	for _, text := range []string{"", "nonsense", "nonsense(", "array", "array(nonsense)", "map(bigint)", "T", "any"} {
		if got, err := Parse(text); err == nil {
			t.Errorf("%q: got %s, want an error", text, got)
		}
		if got := Display(sqlsyntax.Hive, text); got != text {
			t.Errorf("%q: displayed as %q", text, got)
		}
	}
}

func TestParseParameter(t *testing.T) {
	for text, want := range map[string]string{"T": "T", "any": "any", "lambda": "lambda", "array(T)": "array(T)", "map(K,V)": "map(K,V)", "bigint": "bigint"} {
		got, err := ParseParameter(text)
		if err != nil || got.String() != want {
			t.Errorf("%s: got %s, error %v", text, got, err)
		}
	}
}

func TestResolve(t *testing.T) {
	tests := []struct {
		text string
		d    sqlsyntax.Dialect
		want string // the type or the error
	}{
		{"decimal", sqlsyntax.Trino, "decimal(38,0)"},
		{"decimal", sqlsyntax.Hive, "decimal(10,0)"},
		{"string", sqlsyntax.Hive, "varchar"},
		{"string", sqlsyntax.Trino, "line 1:1: Unknown type: string"},
		{"array(float)", sqlsyntax.Trino, "line 1:7: Unknown type: float"},
		{"T", sqlsyntax.Trino, "line 1:1: Unknown type: t"},
		{"time with time zone", sqlsyntax.Hive, "line 1:1: Unknown type: time with time zone"},
		{"time(6) with time zone", sqlsyntax.Trino, "time with time zone"},
	}
	for _, test := range tests {
		name, err := sqlsyntax.ParseType(test.text)
		if err != nil {
			t.Fatal(err)
		}
		resolved, err := Resolve(name, test.d)
		got := resolved.String()
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s: got %s, want %s", test.text, got, test.want)
		}
	}
}

func TestCommon(t *testing.T) {
	tests := []struct{ a, b, trino, hive string }{
		{"bigint", "bigint", "bigint", "bigint"},
		{"unknown", "date", "date", "date"},
		{"tinyint", "smallint", "smallint", "smallint"},
		{"integer", "bigint", "bigint", "bigint"},
		{"bigint", "double", "double", "double"},
		{"real", "double", "double", "double"},
		{"decimal(10,2)", "integer", "decimal(12,2)", "decimal(12,2)"},
		{"decimal(10,2)", "decimal(5,4)", "decimal(12,4)", "decimal(12,4)"},
		{"decimal(38,0)", "decimal(38,20)", "decimal(38,20)", "decimal(38,20)"},
		{"decimal(10,2)", "double", "double", "double"},
		{"date", "timestamp", "timestamp", "timestamp"},
		{"timestamp", "timestamp with time zone", "timestamp with time zone", "timestamp with time zone"},
		{"array(integer)", "array(double)", "array(double)", "array(double)"},
		{"map(varchar,integer)", "map(varchar,bigint)", "map(varchar,bigint)", "map(varchar,bigint)"},
		{"row(a integer)", "row(b bigint)", "row(a bigint)", "row(a bigint)"},
		{"varchar", "bigint", "", "varchar"},
		{"boolean", "date", "", "varchar"},
		{"array(bigint)", "bigint", "", ""},
		{"array(boolean)", "array(date)", "", "array(varchar)"},
	}
	for _, test := range tests {
		for _, pair := range [][2]string{{test.a, test.b}, {test.b, test.a}} {
			for hive, want := range map[bool]string{false: test.trino, true: test.hive} {
				got, ok := Common(mustParse(t, pair[0]), mustParse(t, pair[1]), hive)
				if ok != (want != "") || ok && !Equal(got, mustParse(t, want)) {
					t.Errorf("%v, hive %t: got %s, %t, want %s", pair, hive, got, ok, want)
				}
			}
		}
	}
}

func TestCoercible(t *testing.T) {
	tests := []struct {
		from, to    string
		trino, hive bool
	}{
		{"bigint", "bigint", true, true},
		{"unknown", "array(bigint)", true, true},
		{"integer", "bigint", true, true},
		{"bigint", "integer", false, true},
		{"integer", "decimal(10,2)", true, true},
		{"bigint", "double", true, true},
		{"double", "bigint", false, true},
		{"date", "timestamp", true, true},
		{"timestamp", "date", false, true},
		{"varchar", "bigint", false, true},
		{"bigint", "varchar", false, true},
		{"varchar", "timestamp", false, true},
		{"bigint", "timestamp", false, true},
		{"boolean", "bigint", false, true},
		{"bigint", "boolean", false, false},
		{"array(integer)", "array(bigint)", true, true},
		{"array(bigint)", "varchar", false, false},
	}
	for _, test := range tests {
		for hive, want := range map[bool]bool{false: test.trino, true: test.hive} {
			if _, ok := Coercible(mustParse(t, test.from), mustParse(t, test.to), hive); ok != want {
				t.Errorf("%s to %s, hive %t: got %t", test.from, test.to, hive, ok)
			}
		}
	}
}

// Coercible prefers the nearest type, by which the signature of a call is chosen.
func TestCoercibleDistance(t *testing.T) {
	for _, order := range [][]string{
		{"integer", "integer", "bigint", "double"},
		{"bigint", "bigint", "double"},
		{"date", "date", "timestamp"},
	} {
		last := -1
		for _, to := range order[1:] {
			d, ok := Coercible(mustParse(t, order[0]), mustParse(t, to), false)
			if !ok || d <= last {
				t.Errorf("%s to %s: distance %d, %t, after %d", order[0], to, d, ok, last)
			}
			last = d
		}
	}
}

func TestPredicates(t *testing.T) {
	type properties struct{ Number, Integer, Temporal, Nested, Unknown bool }
	tests := map[string]properties{
		"tinyint": {Number: true, Integer: true}, "bigint": {Number: true, Integer: true}, "decimal(3,1)": {Number: true}, "double": {Number: true},
		"date": {Temporal: true}, "timestamp with time zone": {Temporal: true}, "time": {}, "varchar": {}, "boolean": {},
		"array(bigint)": {Nested: true}, "map(varchar,bigint)": {Nested: true}, "row(a bigint)": {Nested: true}, "json": {},
		"unknown": {Unknown: true},
	}
	for text, want := range tests {
		x := mustParse(t, text)
		got := properties{x.IsNumber(), x.IsInteger(), x.IsTemporal(), x.IsNested(), x.IsUnknown()}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	if got := mustParse(t, "array(date)").Element(); got.Name != "date" {
		t.Errorf("element of array(date): %s", got)
	}
	if got := mustParse(t, "bigint").Element(); !got.IsUnknown() {
		t.Errorf("element of bigint: %s", got)
	}
}
