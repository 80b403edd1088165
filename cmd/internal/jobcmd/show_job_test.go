package jobcmd

import (
	"strings"
	"testing"
	"testing/synctest"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/cmd/internal/listcmd"
	"github.com/td-cli/td/internal/api"
	"github.com/td-cli/td/internal/grid"
	"github.com/td-cli/td/pkg/jobresult"
)

// successBlock is the labelled block of successJob.
const successBlock = `JobID       : 7
Status      : success
Type        : trino
Database    : web
Start At    : 2026-01-02 03:04:06 UTC
End At      : 2026-01-02 03:05:10 UTC
Priority    : HIGH
Retry limit : 2
Output      : mysql://me:***@h/d
Query       : SELECT 1
`

func TestShowJob(t *testing.T) {
	const rows = "+---+------+\n| a | b    |\n+---+------+\n| 1 | x    |\n| 2 | null |\n+---+------+\n2 rows in set\n"
	failed := strings.Replace(successJob, `"status":"success"`, `"status":"error"`, 1)
	load := `{"job_id":"7","type":"bulkload","status":"success","query":{"in":{"type":"s3","secret":"hunter2"}}}`
	for _, tt := range []struct {
		name        string
		job         string
		set         func(*ShowFlags)
		out, stderr string
		err         string
	}{
		{"the block and the rows", successJob, func(*ShowFlags) {}, successBlock + "Result      :\n" + rows, "", ""},
		{"only the rows", successJob, func(f *ShowFlags) { f.Format = "csv" }, "1,x\n2,null\n", "", ""},
		{"-x", successJob, func(f *ShowFlags) { f.Exclude = true }, successBlock, "", ""},
		{
			"-x -f", successJob, func(f *ShowFlags) { f.Exclude, f.Format = true, "json" }, successBlock,
			"hint: 'td -e http://server job:show 7 --info -f json' prints the job in this format\n", "",
		},
		{
			"-v", successJob, func(f *ShowFlags) { f.Verbose, f.Exclude = true, true },
			successBlock + "\nOutput:\n  started\n  finished\n\nDetails:\n  warning\n", "", "",
		},
		{"-w", successJob, func(f *ShowFlags) { f.Wait.On, f.Format = true, "tsv" }, "1\tx\n2\tnull\n", "Status      : success\n", ""},
		{
			"--schema", successJob, func(f *ShowFlags) { f.Schema, f.Format = true, "jsonl" },
			`{"name":"a","type":"bigint"}` + "\n" + `{"name":"b","type":"varchar"}` + "\n", "", "",
		},
		{
			"--info", successJob, func(f *ShowFlags) { f.Info, f.Format, f.Columns = true, "csv", []string{"JobID", "Elapsed", "Result"} },
			"JobID,Elapsed,Result\n7,1m 4s,mysql://me:***@h/d\n", "", "",
		},
		{
			"a failed job", failed, func(*ShowFlags) {}, strings.Replace(successBlock, "success", "error", 1), "",
			"job 7 failed: warning",
		},
		{"a failed job, only rows", failed, func(f *ShowFlags) { f.Format = "csv" }, "", "", "job 7 failed: warning"},
		{"a running job", running, func(f *ShowFlags) { f.Format = "csv" }, "", "", "job 7 is still running"},
		{
			"a bulk load", load, func(*ShowFlags) {},
			"JobID       : 7\nStatus      : success\nType        : bulkload\nDatabase    : \nStart At    : \nEnd At      : \nConfig      :\n---\n" +
				"in:\n  type: s3\n  secret: '***'\n", "", "",
		},
		{
			"a bulk import", `{"job_id":"7","type":"bulk_import_perform","status":"success","query":"web.access"}`, func(*ShowFlags) {},
			"JobID       : 7\nStatus      : success\nType        : bulk_import_perform\nDatabase    : \nStart At    : \nEnd At      : \nDestination : web.access\n", "", "",
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f := newFixture(t, map[string]string{showPath: tt.job})
				f.result = pack(t, twoRows)
				flags := ShowFlags{RowFlags: rowFlags(func(*RowFlags) {}), WaitFlags: WaitFlags{OnInterrupt: "leave"}}
				tt.set(&flags)
				plan, err := flags.Plan(f.env)
				if err != nil {
					t.Fatal(err)
				}
				err = ShowJob(t.Context(), f.env, f.client, "7", flags, plan)
				if (err == nil) != (tt.err == "") || err != nil && err.Error() != tt.err {
					t.Errorf("%v, want %s", err, tt.err)
				}
				if diff := cmp.Diff(tt.out, f.out.String()); diff != "" {
					t.Errorf("stdout: %s", diff)
				}
				if diff := cmp.Diff(tt.stderr, f.stderr.String()); diff != "" {
					t.Errorf("stderr: %s", diff)
				}
			})
		})
	}
}

