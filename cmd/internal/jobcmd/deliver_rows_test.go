package jobcmd

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"

	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/download"
	"github.com/td-cli/td/pkg/jobresult"
)

// deliver writes the rows of a job with the given schema and number of rows.
func deliver(t *testing.T, schema, packed string, rows int64, set func(*RowFlags)) (*fixture, error) {
	t.Helper()
	f := newFixture(t, nil)
	f.result = pack(t, packed)
	plan, err := rowFlags(set).Plan(f.env, RowDefaults{Stdout: jobresult.CSV, File: jobresult.TSV})
	if err != nil {
		t.Fatal(err)
	}
	job := api.Job{ID: "7", Type: "trino", Status: "success", Schema: schema, NumRecords: api.Int{Value: rows, Valid: true}}
	return f, DeliverRows(t.Context(), f.env, f.client, job, plan)
}

func TestDeliverRows(t *testing.T) {
	const ab, aa = `[["a","bigint"],["b","varchar"]]`, `[["a","bigint"],["a","varchar"]]`
	for _, tt := range []struct {
		name        string
		schema      string
		set         func(*RowFlags)
		out, stderr string
	}{
		{"csv", ab, func(*RowFlags) {}, "1,x\n2,null\n", ""},
		{"header", ab, func(f *RowFlags) { f.Header = true }, "a,b\n1,x\n2,null\n", ""},
		{"null", ab, func(f *RowFlags) { f.Null = "NULL" }, "1,x\n2,NULL\n", ""},
		{"limit", ab, func(f *RowFlags) { f.Limit = 1 }, "1,x\n", "1 of 2 rows shown (-l)\n"},
		{"columns", ab, func(f *RowFlags) { f.Columns = []string{"b", "a"} }, "x,1\nnull,2\n", ""},
		{"jsonl", ab, func(f *RowFlags) { f.Format = "jsonl" }, `{"a":1,"b":"x"}` + "\n" + `{"a":2,"b":null}` + "\n", ""},
		{"jq", ab, func(f *RowFlags) { f.JQ = ".a * 10" }, "10\n20\n", ""},
		{"jq of all rows", ab, func(f *RowFlags) { f.JQ, f.Format, f.Header = "map(.a) | add", "json", true }, "3\n", ""},
		{"expectation", ab, func(f *RowFlags) { f.Expect = []string{"rows=2", "columns=2"} }, "1,x\n2,null\n", ""},
		{
			"duplicate columns", aa, func(f *RowFlags) { f.Format = "jsonl" }, `{"a":1,"a_2":"x"}` + "\n" + `{"a":2,"a_2":null}` + "\n",
			`td: warning: duplicate column name "a": the second is written as "a_2"` + "\n",
		},
		{"a duplicate column", aa, func(f *RowFlags) { f.Columns, f.Header = []string{"a_2"}, true }, "a_2\nx\nnull\n", ""},
		{
			"no schema", "", func(f *RowFlags) { f.Header = true }, "_col0,_col1\n1,x\n2,null\n",
			"td: warning: the server returned no column names for job 7; the columns of csv and tsv are called _col0, _col1, …\n",
		},
		{"invalid schema", "{", func(*RowFlags) {}, "1,x\n2,null\n", "td: warning: job 7 has an invalid schema; its columns have no names\n"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f, err := deliver(t, tt.schema, twoRows, 2, tt.set)
			if err != nil || f.out.String() != tt.out || f.stderr.String() != tt.stderr {
				t.Errorf("%v, stdout %q, stderr %q; want %q, %q", err, f.out.String(), f.stderr.String(), tt.out, tt.stderr)
			}
		})
	}
}

func TestDeliverRowsToFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.tsv")
	f, err := deliver(t, `[["a","bigint"],["b","varchar"]]`, twoRows, 2, func(f *RowFlags) { f.Output = path })
	if err != nil {
		t.Fatal(err)
	}
	if b, err := os.ReadFile(path); err != nil || string(b) != "1\tx\n2\tnull\n" {
		t.Errorf("the file has %q, %v", b, err)
	}
	if want := "wrote 2 rows (11 B) to " + path + "\n"; f.stderr.String() != want || f.out.String() != "" {
		t.Errorf("stdout %q, stderr %q, want %q", f.out.String(), f.stderr.String(), want)
	}
}

