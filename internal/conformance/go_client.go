//go:build ignore

// This program runs the official Go client, which must be checked out: it is not a module that
// the Go proxy provides. The client parses responses strictly: an additional key is an error.
package main

import (
	"bytes"
	"compress/gzip"
	"crypto/x509"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"reflect"
	"strings"
	"time"

	td "github.com/treasure-data/td-client-go"
	"github.com/ugorji/go/codec"
)

// A reporter reports steps.
type reporter struct{ steps int }

func (r *reporter) print(v any) { _ = json.NewEncoder(os.Stdout).Encode(v) }

// step reports whether call returns want.
func (r *reporter) step(name string, want any, call func() (any, error)) {
	r.steps++
	got, err := call()
	if err != nil {
		got = err
	}
	ok := reflect.DeepEqual(want, got)
	r.print(map[string]any{"step": name, "ok": ok, "want": fmt.Sprint(want), "got": fmt.Sprint(got)})
}

// succeed reports whether call succeeds.
func (r *reporter) succeed(name string, call func() error) {
	r.step(name, nil, func() (any, error) { return nil, call() })
}

// fail reports whether the type of call's error is want.
func (r *reporter) fail(name string, want int, call func() error) {
	r.step(name, want, func() (any, error) {
		err := call()
		var e *td.APIError
		if errors.As(err, &e) {
			return e.Type, nil
		}
		return nil, err
	})
}

func connect(key string) (*td.TDClient, error) {
	roots := x509.NewCertPool()
	if os.Getenv("UNTRUSTED") == "" {
		pem, err := os.ReadFile(os.Getenv("CACERT"))
		if err != nil {
			return nil, err
		}
		roots.AppendCertsFromPEM(pem)
	}
	endpoint, err := url.Parse(os.Getenv("ENDPOINT"))
	if err != nil {
		return nil, err
	}
	return td.NewTDClient(td.Settings{ApiKey: key, RootCAs: roots, Router: &td.FixedEndpointRouter{Endpoint: endpoint.Host}})
}

func main() {
	client, err := connect(os.Getenv("APIKEY"))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	r := &reporter{}
	if os.Getenv("UNTRUSTED") != "" {
		r.step("status: untrusted certificate", true, func() (any, error) {
			_, err := client.ListDatabases()
			return err != nil && strings.Contains(err.Error(), "certificate"), nil
		})
	} else {
		checkAll(r, client, fmt.Sprintf("go_%d_%d", time.Now().UnixNano(), os.Getpid()))
	}
	r.print(map[string]int{"done": r.steps})
}

func checkAll(r *reporter, client *td.TDClient, db string) {
	checkAccount(r, client)
	checkDatabases(r, client, db)
	checkTables(r, client, db)
	checkImports(r, client, db)
	checkJobs(r, client, db)
	checkBulkImport(r, client, db)
	checkSchedules(r, client, db)
	checkResults(r, client, db)
	checkUsers(r, client, db)
	r.succeed("databases: delete", func() error { return client.DeleteDatabase(db) })
	r.fail("databases: delete again", td.NotFoundError, func() error { return client.DeleteDatabase(db) })
}

func checkAccount(r *reporter, client *td.TDClient) {
	r.step("status: server_status", "ok", func() (any, error) {
		status, err := client.ServerStatus()
		if err != nil {
			return nil, err
		}
		return status.Status, nil
	})
	r.fail("status: wrong key", td.AuthError, func() error {
		wrong, err := connect("1/wrong")
		if err != nil {
			return err
		}
		_, err = wrong.ListDatabases()
		return err
	})
	r.step("account: show", []int{1, 4}, func() (any, error) {
		account, err := client.ShowAccount()
		if err != nil {
			return nil, err
		}
		return []int{account.Id, account.MaximumCores}, nil
	})
}

