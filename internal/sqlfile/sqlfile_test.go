package sqlfile_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sqlfile"
)

func TestParse(t *testing.T) {
	const text = "#!/usr/bin/env -S td query -wq\n" +
		"-- The most popular pages\n" +
		"-- td: database=web type=trino output=\"top pages.csv\" column_header\n" +
		"\n" +
		"--td:param day DATE = yesterday\n" +
		"-- td: param codes int[] = 200,404\n" +
		"  --  td: param host string\n" +
		"-- td: param note string = ' a = b '\n" +
		"-- td:ignore select-star\n" +
		"SELECT 1 -- td: not at the start of a line\n" +
		"-- td:ignore limit\n"
	got, err := sqlfile.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	want := sqlfile.File{
		SQL: strings.TrimPrefix(text, "#!/usr/bin/env -S td query -wq"),
		Settings: []sqlfile.Setting{
			{"database", "web", 3, true},
			{"type", "trino", 3, true},
			{"output", "top pages.csv", 3, true},
			{"column-header", "true", 3, false},
		},
		Params: []sqlfile.Param{
			{"day", "date", "yesterday", true, 5},
			{"codes", "int[]", "200,404", true, 6},
			{"host", "string", "", false, 7},
			{"note", "string", " a = b ", true, 8},
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestWithoutFrontMatter(t *testing.T) {
	for _, sql := range []string{"", "SELECT 1", "-- comment\nSELECT 1", "-- tdx: a\nSELECT 1", "SELECT '\n-- text\n'", "/* td: a=b */ SELECT 1"} {
		got, err := sqlfile.Parse(sql)
		if err != nil || !cmp.Equal(got, sqlfile.File{SQL: sql}) {
			t.Errorf("%q: %+v, %v", sql, got, err)
		}
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{"-- td:\nSELECT 1", `line 1: "td:" sets nothing`},
		{"-- td: Nightly report\nSELECT 1", `line 1: "Nightly" is not the name of a setting; write -- td: NAME=VALUE`},
		{"\n-- td: output='a b\nSELECT 1", "line 2: the value of output has no closing '"},
		{"-- td: output='a'b\nSELECT 1", "line 1: there must be a space after the value of output"},
		{"-- td: type=hive\n-- td: type=trino\nSELECT 1", "line 2: type is already set in line 1"},
		{"-- td: param\nSELECT 1", `line 1: "param" must be param NAME TYPE or param NAME TYPE = DEFAULT`},
		{"-- td: param day\nSELECT 1", `line 1: "param day" must be param NAME TYPE or param NAME TYPE = DEFAULT`},
		{"-- td: param day when\nSELECT 1", `unknown type "when"`},
		{"-- td: param 1day date\nSELECT 1", `invalid parameter name "1day"`},
		{"-- td: param d date\n-- td: param d int\nSELECT 1", `line 2: parameter "d" is already declared in line 1`},
		{"SELECT 1\n-- td: type=hive", `line 2: "-- td: type=hive" must be before the statement`},
		{"/* text */\n-- td: param d date\nSELECT 1", "line 2:"},
	} {
		_, err := sqlfile.Parse(tt.sql)
		if err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%q: %v, want %s", tt.sql, err, tt.want)
		}
	}
}

func TestRemoveInterpreter(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{"#!/usr/bin/td", ""},
		{"#!/usr/bin/td\r\nSELECT 1", "\nSELECT 1"},
		{"# comment\nSELECT 1", "# comment\nSELECT 1"},
		{"SELECT '#!'", "SELECT '#!'"},
	} {
		if got := sqlfile.RemoveInterpreter(tt.sql); got != tt.want {
			t.Errorf("%q: %q, want %q", tt.sql, got, tt.want)
		}
	}
}
