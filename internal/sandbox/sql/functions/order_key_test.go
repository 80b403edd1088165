package functions

import (
	"bytes"
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// TestOrder compares with results of Trino 476.
func TestOrder(t *testing.T) {
	const integers, rows = "array(integer)", "row(integer,varchar)"
	indeterminate := failure("ARRAY comparison not supported for arrays with null elements")
	zoned := "timestamp with time zone"
	checkCalls(t, []callTest{
		{"f_nested_cmp", -1, args("[2]", "[10]", integers)},
		{"f_nested_cmp", 0, args("[2]", "[2]", integers)},
		{"f_nested_cmp", 1, args("[1,2]", "[1]", integers)},
		{"f_nested_cmp", -1, args("[1,null]", "[2,null]", integers)},
		{"f_nested_cmp", indeterminate, args("[1,null]", "[1,2]", integers)},
		{"f_nested_cmp", failure("ROW comparison not supported for fields with null elements"), args("[1,null]", `[1,"a"]`, rows)},
		{"f_nested_cmp", -1, args(`["9.50"]`, `["10.00"]`, "array(decimal(4,2))")},
		{"f_nested_cmp", failure("Cannot cast '[' to ARRAY"), args("[", "[1]", integers)},
		{"f_nested_cmp", failure("Cannot cast '[' to ARRAY"), args("[1]", "[", integers)},
		{"f_nested_cmp", nil, args(nil, "[1]", integers)},
		{"f_greatest_nested", "[10]", args("[2]", "[10]", "[9]", integers)},
		{"f_greatest_nested", `[1,"b"]`, args(`[1,"b"]`, `[1,"a"]`, rows)},
		{"f_greatest_nested", nil, args("[2]", nil, integers)},
		{"f_greatest_nested", indeterminate, args("[null]", "[1]", integers)},
		{"f_greatest_nested", "2020-01-01 00:00:00 UTC", args("2020-01-01 00:00:00 UTC", "2020-01-01 08:00:00 Asia/Tokyo", zoned)},
		{"f_least_nested", "[2]", args("[2]", "[10]", integers)},
		{"f_least_nested", `[1,"a"]`, args(`[1,"b"]`, `[1,"a"]`, rows)},
		{"f_least_nested", nil, args(nil, "[2]", integers)},
		{"f_least_nested", indeterminate, args("[null]", "[1]", integers)},
		{"f_least_nested", "2020-01-01 08:00:00 Asia/Tokyo", args("2020-01-01 00:00:00 UTC", "2020-01-01 08:00:00 Asia/Tokyo", zoned)},
		{"f_array_sort_nested", "[[1],[1,5],[2,1],null]", args("[[2,1],null,[1,5],[1]]", "array(array(integer))")},
		{"f_array_sort_nested", `[[1,"a"],[1,"b"]]`, args(`[[1,"b"],[1,"a"]]`, "array(row(integer,varchar))")},
		{"f_array_sort_nested", "[]", args("[]", "array(array(integer))")},
		{"f_array_sort_nested", indeterminate, args("[[null],[1]]", "array(array(integer))")},
		{"f_array_sort_nested", nil, args(nil, "array(array(integer))")},
		{"f_array_sort_nested", failure("not an array: 'x'"), args("x", "array(array(integer))")},
		{"f_array_max_nested", "[10]", args("[[2],[10]]", "array(array(integer))")},
		{"f_array_max_nested", nil, args("[]", "array(array(integer))")},
		{"f_array_max_nested", nil, args("[[2],null]", "array(array(integer))")},
		{"f_array_max_nested", `[2,"a"]`, args(`[[1,"b"],[2,"a"]]`, "array(row(integer,varchar))")},
		{"f_array_max_nested", indeterminate, args("[[null],[1]]", "array(array(integer))")},
		{"f_array_min_nested", "[2]", args("[[10],[2]]", "array(array(integer))")},
		{"f_array_min_nested", nil, args("[]", "array(array(integer))")},
		{"f_array_min_nested", nil, args("[null,[2]]", "array(array(integer))")},
		{"f_array_min_nested", `[1,"b"]`, args(`[[1,"b"],[2,"a"]]`, "array(row(integer,varchar))")},
		{"f_array_min_nested", failure("not an array: 'x'"), args("x", "array(array(integer))")},
		{"f_map_key", "0.0", args(0.0, "double")},
		{"f_map_key", "1.5", args(1.5, "double")},
		{"f_map_key", "\ufdd10.0\ufdd1-0.0", args(math.Copysign(0, -1), "double")},
		{"f_map_key", "\ufdd1[0.0]\ufdd1[-0.0]", args("[-0.0]", "array(double)")},
		{"f_map_key", "\ufdd12020-01-01 00:00:00 UTC\ufdd12020-01-01 09:00:00 Asia/Tokyo", args("2020-01-01 09:00:00 Asia/Tokyo", zoned)},
		{"f_map_key_text", "-0.0", args("\ufdd10.0\ufdd1-0.0")},
		{"f_map_key_text", "NaN", args(nanKey)},
		{"f_map_key_text", "x", args("x")},
		{"f_map_key_text", "\ufdd1", args("\ufdd1")},
		{"f_map_key_text", nil, args(nil)},
		{"f_max_key", []byte{keyValue, 0, 0, 0, 0, 0, 0, 0, 0, keyEnd}, args("[\"\ufdd0NaN\"]", "array(double)")},
		{"f_max_key", []byte{keyEnd}, args("[]", "array(double)")},
		{"f_max_key", nil, args(nil, "array(double)")},
		{"f_max_key", indeterminate, args("[null]", "array(double)")},
		{"f_max_key", failure("Cannot cast '[' to ARRAY"), args("[", "array(double)")},
		{"f_greatest_nested", "[1.0]", args("[\"\ufdd0NaN\"]", "[1.0]", "array(double)")},
		{"f_least_nested", "[1.0]", args("[\"\ufdd0NaN\"]", "[1.0]", "array(double)")},
		{"f_map_key", "[1,2]", args("[1, 2]", integers)},
		{"f_map_key", `{"a":1,"b":2}`, args(`{"b":2,"a":1}`, "map(varchar,integer)")},
		{"f_map_key", nil, args(nil, integers)},
		{"f_order_key", failure("ROW comparison not supported for fields with null elements"), args("[1,null]", rows)},
		{"f_order_key", indeterminate, args("[null]", integers)},
		{"f_order_key", failure("Cannot cast '[' to ARRAY"), args("[", integers)},
		{"f_order_key", failure("Value cannot be cast to timestamp: x"), args(`["x"]`, "array(timestamp with time zone)")},
		{"f_order_key", nil, args(nil, integers)},
		{"f_key", nil, args(nil, integers)},
		{"f_key", []byte{keyEnd}, args("[]", integers)},
		{"f_key", []byte{keyNull, keyEnd}, args("[null]", integers)},
		{"f_key", []byte{keyValue, 'a', 0, 0, keyEnd}, args(`["a"]`, "array(varchar)")},
		{"f_key", failure("Cannot cast '[' to ARRAY"), args("[", integers)},
	})
}

// TestKeyOrder checks that keys are ordered like the values, and equal for equal values.
func TestKeyOrder(t *testing.T) {
	all := New().Scalars()
	i := slices.IndexFunc(all, func(f Scalar) bool { return f.Name == "f_key" })
	for _, test := range []struct {
		kind  string
		equal bool
		less  []string
	}{
		{"array(integer)", false, []string{"[]", "[-5]", "[0]", "[0,0]", "[2]", "[10]"}},
		{"array(double)", false, []string{"[-9e999]", "[-2.5]", "[-1e-300]", "[0.0]", "[1.5]", "[9e999]", "[\"NaN\"]"}},
		{"array(double)", true, []string{"[0.0]", "[-0.0]"}},
		{"array(decimal(20,2))", false, []string{`["-10.00"]`, `["-9.50"]`, `["0.00"]`, `["9.50"]`, `["10.00"]`, `["123456789012345678.00"]`}},
		{"array(varchar)", false, []string{`[""]`, `["a"]`, `["a\u0000"]`, `["a\u0000b"]`, `["ab"]`, `["b"]`}},
		{"array(boolean)", false, []string{"[false]", "[true]"}},
		{"array(varbinary)", false, []string{`["AA=="]`, `["/w=="]`}},
		{"row(integer,varchar)", false, []string{`[null,"z"]`, `[1,null]`, `[1,"a"]`, `[2,""]`}},
		{"array(timestamp with time zone)", true, []string{`["2020-01-01 00:00:00 UTC"]`, `["2020-01-01 09:00:00 Asia/Tokyo"]`}},
		{"array(timestamp with time zone)", false, []string{`["2020-01-01 08:00:00 Asia/Tokyo"]`, `["2020-01-01 00:00:00 UTC"]`}},
		{"map(varchar,integer)", true, []string{`{"a":1,"b":null}`, `{"b":null,"a":1}`}},
		{"map(varchar,integer)", false, []string{`{"a":1}`, `{"a":2}`}},
		{"array(json)", false, []string{`[{"a":1}]`, `[{"a":2}]`}},
	} {
		var before []byte
		for place, v := range test.less {
			result, err := all[i].Call(args(v, test.kind))
			if err != nil {
				t.Fatalf("%s as %s: %v", v, test.kind, err)
			}
			key, _ := result.([]byte)
			want := 1
			if test.equal {
				want = 0
			}
			if got := bytes.Compare(key, before); place > 0 && got != want {
				t.Errorf("%s: the keys of %s and %s compare as %d, want %d", test.kind, v, test.less[place-1], got, want)
			}
			before = key
		}
	}
}

// TestReplay checks aggregates that f_replay runs, with DISTINCT, ORDER BY and rows that leave the frame.
func TestReplay(t *testing.T) {
	for _, test := range []struct {
		name string
		want any
		rows [][]any
	}{
		{"f_replay", 2, [][]any{{"count", 1, "", "a", "a"}, {"count", 1, "", "a", "a"}, {"count", 1, "", "b", "b"}}},
		{"f_replay", 3, [][]any{{"count", 0, ""}, {"count", 0, ""}, {"count", 0, ""}}},
		{"f_replay", 7, [][]any{{"sum", 1, "", 3, 3}, {"sum", 1, "", 3, 3}, {"sum", 1, "", 4, 4}}},
		{"f_replay", 1.5, [][]any{{"sum", 1, "", 1.5, 1.5}, {"sum", 1, "", 1.5, 1.5}}},
		{"f_replay", failure("integer overflow"), [][]any{{"sum", 0, "", 9223372036854775807}, {"sum", 0, "", 1}}},
		{"f_replay", 2.0, [][]any{{"avg", 1, "", 1, 1}, {"avg", 1, "", 3, 3}, {"avg", 1, "", 3, 3}}},
		{"f_replay", 3, [][]any{{"max", 0, "", 1}, {"max", 0, "", 3}}},
		{"f_replay", 1, [][]any{{"min", 0, "", 1}, {"min", 0, "", nil}}},
		{"f_replay", "3,2,1", [][]any{{"group_concat", 0, "d", 1, 1}, {"group_concat", 0, "d", 3, 3}, {"group_concat", 0, "d", 2, 2}}},
		{"f_replay", "0,1,2", [][]any{{"group_concat", 0, "A", 1, 1}, {"group_concat", 0, "A", 2, 2}, {"group_concat", 0, "A", nil, 0}}},
		{"f_replay", "2,1,0", [][]any{{"group_concat", 0, "d", 1, 1}, {"group_concat", 0, "d", 2, 2}, {"group_concat", 0, "d", nil, 0}}},
		{"f_replay", "b", [][]any{{"f_max_by", 2, "", "a", 1, "a", 1}, {"f_max_by", 2, "", "b", 2, "b", 2}, {"f_max_by", 2, "", "b", 2, "b", 2}}},
		{"f_replay", 1, [][]any{{"first_value", 0, "", 1}, {"first_value", 0, "", 2}}},
		{"f_replay", 2, [][]any{{"last_value", 0, "", 1}, {"last_value", 0, "", 2}}},
		{"f_replay", 2, [][]any{{"nth_value", 0, "", 1, 2}, {"nth_value", 0, "", 2, 2}}},
		{"f_replay", nil, [][]any{{"nth_value", 0, "", 1, 2}}},
		{"f_replay", nil, [][]any{{"sum", 0, "", nil}}},
		{"f_replay", nil, [][]any{{"group_concat", 0, "", nil}}},
		{"f_replay", nil, nil},
		{"f_replay", failure("no aggregate 'f_x'"), [][]any{{"f_x", 0, "", 1}}},
	} {
		got := aggregateRows(findAggregate(t, test.name), test.rows)
		if diff := cmp.Diff(args(test.want)[0], got); diff != "" {
			t.Errorf("%v: %s", test.rows, diff)
		}
	}
	checkFrames(t, "f_max_by", args(0, 0, 1, 2))
	checkFrames(t, "f_avg_double", args(0.0, 0.5, 1.5, 2.5))
	checkFrames(t, "f_covar_pop", args(0.0, -0.25, -0.25, -0.25))
}

// TestFrame checks the frames of f_frame, which the engine calls with a frame that starts at the current row.
func TestFrame(t *testing.T) {
	negative := failure("Window frame offset value must not be negative or null")
	for _, test := range []struct {
		name       string
		want       []any
		unit       string
		start, end string
		direction  string
		rows       [][]any // key and bounds
	}{
		{"f_frame", args("1", "1,2", "1,2,3"), "ROWS", "UNBOUNDED PRECEDING", "CURRENT ROW", "a", [][]any{{1, nil, nil}, {2, nil, nil}, {3, nil, nil}}},
		{"f_frame", args("1,2", "1,2,3", "3"), "ROWS", "PRECEDING", "FOLLOWING", "a", [][]any{{1, 1, 1}, {2, 2, 5}, {3, 0, 0}}},
		{"f_frame", args(nil, "3", nil), "ROWS", "FOLLOWING", "FOLLOWING", "a", [][]any{{1, 7, 8}, {2, 1, 1}, {3, 1, 1}}},
		{"f_frame", args(negative), "ROWS", "PRECEDING", "CURRENT ROW", "a", [][]any{{1, -1, nil}}},
		{"f_frame", args(negative), "GROUPS", "CURRENT ROW", "FOLLOWING", "a", [][]any{{1, nil, nil}}},
		{"f_frame", args("1,1,2", "1,1,2", "1,1,2,4", "4"), "GROUPS", "PRECEDING", "FOLLOWING", "a", [][]any{{1, 0, 1}, {1, 3, 1}, {2, 1, 1}, {4, 0, 3}}},
		{"f_frame", args("2,4", "4", nil), "GROUPS", "FOLLOWING", "UNBOUNDED FOLLOWING", "a", [][]any{{1, 1, nil}, {2, 1, nil}, {4, 1, nil}}},
		{"f_frame", args("1,2", "1,2", "4"), "RANGE", "PRECEDING", "FOLLOWING", "a", [][]any{{1, 0, 3}, {2, 1, 3}, {4, 3, 9}}},
		{"f_frame", args("4", "2,1", "2,1"), "RANGE", "PRECEDING", "FOLLOWING", "d", [][]any{{4, 4, 3}, {2, 3, 1}, {1, 2, 0}}},
		{"f_frame", args("null,null", "null,null", "1"), "RANGE", "PRECEDING", "FOLLOWING", "A", [][]any{{nil, nil, nil}, {nil, nil, nil}, {1, 0, 2}}},
		{"f_frame", args("null,null", "null,null", "null,null,1"), "RANGE", "UNBOUNDED PRECEDING", "CURRENT ROW", "A", [][]any{{nil, nil, nil}, {nil, nil, nil}, {1, nil, nil}}},
		{"f_frame", args("1,null", "null"), "RANGE", "CURRENT ROW", "UNBOUNDED FOLLOWING", "a", [][]any{{1, nil, nil}, {nil, nil, nil}}},
	} {
		state, _ := findAggregate(t, test.name).New().(Inverter)
		frame := func(row []any) []any {
			text := any("null")
			if row[0] != nil {
				text = row[0]
			}
			return args("group_concat", 0, "", test.unit, test.start, test.end, test.direction, row[0], row[1], row[2], text)
		}
		for _, row := range test.rows {
			if err := state.Step(frame(row)); err != nil {
				t.Fatal(err)
			}
		}
		var got []any
		for _, row := range test.rows {
			v, err := state.Value()
			if err != nil {
				v = failure(err.Error())
			}
			got = append(got, v)
			if err := state.Inverse(frame(row)); err != nil {
				t.Fatal(err)
			}
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s BETWEEN %s AND %s over %v: %s", test.unit, test.start, test.end, test.rows, diff)
		}
	}
}

// checkFrames checks the values of an aggregate of (i, -i) over frames of two rows.
func checkFrames(t *testing.T, name string, want []any) {
	t.Helper()
	state, _ := findAggregate(t, "f_replay").New().(Inverter)
	var got []any
	for i := range 4 {
		if err := state.Step(args(name, 0, "", i, -i)); err != nil {
			t.Fatal(err)
		}
		if i > 1 {
			if err := state.Inverse(args(name, 0, "", i-2, 2-i)); err != nil {
				t.Fatal(err)
			}
		}
		v, err := state.Value()
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, v)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("%s over frames of two rows: %s", name, diff)
	}
}
