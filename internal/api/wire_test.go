package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
)

// README.md lists the sources of the files in testdata/wire.

// A wireTest makes one call and checks the request and the decoded response.
type wireTest struct {
	name    string // name of the wire file
	call    func(context.Context, *Client) (any, error)
	request string // "METHOD URI" and, after a space, the body
	want    any
}

func runWire(t *testing.T, tests []wireTest) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c, s := client(t, Options{}, answer{body: wire(t, tt.name)})
			got, err := tt.call(t.Context(), c)
			if err != nil {
				t.Fatal(err)
			}
			r := s.seen[0]
			if request := strings.TrimSpace(r.method + " " + r.uri + " " + r.body); request != tt.request {
				t.Errorf("request %s\n   want %s", request, tt.request)
			}
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// at returns a time with its text and its value in RFC 3339.
func at(raw, rfc3339 string) Time {
	t, err := time.Parse(time.RFC3339, rfc3339)
	if err != nil {
		panic(err)
	}
	return Time{Time: t.UTC(), Raw: raw}
}

func known(n int64) Int { return Int{Value: n, Valid: true} }

func TestDatabases(t *testing.T) {
	list := func(ctx context.Context, c *Client) (any, error) { return c.Databases(ctx) }
	const request = "GET /v3/database/list"
	two := []Database{{Name: "db0"}, {Name: "db1"}}
	runWire(t, []wireTest{
		{"database_list_seed", list, request, two},
		{"database_list_bom", list, request, two},
		{"database_list_comma", list, request, []Database{{Name: `a,]b",}`}, {Name: "db1"}}},
		{"database_list_null", list, request, []Database(nil)},
		{"database_list_array", list, request, []Database{{Name: "db0", Count: 1}}},
		{"database_list_full", list, request, []Database{
			{
				Name: "db0", Count: 13454564, Permission: "administrator",
				CreatedAt: at("2013-11-01 16:48:41 -0700", "2013-11-01T23:48:41Z"),
				UpdatedAt: at("2013-11-01 16:48:41 -0700", "2013-11-01T23:48:41Z"),
			},
			{
				Name: "db1", Count: 9223372036854775807, DeleteProtected: true,
				CreatedAt: at("2012-09-17 21:00:00 UTC", "2012-09-17T21:00:00Z"),
			},
			{Name: "db2", UpdatedAt: Time{Raw: "yesterday"}, Permission: "import_only"},
		}},
	})
}

func TestTables(t *testing.T) {
	list := func(ctx context.Context, c *Client) (any, error) { return c.Tables(ctx, "db.0") }
	const request = "GET /v3/table/list/db%2E0"
	runWire(t, []wireTest{
		{"table_list_seed", list, request, []Table{{Name: "access_log", Count: 13123233}, {Name: "payment_log", Count: 331232}}},
		{"table_list_full", list, request, []Table{{
			ID: "210906", Name: "nasdaq", Type: "log", Count: 8807278, StorageSize: 55102516, IncludeV: true,
			Schema:     []Column{{Name: "symbol", Type: "string"}, {Name: "open", Type: "double"}},
			LastImport: at("2014-10-22T10:57:49Z", "2014-10-22T10:57:49Z"),
			CreatedAt:  at("2014-10-22 11:01:18 UTC", "2014-10-22T11:01:18Z"),
			UpdatedAt:  at("2014-10-22 11:01:18 UTC", "2014-10-22T11:01:18Z"),
		}}},
		{"table_list_odd", list, request, []Table{
			{ID: "7", Name: "a", Count: 12, ExpireDays: 30, LastLogTimestamp: at("1356998400", "2013-01-01T00:00:00Z")},
			{ID: "8", Name: "b", LastImport: at("2020-12-31T11:22:33.000Z", "2020-12-31T11:22:33Z")},
			{ID: "12345678901234567890", Name: "c", Type: "item", Schema: []Column{
				{Name: "x", Type: "long", Alias: "ex"}, {Name: "y", Type: "int"}, {Name: "_col2", Type: "array<string>"},
			}},
			{Name: "d", RawSchema: "not, json"},
			{Name: "e", Description: "of e", RawSchema: `[["only a name"]]`},
		}},
	})
}

func TestSwapTables(t *testing.T) {
	runWire(t, []wireTest{{"table_swap_seed", func(ctx context.Context, c *Client) (any, error) {
		return nil, c.SwapTables(ctx, "db1", "tbl1", "a b/é")
	}, "POST /v3/table/swap/db1/tbl1/a%20b%2F%C3%A9", nil}})
}