func TestDeliverRowsErrors(t *testing.T) {
	const ab = `[["a","bigint"],["b","varchar"]]`
	path := filepath.Join(t.TempDir(), "out")
	for _, tt := range []struct {
		name   string
		packed string
		rows   int64
		set    func(*RowFlags)
		check  func(error) bool
		want   string
	}{
		{"no such column", twoRows, 2, func(f *RowFlags) { f.Columns = []string{"z"} }, isError[cli.UsageError], `no column "z" in the result of job 7 (columns: a, b)`},
		{"expectation", twoRows, 2, func(f *RowFlags) { f.Expect, f.Output = []string{"rows>2"}, path }, isError[cli.ExpectationError], `the result of job 7 has 2 rows, which does not meet "rows>2"`},
		{"rows are missing", twoRows, 3, func(f *RowFlags) { f.Output = path }, isError[*download.IncompleteError], "received 2 of 3 rows"},
		{"corrupt", "\x92\x01", 1, func(f *RowFlags) { f.Output = path }, isError[*download.IncompleteError], "the data ends inside the row"},
	} {
		synctest.Test(t, func(t *testing.T) { // restarts pause
			_, err := deliver(t, ab, tt.packed, tt.rows, tt.set)
			if err == nil || !tt.check(err) || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%s: %v, want %s", tt.name, err, tt.want)
			}
		})
		if _, err := os.Stat(path); err == nil {
			t.Errorf("%s: there is a file", tt.name)
		}
	}
}

func isError[E error](err error) bool {
	_, ok := errors.AsType[E](err)
	return ok
}

func TestNoResult(t *testing.T) {
	for jobType, want := range map[string]string{
		"trino": "job 7 has no result: refused", "bulk_import_perform": "job 7 is a bulk import and has no rows",
	} {
		f := newFixture(t, map[string]string{"GET /v3/job/result/7": "404"})
		plan, _ := rowFlags(func(*RowFlags) {}).Plan(f.env, RowDefaults{Stdout: jobresult.CSV})
		err := DeliverRows(t.Context(), f.env, f.client, api.Job{ID: "7", Type: jobType, Status: "success"}, plan)
		if !errors.Is(err, api.ErrNotFound) || err.Error() != want {
			t.Errorf("%s: %v, want %s", jobType, err, want)
		}
	}
}

func TestCheckCount(t *testing.T) {
	f := newFixture(t, nil)
	for _, tt := range []struct {
		expect string
		job    api.Job
		ok     bool
	}{
		{"", api.Job{}, true},
		{"rows>1", api.Job{ID: "7", NumRecords: api.Int{Value: 2, Valid: true}}, true},
		{"rows>2", api.Job{ID: "7", NumRecords: api.Int{Value: 2, Valid: true}}, false},
		{"columns=2", api.Job{ID: "7", NumRecords: api.Int{Value: 2, Valid: true}, Schema: `[["a","int"],["b","int"]]`}, true},
		{"rows>0", api.Job{ID: "7"}, false}, // unknown
	} {
		plan, err := rowFlags(func(f *RowFlags) {
			if tt.expect != "" {
				f.Expect = []string{tt.expect}
			}
		}).Plan(f.env, RowDefaults{Stdout: jobresult.CSV})
		if err != nil || plan.HasExpectations() != (tt.expect != "") {
			t.Errorf("%s: %v", tt.expect, err)
		}
		if err := plan.CheckCount(tt.job); (err == nil) != tt.ok {
			t.Errorf("%s: %v", tt.expect, err)
		}
	}
}

// TestDeliverNothing checks that a result without a schema and rows is a file without columns.
func TestDeliverNothing(t *testing.T) {
	for _, name := range []string{"out.parquet", "out.arrow"} {
		path := filepath.Join(t.TempDir(), name)
		set := func(f *RowFlags) { f.Output = path }
		if _, err := deliver(t, "", "", 0, set); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if info, err := os.Stat(path); err != nil || info.Size() == 0 {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := deliver(t, "", twoRows, 2, set); err == nil {
			t.Errorf("%s: rows without a schema are written", name)
		}
	}
}
