package trino

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
)

// TestStagesOfDeadProcesses opens a directory in which dead processes have left staging tables and files.
func TestStagesOfDeadProcesses(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:varchar", "time:bigint")
	e := f.open(t, t.TempDir())
	for _, s := range []struct {
		stage
		state string
		at    int64
	}{
		{stage{1, "interrupted", "db1", "td_stage_1"}, "", 0},
		{stage{1, "copying", "db1", "td_stage_2"}, sending, now()},
		{stage{1, "old", "db1", "td_stage_3"}, sending, now() - 25*time.Hour.Milliseconds()},
		{stage{1, "done", "db1", "td_stage_4"}, applied, now()},
		{stage{2, "running", "db1", "td_stage_5"}, "", 0},
		{stage{3, "schema", "dropped", "td_stage_6"}, "", 0},
	} {
		err := e.meta.exec(t.Context(), `INSERT INTO stages VALUES (?, ?, ?, ?)`, s.table, s.uploadID, s.database, s.name)
		if s.state != "" {
			err = errors.Join(err, e.meta.exec(t.Context(), `INSERT INTO imports VALUES (?, ?, ?, 'q', 1, ?)`, s.table, s.uploadID, s.state, s.at))
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{ownerPrefix + "DEAD", spoolPrefix("DEAD") + "1", spoolPrefix("ALIVE") + "1"} {
		if err := os.WriteFile(filepath.Join(e.dir, name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	running, err := lockfile.Try(e.importLock(2))
	if err != nil || running == nil {
		t.Fatal(err)
	}
	defer func() { _ = running.Release() }()
	f.answer("system.runtime.queries", rule{columns: []string{"q:varchar"}})
	f.answer(`"dropped"`, rule{err: &protocol.Error{Name: "SCHEMA_NOT_FOUND", Type: "USER_ERROR"}})
	f.open(t, e.dir)
	dropped := f.ran("^DROP TABLE")
	slices.Sort(dropped)
	want := []string{`DROP TABLE IF EXISTS "db1"."td_stage_1"`, `DROP TABLE IF EXISTS "db1"."td_stage_3"`, `DROP TABLE IF EXISTS "db1"."td_stage_4"`}
	if !slices.Equal(dropped, want) {
		t.Errorf("dropped %q, want %q", dropped, want)
	}
	var left int
	if err := e.meta.db.QueryRowContext(t.Context(), `SELECT count(*) FROM stages`).Scan(&left); err != nil || left != 2 {
		t.Errorf("%d staging tables are stored, want 2, %v", left, err)
	}
	files, err := filepath.Glob(filepath.Join(e.dir, "spool-*"))
	if err != nil || len(files) != 1 || filepath.Base(files[0]) != "spool-ALIVE-1" {
		t.Errorf("files %q, %v", files, err)
	}
}

// TestStageOfRepeatedImport repeats an import that was applied before its staging table was dropped.
func TestStageOfRepeatedImport(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:varchar", "time:bigint")
	e := f.open(t, t.TempDir())
	imported, err := e.table(t.Context(), "db1", "t1")
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(imported, "id")
	err = errors.Join(e.meta.exec(t.Context(), `INSERT INTO stages VALUES (?, ?, ?, ?)`, s.table, s.uploadID, s.database, s.name),
		e.meta.exec(t.Context(), `INSERT INTO imports VALUES (?, 'id', 'sending', 'q', 1, ?)`, s.table, now()))
	if err != nil {
		t.Fatal(err)
	}
	f.answer("snapshots", rule{columns: []string{"n:bigint"}, rows: [][]any{{1}}})
	if n, err := e.Append(t.Context(), "db1", "t1", "id", one(sampleRecord())); n != 0 || err != nil {
		t.Errorf("the repeated import: %d, %v", n, err)
	}
	if got := f.ran("^DROP TABLE"); len(got) != 1 || got[0] != `DROP TABLE IF EXISTS "db1"."`+s.name+`"` {
		t.Errorf("dropped %q", got)
	}
}