func checkDatabases(r *reporter, client *td.TDClient, db string) {
	r.succeed("databases: create", func() error { return client.CreateDatabase(db, nil) })
	r.fail("databases: create again", td.AlreadyExistsError, func() error { return client.CreateDatabase(db, nil) })
	r.fail("databases: invalid name", td.GenericError, func() error { return client.CreateDatabase("a", nil) })
	r.step("databases: list", true, func() (any, error) {
		list, err := client.ListDatabases()
		if err != nil {
			return nil, err
		}
		for _, d := range *list {
			if d.Name == "sample_datasets" {
				return d.Count > 0 && d.Permission == "administrator" && !d.CreatedAt.IsZero(), nil
			}
		}
		return false, nil
	})
	r.step("databases: show", db, func() (any, error) {
		d, err := client.ShowDatabase(db)
		if err != nil {
			return nil, err
		}
		return d.Name, nil
	})
}

func checkTables(r *reporter, client *td.TDClient, db string) {
	for _, table := range []string{"log", "other"} {
		r.succeed("tables: create "+table, func() error { return client.CreateLogTable(db, table) })
	}
	r.fail("tables: create again", td.AlreadyExistsError, func() error { return client.CreateLogTable(db, "log") })
	r.fail("tables: create in a missing database", td.NotFoundError, func() error { return client.CreateLogTable("no_such_database", "log") })
	r.succeed("schema: update", func() error {
		return client.UpdateSchema(db, "log", []any{[]any{"a", "string"}, []any{"b", "long"}, []any{"c", "array<long>"}})
	})
	r.fail("schema: unknown type", td.GenericError, func() error { return client.UpdateSchema(db, "log", []any{[]any{"a", "nonsense"}}) })
	r.succeed("tables: expire", func() error { return client.UpdateExpire(db, "log", 7) })
	r.succeed("tables: update", func() error { return client.UpdateTable(db, "other", map[string]string{"expire_days": "3"}) })
	r.step("tables: list", "log log 0 7, other log 0 3", func() (any, error) {
		list, err := client.ListTables(db)
		if err != nil {
			return nil, err
		}
		var tables []string
		for _, t := range *list {
			tables = append(tables, fmt.Sprint(t.Name, " ", t.Type, " ", t.Count, " ", t.ExpireDays))
		}
		return strings.Join(tables, ", "), nil
	})
	r.step("tables: show", 8352, func() (any, error) {
		t, err := client.ShowTable("sample_datasets", "nasdaq")
		if err != nil {
			return nil, err
		}
		return t.Count, nil
	})
	r.succeed("tables: swap", func() error { return client.SwapTable(db, "log", "other") })
	r.fail("tables: swap with a missing table", td.NotFoundError, func() error { return client.SwapTable(db, "log", "nope") })
	r.step("tables: delete", "log", func() (any, error) { return client.DeleteTable(db, "other") })
	r.fail("tables: delete again", td.NotFoundError, func() error {
		_, err := client.DeleteTable(db, "other")
		return err
	})
}

// records returns n records as msgpack.gz, and additional ones.
func records(n int, additional ...map[string]any) td.Blob {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	e := codec.NewEncoder(z, &codec.MsgpackHandle{WriteExt: true})
	for i := range n {
		e.MustEncode(map[string]any{"time": 1_400_000_000 + i, "n": i, "s": fmt.Sprint("s", i)})
	}
	for _, record := range additional {
		e.MustEncode(record)
	}
	_ = z.Close()
	return td.InMemoryBlob(b.Bytes())
}

