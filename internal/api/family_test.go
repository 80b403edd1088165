package api

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// raw returns JSON that is passed through unchanged.
func raw(s string) json.RawMessage { return json.RawMessage(s) }

// done adapts a call that returns only an error.
func done(f func(context.Context, *Client) error) func(context.Context, *Client) (any, error) {
	return func(ctx context.Context, c *Client) (any, error) { return nil, f(ctx, c) }
}

// upload returns an upload of a text.
func upload(s string) Upload {
	return Upload{
		Open: func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(s)), nil },
		Size: int64(len(s)),
	}
}

func TestChangeDatabasesAndTables(t *testing.T) {
	days, yes := 30, true
	columns := []Column{{Name: "a", Type: "string"}, {Name: "b c", Type: "long", Alias: "b_c"}}
	const schema = "schema=%5B%5B%22a%22%2C%22string%22%5D%2C%5B%22b+c%22%2C%22long%22%2C%22b_c%22%5D%5D"
	runWire(t, []wireTest{
		{"database_create", done(func(ctx context.Context, c *Client) error {
			return c.CreateDatabase(ctx, "db1")
		}), "POST /v3/database/create/db1", nil},
		{"database_delete", done(func(ctx context.Context, c *Client) error {
			return c.DeleteDatabase(ctx, "db1")
		}), "POST /v3/database/delete/db1", nil},
		{"table_create", done(func(ctx context.Context, c *Client) error {
			return c.CreateTable(ctx, "db1", "tbl1", TableOptions{})
		}), "POST /v3/table/create/db1/tbl1/log", nil},
		{"table_update", done(func(ctx context.Context, c *Client) error {
			return c.UpdateTable(ctx, "db1", "tbl1", TableOptions{ExpireDays: &days, IncludeV: &yes, DetectSchema: &yes})
		}), "POST /v3/table/update/db1/tbl1 detect_schema=true&expire_days=30&include_v=true", nil},
		{"table_update_schema", done(func(ctx context.Context, c *Client) error {
			return c.UpdateSchema(ctx, "db1", "tbl1", columns)
		}), "POST /v3/table/update-schema/db1/tbl1 " + schema, nil},
		{"table_update_schema", done(func(ctx context.Context, c *Client) error {
			return c.UpdateSchema(ctx, "db1", "tbl1", nil)
		}), "POST /v3/table/update-schema/db1/tbl1 schema=%5B%5D", nil},
		{"table_update_schema", done(func(ctx context.Context, c *Client) error {
			return c.AppendSchema(ctx, "db1", "tbl1", columns)
		}), "POST /v3/table/append-schema/db1/tbl1 " + schema, nil},
		{"table_delete", func(ctx context.Context, c *Client) (any, error) {
			return c.DeleteTable(ctx, "db1", "tbl1")
		}, "POST /v3/table/delete/db1/tbl1", "log"},
		{"table_update_schema", done(func(ctx context.Context, c *Client) error {
			return c.RenameTable(ctx, "db1", "tbl1", "tbl2", true)
		}), "POST /v3/table/rename/db1/tbl1/tbl2 overwrite=true", nil},
		{"table_update_schema", done(func(ctx context.Context, c *Client) error {
			return c.MoveTable(ctx, "db1", "tbl1", "db2")
		}), "POST /v3/table/change_database/db1/tbl1 dest_database_name=db2", nil},
	})
}

func TestTailTable(t *testing.T) {
	const records = "\x81\xa1a\x01"
	c, s := client(t, Options{}, answer{body: records}, answer{})
	for _, want := range []string{records, ""} {
		if got, err := c.TailTable(t.Context(), "d", "t", "msgpack", 10); err != nil || string(got) != want {
			t.Errorf("%q, %v, want %q", got, err, want)
		}
	}
	if got, want := s.seen[0].uri, "/v3/table/tail/d/t?count=10&format=msgpack"; got != want {
		t.Errorf("request %s, want %s", got, want)
	}
}

