package jobcmd

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/console"
	"github.com/td-cli/td/pkg/jobresult"
)

// rowFlags returns the defaults of the flags, changed by set.
func rowFlags(set func(*RowFlags)) RowFlags {
	f := RowFlags{Limit: unlimited, Split: unlimited, Null: jobresult.DefaultNull}
	set(&f)
	return f
}

func TestRowPlan(t *testing.T) {
	query := RowDefaults{Stdout: jobresult.Table, File: jobresult.TSV}
	result := RowDefaults{Stdout: jobresult.TSV, File: jobresult.TSV, ByName: true}
	for _, tt := range []struct {
		name     string
		set      func(*RowFlags)
		defaults RowDefaults
		format   jobresult.Format
		path     string
	}{
		{"default", func(*RowFlags) {}, query, jobresult.Table, ""},
		{"default of job:result", func(*RowFlags) {}, result, jobresult.TSV, ""},
		{"-f", func(f *RowFlags) { f.Format = "json" }, query, jobresult.JSON, ""},
		{"-G", func(f *RowFlags) { f.Vertical = true }, query, jobresult.Vertical, ""},
		{"-G -f vertical", func(f *RowFlags) { f.Vertical, f.Format = true, "vertical" }, query, jobresult.Vertical, ""},
		{"-o", func(f *RowFlags) { f.Output = "out" }, query, jobresult.TSV, "out"},
		{"-o - is standard output", func(f *RowFlags) { f.Output = "-" }, query, jobresult.TSV, ""},
		{"the toolbelt ignores the extension", func(f *RowFlags) { f.Output = "out.csv" }, query, jobresult.TSV, "out.csv"},
		{"the extension of a format with types", func(f *RowFlags) { f.Output = "out.PARQUET" }, query, jobresult.Parquet, "out.PARQUET"},
		{"the extension of arrow", func(f *RowFlags) { f.Output = "out.arrow" }, query, jobresult.Arrow, "out.arrow"},
		{"the extension of a format without predecessor", func(f *RowFlags) { f.Output = "out.jsonl" }, query, jobresult.JSONL, "out.jsonl"},
		{"-f csv to a name of another format", func(f *RowFlags) { f.Output, f.Format = "out.arrow", "csv" }, query, jobresult.CSV, "out.arrow"},
		{"-l with types", func(f *RowFlags) { f.Limit, f.Format = 1, "arrow" }, query, jobresult.Arrow, ""},
		{"the extension", func(f *RowFlags) { f.Output = "out.csv" }, result, jobresult.CSV, "out.csv"},
		{"the extension of a compressed file", func(f *RowFlags) { f.Output = "out.jsonl.gz" }, result, jobresult.JSONL, "out.jsonl.gz"},
		{"an unknown extension", func(f *RowFlags) { f.Output = "out.dat" }, result, jobresult.TSV, "out.dat"},
		{"-f takes precedence", func(f *RowFlags) { f.Output, f.Format = "out.xlsx", "csv" }, result, jobresult.CSV, "out.xlsx"},
		{"--jq", func(f *RowFlags) { f.JQ = "." }, query, jobresult.JSONL, ""},
		{"--jq -f json", func(f *RowFlags) { f.JQ, f.Format = ".", "json" }, query, jobresult.JSON, ""},
		{"--bom", func(f *RowFlags) { f.BOM, f.Format = true, "csv" }, query, jobresult.CSV, ""},
		{"-l 0", func(f *RowFlags) { f.Limit = 0 }, query, jobresult.Table, ""},
	} {
		p, err := rowFlags(tt.set).Plan(newFixture(t, nil).env, tt.defaults)
		if err != nil || p.Format != tt.format || p.Path != tt.path {
			t.Errorf("%s: %q, %q, %v; want %q, %q", tt.name, p.Format, p.Path, err, tt.format, tt.path)
		}
	}
}