func checkImports(r *reporter, client *td.TDClient, db string) {
	imports := func(table, id string, blob td.Blob) error {
		_, err := client.Import(db, table, "msgpack.gz", blob, id)
		return err
	}
	count := func() (any, error) {
		t, err := client.ShowTable(db, "log")
		if err != nil {
			return nil, err
		}
		return t.Count, nil
	}
	r.succeed("import: records", func() error { return imports("log", "", records(500)) })
	r.step("import: count", 500, count)
	r.succeed("import: with an ID", func() error { return imports("log", "0123456789abcdef", records(10)) })
	r.succeed("import: with the same ID", func() error { return imports("log", "0123456789abcdef", records(10)) })
	r.step("import: count of imports with an ID", 510, count)
	r.fail("import: missing table", td.NotFoundError, func() error { return imports("nope", "", records(1)) })
	r.fail("import: garbage", td.GenericError, func() error { return imports("log", "", td.InMemoryBlob("garbage")) })
	r.step("import: tail", 3, func() (any, error) {
		n := 0
		err := client.Tail(db, "log", 3, time.Time{}, time.Time{}, func(any) error { n++; return nil })
		return n, err
	})
}

// wait returns the status of a job when it has ended.
func wait(client *td.TDClient, id string) (string, error) {
	for range 600 {
		status, err := client.JobStatus(id)
		if err != nil || status != "queued" && status != "running" {
			return status, err
		}
		time.Sleep(50 * time.Millisecond)
	}
	return "", fmt.Errorf("job %s does not end", id)
}

func checkJobs(r *reporter, client *td.TDClient, db string) {
	for _, kind := range []string{"hive", "presto", "trino"} {
		id := ""
		r.succeed("jobs: submit "+kind, func() (err error) {
			id, err = client.SubmitQuery(db, td.Query{Type: kind, Query: "SELECT count(*) AS cnt, max(s) AS s FROM log", Priority: 1, RetryLimit: 2, EngineVersion: "stable"})
			return err
		})
		r.step("jobs: status of "+kind, "success", func() (any, error) { return wait(client, id) })
		r.step("jobs: show "+kind, []any{"success", 1, 1, 2, db}, func() (any, error) {
			job, err := client.ShowJob(id)
			if err != nil {
				return nil, err
			}
			return []any{job.Status, job.NumRecords, job.Priority, job.RetryLimit, job.Database}, nil
		})
		r.step("jobs: rows of "+kind, "[[510 s99]]", func() (any, error) {
			var rows []string
			err := client.JobResultEach(id, func(row any) error {
				cells, _ := row.([]any)
				for i, cell := range cells {
					if text, ok := cell.([]byte); ok {
						cells[i] = string(text)
					}
				}
				rows = append(rows, fmt.Sprint(cells))
				return nil
			})
			return fmt.Sprint(rows), err
		})
		r.step("jobs: csv of "+kind, "510,s99\n", func() (any, error) {
			var text string
			err := client.JobResult(id, "csv", func(body io.Reader) error {
				data, err := io.ReadAll(body)
				text = strings.ReplaceAll(string(data), "\r\n", "\n")
				return err
			})
			return text, err
		})
	}
	r.step("jobs: failed statement", "error", func() (any, error) {
		id, err := client.SubmitQuery(db, td.Query{Type: "trino", Query: "SELECT * FROM nope"})
		if err != nil {
			return nil, err
		}
		return wait(client, id)
	})
	r.fail("jobs: missing database", td.NotFoundError, func() error {
		_, err := client.SubmitQuery("no_such_database", td.Query{Type: "trino", Query: "SELECT 1"})
		return err
	})
	r.step("jobs: kill", "killed", func() (any, error) {
		id, err := client.SubmitQuery("sample_datasets", td.Query{Type: "trino", Query: "SELECT count(*) FROM nasdaq a CROSS JOIN nasdaq b CROSS JOIN nasdaq c WHERE a.time + b.time + c.time = 1"})
		if err != nil {
			return nil, err
		}
		if err := client.KillJob(id); err != nil {
			return nil, err
		}
		return wait(client, id)
	})
	r.step("jobs: list", true, func() (any, error) {
		list, err := client.ListJobs()
		if err != nil {
			return nil, err
		}
		return list.Count == len(list.ListJobsResultElements) && list.Count > 3, nil
	})
	r.step("jobs: list a page", []int{2, 0, 1}, func() (any, error) {
		list, err := client.ListJobsWithOptions(new(td.ListJobsOptions).WithFrom(0).WithTo(1))
		if err != nil {
			return nil, err
		}
		return []int{list.Count, list.From, list.To}, nil
	})
	r.fail("jobs: missing job", td.NotFoundError, func() error {
		_, err := client.ShowJob("999999999")
		return err
	})
	r.step("export: to S3 without credentials", "error", func() (any, error) {
		id, err := client.SubmitExportJob(db, "log", "s3", map[string]string{"bucket": "b", "file_format": "jsonl.gz"})
		if err != nil {
			return nil, err
		}
		return wait(client, id)
	})
}