func TestImportTable(t *testing.T) {
	want := Import{UniqueID: "200000000000", MD5: "73b0e1d2ee2cb4a4a6f8c6a1a0c2a8fd", ElapsedTime: "0"}
	runWire(t, []wireTest{
		{"table_import", func(ctx context.Context, c *Client) (any, error) {
			return c.ImportTable(ctx, "d", "t", "", "msgpack.gz", upload("rows"))
		}, "PUT /v3/table/import/d/t/msgpack.gz rows", want},
		{"table_import", func(ctx context.Context, c *Client) (any, error) {
			return c.ImportTable(ctx, "d", "t", "2f", "msgpack.gz", upload("rows"))
		}, "PUT /v3/table/import_with_id/d/t/2f/msgpack.gz rows", want},
		{"table_import", func(ctx context.Context, c *Client) (any, error) {
			return c.ImportTable(ctx, "d", "t", "", "msgpack.gz", upload(""))
		}, "PUT /v3/table/import/d/t/msgpack.gz", want},
	})
}

// An import with an ID is repeated with the whole body, one without an ID is not. Both use the import endpoint.
func TestImportTableRetry(t *testing.T) {
	for uniqueID, requests := range map[string]int{"2f": 3, "": 1} {
		synctest.Test(t, func(t *testing.T) {
			s := &script{t: t, answers: []answer{{status: 500}, {err: reset}, {}}}
			c, err := New(Options{
				Endpoint: "https://api.example.com", ImportEndpoint: "https://import.example.com/",
				Transport: s, MaxRetryTime: time.Minute,
			})
			if err != nil {
				t.Fatal(err)
			}
			_, err = c.ImportTable(t.Context(), "d", "t", uniqueID, "msgpack.gz", upload("rows"))
			if (err == nil) != (requests > 1) || len(s.seen) != requests {
				t.Errorf("%d requests, %v, want %d", len(s.seen), err, requests)
			}
			for _, r := range s.seen {
				if r.body != "rows" || r.host != "import.example.com" || r.header.Get("Content-Type") != "application/octet-stream" {
					t.Errorf("request %+v", r)
				}
			}
		})
	}
}

// An upload that cannot be read is not a network error and is not repeated.
func TestImportTableUnreadable(t *testing.T) {
	broken := errors.New("bad sector")
	var requests atomic.Int32
	c, _ := dial(t, Options{MaxRetryTime: time.Minute}, func(_ http.ResponseWriter, r *http.Request) {
		requests.Add(1)
		io.Copy(io.Discard, r.Body)
	})
	for name, open := range map[string]func() (io.ReadCloser, error){
		"at once": func() (io.ReadCloser, error) { return nil, broken },
		"midway": func() (io.ReadCloser, error) {
			return io.NopCloser(io.MultiReader(strings.NewReader("rows"), iotest.ErrReader(broken))), nil
		},
	} {
		requests.Store(0)
		_, err := c.ImportTable(t.Context(), "d", "t", "2f", "msgpack.gz", Upload{Open: open, Size: 100})
		if _, network := errors.AsType[*NetworkError](err); !errors.Is(err, broken) || network || requests.Load() > 1 {
			t.Errorf("%s: %d requests, %v", name, requests.Load(), err)
		}
	}
}

func TestExports(t *testing.T) {
	from, priority := int64(1356998400), 1
	runWire(t, []wireTest{
		{"export_run", func(ctx context.Context, c *Client) (any, error) {
			return c.ExportTable(ctx, "db1", "t", ExportRequest{
				StorageType: "s3", Bucket: "b", AccessKeyID: "k", SecretAccessKey: "s", FileFormat: "jsonl.gz", From: &from,
			})
		}, "POST /v3/export/run/db1/t access_key_id=k&bucket=b&file_format=jsonl.gz&from=1356998400&secret_access_key=s&storage_type=s3", "12345"},
		{"job_result_export", func(ctx context.Context, c *Client) (any, error) {
			return c.ExportResult(ctx, "860329", ResultExportRequest{ResultURL: "td://@/d/t", Priority: &priority})
		}, "POST /v3/job/result_export/860329 priority=1&result=td%3A%2F%2F%40%2Fd%2Ft", "861001"},
	})
}