func TestRowPlanErrors(t *testing.T) {
	for _, tt := range []struct {
		set  func(*RowFlags)
		want string
	}{
		{func(f *RowFlags) { f.Split, f.Output = 0, "%d" }, "--split-rows must be 1 or more, not 0"},
		{func(f *RowFlags) { f.Split, f.Output = -5, "%d" }, "--split-rows must be 1 or more, not -5"},
		{func(f *RowFlags) { f.Split = 1 }, "--split-rows requires files: use -o 'part-%04d.csv'"},
		{func(f *RowFlags) { f.Split, f.Output = 1, "-" }, "--split-rows requires files: use -o 'part-%04d.csv'"},
		{
			func(f *RowFlags) { f.Split, f.Output = 1, "a.csv" },
			`--split-rows requires the file name of -o to contain one %d or %04d: "a.csv" has 0 of them`,
		},
		{
			func(f *RowFlags) { f.Split, f.Output, f.Format, f.JQ = 1, "%d", "json", "." },
			"--split-rows and --jq with -f json, which filters all rows together, cannot be used together; use -f jsonl",
		},
		{func(f *RowFlags) { f.Vertical, f.Format = true, "csv" }, "-G/--vertical and -f/--format csv cannot be used together"},
		{func(f *RowFlags) { f.Output = "x.orc" }, "cannot write x.orc: orc is not supported"},
		{func(f *RowFlags) { f.Output = "x.parquet.gz" }, "cannot write x.parquet.gz: parquet is compressed within the file, see --compression"},
		{func(f *RowFlags) { f.Output, f.Format = "x.zst", "arrow" }, "cannot write x.zst: arrow is compressed within the file, see --compression"},
		{func(f *RowFlags) { f.Output, f.Null = "x.parquet", "" }, "--null and -f parquet cannot be used together: the format has NULL"},
		{func(f *RowFlags) { f.Output, f.Header = "x.arrow", true }, "-c/--column-header is only supported with json, tsv and csv formats"},
		{func(f *RowFlags) { f.Output, f.BOM = "x.arrow", true }, "--bom requires -f csv or -f tsv, not arrow"},
		{func(f *RowFlags) { f.Output, f.Compression = "x.arrow", "snappy" }, `--compression of arrow must be zstd or none, not "snappy"`},
		{func(f *RowFlags) { f.Output, f.Compression = "x.parquet", "lz4" }, `--compression of parquet must be zstd, snappy, gzip or none, not "lz4"`},
		{func(f *RowFlags) { f.Output, f.Compression = "x.tsv", "zstd" }, "--compression requires -f parquet or -f arrow, not tsv; the name of a file selects the compression of other formats, such as out.csv.gz"},
		{func(f *RowFlags) { f.Output = "X.XLSX.gz" }, "cannot write X.XLSX.gz: xlsx is not supported"},
		{func(f *RowFlags) { f.Output = "x.csv.bz2" }, "cannot write x.csv.bz2: bz2 is not supported"},
		{func(f *RowFlags) { f.Output = "x.zip" }, "cannot write x.zip: zip is not supported"},
		{func(f *RowFlags) { f.Header = true }, "-c/--column-header is only supported with json, tsv and csv formats"},
		{func(f *RowFlags) { f.BOM = true }, "--bom requires -f csv or -f tsv, not table"},
		{func(f *RowFlags) { f.Limit = -1 }, "-l/--limit must be 0 or more, not -1"},
		{func(f *RowFlags) { f.Limit, f.Output = 5, "out" }, "-l/--limit and -o/--output cannot be used together; use LIMIT in the SQL to reduce the result"},
		{func(f *RowFlags) { f.Limit, f.FailIfEmpty = 5, true }, "-l/--limit cannot be used together with --expect and --fail-if-empty, which count all rows"},
		{func(f *RowFlags) { f.Limit, f.Format = 5, "msgpack" }, "-l/--limit and -f msgpack cannot be used together"},
		{func(f *RowFlags) { f.Threads, f.Output = 999, "out" }, "--threads must be 1 to 16, not 999"},
		{func(f *RowFlags) { f.Threads = 2 }, "--threads requires a file: use -o FILE"},
		{func(f *RowFlags) { f.JQ, f.Format = ".", "csv" }, "--jq requires -f json or -f jsonl, not csv"},
		{func(f *RowFlags) { f.Expect = []string{"rows"} }, `invalid value "rows" of --expect`},
		{func(f *RowFlags) { f.Expect = []string{"rows>99999999999999999999"} }, `invalid value "rows>99999999999999999999" of --expect: value out of range`},
	} {
		_, err := rowFlags(tt.set).Plan(newFixture(t, nil).env, RowDefaults{Stdout: jobresult.Table, File: jobresult.TSV})
		checkUsage(t, tt.want, err, tt.want)
	}
}

// TestRowPlanTerminal checks that binary formats are not written to a terminal, which a
// device is another name of.
func TestRowPlanTerminal(t *testing.T) {
	env := cli.NewEnv(t.Context(), &console.Console{OutTTY: true}, func(string) string { return "" }, "test")
	defaults := RowDefaults{Stdout: jobresult.Table, File: jobresult.TSV}
	for _, output := range []string{"", "-", "/dev/stdout"} {
		_, err := rowFlags(func(f *RowFlags) { f.Format, f.Output = "msgpack.gz", output }).Plan(env, defaults)
		checkUsage(t, output, err, "msgpack.gz cannot be written to a terminal: use -o FILE")
	}
	p, err := rowFlags(func(f *RowFlags) { f.Format, f.Output = "msgpack.gz", "out" }).Plan(env, defaults)
	if err != nil || p.Path != "out" {
		t.Errorf("to a file: %+v, %v", p, err)
	}
}