func TestJobs(t *testing.T) {
	show := func(ctx context.Context, c *Client) (any, error) { return c.Job(ctx, "12345") }
	status := func(ctx context.Context, c *Client) (any, error) { return c.JobStatus(ctx, "860329") }
	created := at("2012-09-17 21:00:00 UTC", "2012-09-17T21:00:00Z")
	updated := at("2012-09-17 21:00:52 UTC", "2012-09-17T21:00:52Z")
	started := at("2012-09-17 21:00:01 UTC", "2012-09-17T21:00:01Z")
	full := Job{
		ID: "860329", Type: "hive", Database: "www_access", Status: "success", Query: "SELECT 1",
		Priority: -2, RetryLimit: 32, URL: "https://console.treasuredata.com/jobs/860329",
		CreatedAt: created, UpdatedAt: updated, StartAt: started, EndAt: updated,
		Duration: known(51), CPUTime: known(12340), ResultSize: known(1048576), NumRecords: known(100),
		ResultURL: "mysql://user:***@host/db/t", Schema: `[["_col0","bigint"],["path","string"]]`,
		UserName: "Treasure Data", LinkedResultExportJobID: "860330", EngineVersion: "stable",
	}
	full.Debug.Stderr, full.Debug.Cmdout = "map 100%\n", "done\n"
	seed := Job{
		ID: "12345", Type: "hive", Query: "SELECT * FROM ACCESS", Status: "success",
		URL:       "http://console.treasure-data.com/jobs/12345",
		CreatedAt: at("Sun Jun 26 17:39:18 -0400 2011", "2011-06-26T21:39:18Z"),
		UpdatedAt: at("Sun Jun 26 17:39:54 -0400 2011", "2011-06-26T21:39:54Z"),
	}
	seed.Debug.Stderr, seed.Debug.Cmdout = "...", "..."
	runWire(t, []wireTest{
		{"job_show_seed", show, "GET /v3/job/show/12345", seed},
		{"job_show_full", show, "GET /v3/job/show/12345", full},
		{"job_show_bulkload", show, "GET /v3/job/show/12345", Job{
			ID: "12345", Type: "bulkload", Status: "running", Database: "d", StartAt: started,
			QueryObject: json.RawMessage(`{"in":{"type":"s3"},"out":{}}`),
		}},
		{"job_show_odd", show, "GET /v3/job/show/12345", Job{
			ID: "11111111111", Status: "running", Priority: 1, Duration: known(51), CPUTime: known(1000),
			NumRecords: known(9007199254740993), StartAt: at("2014-12-14T17:24:00+0900", "2014-12-14T08:24:00Z"),
			EndAt: Time{Raw: "soon"}, CreatedAt: at("1356998400", "2013-01-01T00:00:00Z"),
			UpdatedAt: at("1356998400", "2013-01-01T00:00:00Z"), Schema: `[["a","bigint"]]`,
			ResultExportTargetJobID: "7",
		}},
		{"job_status_seed", status, "GET /v3/job/status/860329", Job{
			ID: "860329", Status: "success", CreatedAt: created, StartAt: started, EndAt: updated,
		}},
		{"job_status_queued", status, "GET /v3/job/status/860329", Job{
			ID: "860329", Status: "queued", CreatedAt: created, UpdatedAt: created,
		}},
		{"job_status_seed", func(ctx context.Context, c *Client) (any, error) {
			return c.JobStatusByDomainKey(ctx, "a key.1")
		}, "GET /v3/job/status_by_domain_key/a%20key%2E1", Job{
			ID: "860329", Status: "success", CreatedAt: created, StartAt: started, EndAt: updated,
		}},
		{"job_list", func(ctx context.Context, c *Client) (any, error) {
			return c.Jobs(ctx, JobsRequest{From: 20, To: 39, Status: "success", SlowerThan: 3600})
		}, "GET /v3/job/list?from=20&slower_than=3600&status=success&to=39", []Job{{
			ID: "860329", Type: "presto", Database: "www_access", Status: "success", Query: "SELECT 1",
			URL: "https://console.treasuredata.com/jobs/860329", CreatedAt: created, UpdatedAt: updated, StartAt: started, EndAt: updated,
			Duration: known(51), ResultSize: known(1048576), NumRecords: known(100),
			Schema: `[["_col0","bigint"]]`, UserName: "Treasure Data",
		}}},
		{"job_kill_seed", func(ctx context.Context, c *Client) (any, error) {
			return c.KillJob(ctx, "12345")
		}, "POST /v3/job/kill/12345", "running"},
		{"job_kill_empty", func(ctx context.Context, c *Client) (any, error) {
			return c.KillJob(ctx, "12345")
		}, "POST /v3/job/kill/12345", ""},
		{"server_status", func(ctx context.Context, c *Client) (any, error) {
			return c.ServerStatus(ctx)
		}, "GET /v3/system/server_status", "ok"},
	})
}