func TestBulkImports(t *testing.T) {
	session := BulkImport{
		Name: "logs_201201", Database: "example_db", Table: "event_logs", Status: "ready", UploadFrozen: true, JobID: "12345",
		ValidRecords: known(10000), ErrorRecords: known(3), ValidParts: known(2), ErrorParts: known(0),
	}
	priority := 2
	runWire(t, []wireTest{
		{"bulk_import_create", done(func(ctx context.Context, c *Client) error {
			return c.CreateBulkImport(ctx, "s1", "d", "t")
		}), "POST /v3/bulk_import/create/s1/d/t", nil},
		{"bulk_import_list", func(ctx context.Context, c *Client) (any, error) {
			return c.BulkImports(ctx)
		}, "GET /v3/bulk_import/list", []BulkImport{session, {Name: "new", Status: "uploading"}}},
		{"bulk_import_show", func(ctx context.Context, c *Client) (any, error) {
			return c.BulkImport(ctx, "logs 1")
		}, "GET /v3/bulk_import/show/logs%201", session},
		{"bulk_import_list_parts", func(ctx context.Context, c *Client) (any, error) {
			return c.BulkImportParts(ctx, "s1")
		}, "GET /v3/bulk_import/list_parts/s1", []string{"p1", "p2"}},
		{"bulk_import_create", done(func(ctx context.Context, c *Client) error {
			return c.UploadBulkImportPart(ctx, "s1", "p.1", upload("rows"))
		}), "PUT /v3/bulk_import/upload_part/s1/p%2E1 rows", nil},
		{"bulk_import_create", done(func(ctx context.Context, c *Client) error {
			return c.DeleteBulkImportPart(ctx, "s1", "p1")
		}), "POST /v3/bulk_import/delete_part/s1/p1", nil},
		{"bulk_import_create", done(func(ctx context.Context, c *Client) error {
			return c.FreezeBulkImport(ctx, "s1")
		}), "POST /v3/bulk_import/freeze/s1", nil},
		{"bulk_import_create", done(func(ctx context.Context, c *Client) error {
			return c.UnfreezeBulkImport(ctx, "s1")
		}), "POST /v3/bulk_import/unfreeze/s1", nil},
		{"bulk_import_perform", func(ctx context.Context, c *Client) (any, error) {
			return c.PerformBulkImport(ctx, "s1", "p", &priority)
		}, "POST /v3/bulk_import/perform/s1 pool_name=p&priority=2", "12345"},
		{"bulk_import_commit", func(ctx context.Context, c *Client) (any, error) {
			return c.CommitBulkImport(ctx, "s1")
		}, "POST /v3/bulk_import/commit/s1", ""},
		{"bulk_import_create", done(func(ctx context.Context, c *Client) error {
			return c.DeleteBulkImport(ctx, "s1")
		}), "POST /v3/bulk_import/delete/s1", nil},
		{"bulk_import_create", func(ctx context.Context, c *Client) (any, error) { // the bytes, whatever they are
			body, err := c.BulkImportErrorRecords(ctx, "s1")
			if err != nil {
				return nil, err
			}
			defer body.Close()
			b, err := io.ReadAll(body)
			return string(b), err
		}, "GET /v3/bulk_import/error_records/s1", wire(t, "bulk_import_create")},
	})
}

