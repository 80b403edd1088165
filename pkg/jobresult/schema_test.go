package jobresult

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseSchema(t *testing.T) {
	for _, test := range []struct {
		text string
		want []Column
		bad  bool
	}{
		{text: ""},
		{text: " \n"},
		{text: "null"},
		{text: "[]", want: []Column{}},
		{text: `[["a","bigint"],["b","array<string>","alias",null]]`, want: []Column{{"a", "bigint"}, {"b", "array<string>"}}},
		{text: `[["a"],[null,"int"],["c",null],["d",{"x":1}]]`, want: []Column{{"a", ""}, {"_col1", "int"}, {"c", ""}, {"d", `{"x":1}`}}},
		{text: `[["a","int"]] x`, bad: true},
		{text: `[["a","int"],[null, ,"int"]]`, bad: true},
		{text: `[[a, int]]`, bad: true},
		{text: `[[1,"int"]]`, bad: true},
		{text: `[[]]`, bad: true},
		{text: `["a"]`, bad: true},
		{text: `{"a":"int"}`, bad: true},
	} {
		got, err := ParseSchema(test.text)
		if (err != nil) != test.bad {
			t.Errorf("%s: %v", test.text, err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: (-want +got)\n%s", test.text, diff)
		}
	}
}

func TestUniqueNames(t *testing.T) {
	for _, test := range []struct {
		names, want string
		renamed     bool
	}{
		{"", "", false},
		{"a b", "a b", false},
		{"a a a", "a a_2 a_3", true},
		{"a a a_2 a_2 a", "a a_3 a_2 a_2_2 a_4", true},
		{"a_2 a a", "a_2 a a_3", true},
	} {
		var columns []Column
		for name := range strings.FieldsSeq(test.names) {
			columns = append(columns, Column{Name: name})
		}
		got, renamed := UniqueNames(columns)
		if strings.Join(got, " ") != test.want || renamed != test.renamed {
			t.Errorf("%s: %v, %v; want %s", test.names, got, renamed, test.want)
		}
	}
}

func TestParseFormat(t *testing.T) {
	for _, want := range Formats() {
		if got, err := ParseFormat(string(want)); err != nil || got != want {
			t.Errorf("%s: %q, %v", want, got, err)
		}
	}
	_, err := ParseFormat("CSV")
	if e, ok := errors.AsType[*FormatError](err); !ok || e.Name != "CSV" || !strings.Contains(err.Error(), "table, vertical, csv") {
		t.Errorf("%v", err)
	}
}

func TestFormatOf(t *testing.T) {
	for path, want := range map[string]Format{
		"out.csv": CSV, "a/b.d/OUT.CSV": CSV, "out.csv.gz": CSV, "out.csv.zst": CSV, "out.tsv": TSV, "out.json": JSON, "out.json.gz": JSON,
		"out.parquet": Parquet, "OUT.Arrow": Arrow, "out.jsonl": JSONL, "out.ndjson": JSONL, "out.msgpack": MsgPack, "out.msgpack.zst": MsgPack, "out.msgpack.gz": MsgPackGz,
		"out": "", "csv": "", "out.txt": "", "out.gz": "", "out.csv/": CSV, "x.csv/out": "", "": "", "-": "",
	} {
		if got, ok := FormatOf(path); got != want || ok != (want != "") {
			t.Errorf("%s: %q, %v; want %q", path, got, ok, want)
		}
	}
}