func TestIssueJob(t *testing.T) {
	priority, retries := -1, 0
	issue := func(ctx context.Context, c *Client, r IssueRequest) (any, error) {
		id, existed, err := c.IssueJob(ctx, r)
		if existed {
			t.Errorf("job %s is said to be an earlier one's", id)
		}
		return id, err
	}
	runWire(t, []wireTest{
		{"job_issue_seed", func(ctx context.Context, c *Client) (any, error) {
			return issue(ctx, c, IssueRequest{Type: "hive", Database: "www_access", Query: "SELECT 'a&b'"})
		}, "POST /v3/job/issue/hive/www_access query=SELECT+%27a%26b%27", "12345"},
		{"job_issue_today", func(ctx context.Context, c *Client) (any, error) {
			return issue(ctx, c, IssueRequest{
				Type: "trino", Database: "d", Query: "q", ResultURL: "td://@/d/t", Priority: &priority, RetryLimit: &retries,
				PoolName: "p", DomainKey: "k", EngineVersion: "stable", ScheduledTime: "1356998400",
			})
		}, "POST /v3/job/issue/trino/d domain_key=k&engine_version=stable&pool_name=p&priority=-1&query=q" +
			"&result=td%3A%2F%2F%40%2Fd%2Ft&retry_limit=0&scheduled_time=1356998400", "12345"},
	})
}

// A domain key that belongs to a job leads to that job.
func TestIssueJobConflict(t *testing.T) {
	conflict := answer{status: 409, body: wire(t, "job_issue_conflict")}
	nameless := answer{status: 409, body: wire(t, "error_message")}
	for _, tt := range []struct {
		name    string
		key     string
		answers []answer
		want    string // empty: ErrConflict
		existed bool
	}{
		{"named", "k", []answer{conflict}, "12345", true},
		{"looked up", "k", []answer{nameless, {body: wire(t, "job_status_seed")}}, "860329", true},
		{"our own, whose answer was lost", "k", []answer{{status: 502}, conflict}, "12345", false},
		{"another's, after no connection", "k", []answer{{err: refused}, conflict}, "12345", true},
		{"not to be found", "k", []answer{nameless, {status: 404}}, "", false},
		{"without a key", "", []answer{conflict}, "", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := client(t, Options{MaxRetryTime: time.Minute}, tt.answers...)
				got, existed, err := c.IssueJob(t.Context(), IssueRequest{Type: "hive", Database: "d", Query: "q", DomainKey: tt.key})
				if got != tt.want || existed != tt.existed || (tt.want == "") != errors.Is(err, ErrConflict) {
					t.Errorf("job %q, existed %v, error %v, want %q", got, existed, err, tt.want)
				}
			})
		})
	}
}

func TestEmptyName(t *testing.T) {
	c, s := client(t, Options{MaxRetryTime: time.Minute})
	if _, err := c.Tables(t.Context(), ""); err == nil || len(s.seen) > 0 {
		t.Errorf("error %v after %d requests", err, len(s.seen))
	}
}

func TestHeaders(t *testing.T) {
	c, s := client(t, Options{UserAgent: "td/1", Header: http.Header{"x-extra": {"1"}, "Authorization": {"mine"}}},
		answer{body: "[]"}, answer{body: `{"status":"ok"}`}, answer{body: "rows"})
	if err := databases(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ServerStatus(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.JobResult(t.Context(), "1", "csv", Range{To: -1}); err != nil {
		t.Fatal(err)
	}
	want := []http.Header{
		{"Authorization": {"TD1 " + testKey}, "User-Agent": {"td/1"}, "X-Extra": {"1"}, "Accept-Encoding": {"gzip"}},
		{"User-Agent": {"td/1"}, "X-Extra": {"1"}, "Accept-Encoding": {"gzip"}},
		{"Authorization": {"TD1 " + testKey}, "User-Agent": {"td/1"}, "X-Extra": {"1"}, "Accept-Encoding": {"identity"}},
	}
	for i, r := range s.seen {
		if diff := cmp.Diff(want[i], r.header); diff != "" {
			t.Error(diff)
		}
	}
}

func FuzzUnmarshal(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "wire", "*.json"))
	if err != nil || len(files) == 0 {
		f.Fatal("no wire files", err)
	}
	for _, name := range files {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var v any
		if json.Unmarshal(b, &v) == nil && !bytes.Equal(dropCommas(b), b) {
			t.Errorf("%q is JSON, and became %q", b, dropCommas(b))
		}
		var job Job
		if unmarshal(b, &job) == nil {
			again, err := json.Marshal(job.StartAt)
			if err != nil || !json.Valid(again) {
				t.Errorf("%q: %v", job.StartAt.Raw, err)
			}
		}
		if tables, err := decodeList[Table](b, "tables"); err == nil {
			for _, table := range tables {
				if table.RawSchema != "" && table.Schema != nil {
					t.Errorf("%q is both a schema and none", table.RawSchema)
				}
			}
		}
		parseError(b)
	})
}

func TestMarshal(t *testing.T) {
	got, err := json.Marshal([]any{known(-7), Int{}, ParseTime("2013-11-01 16:48:41 -0700"), ParseTime("soon"), Time{}})
	if want := `[-7,null,"2013-11-01T23:48:41Z","soon",null]`; err != nil || string(got) != want {
		t.Errorf("%s, %v, want %s", got, err, want)
	}
}

func TestFinished(t *testing.T) {
	for status, want := range map[string]bool{
		"success": true, "error": true, "killed": true, "queued": false, "booting": false, "running": false, "paused": false, "": false,
	} {
		if got := (Job{Status: status}).Finished(); got != want {
			t.Errorf("%q: %v", status, got)
		}
	}
}