func TestBulkLoads(t *testing.T) {
	session := BulkLoad{
		ID: "42", Name: "s3_daily", Cron: "@daily", Timezone: "UTC", Delay: known(0), Database: "sample_db", Table: "sample_table",
		StartAt: at("2019-01-01T12:00:00Z", "2019-01-01T12:00:00Z"), ConfigDiff: raw("{}"),
		Config: raw(`{"in":{"type":"s3","bucket":"my-bucket","path_prefix":"logs/"},"out":{"mode":"append"},"exec":{},"filters":[]}`),
	}
	name, none := "s3_daily", ""
	config := raw(`{"in":{}}`)
	run := BulkLoadJob{Table: "sample_table", Records: known(10), Job: Job{
		ID: "12345", Type: "bulkload", Status: "success", Database: "sample_db", Schema: `[["c0","string"]]`,
		CreatedAt: at("1420070400", "2015-01-01T00:00:00Z"), UpdatedAt: at("1420070460", "2015-01-01T00:01:00Z"),
		StartAt: at("1420070401", "2015-01-01T00:00:01Z"), EndAt: at("1420070460", "2015-01-01T00:01:00Z"),
	}}
	runWire(t, []wireTest{
		{"bulk_loads_list", func(ctx context.Context, c *Client) (any, error) {
			return c.BulkLoads(ctx)
		}, "GET /v3/bulk_loads", []BulkLoad{{ID: "42", Name: "s3_daily", Database: "sample_db", Table: "sample_table", Config: config}}},
		{"bulk_loads_session", func(ctx context.Context, c *Client) (any, error) {
			return c.BulkLoad(ctx, "s3_daily")
		}, "GET /v3/bulk_loads/s3_daily", session},
		{"bulk_loads_session", func(ctx context.Context, c *Client) (any, error) {
			return c.CreateBulkLoad(ctx, BulkLoadSettings{Name: &name, Config: config})
		}, `POST /v3/bulk_loads {"name":"s3_daily","config":{"in":{}}}`, session},
		{"bulk_loads_session", func(ctx context.Context, c *Client) (any, error) {
			return c.UpdateBulkLoad(ctx, "s3_daily", BulkLoadSettings{Cron: &none})
		}, `PUT /v3/bulk_loads/s3_daily {"cron":""}`, session},
		{"bulk_loads_session", func(ctx context.Context, c *Client) (any, error) {
			return c.DeleteBulkLoad(ctx, "s3_daily")
		}, "DELETE /v3/bulk_loads/s3_daily", session},
		{"bulk_loads_jobs", func(ctx context.Context, c *Client) (any, error) {
			return c.BulkLoadJobs(ctx, "s3_daily")
		}, "GET /v3/bulk_loads/s3_daily/jobs", []BulkLoadJob{run, {Job: Job{ID: "12346", Status: "error"}}}},
		{"bulk_loads_issue", func(ctx context.Context, c *Client) (any, error) {
			return c.RunBulkLoad(ctx, "s3_daily", "", "")
		}, "POST /v3/bulk_loads/s3_daily/jobs {}", "12345"},
		{"bulk_loads_issue", func(ctx context.Context, c *Client) (any, error) {
			return c.RunBulkLoad(ctx, "s3_daily", "1420070400", "k")
		}, `POST /v3/bulk_loads/s3_daily/jobs {"scheduled_time":"1420070400","domain_key":"k"}`, "12345"},
		{"bulk_loads_issue", func(ctx context.Context, c *Client) (any, error) {
			return c.IssueBulkLoad(ctx, "d", "t", config)
		}, `POST /v3/job/issue/bulkload/d {"config":{"in":{}},"database":"d","table":"t"}`, "12345"},
		{"bulk_loads_guess", func(ctx context.Context, c *Client) (any, error) {
			return c.GuessBulkLoad(ctx, config)
		}, `POST /v3/bulk_loads/guess {"config":{"in":{}}}`, raw(`{"in":{"type":"s3","parser":{"type":"csv"}},"out":{},"exec":{},"filters":[]}`)},
		{"bulk_loads_preview", func(ctx context.Context, c *Client) (any, error) {
			return c.PreviewBulkLoad(ctx, config)
		}, `POST /v3/bulk_loads/preview {"config":{"in":{}}}`, BulkLoadPreview{
			Schema:  []Column{{Name: "c0", Type: "string"}, {Name: "c1", Type: "long"}},
			Records: [][]json.RawMessage{{raw(`"19920116"`), raw("432")}, {raw("null"), raw("9007199254740993")}},
		}},
	})
}

func TestSavedResults(t *testing.T) {
	runWire(t, []wireTest{
		{"result_list", func(ctx context.Context, c *Client) (any, error) {
			return c.SavedResults(ctx)
		}, "GET /v3/result/list", []SavedResult{{Name: "r1", URL: "mysql://user:***@host/db/t"}, {Name: "r2"}}},
		{"result_create", done(func(ctx context.Context, c *Client) error {
			return c.CreateSavedResult(ctx, "r1", "mysql://h/d")
		}), "POST /v3/result/create/r1 url=mysql%3A%2F%2Fh%2Fd", nil},
		{"result_create", done(func(ctx context.Context, c *Client) error {
			return c.DeleteSavedResult(ctx, "r1")
		}), "POST /v3/result/delete/r1", nil},
	})
}

