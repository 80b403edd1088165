package schema

import (
	"errors"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
)

func TestParseType(t *testing.T) {
	scalar := func(base string) Type { return Type{Base: base} }
	nested := func(base string, args ...Type) Type { return Type{base, args} }
	for text, want := range map[string]Type{
		"bigint":                      scalar("bigint"),
		" VARCHAR(10) ":               scalar("varchar"),
		"decimal(10,2)":               scalar("decimal"),
		"timestamp(3) with time zone": scalar("timestamp(3) with time zone"),
		"interval day to second":      scalar("interval day to second"),
		"hyperloglog":                 scalar("hyperloglog"),
		"array(bigint)":               nested("array", scalar("bigint")),
		"array(decimal(10,2))":        nested("array", scalar("decimal")),
		"map(varchar, array(double))": nested("map", scalar("varchar"), nested("array", scalar("double"))),
		"row(a bigint, b varchar(3))": nested("row", scalar("bigint"), scalar("varchar")),
		`row("x y" double, integer)`:  nested("row", scalar("double"), scalar("integer")),
		"row(a double precision)":     nested("row", scalar("double precision")),
		"row(timestamp with time zone, array(row(n date)))": nested(
			"row", scalar("timestamp with time zone"), nested("array", nested("row", scalar("date")))),
	} {
		if diff := cmp.Diff(want, ParseType(text)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", text, diff)
		}
	}
}

func TestStorageTypes(t *testing.T) {
	for _, tt := range []struct{ logical, storage string }{
		{"varchar", "string"},
		{"bigint", "long"},
		{"integer", "int"},
		{"real", "float"},
		{"double", "double"},
		{"boolean", "boolean"},
		{"timestamp", "timestamp"},
		{"array(bigint)", "array<long>"},
		{"map(varchar,array(real))", "map<string,array<float>>"},
	} {
		if got := StorageType(tt.logical); got != tt.storage {
			t.Errorf("StorageType(%s) = %s; want %s", tt.logical, got, tt.storage)
		}
		if got, err := FromStorage(tt.storage); got != tt.logical || err != nil {
			t.Errorf("FromStorage(%s) = %s, %v; want %s", tt.storage, got, err, tt.logical)
		}
	}
	for logical, want := range map[string]string{"smallint": "int", "tinyint": "int", "varchar(3)": "string", "row(a bigint)": "row(a bigint)"} {
		if got := StorageType(logical); got != want {
			t.Errorf("StorageType(%s) = %s; want %s", logical, got, want)
		}
	}
	for _, storage := range []string{"", "text", "array", "array<>", "array<long", "array<long,long>", "map<string>", "map<string,long,int>", "set<int>", "array<text>"} {
		if got, err := FromStorage(storage); !errors.Is(err, engine.ErrInvalid) {
			t.Errorf("FromStorage(%s) = %s, %v", storage, got, err)
		}
	}
}

func TestWiden(t *testing.T) {
	for _, tt := range []struct{ a, b, want string }{
		{"bigint", "bigint", "bigint"},
		{"", "bigint", "bigint"},
		{"integer", "bigint", "bigint"},
		{"bigint", "double", "double"},
		{"real", "double", "double"},
		{"tinyint", "smallint", "smallint"},
		{"boolean", "bigint", "varchar"},
		{"double", "varchar", "varchar"},
		{"array(bigint)", "array(double)", "array(double)"},
		{"array(bigint)", "array(varchar)", "array(varchar)"},
		{"map(varchar,bigint)", "map(varchar, double)", "map(varchar,double)"},
		{"array(bigint)", "map(varchar,bigint)", "varchar"},
		{"array(bigint)", "bigint", "varchar"},
	} {
		for _, order := range [][2]string{{tt.a, tt.b}, {tt.b, tt.a}} {
			if got := Widen(order[0], order[1]); got != tt.want {
				t.Errorf("Widen(%s, %s) = %s; want %s", order[0], order[1], got, tt.want)
			}
		}
	}
}

func TestSQLName(t *testing.T) {
	taken := map[string]bool{"a": true, "a_2": true}
	for name, want := range map[string]string{"b": "b", "Big Name": "big_name", "a": "a_3", "A": "a_3", "é!": "__", "a-2": "a_2_2", "": "_"} {
		if got := SQLName(name, taken); got != want {
			t.Errorf("SQLName(%s) = %s; want %s", name, got, want)
		}
	}
}

// TestValueType checks the type of a column that is created for a value.
func TestValueType(t *testing.T) {
	for _, tt := range []struct {
		value any
		want  string
	}{
		{int64(1), "bigint"},
		{uint64(1), "bigint"},
		{uint64(1 << 63), "varchar"},
		{1.5, "double"},
		{float32(1.5), "double"},
		{"x", "varchar"},
		{true, "varchar"},
		{[]byte("x"), "varchar"},
		{[]any{}, "array(varchar)"},
		{[]any{nil, int64(1)}, "array(bigint)"},
		{[]any{1.5, int64(1)}, "array(double)"},
		{[]any{int64(1), true}, "array(varchar)"},
		{[]any{[]any{int64(1)}}, "array(array(bigint))"},
		{engine.Map{{Key: "k", Value: int64(1)}, {Key: int64(2)}}, "map(varchar,bigint)"},
	} {
		if got := ValueType(tt.value); got != tt.want {
			t.Errorf("ValueType(%v) = %s; want %s", tt.value, got, tt.want)
		}
	}
}

func TestCanStore(t *testing.T) {
	for _, tt := range []struct {
		typ   string
		value any
		want  bool
	}{
		{"integer", int64(1 << 31), false},
		{"integer", int64(1<<31 - 1), true},
		{"bigint", 1.5, false},
		{"double", int64(1), true},
		{"varchar", int64(1), true},
		{"boolean", true, true},
		{"bigint", true, false},
		{"bigint", "1", false},
		{"array(bigint)", []any{}, false},
	} {
		if got := CanStore(tt.typ, tt.value); got != tt.want {
			t.Errorf("CanStore(%s, %v) = %v", tt.typ, tt.value, got)
		}
	}
}
