//go:build ignore

package main

import (
	"fmt"
	"io"
	"strings"
	"time"

	td "github.com/treasure-data/td-client-go"
)

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

// checkQuery runs a query of a type, and reads its rows in all ways.
func checkQuery(r *reporter, client *td.TDClient, db, kind string) {
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

func checkJobs(r *reporter, client *td.TDClient, db string) {
	for _, kind := range []string{"hive", "presto", "trino"} {
		checkQuery(r, client, db, kind)
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
