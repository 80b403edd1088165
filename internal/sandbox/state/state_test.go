package state_test

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/state"
)

var now = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func open(t *testing.T, path string) *state.DB {
	t.Helper()
	db, err := state.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	return db
}

func add(t *testing.T, db *state.DB, j state.Job) int64 {
	t.Helper()
	if err := db.AddJob(t.Context(), &j, now); err != nil {
		t.Fatal(err)
	}
	return j.ID
}

func TestJobLife(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "s p#a?ce.db")
	db := open(t, path)
	for _, name := range []string{path, path + "-wal"} {
		if info, err := os.Stat(name); err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v, %v; want mode 0600", name, info, err)
		}
	}
	want := state.Job{
		Type: "presto", Database: "d", Query: "SELECT 1", Priority: -1, RetryLimit: 2, Result: "td://@/d/t", DomainKey: "k",
		UserName: "u", ScheduledTime: now.Add(-time.Hour), Detail: "{}", Owner: "me",
	}
	if err := db.AddJob(ctx, &want, now); err != nil {
		t.Fatal(err)
	}
	want.CPUMillis = -1
	got, err := open(t, path).Job(ctx, want.ID)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("a new job (-want +got):\n%s", diff)
	}

	for i, want := range []bool{true, false} {
		if ok, err := db.StartJob(ctx, got.ID, now); ok != want || err != nil {
			t.Errorf("StartJob %d = %v, %v; want %v", i, ok, err, want)
		}
	}
	if err := db.Log(ctx, got.ID, "a\n", "b\n"); err != nil {
		t.Fatal(err)
	}
	out := state.Output{Records: 3, Size: 40, RawSize: 50, ETag: "e", Columns: `[["a","bigint"]]`}
	for i, want := range []bool{true, false} {
		if ok, err := db.FinishJob(ctx, got.ID, state.Success, out, time.Second, now.Add(time.Minute)); ok != want || err != nil {
			t.Errorf("FinishJob %d = %v, %v; want %v", i, ok, err, want)
		}
	}
	want.Status, want.StartAt, want.EndAt, want.UpdatedAt = state.Success, now, now.Add(time.Minute), now.Add(time.Minute)
	want.Output, want.CPUMillis, want.Cmdout, want.Stderr = out, 1000, "a\n", "b\n"
	if got, err = db.JobByKey(ctx, "k"); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(&want, got); diff != "" {
		t.Errorf("a finished job (-want +got):\n%s", diff)
	}
}

func TestDomainKeyConflict(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "s.db"))
	id := add(t, db, state.Job{DomainKey: "k"})
	err := db.AddJob(t.Context(), &state.Job{DomainKey: "k"}, now)
	if e, ok := errors.AsType[*state.ConflictError](err); !ok || e.JobID != id {
		t.Errorf("AddJob = %v; want a conflict with %d", err, id)
	}
	// No key is no conflict.
	add(t, db, state.Job{})
	add(t, db, state.Job{})
}

