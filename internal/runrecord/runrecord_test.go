package runrecord_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/runrecord"
)

func start(t *testing.T, dir, command string, scheduled time.Time) (*runrecord.Run, *runrecord.Record) {
	t.Helper()
	run, err := runrecord.Start(dir, command, scheduled)
	if err != nil {
		t.Fatal(err)
	}
	record, err := runrecord.Read(run.Path())
	if err != nil {
		t.Fatal(err)
	}
	return run, record
}

func report(t *testing.T, run *runrecord.Run) runrecord.Report {
	t.Helper()
	r, err := run.Report()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func check(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, dir string) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func query(key string) runrecord.Job {
	return runrecord.Job{Key: key, Command: "query", Hash: "h", Database: "web", Type: "trino", Endpoint: "e", Account: "a", Submitted: time.Now()}
}

func TestContinue(t *testing.T) {
	dir := t.TempDir()
	run, record := start(t, dir, "daily", time.Time{})
	if _, found := record.Next(); found {
		t.Fatal("a new record has a job")
	}
	check(t, record.Replace(query("key1"), runrecord.Abandonment{}))
	submitted := query("key1")
	submitted.ID = "7"
	check(t, record.Submitted(submitted))
	check(t, record.Replace(query("key2"), runrecord.Abandonment{}))
	check(t, record.End("7", "success"))
	check(t, record.Submitted(runrecord.Job{ID: "8", Command: "connector:issue"}))
	r := report(t, run)
	if j, ok := r.Unkeyed(); !ok || j.ID != "8" || len(r.Running()) != 2 || len(r.Jobs) != 3 || len(r.Pending) != 0 {
		t.Errorf("report %+v", r)
	}

	// Another run of the command at the same time has its own record, and another command as well.
	other, otherRecord := start(t, dir, "daily", time.Time{})
	if _, found := otherRecord.Next(); found {
		t.Error("a run continues with the job of one that has not ended")
	}
	check(t, other.Finish())
	for _, name := range []string{"dail", "daily.x"} {
		similar, similarRecord := start(t, dir, name, time.Time{})
		if _, found := similarRecord.Next(); found {
			t.Errorf("%s continues with a job of daily", name)
		}
		check(t, similar.Finish())
	}

	// The next run continues with both jobs in their order.
	check(t, run.Release())
	run, record = start(t, dir, "daily", time.Time{})
	if r := report(t, run); len(r.Jobs) != 0 || len(r.Pending) != 3 {
		t.Errorf("report of the next run: %+v", r)
	}
	for _, want := range []string{"key1", "key2"} {
		j, found := record.Next()
		if !found || j.Key != want || record.IsRetry(j) {
			t.Fatalf("next job %+v, want %s", j, want)
		}
		check(t, record.Continue())
	}
	if j, found := record.Next(); found {
		t.Errorf("third job %+v", j)
	}
	if r := report(t, run); len(r.Jobs) != 2 || len(r.Pending) != 1 {
		t.Errorf("report after the continuation: %+v", r)
	}
	check(t, run.Finish())
	if names := files(t, dir); len(names) > 0 {
		t.Errorf("files remain: %q", names)
	}
}

func TestScheduledTime(t *testing.T) {
	dir := t.TempDir()
	first, second := time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC), time.Date(2026, 1, 3, 6, 0, 0, 0, time.UTC)
	run, record := start(t, dir, "daily", first)
	if !record.Scheduled().Equal(first) {
		t.Errorf("scheduled %v", record.Scheduled())
	}
	check(t, record.Replace(query("key1"), runrecord.Abandonment{}))
	check(t, run.Release())
	run, record = start(t, dir, "daily", first.In(time.FixedZone("", 3600)))
	if j, found := record.Next(); !found || j.Key != "key1" {
		t.Errorf("the same time: %+v", j)
	}
	check(t, run.Release())
	run, record = start(t, dir, "daily", second)
	if j, found := record.Next(); found {
		t.Errorf("another time: %+v", j)
	}
	r := report(t, run)
	if len(r.Abandoned) != 1 || r.Abandoned[0].Key != "key1" || r.Abandoned[0].Reason != "its scheduled time differs" {
		t.Errorf("abandoned %+v", r.Abandoned)
	}

	// Abandoned jobs are reported once, also if the run that should report them fails before.
	check(t, run.Release())
	run, _ = start(t, dir, "daily", second)
	if r := report(t, run); len(r.Abandoned) != 1 || r.Abandoned[0].Key != "key1" {
		t.Errorf("abandoned, after a run that did not report it: %+v", r.Abandoned)
	}
	check(t, run.ReleaseReported())
	if names := files(t, dir); len(names) > 0 {
		t.Errorf("files remain: %q", names)
	}
}