func checkBulkImport(r *reporter, client *td.TDClient, db string) {
	session := db + "_session"
	r.succeed("bulk import: create", func() error { _, err := client.CreateBulkImport(session, db, "log", nil); return err })
	r.fail("bulk import: create again", td.AlreadyExistsError, func() error { _, err := client.CreateBulkImport(session, db, "log", nil); return err })
	for _, part := range []string{"one", "two"} {
		r.succeed("bulk import: upload part "+part, func() error {
			_, err := client.UploadBulkImportPart(session, part, records(5, map[string]any{"n": 1}))
			return err
		})
	}
	r.step("bulk import: list parts", "[one two]", func() (any, error) {
		list, err := client.ListBulkImportParts(session, nil)
		if err != nil {
			return nil, err
		}
		return fmt.Sprint(list.Parts), nil
	})
	r.succeed("bulk import: delete a part", func() error { return client.DeleteBulkImportPart(session, "two", nil) })
	r.succeed("bulk import: freeze", func() error { _, err := client.FreezeBulkImport(session, nil); return err })
	r.succeed("bulk import: unfreeze", func() error { _, err := client.UnfreezeBulkImport(session, nil); return err })
	r.step("bulk import: perform", "success", func() (any, error) {
		job, err := client.PerformBulkImport(session, nil)
		if err != nil {
			return nil, err
		}
		return wait(client, job.JobID)
	})
	r.step("bulk import: show", []any{"ready", 5, 1, 1, 0}, func() (any, error) {
		s, err := client.ShowBulkImport(session)
		if err != nil {
			return nil, err
		}
		return []any{s.Status, s.ValidRecords, s.ErrorRecords, s.ValidParts, s.ErrorParts}, nil
	})
	r.step("bulk import: list", true, func() (any, error) {
		list, err := client.ListBulkImports(nil)
		if err != nil {
			return nil, err
		}
		return len(*list) > 0, nil
	})
	r.succeed("bulk import: commit", func() error { _, err := client.CommitBulkImport(session, nil); return err })
	r.step("bulk import: count", 515, func() (any, error) {
		t, err := client.ShowTable(db, "log")
		if err != nil {
			return nil, err
		}
		return t.Count, nil
	})
	r.succeed("bulk import: delete", func() error { return client.DeleteBulkImport(session, nil) })
	r.fail("bulk import: delete again", td.NotFoundError, func() error { return client.DeleteBulkImport(session, nil) })
}