func TestGunzipVariable(t *testing.T) {
	getenv := func(string) string { return "zlib" }
	env := cli.NewEnv(t.Context(), &console.Console{}, getenv, "test")
	_, err := rowFlags(func(*RowFlags) {}).Plan(env, RowDefaults{Stdout: jobresult.Table})
	checkUsage(t, "TD_GUNZIP", err, `TD_GUNZIP must be own or klauspost, not "zlib"`)
}

func TestResumeCommand(t *testing.T) {
	for _, tt := range []struct {
		set  func(*RowFlags)
		want string
	}{
		{func(f *RowFlags) { f.Output = "out.tsv" }, "td job:result 7 -o out.tsv"},
		{func(f *RowFlags) { f.Output = "out.csv" }, "td job:result 7 -f tsv -o out.csv"},
		{func(f *RowFlags) { f.Output, f.Format, f.Header = "out.csv", "csv", true }, "td job:result 7 -c -o out.csv"},
		{func(f *RowFlags) { f.Output, f.Format, f.Null, f.BOM = "a b", "csv", "", true }, `td job:result 7 -f csv --null "" --bom -o "a b"`},
		{func(f *RowFlags) { f.Output, f.Columns = "$x", []string{"a", "b c"} }, `td job:result 7 -f tsv --columns "a,b c" -o "\$x"`},
		{func(f *RowFlags) { f.Output, f.Compression = "out.parquet", "gzip" }, "td job:result 7 --compression gzip -o out.parquet"},
		{func(f *RowFlags) { f.Output, f.Split = "p%d.parquet", 9 }, "td job:result 7 --split-rows 9 -o p%d.parquet"},
		{func(f *RowFlags) { f.Output, f.JQ = "out", ".a | 5" }, `td job:result 7 -f jsonl --jq ".a | 5" -o out`},
	} {
		p, err := rowFlags(tt.set).Plan(newFixture(t, nil).env, RowDefaults{Stdout: jobresult.Table, File: jobresult.TSV})
		if err != nil {
			t.Errorf("%s: %v", tt.want, err)
		}
		if got := p.resumeCommand("7"); got != tt.want {
			t.Errorf("got %s, want %s", got, tt.want)
		}
	}
}

func TestExpectations(t *testing.T) {
	for text, want := range map[string][3]bool{ // for 0, 1 and 2 rows
		"rows>1":     {false, false, true},
		"rows >= 1":  {false, true, true},
		"rows<1":     {true, false, false},
		" rows<=1 ":  {true, true, false},
		"rows=1":     {false, true, false},
		"rows==1":    {false, true, false},
		"rows!=1":    {true, false, true},
		"columns=3":  {true, true, true},
		"columns!=3": {false, false, false},
	} {
		x, err := parseExpectation(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
		}
		var got [3]bool
		for rows := range got {
			got[rows] = x.check("7", int64(rows), 3) == nil
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", text, diff)
		}
	}
	x, _ := parseExpectation("rows>1")
	if err := x.check("7", 1, 3); err.Error() != `the result of job 7 has 1 row, which does not meet "rows>1"` {
		t.Error(err)
	}
	for _, text := range []string{"", "rows", "rows>", "rows>-1", "rows>1x", "cells>1", "rows~1"} {
		if _, err := parseExpectation(text); err == nil || cli.Hint(err) == "" {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestWaitFlag(t *testing.T) {
	for in, want := range map[string]string{"forever": "forever", "60": "60", "0.5": "0.5", "1e3": "1000"} {
		var w Wait
		if err := w.Set(in); err != nil || !w.On || w.String() != want {
			t.Errorf("%s: %+v, %q, %v", in, w, w.String(), err)
		}
	}
	for _, in := range []string{"", "0", "-1", "x", "60s", "NaN", "Inf", "1e10"} {
		var w Wait
		if err := w.Set(in); err == nil || w.On {
			t.Errorf("%q: %+v, %v", in, w, err)
		}
	}
	if s := (&Wait{}).String(); s != "" {
		t.Errorf("the zero value is %q", s)
	}
	checkUsage(t, "--on-interrupt", WaitFlags{OnInterrupt: "stop"}.Check(), `--on-interrupt must be leave or kill, not "stop"`)
}

func TestCheckIDs(t *testing.T) {
	if err := CheckIDs("1", "0", "9223372036854775807"); err != nil {
		t.Error(err)
	}
	for id, want := range map[string]string{
		"": "it must be a number", "list": "it must be a number", "-5": "it must be a number", "1 ": "it must be a number", "٣": "it must be a number",
		"9223372036854775808": "the number is too large",
	} {
		checkUsage(t, id, CheckIDs("1", id), `invalid job ID "`+id+`": `+want)
	}
}
