package functions

import "testing"

// TestMapFunctions compares with results of Trino 476. See
// https://trino.io/docs/current/functions.html.
func TestMapFunctions(t *testing.T) {
	checkCalls(t, []callTest{
		{"f_map", `{"x":1,"y":2}`, args(`["x","y"]`, "[1,2]")},
		{"f_map", failure("Duplicate map keys (x) are not allowed"), args(`["x","x"]`, "[1,2]")},
		{"f_map", failure("Key and value arrays must be the same length"), args(`["x"]`, "[1,2]")},
		{"f_map", `{"日":"本"}`, args(`["日"]`, `["本"]`)},
		{"f_map", failure("map key cannot be null"), args(`["a",null]`, "[1,2]")},
		{"f_map", `{"a":null}`, args(`["a"]`, "[null]")},
		{"f_map", "{}", args()},
		{"f_map_keys", `["a"]`, args(`{"a":2}`)},
		{"f_map_keys", `["日"]`, args(`{"日":1}`)},
		{"f_map_keys", `[""]`, args(`{"":1}`)},
		{"f_map_keys", `["k"]`, args(`{"k":null}`)},
		{"f_map_keys", `["k\""]`, args(`{"k\"":1}`)},
		{"f_map_keys", nil, args(nil)},
		{"f_map_values", "[2]", args(`{"a":2}`)},
		{"f_map_values", `["日"]`, args(`{"a":"日"}`)},
		{"f_map_values", "[null]", args(`{"a":null}`)},
		{"f_map_values", "[[1]]", args(`{"a":[1]}`)},
		{"f_map_values", "[1.0]", args(`{"a":1.0}`)},
		{"f_map_values", nil, args(nil)},
		{"f_map_entries", `[["a",2]]`, args(`{"a":2}`)},
		{"f_map_entries", `[["日","本"]]`, args(`{"日":"本"}`)},
		{"f_map_entries", `[["a",null]]`, args(`{"a":null}`)},
		{"f_map_entries", `[["a",[1]]]`, args(`{"a":[1]}`)},
		{"f_map_entries", nil, args(nil)},
		{"f_map_from_entries", `{"a":1}`, args(`[["a",1]]`)},
		{"f_map_from_entries", failure("Duplicate map keys (a) are not allowed"), args(`[["a",1],["a",2]]`)},
		{"f_map_from_entries", `{"日":"本"}`, args(`[["日","本"]]`)},
		{"f_map_from_entries", `{"a":null}`, args(`[["a",null]]`)},
		{"f_map_from_entries", failure("map entry cannot be null"), args(`[null,["a",1]]`)},
		{"f_map_from_entries", nil, args(nil)},
		{"f_multimap_from_entries", `{"a":[1,2]}`, args(`[["a",1],["a",2]]`)},
		{"f_multimap_from_entries", `{"a":[1]}`, args(`[["a",1]]`)},
		{"f_multimap_from_entries", `{"日":["本"]}`, args(`[["日","本"]]`)},
		{"f_multimap_from_entries", `{"a":[null]}`, args(`[["a",null]]`)},
		{"f_multimap_from_entries", nil, args(nil)},
		{"f_map_concat", `{"a":1,"b":2}`, args(`{"a":1}`, `{"b":2}`)},
		{"f_map_concat", `{"a":2}`, args(`{"a":1}`, `{"a":2}`)},
		{"f_map_concat", `{"日":"本","a":"b"}`, args(`{"日":"本"}`, `{"a":"b"}`)},
		{"f_map_concat", `{"a":1,"b":2,"c":3}`, args(`{"a":1}`, `{"b":2}`, `{"c":3}`)},
		{"f_map_concat", nil, args(nil, `{"a":1}`)},
	})
}
