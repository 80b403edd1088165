package registry

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/sql/types"
)

func parseTypes(t *testing.T, names ...string) []types.Type {
	t.Helper()
	var list []types.Type
	for _, name := range names {
		x, err := types.Parse(name)
		if err != nil {
			t.Fatal(err)
		}
		list = append(list, x)
	}
	return list
}

func TestParseSignature(t *testing.T) {
	type parsed struct {
		Text, Result, Template                  string
		Aggregate, Window, Special, Unsupported bool
	}
	tests := []struct {
		line string
		want parsed
	}{
		{"f() bigint", parsed{Text: "f()", Result: "bigint", Template: "f_f($*)"}},
		{"f(varchar) varchar = upper", parsed{Text: "f(varchar(x))", Result: "varchar", Template: "upper($*)"}},
		{"f(T, [bigint]) T = x($1, $2)", parsed{Text: "f(T, [bigint])", Result: "T", Template: "x($1, $2)"}},
		{"f(varchar, any...) varchar", parsed{Text: "f(varchar(x), any...)", Result: "varchar", Template: "f_f($*)"}},
		{"f(map(K,V), K) V", parsed{Text: "f(map(K,V), K)", Result: "V", Template: "f_f($*)"}},
		{"f(N) double aggregate = avg", parsed{Text: "f(double)", Result: "double", Template: "avg($*)", Aggregate: true}},
		{"f(D) timestamp with time zone", parsed{Text: "f(timestamp(p))", Result: "timestamp with time zone", Template: "f_f($*)"}},
		{"f(decimal) decimal window", parsed{Text: "f(decimal(p,s))", Result: "decimal(38,0)", Template: "f_f($*)", Window: true}},
		{"f(T) T special", parsed{Text: "f(T)", Result: "T", Template: "f_f($*)", Special: true}},
		{"f(T) array(T) aggregate refused", parsed{Text: "f(T)", Result: "array(T)", Template: "f_f($*)", Aggregate: true, Unsupported: true}},
	}
	for _, test := range tests {
		s := parseSignature(test.line)
		got := parsed{s.String(), s.Result.String(), s.Template, s.Aggregate, s.Window, s.Special, s.Unsupported}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.line, diff)
		}
	}
}

func TestMatch(t *testing.T) {
	tests := []struct {
		signature string
		args      []string
		trino     string // the type of the result, or empty if the signature does not match
		hive      string
	}{
		{"f(bigint) bigint", []string{"bigint"}, "bigint", "bigint"},
		{"f(bigint) bigint", []string{"integer"}, "bigint", "bigint"},
		{"f(bigint) bigint", []string{"varchar"}, "", ""},
		{"f(bigint) bigint", []string{"double"}, "", ""},
		{"f(bigint) bigint", nil, "", ""},
		{"f(bigint) bigint", []string{"bigint", "bigint"}, "", ""},
		{"f(bigint, [bigint]) bigint", []string{"bigint"}, "bigint", "bigint"},
		{"f(bigint...) bigint", []string{"bigint", "bigint", "bigint"}, "bigint", "bigint"},
		{"f(varchar, bigint...) bigint", []string{"varchar", "bigint", "varchar"}, "", ""},
		{"f(T) T", []string{"array(bigint)"}, "array(bigint)", "array(bigint)"},
		{"f(T, T) T", []string{"integer", "double"}, "double", "double"},
		{"f(T, T) T", []string{"unknown", "date"}, "date", "date"},
		{"f(T, T) T", []string{"varchar", "bigint"}, "", "varchar"},
		{"f(array(T), T) array(T)", []string{"array(integer)", "bigint"}, "array(bigint)", "array(bigint)"},
		{"f(array(T)) T", []string{"unknown"}, "unknown", "unknown"},
		{"f(array(T)) T", []string{"bigint"}, "", ""},
		{"f(map(K,V)) array(K)", []string{"map(varchar,bigint)"}, "array(varchar)", "array(varchar)"},
		{"f(N) N", []string{"integer"}, "integer", "integer"},
		{"f(N, N) N", []string{"integer", "double"}, "double", "double"},
		{"f(N) N", []string{"varchar"}, "", "double"},
		{"f(N) N", []string{"date"}, "", ""},
		{"f(D) D", []string{"date"}, "date", "date"},
		{"f(D) D", []string{"timestamp with time zone"}, "timestamp with time zone", "timestamp with time zone"},
		{"f(D) D", []string{"varchar"}, "", ""},
		{"f(decimal) bigint", []string{"decimal(5,2)"}, "bigint", "bigint"},
		{"f(decimal) bigint", []string{"bigint"}, "", ""},
		{"f(any) any", []string{"map(varchar,bigint)"}, "unknown", "unknown"},
		{"f(lambda) bigint", []string{"bigint"}, "", ""},
		{"f(varchar!) bigint", []string{"varchar"}, "bigint", "bigint"},
		{"f(varchar!) bigint", []string{"unknown"}, "bigint", ""},
		{"f(varchar?) bigint", []string{"unknown"}, "bigint", "bigint"},
		{"f(varchar?) bigint", []string{"date"}, "", ""},
		{"f(varchar*) bigint", []string{"boolean"}, "", "bigint"},
		{"f(varchar*) bigint", []string{"array(bigint)"}, "", ""},
		{"f(double?) bigint", []string{"varchar"}, "", ""},
		{"f(array(T), T!) T", []string{"array(bigint)", "integer"}, "bigint", ""},
	}
	for _, test := range tests {
		s := parseSignature(test.signature)
		for hive, want := range map[bool]string{false: test.trino, true: test.hive} {
			b, _, ok := s.Match(parseTypes(t, test.args...), hive)
			got := ""
			if ok {
				got = b.Resolve(s.Result).String()
			}
			if got != want {
				t.Errorf("%s with %v, hive %t: got %q, want %q", test.signature, test.args, hive, got, want)
			}
		}
	}
}