func TestShowPlanErrors(t *testing.T) {
	for _, tt := range []struct {
		set  func(*ShowFlags)
		want string
	}{
		{func(f *ShowFlags) { f.Exclude, f.Output = true, "x" }, "-x/--exclude and -o/--output cannot be used together"},
		{func(f *ShowFlags) { f.Info, f.Schema = true, true }, "--info and --schema cannot be used together"},
		{func(f *ShowFlags) { f.Info, f.Output = true, "x" }, "--info and --schema cannot be used together with -o/--output"},
		{func(f *ShowFlags) { f.Info, f.Format = true, "msgpack" }, "--info and --schema cannot be used together with -f msgpack"},
		{func(f *ShowFlags) { f.OnInterrupt = "" }, `--on-interrupt must be leave or kill, not ""`},
		{func(f *ShowFlags) { f.Info, f.OnInterrupt = true, "x" }, `--on-interrupt must be leave or kill, not "x"`},
	} {
		flags := ShowFlags{RowFlags: rowFlags(func(*RowFlags) {}), WaitFlags: WaitFlags{OnInterrupt: "leave"}}
		tt.set(&flags)
		_, err := flags.Plan(newFixture(t, nil).env)
		checkUsage(t, tt.want, err, tt.want)
	}
}

func TestJobColumns(t *testing.T) {
	var job api.Job
	if err := job.UnmarshalJSON([]byte(successJob)); err != nil {
		t.Fatal(err)
	}
	known := cells(t, job)
	unknown := cells(t, api.Job{ID: "8", Status: "queued"})
	for title, want := range map[string][2]any{
		"JobID":      {"7", "8"},
		"Elapsed":    {grid.Shown{Table: "      1m 4s", Plain: "1m 4s"}, grid.Shown{Table: "           ", Plain: nil}},
		"CPUTime":    {grid.Shown{Table: strings.Repeat(" ", 17), Plain: nil}, grid.Shown{Table: strings.Repeat(" ", 17), Plain: nil}},
		"ResultSize": {nil, nil},
		"Priority":   {"HIGH", "NORMAL"},
		"Result":     {"mysql://me:***@h/d", ""},
		"Query":      {grid.Shown{Table: "SELECT 1 ...", Plain: "SELECT 1"}, grid.Shown{Table: " ...", Plain: ""}},
		"Duration":   {"25:01:01", nil},
	} {
		got := [2]any{known[title], unknown[title]}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", title, diff)
		}
	}
	if unknown["Start"] != nil {
		t.Errorf("the start of a queued job is %v", unknown["Start"])
	}
}

// cells returns the cells of a job by the titles of their columns.
func cells(t *testing.T, job api.Job) map[string]any {
	t.Helper()
	l := listcmd.Grid(JobColumns(), JobKeys(), RawJob, []api.Job{job})
	if len(l.Keys) != len(l.Columns) {
		t.Errorf("%d keys for %d columns", len(l.Keys), len(l.Columns))
	}
	byTitle := map[string]any{}
	for i, title := range l.Columns {
		byTitle[title] = l.Rows[0].Cells[i]
	}
	return byTitle
}

