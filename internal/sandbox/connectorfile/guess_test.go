package connectorfile

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/files"
)

func TestGuessDelimiter(t *testing.T) {
	for sample, want := range map[string]string{
		"a,b\n1,2\n":          ",",
		"a\tb\n1\t2\n":        "\t",
		"a;b;c\n1;2,5;3\n":    ";",
		"a|b\n1|2\n":          "|",
		"a\n1\n":              ",",
		"":                    ",",
		"a b,c\td\n1,2\n3,4":  ",",
		"x;y\n1;2\n3;4,5,6\n": ";",
	} {
		if got := guessDelimiter([]byte(sample)); got != want {
			t.Errorf("%q: %q; want %q", sample, got, want)
		}
	}
}

func TestTypeOf(t *testing.T) {
	for text, want := range map[string]string{
		"1": "long", "-1": "long", "9223372036854775807": "long", "0": "long",
		"9223372036854775808": "double", "1.5": "double", "1e3": "double", "0.5": "double",
		"007": "string", "+1": "double", "0x10": "string", "inf": "string", "NaN": "string",
		"true": "boolean", "false": "boolean", "TRUE": "string",
		"2026-01-02": "timestamp", "2026-01-02 03:04:05": "timestamp", "2026-01-02T03:04:05Z": "timestamp", "02/Jan/2026:03:04:05 +0900": "timestamp",
		"2026-13-01": "string", "": "string", "abc": "string",
	} {
		if got := typeOf(text); got != want {
			t.Errorf("%q: %s; want %s", text, got, want)
		}
	}
}

func TestColumnType(t *testing.T) {
	tests := []struct {
		name   string
		values []string
		want   string
	}{
		{"long", []string{"1", "2"}, "long"},
		{"long and double", []string{"1", "2.5", "3"}, "double"},
		{"double and long", []string{"2.5", "1"}, "double"},
		{"empty values", []string{"", "1", ""}, "long"},
		{"only empty values", []string{"", ""}, "string"},
		{"mixed", []string{"1", "true"}, "string"},
		{"text", []string{"1", "x"}, "string"},
		{"boolean", []string{"true", "false"}, "boolean"},
	}
	for _, test := range tests {
		var rows [][]string
		for _, v := range test.values {
			rows = append(rows, []string{"other", v}, []string{"short"})
		}
		if got := columnType(rows, 1); got != test.want {
			t.Errorf("%s: %s; want %s", test.name, got, test.want)
		}
	}
}

func TestLayout(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for format, text := range map[string]string{
		"":                           "2026/01/02 03:04:05",
		"%Y-%m-%d %H:%M:%S":          "2026-01-02 03:04:05",
		"%F %T":                      "2026-01-02 03:04:05",
		"%d/%b/%Y:%H:%M:%S %z":       "02/Jan/2026:03:04:05 +0000",
		"%a, %e %B %y %I:%M:%S %p":   "Fri,  2 January 26 03:04:05 AM",
		"%Y-%jT%T":                   "2026-002T03:04:05",
		"%Y%m%d%%%H%M%S":             "20260102%030405",
		"%A %d.%m.%Y %H:%M:%S.%L %Z": "Friday 02.01.2026 03:04:05.000 UTC",
	} {
		got, err := parseTimestamp(format, text)
		if err != nil || !got.Equal(at) {
			t.Errorf("%q: %v, %v; want %v", format, got, err, at)
		}
	}
	for _, format := range []string{"%", "%Q", "%Y-%"} {
		if _, err := parseTimestamp(format, "2026"); err == nil || !strings.Contains(err.Error(), format) {
			t.Errorf("%q: %v; want an error that names the format", format, err)
		}
	}
}