func TestJobsFilter(t *testing.T) {
	ctx := t.Context()
	db := open(t, filepath.Join(t.TempDir(), "s.db"))
	for range 5 {
		add(t, db, state.Job{})
	}
	for id := range int64(3) {
		if _, err := db.StartJob(ctx, id+1, now); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := db.FinishJob(ctx, 1, state.Success, state.NoOutput(), 0, now.Add(10*time.Second)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		filter state.JobFilter
		want   []int64
	}{
		{"all", state.JobFilter{}, []int64{5, 4, 3, 2, 1}},
		{"page", state.JobFilter{Offset: 1, Limit: 2}, []int64{4, 3}},
		{"beyond", state.JobFilter{Offset: 9, Limit: 2}, nil},
		{"status", state.JobFilter{Status: state.Queued}, []int64{5, 4}},
		{"slow", state.JobFilter{SlowerThan: 9 * time.Second}, []int64{3, 2, 1}},
		{"slower", state.JobFilter{SlowerThan: 10 * time.Second}, []int64{3, 2}},
		{"schedule", state.JobFilter{ScheduleID: 7}, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			jobs, err := db.Jobs(ctx, test.filter, now.Add(time.Minute))
			if err != nil {
				t.Fatal(err)
			}
			var got []int64
			for _, j := range jobs {
				got = append(got, j.ID)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestKillAndAbandon(t *testing.T) {
	ctx := t.Context()
	db := open(t, filepath.Join(t.TempDir(), "s.db"))
	queued, running, gone := add(t, db, state.Job{Owner: "a"}), add(t, db, state.Job{Owner: "a"}), add(t, db, state.Job{Owner: "b"})
	if _, err := db.StartJob(ctx, running, now); err != nil {
		t.Fatal(err)
	}
	for _, k := range []struct {
		id     int64
		former string
	}{{queued, state.Queued}, {queued, state.Killed}, {running, state.Running}, {running, state.Running}} {
		if former, err := db.Kill(ctx, k.id, now); former != k.former || err != nil {
			t.Errorf("Kill(%d) = %q, %v; want %q", k.id, former, err, k.former)
		}
	}
	if _, err := db.Kill(ctx, 99, now); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("Kill(99) = %v; want ErrNotFound", err)
	}
	if got, err := db.KillRequests(ctx, "a"); err != nil || !cmp.Equal(got, []int64{running}) {
		t.Errorf("KillRequests = %v, %v; want [%d]", got, err, running)
	}
	if err := db.Abandon(ctx, "b", state.Error, "interrupted", now); err != nil {
		t.Fatal(err)
	}
	if j, err := db.Job(ctx, gone); err != nil || j.Status != state.Error || j.Stderr != "interrupted\n" {
		t.Errorf("abandoned: %+v, %v", j, err)
	}
	if got, err := db.Owners(ctx); err != nil || !cmp.Equal(got, []string{"a"}) {
		t.Errorf("Owners = %v, %v", got, err)
	}
	want := map[string]int{state.Killed: 1, state.Running: 1, state.Error: 1}
	if got, err := db.JobStates(ctx); err != nil || !cmp.Equal(got, want) {
		t.Errorf("JobStates = %v, %v; want %v", got, err, want)
	}
	if got, err := db.DropJobs(ctx, now.Add(time.Hour)); err != nil || len(got) != 2 {
		t.Errorf("DropJobs = %v, %v; want the two that ended", got, err)
	}
}

func TestObjects(t *testing.T) {
	type saved struct{ URL string }
	ctx := t.Context()
	db := open(t, filepath.Join(t.TempDir(), "s.db"))
	results := state.Objects[saved](db, "result")
	first, err := results.Add(ctx, "a b", saved{"x"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := results.Add(ctx, "a b", saved{"y"}); !errors.Is(err, state.ErrExists) {
		t.Errorf("a second Add = %v; want ErrExists", err)
	}
	if _, err := state.Objects[saved](db, "other").Add(ctx, "a b", saved{"z"}); err != nil {
		t.Errorf("the same name in another collection: %v", err)
	}
	if _, err := results.Add(ctx, "c", saved{"z"}); err != nil {
		t.Fatal(err)
	}
	if _, err := results.Update(ctx, "a b", func(o *state.Object[saved]) error { o.Name = "c"; return nil }); !errors.Is(err, state.ErrExists) {
		t.Errorf("a rename to a taken name = %v; want ErrExists", err)
	}
	refused := errors.New("no")
	if _, err := results.Update(ctx, "a b", func(o *state.Object[saved]) error { o.Value.URL = "q"; return refused }); !errors.Is(err, refused) {
		t.Errorf("Update = %v; want the change's own error", err)
	}
	if _, err := results.Update(ctx, "a b", func(o *state.Object[saved]) error { o.Name, o.Value.URL = "b", "w"; return nil }); err != nil {
		t.Fatal(err)
	}
	if _, err := results.Get(ctx, "a b"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("Get of the old name = %v; want ErrNotFound", err)
	}
	if _, err := results.Delete(ctx, "c"); err != nil {
		t.Fatal(err)
	}
	all, err := results.All(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]state.Object[saved]{{ID: first.ID, Name: "b", Value: saved{"w"}}}, all); diff != "" {
		t.Errorf("All (-want +got):\n%s", diff)
	}
}

// Two handles on one file simulate two processes: no change may be lost.
func TestUpdatesDoNotOverwriteEachOther(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	counters := []state.Collection[int]{state.Objects[int](open(t, path), "n"), state.Objects[int](open(t, path), "n")}
	if _, err := counters[0].Add(t.Context(), "n", 0); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			for range 25 {
				if _, err := counters[i%2].Update(t.Context(), "n", func(o *state.Object[int]) error { o.Value++; return nil }); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
	if n, err := counters[0].Get(t.Context(), "n"); err != nil || n.Value != 100 {
		t.Errorf("n = %d, %v; want 100", n.Value, err)
	}
}

func TestOpenTogether(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			db, err := state.Open(context.Background(), path)
			if err != nil {
				t.Error(err)
				return
			}
			if err := db.Close(); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
}

func TestOtherLayout(t *testing.T) {
	path := filepath.Join(t.TempDir(), "s.db")
	raw, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := raw.ExecContext(t.Context(), "PRAGMA user_version = 99"); err != nil {
		t.Fatal(err)
	}
	if err := raw.Close(); err != nil {
		t.Fatal(err)
	}
	db, err := state.Open(t.Context(), path)
	if err == nil {
		db.Close()
		t.Fatal("a file with an unknown layout was opened")
	}
	if want := "created by another version of this program (layout 99"; !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v; want %q and the path", err, want)
	}
}

func TestLinkedJobs(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "s.db"))
	source := add(t, db, state.Job{})
	export := add(t, db, state.Job{TargetID: source})
	for id, want := range map[int64][2]int64{source: {0, export}, export: {source, 0}} {
		j, err := db.Job(t.Context(), id)
		if err != nil || j.TargetID != want[0] || j.LinkedID != want[1] {
			t.Errorf("job %d: target %d, linked %d, %v; want %v", id, j.TargetID, j.LinkedID, err, want)
		}
	}
}

func TestDuration(t *testing.T) {
	tests := []struct {
		name string
		job  state.Job
		want time.Duration
	}{
		{"queued", state.Job{}, 0},
		{"running", state.Job{StartAt: now.Add(-time.Minute)}, time.Minute},
		{"finished", state.Job{StartAt: now.Add(-time.Hour), EndAt: now.Add(-time.Minute)}, 59 * time.Minute},
		{"killed while queued", state.Job{EndAt: now}, 0},
	}
	for _, test := range tests {
		if got := test.job.Duration(now); got != test.want {
			t.Errorf("%s: %v; want %v", test.name, got, test.want)
		}
		if got := test.job.Finished(); got == test.job.EndAt.IsZero() {
			t.Errorf("%s: Finished = %v", test.name, got)
		}
	}
}

func TestMissingJobs(t *testing.T) {
	db := open(t, filepath.Join(t.TempDir(), "s.db"))
	if _, err := db.Job(t.Context(), 1); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("Job = %v; want ErrNotFound", err)
	}
	if _, err := db.JobByKey(t.Context(), "k"); !errors.Is(err, state.ErrNotFound) {
		t.Errorf("JobByKey = %v; want ErrNotFound", err)
	}
	if ok, err := db.StartJob(t.Context(), 1, now); ok || err != nil {
		t.Errorf("StartJob = %v, %v; want false", ok, err)
	}
	if err := db.AddJob(t.Context(), &state.Job{TargetID: 7}, now); err != nil {
		t.Errorf("AddJob with a removed target = %v", err)
	}
}