func TestSafeQuery(t *testing.T) {
	for _, tt := range []struct {
		job  api.Job
		text string
	}{
		{api.Job{Type: "trino", Query: `SELECT '{"password":"x"}'`}, `SELECT '{"password":"***"}'`},
		{api.Job{Type: "hive", Query: `SELECT 1 FROM users WHERE token = 'hunter2'`}, `SELECT 1 FROM users WHERE token = '***'`},
		{api.Job{Type: "bulkload", Query: `{"in":{"password":"hunter2"}}`}, `{"in":{"password":"***"}}`},
		{api.Job{Type: "bulkload", Query: "web.access"}, "web.access"},
		{api.Job{Type: "bulkload", QueryObject: []byte(`{"in":{"password":"hunter2"}}`)}, ""},
	} {
		got, value := SafeQuery(tt.job)
		if got != tt.text {
			t.Errorf("%+v: %q, want %q", tt.job, got, tt.text)
		}
		if b, err := grid.Marshal(value); err != nil || strings.Contains(string(b), "hunter2") {
			t.Errorf("%+v: %s, %v", tt.job, b, err)
		}
	}
}

func TestQueryTypes(t *testing.T) {
	for jobType, want := range map[string][2]bool{
		"hive": {true, false}, "presto": {true, false}, "bulkload": {false, false}, "bulk_import_perform": {false, true}, "": {false, false},
	} {
		if got := [2]bool{IsQuery(jobType), IsBulkImport(jobType)}; got != want {
			t.Errorf("%s: %v, want %v", jobType, got, want)
		}
	}
	checkUsage(t, "mysql", CheckQueryType("mysql"), `unknown type "mysql"; it must be hive, trino or presto`)
}

func TestCompleteResultURL(t *testing.T) {
	f := newFixture(t, nil)
	for _, tt := range []struct{ url, user, want string }{
		{"mysql://h/d", "", "mysql://h/d"},
		{"mysql://h/d", "me", "mysql://me@h/d"},
		{"mysql://you:x@h/d", "me", "mysql://me@h/d"},
		{"mysql://h/d", "a@b", "mysql://a%40b@h/d"},
	} {
		if got, err := CompleteResultURL(f.env, tt.url, tt.user, false); got != tt.want || err != nil {
			t.Errorf("%s of %s: %q, %v; want %q", tt.url, tt.user, got, err, tt.want)
		}
	}
	const want = "-u/--user and -p/--password require a result URL such as mysql://host/database/table"
	for _, url := range []string{"saved_result", "", "mysql:/x", "://h"} {
		_, err := CompleteResultURL(f.env, url, "me", false)
		checkUsage(t, url, err, want)
	}
}

func TestReadSQL(t *testing.T) {
	for _, tt := range []struct {
		file string
		args []string
		want string
		err  string
	}{
		{"", []string{"SELECT 1"}, "SELECT 1", ""},
		{"", []string{"SELECT 1\r\n\n"}, "SELECT 1", ""},
		{"other.sql", []string{"SELECT 1"}, "SELECT 1", ""}, // with a warning
		{"", nil, "", "no SQL: give it as an argument, in a file with -q FILE, or on standard input with -"},
		{"missing.sql", nil, "", "cannot read missing.sql: no such file or directory"},
		{".", nil, "", "cannot read .: is a directory"},
		{"", []string{" ; -- comment\n/* another */ ;"}, "", "the SQL is empty; nothing was submitted"},
	} {
		f := newFixture(t, nil)
		got, err := ReadSQL(f.env, tt.file, tt.args)
		if tt.err != "" {
			checkUsage(t, tt.file, err, tt.err)
			continue
		}
		warned := strings.Contains(f.stderr.String(), "-q other.sql is ignored")
		if got != tt.want || err != nil || warned != (tt.file != "") {
			t.Errorf("%q %q: %q, %v, stderr %q", tt.file, tt.args, got, err, f.stderr.String())
		}
	}
}

// TestFormatHint checks the hint for an extension that the Ruby toolbelt ignores.
func TestFormatHint(t *testing.T) {
	for name, hinted := range map[string]bool{"out.csv": true, "out.tsv": false, "out": false, "out.json": true} {
		f := newFixture(t, nil)
		plan, err := rowFlags(func(f *RowFlags) { f.Output = name }).Plan(f.env, RowDefaults{Stdout: jobresult.Table, File: jobresult.TSV})
		if err != nil {
			t.Fatal(err)
		}
		plan.PrintHints(f.env)
		if (f.stderr.String() != "") != hinted {
			t.Errorf("%s: stderr %q", name, f.stderr.String())
		}
	}
}