func TestReplace(t *testing.T) {
	dir := t.TempDir()
	run, record := start(t, dir, "daily", time.Time{})
	check(t, record.Replace(query("key1"), runrecord.Abandonment{}))
	check(t, run.Release())
	run, record = start(t, dir, "daily", time.Time{})
	changed := query("key2")
	changed.Hash = "other"
	check(t, record.Replace(changed, runrecord.Abandonment{Reason: "its SQL differs", Status: "killed"}))
	r := report(t, run)
	if len(r.Jobs) != 1 || r.Jobs[0].Key != "key2" || len(r.Abandoned) != 1 || r.Abandoned[0].Key != "key1" || r.Abandoned[0].Ended != "killed" {
		t.Errorf("report %+v", r)
	}
	check(t, run.Finish())
}

func TestInvalid(t *testing.T) {
	dir := t.TempDir()
	run, _ := start(t, dir, "daily", time.Time{})
	check(t, os.WriteFile(run.Path(), []byte(`{"v":1,`), 0o600))
	if _, err := runrecord.Read(run.Path()); err == nil || !strings.Contains(err.Error(), run.Path()) {
		t.Errorf("error %v", err)
	}
	if err := run.ReleaseReported(); err == nil {
		t.Error("ReleaseReported succeeds")
	}
	check(t, os.WriteFile(run.Path(), []byte(`{"v":2}`), 0o600))
	if _, err := runrecord.Read(run.Path()); err == nil || !strings.Contains(err.Error(), "another version") {
		t.Errorf("error %v", err)
	}
	if _, err := runrecord.Start(filepath.Join(run.Path(), "x"), "daily", time.Time{}); err == nil {
		t.Error("Start below a file succeeds")
	}
}

func TestDifference(t *testing.T) {
	base := query("")
	got := map[string]string{}
	for name, change := range map[string]func(*runrecord.Job){
		"": func(j *runrecord.Job) {
			j.Key, j.ID, j.Run, j.Ended, j.Submitted = "k", "1", "r", "success", time.Time{}
		},
		"SQL":            func(j *runrecord.Job) { j.Hash = "x" },
		"database":       func(j *runrecord.Job) { j.Database = "x" },
		"type":           func(j *runrecord.Job) { j.Type = "x" },
		"engine version": func(j *runrecord.Job) { j.EngineVersion = "x" },
		"result URL":     func(j *runrecord.Job) { j.ResultHash = "x" },
		"command":        func(j *runrecord.Job) { j.Command = "x" },
		"account":        func(j *runrecord.Job) { j.Account = "x" },
	} {
		changed := base
		change(&changed)
		got[name] = base.Difference(changed)
	}
	for want, difference := range got {
		if difference != want {
			t.Errorf("difference %q, want %q", difference, want)
		}
	}
	endpoint := base
	endpoint.Endpoint = "x"
	if diff := cmp.Diff("account", base.Difference(endpoint)); diff != "" {
		t.Error(diff)
	}
}

func TestNeedsRunning(t *testing.T) {
	dir := t.TempDir()
	for _, scheduled := range []time.Time{{}, time.Date(2026, 1, 2, 6, 0, 0, 0, time.UTC)} {
		run, record := start(t, dir, "daily", scheduled)
		synctest.Test(t, func(t *testing.T) {
			j := query("")
			time.Sleep(time.Hour)
			if record.NeedsRunning(j) {
				t.Error("a job of an hour ago is old")
			}
			time.Sleep(time.Second)
			if old := record.NeedsRunning(j); old != scheduled.IsZero() {
				t.Errorf("scheduled %v: old is %v", scheduled, old)
			}
		})
		check(t, run.Finish())
	}
}