func checkSchedules(r *reporter, client *td.TDClient, db string) {
	name := db + "_schedule"
	options := map[string]string{"cron": "0 0 * * *", "query": "SELECT 1", "database": db, "type": "trino", "timezone": "UTC", "delay": "60"}
	r.step("schedules: create", "0 0 * * * 60", func() (any, error) {
		s, err := client.CreateSchedule(name, options)
		if err != nil {
			return nil, err
		}
		return fmt.Sprint(s.Cron, " ", s.Delay), nil
	})
	r.fail("schedules: create again", td.AlreadyExistsError, func() error { _, err := client.CreateSchedule(name, options); return err })
	r.fail("schedules: invalid cron", td.GenericError, func() error {
		_, err := client.CreateSchedule(name+"_2", map[string]string{"cron": "nonsense", "query": "SELECT 1", "database": db, "type": "trino"})
		return err
	})
	r.step("schedules: update", 5, func() (any, error) {
		s, err := client.UpdateSchedule(name, map[string]string{"delay": "5"})
		if err != nil {
			return nil, err
		}
		return s.Delay, nil
	})
	r.step("schedules: list", true, func() (any, error) {
		list, err := client.ListSchedules()
		if err != nil {
			return nil, err
		}
		for _, s := range *list {
			if s.Name == name {
				return s.Query == "SELECT 1" && s.NextTime != "", nil
			}
		}
		return false, nil
	})
	r.step("schedules: run", []string{"success", "success"}, func() (any, error) {
		jobs, err := client.RunSchedule(name, "1472688000", map[string]string{"num": "2"})
		if err != nil {
			return nil, err
		}
		var list []string
		for _, j := range *jobs {
			status, err := wait(client, j.ID)
			if err != nil {
				return nil, err
			}
			list = append(list, status)
		}
		return list, nil
	})
	r.step("schedules: history", 2, func() (any, error) {
		history, err := client.ScheduleHistory(name, nil)
		if err != nil {
			return nil, err
		}
		return history.Count, nil
	})
	r.step("schedules: delete", name, func() (any, error) {
		s, err := client.DeleteSchedule(name)
		if err != nil {
			return nil, err
		}
		return s.Name, nil
	})
	r.fail("schedules: delete again", td.NotFoundError, func() error { _, err := client.DeleteSchedule(name); return err })
}

func checkResults(r *reporter, client *td.TDClient, db string) {
	name := db + "_result"
	r.succeed("results: create", func() error { return client.CreateResult(name, "mysql://user:secret@host/db/t") })
	r.fail("results: create again", td.AlreadyExistsError, func() error { return client.CreateResult(name, "mysql://host/db/t") })
	r.step("results: list", "mysql://user:***@host/db/t", func() (any, error) {
		list, err := client.ListResults()
		if err != nil {
			return nil, err
		}
		for _, result := range *list {
			if result.Name == name {
				return result.Url, nil
			}
		}
		return nil, nil
	})
	r.succeed("results: delete", func() error { return client.DeleteResult(name) })
	r.fail("results: delete again", td.NotFoundError, func() error { return client.DeleteResult(name) })
}

// checkUsers uses names, because the client escapes the @ of an address twice.
func checkUsers(r *reporter, client *td.TDClient, db string) {
	r.step("users: authenticate", true, func() (any, error) {
		a, err := client.Authenticate("sandbox@example.com", os.Getenv("APIKEY"))
		if err != nil {
			return nil, err
		}
		return a.APIKey != "", nil
	})
	r.succeed("users: add", func() error { return client.AddUser(db, "", db+"@example.com", "secret-12345") })
	r.fail("users: add again", td.AlreadyExistsError, func() error { return client.AddUser(db, "", db+"@example.com", "secret-12345") })
	r.step("users: list", true, func() (any, error) {
		list, err := client.ListUsers()
		if err != nil {
			return nil, err
		}
		for _, u := range *list {
			if u.Email == db+"@example.com" {
				return u.Name == db, nil
			}
		}
		return false, nil
	})
	r.succeed("users: add a key", func() error { _, err := client.AddAPIKey(db); return err })
	var keys []string
	r.step("users: list keys", 1, func() (any, error) {
		list, err := client.ListAPIKeys(db)
		if err != nil {
			return nil, err
		}
		keys = list.APIKeys
		return len(keys), nil
	})
	r.succeed("users: remove a key", func() error { return client.RemoveAPIKey(db, keys[len(keys)-1]) })
	r.succeed("users: remove", func() error { return client.RemoveUser(db) })
	r.fail("users: remove again", td.NotFoundError, func() error { return client.RemoveUser(db) })
}