func TestSchedules(t *testing.T) {
	created := at("2016-08-02T17:57:39Z", "2016-08-02T17:57:39Z")
	daily := Schedule{
		Name: "daily count", Cron: "0 0 * * *", Timezone: "UTC", Delay: known(0), CreatedAt: created, Type: "hive", Query: "SELECT 1",
		Database: "sample_db", UserName: "Treasure Data", Priority: known(0), RetryLimit: known(0),
		NextTime: at("2016-09-01T00:00:00Z", "2016-09-01T00:00:00Z"),
	}
	fresh := daily
	fresh.ID, fresh.NextTime = "123", at("2016-09-01 00:00:00 UTC", "2016-09-01T00:00:00Z")
	fresh.Priority, fresh.RetryLimit = Int{}, Int{}
	cron, query, name, delay := "", "SELECT 1", "new", 60
	midnight := at("2016-09-01 00:00:00 UTC", "2016-09-01T00:00:00Z")
	runWire(t, []wireTest{
		{"schedule_list", func(ctx context.Context, c *Client) (any, error) {
			return c.Schedules(ctx)
		}, "GET /v3/schedule/list", []Schedule{daily, {ID: "7", Name: "never", Delay: known(60), Priority: known(-1)}}},
		{"schedule_create", func(ctx context.Context, c *Client) (any, error) {
			return c.CreateSchedule(ctx, "daily count", ScheduleSettings{Cron: &cron, Query: &query})
		}, "POST /v3/schedule/create/daily%20count cron=&query=SELECT+1", fresh},
		{"schedule_create", func(ctx context.Context, c *Client) (any, error) {
			return c.UpdateSchedule(ctx, "daily count", ScheduleSettings{Name: &name, Delay: &delay})
		}, "POST /v3/schedule/update/daily%20count delay=60&name=new", fresh},
		{"schedule_delete", func(ctx context.Context, c *Client) (any, error) {
			return c.DeleteSchedule(ctx, "daily count")
		}, "POST /v3/schedule/delete/daily%20count", Schedule{Name: "daily count", Cron: "0 0 * * *", Query: "SELECT 1"}},
		{"schedule_history", func(ctx context.Context, c *Client) (any, error) {
			return c.ScheduleHistory(ctx, "daily count", 0, 20)
		}, "GET /v3/schedule/history/daily%20count?from=0&to=20", []Job{
			{
				ID: "12345", Type: "hive", Database: "sample_db", Status: "success", Query: "SELECT 1",
				StartAt: at("2016-09-01 00:00:05 UTC", "2016-09-01T00:00:05Z"), EndAt: at("2016-09-01 00:00:25 UTC", "2016-09-01T00:00:25Z"),
				ScheduledAt: midnight,
			},
			{Status: "queued"},
		}},
		{"schedule_run", func(ctx context.Context, c *Client) (any, error) {
			return c.RunSchedule(ctx, "daily count", time.Unix(1472688000, 0), 2, "k")
		}, "POST /v3/schedule/run/daily%20count/1472688000 domain_key=k&num=2", []Job{
			{ID: "12345", Type: "hive", ScheduledAt: midnight}, {ID: "12346", Type: "presto"},
		}},
	})
}

