package functions

import (
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// The results in this file are those of Trino 476. See https://trino.io/docs/current/functions/json.html.

func encodeCall(t *testing.T, c any) string {
	t.Helper()
	text, err := json.Marshal(c)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestJSONValue(t *testing.T) {
	of := func(c JSONCall) string { return encodeCall(t, c) }
	const noItem = "cannot extract SQL scalar from JSON: JSON path found no items"
	checkCalls(t, []callTest{
		{"f_json_value", "1.5E0", args(of(JSONCall{Path: "lax $.a", Type: "varchar"}), `{"a":1.50}`)},
		{"f_json_value", "2", args(of(JSONCall{Path: "lax $.a", Type: "bigint"}), `{"a":1.7}`)},
		{"f_json_value", "1", args(of(JSONCall{Path: "lax $.a", Type: "bigint"}), `{"a":true}`)},
		{"f_json_value", "ab", args(of(JSONCall{Path: "lax $.a", Type: "varchar", Length: 2}), `{"a":"abc"}`)},
		{"f_json_value", nil, args(of(JSONCall{Path: "lax $.a", Type: "varchar", Length: 2}), `{"a":100}`)},
		{"f_json_value", nil, args(of(JSONCall{Path: "lax $.a"}), nil)},
		{"f_json_value", failure(noItem), args(of(JSONCall{Path: "lax $.b", OnEmpty: "ERROR"}), `{"a":100}`)},
		{"f_json_value", "2020-01-01", args(of(JSONCall{Path: "lax $x", Passing: []JSONPassing{{"x", "date"}}}), "{}", "2020-01-01")},
		{"f_json_value", "6", args(of(JSONCall{Path: "lax $n + 1", Passing: []JSONPassing{{"n", "integer"}}}), "{}", 5)},
		{"f_json_outcome", "value", args(of(JSONCall{Path: "lax $.a"}), `{"a":1}`)},
		{"f_json_outcome", "null", args(of(JSONCall{Path: "lax $.a"}), `{"a":null}`)},
		{"f_json_outcome", "empty", args(of(JSONCall{Path: "lax $.b"}), `{"a":1}`)},
		{"f_json_outcome", "error", args(of(JSONCall{Path: "strict $.b"}), `{"a":1}`)},
		{"f_json_outcome", "error", args(of(JSONCall{Path: "lax $.a"}), `{"a":[1]}`)},
		{"f_json_exists", true, args(of(JSONCall{Path: "lax $.a"}), `{"a":null}`)},
		{"f_json_exists", false, args(of(JSONCall{Path: "strict $.b"}), `{"a":null}`)},
		{"f_json_exists", true, args(of(JSONCall{Path: "strict $.b", OnError: "TRUE"}), `{}`)},
		{"f_json_exists", nil, args(of(JSONCall{Path: "strict $.b", OnError: "UNKNOWN"}), `{}`)},
		{"f_json_exists", failure("path evaluation failed: structural error: missing member 'b' in JSON object"), args(of(JSONCall{Path: "strict $.b", OnError: "ERROR"}), `{}`)},
	})
}

func TestJSONQuery(t *testing.T) {
	of := func(c JSONCall) string { return encodeCall(t, c) }
	checkCalls(t, []callTest{
		{"f_json_query", `{"b":3,"a":2}`, args(of(JSONCall{Path: "lax $"}), `{"b":1,"a":2,"b":3}`)},
		{"f_json_query", "[1,2]", args(of(JSONCall{Path: "lax $[*]", Wrapper: "UNCONDITIONAL"}), "[1,2]")},
		{"f_json_query", "[1,2]", args(of(JSONCall{Path: "lax $", Wrapper: "CONDITIONAL"}), "[1,2]")},
		{"f_json_query", "x", args(of(JSONCall{Path: "lax $.a", NoQuotes: true}), `{"a":"x"}`)},
		{"f_json_query", nil, args(of(JSONCall{Path: "lax $[*]"}), "[1,2]")},
		{"f_json_query", "{}", args(of(JSONCall{Path: "lax $.b", OnEmpty: "EMPTY OBJECT"}), "{}")},
		{"f_json_query", "[]", args(of(JSONCall{Path: "strict $.b", OnError: "EMPTY ARRAY"}), "{}")},
		{"f_json_query", "1", args(of(JSONCall{Path: "lax $[0]", Encoding: "UTF16"}), []byte("[\x001\x00]\x00"))},
		{"f_json_query", failure("conversion to JSON failed: not valid UTF8"), args(of(JSONCall{Path: "lax $", Encoding: "UTF8", OnError: "ERROR"}), []byte("\xff"))},
		{"f_json_encode", []byte("[1]"), args("[1]", "UTF8")},
		{"f_json_encode", []byte("1\x00"), args("1", "UTF16")},
		{"f_json_encode", []byte("1\x00\x00\x00"), args("1", "UTF32")},
		{"f_json_encode", []byte("é"), args("é", "")},
		{"f_json_encode", nil, args(nil, "UTF8")},
	})
}

func TestJSONConstructors(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_json_element", "1.0E20", args(1e20, "double")},
		{"f_json_element", "1.1", args(float64(float32(1.1)), "real")},
		{"f_json_element", "true", args(1, "boolean")},
		{"f_json_element", "12345678901234567890.12", args("12345678901234567890.12", "decimal")},
		{"f_json_element", `{"a":2}`, args(`{"a":1,"a":2}`, "json")},
		{"f_json_element", `"a\"b"`, args(`a"b`, "varchar")},
		{"f_json_array", "[1,null]", args("NULL", "1", nil)},
		{"f_json_array", "[1]", args("ABSENT", "1", nil)},
		{"f_json_array", "[]", args("ABSENT")},
		{"f_json_array", `["a",{}]`, args("ABSENT", `"a"`, "{}")},
		{"f_json_array", "[null,null]", args("NULL", nil, nil)},
		{"f_json_object", `{"k1":2,"y":3,"k5":3,"z":1,"k9":1}`, args("NULL", "k9", "1", "k1", "2", "k5", "3", "z", "1", "y", "3")},
		{"f_json_object", `{"a":null}`, args("NULL", "a", nil)},
		{"f_json_object", `{}`, args("ABSENT", "a", nil)},
		{"f_json_object", failure("cannot construct a JSON object with duplicate key"), args("NULL", "a", "1", "a", "2")},
		{"f_json_object", failure("duplicate key passed to JSON_OBJECT function"), args("NULL UNIQUE", "a", "1", "a", "2")},
		{"f_json_object", failure("null value passed for JSON object key to JSON_OBJECT function"), args("NULL", nil, "1")},
	})
}