// The best of several signatures is the one that needs the fewest conversions.
func TestMatchDistance(t *testing.T) {
	tests := []struct{ arg, better, worse string }{
		{"integer", "f(integer) bigint", "f(bigint) bigint"},
		{"bigint", "f(bigint) bigint", "f(double) bigint"},
		{"varchar", "f(varchar) bigint", "f(T) bigint"},
		{"varchar", "f(T) bigint", "f(any) bigint"},
		{"double", "f(N) bigint", "f(T) bigint"},
	}
	for _, test := range tests {
		_, better, ok1 := parseSignature(test.better).Match(parseTypes(t, test.arg), false)
		_, worse, ok2 := parseSignature(test.worse).Match(parseTypes(t, test.arg), false)
		if !ok1 || !ok2 || better >= worse {
			t.Errorf("%s: %s has distance %d (%t), %s %d (%t)", test.arg, test.better, better, ok1, test.worse, worse, ok2)
		}
	}
}

func TestReturnsElement(t *testing.T) {
	for line, want := range map[string]bool{
		"f(array(T)) T": true, "f(map(K,V), K) V": true, "f(T) T": false, "f(array(T)) array(T)": false, "f(array(T)) bigint": false,
	} {
		if got := parseSignature(line).ReturnsElement(); got != want {
			t.Errorf("%s: got %t", line, got)
		}
	}
}

func TestNames(t *testing.T) {
	for hive, only := range map[bool]string{false: "array_agg", true: "collect_list"} {
		names := Names(hive)
		for name, want := range map[string]bool{only: true, "td_time_range": true, "nosuch": false, "collect_list": hive} {
			if slices.Contains(names, name) != want {
				t.Errorf("hive %t: %s is listed: %t", hive, name, !want)
			}
		}
		for _, name := range names {
			if _, ok := Lookup(name, hive); !ok {
				t.Errorf("hive %t: %s is listed, but unknown", hive, name)
			}
		}
	}
	for name, want := range map[string]bool{"count": true, "sum": true, "upper": false, "nosuch": false, "coun": false} {
		if IsAggregate(name, false) != want || IsAggregate(name, true) != want {
			t.Errorf("%s is an aggregate: %t", name, !want)
		}
	}
	if _, ok := Lookup(strings.ToUpper("count"), false); ok {
		t.Error("names are in lower case")
	}
}