func TestUsers(t *testing.T) {
	since := at("2016-08-02T17:57:39Z", "2016-08-02T17:57:39Z")
	ok := func(f func(context.Context, *Client) error, request string) wireTest {
		return wireTest{"user_add", done(f), request, nil}
	}
	runWire(t, []wireTest{
		{"user_authenticate", func(ctx context.Context, c *Client) (any, error) {
			return c.Authenticate(ctx, "me@example.com", "p&w")
		}, "POST /v3/user/authenticate password=p%26w&user=me%40example.com", "1/0123456789abcdef0123456789abcdef01234567"},
		{"user_list", func(ctx context.Context, c *Client) (any, error) {
			return c.Users(ctx)
		}, "GET /v3/user/list", []User{{
			ID: "1", Name: "Treasure Data", FirstName: "Treasure", LastName: "Data", Email: "td@example.com",
			Administrator: true, AccountOwner: true, CreatedAt: since, UpdatedAt: since,
		}}},
		{"user_list_array", func(ctx context.Context, c *Client) (any, error) {
			return c.Users(ctx)
		}, "GET /v3/user/list", []User{{Name: "foo", Email: "foo@example.com"}}},
		{"user_apikey_list", func(ctx context.Context, c *Client) (any, error) {
			return c.APIKeys(ctx, "foo@example.com")
		}, "GET /v3/user/apikey/list/foo%40example%2Ecom", []Key{
			{Value: "1/0123456789abcdef0123456789abcdef01234567"},
			{Value: "1/456789abcdef0123456789abcdef0123456789ab", Type: "write-only"},
		}},
		{"user_apikey_add", func(ctx context.Context, c *Client) (any, error) {
			return c.AddAPIKey(ctx, "foo")
		}, "POST /v3/user/apikey/add/foo", "1/89abcdef0123456789abcdef0123456789abcdef"},
		ok(func(ctx context.Context, c *Client) error { return c.CreateUser(ctx, "foo", "e", "p") }, "POST /v3/user/add/foo email=e&password=p"),
		ok(func(ctx context.Context, c *Client) error { return c.DeleteUser(ctx, "foo") }, "POST /v3/user/remove/foo"),
		ok(func(ctx context.Context, c *Client) error { return c.ChangeEmail(ctx, "foo", "e") }, "POST /v3/user/email/change/foo email=e"),
		ok(func(ctx context.Context, c *Client) error { return c.RemoveAPIKey(ctx, "foo", "1/a") }, "POST /v3/user/apikey/remove/foo apikey=1%2Fa"),
		ok(func(ctx context.Context, c *Client) error { return c.ChangeUserPassword(ctx, "foo", "p") }, "POST /v3/user/password/change/foo password=p"),
		ok(func(ctx context.Context, c *Client) error { return c.ChangePassword(ctx, "o", "p") }, "POST /v3/user/password/change old_password=o&password=p"),
		{"account_show", func(ctx context.Context, c *Client) (any, error) {
			return c.Account(ctx)
		}, "GET /v3/account/show", Account{
			ID: "1", Plan: known(0), StorageSize: 2147483648, GuaranteedCores: known(1), MaximumCores: known(4),
			CreatedAt: at("2014-12-14T17:24:00+0900", "2014-12-14T08:24:00Z"),
		}},
	})
}

// A wrong password is 400 or 401. The request has no API key.
func TestAuthenticateRefused(t *testing.T) {
	for _, status := range []int{400, 401} {
		c, s := client(t, Options{MaxRetryTime: time.Minute}, answer{status: status, body: `{"message":"wrong"}`})
		_, err := c.Authenticate(t.Context(), "me@example.com", "5ecre7")
		if !errors.Is(err, ErrUnauthorized) || err.Error() != "wrong" || s.seen[0].header.Get("Authorization") != "" {
			t.Errorf("%d: %v, %v", status, err, s.seen[0].header)
		}
	}
}

// A repeated deletion that finds nothing has succeeded.
func TestDeleteTwice(t *testing.T) {
	for _, tt := range []struct {
		name  string
		posts bool
		first answer
		ok    bool
	}{
		{"lost answer", true, answer{err: reset}, true},
		{"lost answer, not to be repeated", false, answer{err: reset}, false},
		{"never sent", true, answer{err: refused}, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, _ := client(t, Options{RetryPosts: tt.posts, MaxRetryTime: time.Minute}, tt.first, answer{status: 404})
				if err := c.DeleteDatabase(t.Context(), "d"); (err == nil) != tt.ok {
					t.Errorf("error %v", err)
				}
			})
		})
	}
	c, _ := client(t, Options{RetryPosts: true, MaxRetryTime: time.Minute}, answer{status: 404})
	if err := c.DeleteDatabase(t.Context(), "d"); !errors.Is(err, ErrNotFound) {
		t.Errorf("error %v", err)
	}
}