func TestJSONTable(t *testing.T) {
	column := func(kind string, cell int, path string) JSONColumn {
		return JSONColumn{Kind: kind, Cell: cell, JSONCall: JSONCall{Path: path}}
	}
	plain := JSONTable{JSONCall: JSONCall{Path: "lax $[*]"}, Columns: []JSONColumn{column("ORDINALITY", 0, ""), column("VALUE", 1, "lax $.a")}}
	strict := plain
	strict.ErrorOnError = true
	nested := func(path string, cell int) *JSONJoin {
		return &JSONJoin{Path: &JSONTable{JSONCall: JSONCall{Path: path}, Columns: []JSONColumn{column("FORMAT", cell, "lax $")}}}
	}
	union := JSONTable{JSONCall: JSONCall{Path: "lax $"}, Join: &JSONJoin{Left: nested("lax $.a[*]", 0), Right: nested("lax $.b[*]", 1)}}
	cross := union
	cross.Join = &JSONJoin{Cross: true, Left: union.Join.Left, Right: union.Join.Right}
	outer := cross
	outer.Outer = true
	of := func(table JSONTable) string { return encodeCall(t, table) }
	checkCalls(t, []callTest{
		{"f_json_table", `[[1,"x","value"],[2,null,"empty"]]`, args(of(plain), `[{"a":"x"},{}]`)},
		{"f_json_table", `[]`, args(of(plain), `[{"a"`)},
		{"f_json_table", `[]`, args(of(plain), nil)},
		{"f_json_table", failure("conversion to JSON failed: '[1,'"), args(of(strict), `[1,`)},
		{"f_json_table", `[["1",null],["2",null],[null,"3"]]`, args(of(union), `{"a":[1,2],"b":[3]}`)},
		{"f_json_table", `[["1","3"],["2","3"]]`, args(of(cross), `{"a":[1,2],"b":[3]}`)},
		{"f_json_table", `[]`, args(of(cross), `{"a":[1,2],"b":[]}`)},
		{"f_json_table", `[[null,null]]`, args(of(outer), `{"a":[1,2],"b":[]}`)},
	})
}

func TestCheckPath(t *testing.T) {
	tests := []struct {
		path string
		want []string
		err  string
	}{
		{path: "lax $.a", want: nil},
		{path: "strict $x[$y] ? (@ > $z)", want: []string{"x", "y", "z"}},
		{path: "$.a", err: "mismatched input '$.a' expecting {'lax', 'strict'}"},
		{path: "lax $.a b", err: "mismatched input 'b' expecting <EOF>"},
		{path: "lax $[1", err: "mismatched input '<EOF>' expecting ']'"},
		{path: `lax "a`, err: `mismatched input '"a' expecting the end of a string`},
		{path: "lax $.a.nosuch()", err: "mismatched input ')' expecting a method"},
		{path: "lax $ ? (@.a)", err: "mismatched input ')' expecting a comparison"},
		{path: "lax $.datetime()", err: "datetime method in JSON path is not yet supported"},
		{path: `lax $ ? (@ like_regex "a")`, err: "like_regex predicate in JSON path is not yet supported"},
	}
	for _, test := range tests {
		got, err := CheckPath(test.path)
		message := ""
		if err != nil {
			message = err.Error()
		}
		if message != test.err {
			t.Errorf("%s: got error %q, want %q", test.path, message, test.err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: %s", test.path, diff)
		}
	}
}