func TestFiles(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"in_2.csv", "in_1.csv", "other.csv"} {
		if err := os.WriteFile(filepath.Join(dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Mkdir(filepath.Join(dir, "in_dir"), 0o700); err != nil {
		t.Fatal(err)
	}
	got, err := Input{PathPrefix: filepath.Join(dir, "in_")}.Files(files.Dir{})
	if diff := cmp.Diff([]string{filepath.Join(dir, "in_1.csv"), filepath.Join(dir, "in_2.csv")}, got); err != nil || diff != "" {
		t.Errorf("%v (-want +got):\n%s", err, diff)
	}
	if got, err := (Input{Path: "x", PathPrefix: dir}).Files(files.Dir{}); err != nil || !cmp.Equal(got, []string{"x"}) {
		t.Errorf("with a path: %v, %v", got, err)
	}
	for _, prefix := range []string{filepath.Join(dir, "nope"), filepath.Join(dir, "missing", "x")} {
		if got, err := (Input{PathPrefix: prefix}).Files(files.Dir{}); err == nil {
			t.Errorf("%s: %v; want an error", prefix, got)
		}
	}
}

func TestCSVValues(t *testing.T) {
	null := "NULL"
	p := &Parser{NullString: &null}
	tests := []struct {
		kind, text string
		want       any
		fails      bool
	}{
		{"long", " 12 ", int64(12), false},
		{"long", "1.5", nil, true},
		{"long", "", nil, false},
		{"long", "NULL", nil, false},
		{"double", "1e3", 1000.0, false},
		{"double", "x", nil, true},
		{"boolean", "TRUE", true, false},
		{"boolean", "0", false, false},
		{"boolean", "maybe", nil, true},
		{"string", "", "", false},
		{"string", " x ", " x ", false},
		{"string", "NULL", nil, false},
		{"timestamp", "2026-01-02", time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC), false},
		{"timestamp", "soon", nil, true},
		{"json", `{"a":1}`, `{"a":1}`, false},
	}
	for _, test := range tests {
		got, err := p.value(Column{Name: "c", Type: test.kind}, test.text)
		if diff := cmp.Diff(test.want, got); diff != "" || (err != nil) != test.fails {
			t.Errorf("%s %q: %v (-want +got):\n%s", test.kind, test.text, err, diff)
		}
	}
}

func TestRecordWidth(t *testing.T) {
	columns := []Column{{Name: "a", Type: "string"}, {Name: "b", Type: "string"}}
	tests := []struct {
		name   string
		parser Parser
		row    []string
		fields int // -1 if the record is invalid
	}{
		{"equal", Parser{Columns: columns}, []string{"1", "2"}, 2},
		{"extra", Parser{Columns: columns}, []string{"1", "2", "3"}, -1},
		{"extra allowed", Parser{Columns: columns, AllowExtra: true}, []string{"1", "2", "3"}, 2},
		{"fewer", Parser{Columns: columns}, []string{"1"}, -1},
		{"fewer allowed", Parser{Columns: columns, AllowFewer: true}, []string{"1"}, 1},
	}
	for _, test := range tests {
		r, err := test.parser.record(test.row)
		if (err != nil) != (test.fields < 0) || err == nil && len(r) != test.fields {
			t.Errorf("%s: %v, %v; want %d fields", test.name, r, err, test.fields)
		}
	}
}

func TestNestedJSON(t *testing.T) {
	const text = `[{"b":{"z":1,"a":[true,null,"x"]}}, 5] {"n":9007199254740993,"big":123456789012345678901234567890,"f":1e400,"d":-2.50}`
	var got []string
	for r, err := range jsonRecords(bufio.NewReader(strings.NewReader(text))) {
		if err != nil {
			got = append(got, err.Error())
			continue
		}
		for _, f := range r {
			got = append(got, f.Key)
		}
	}
	want := []string{"b", "invalid record: not a JSON object", "n", "big", "f", "d"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	for number, want := range map[string]any{"9007199254740993": int64(9007199254740993), "123456789012345678901234567890": "123456789012345678901234567890", "1e400": "1e400", "-2.50": -2.5} {
		for r, err := range jsonRecords(strings.NewReader(`{"n":` + number + `}`)) {
			if err != nil || !cmp.Equal(r[0].Value, want) {
				t.Errorf("%s: %v, %v; want %v", number, r, err, want)
			}
		}
	}
}
