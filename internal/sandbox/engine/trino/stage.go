package trino

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// A stage is the staging table of an import. It is stored before it is created, so that it is dropped after a crash.
type stage struct {
	table          int64 // ID of the table to which the import adds records
	uploadID       string
	database, name string
}

func newStage(t *table, uploadID string) stage {
	return stage{t.ID, uploadID, t.database, stagePrefix + hash(fmt.Sprint(t.ID, "/", uploadID))}
}

// createStage creates a staging table without rows.
func (e *Engine) createStage(ctx context.Context, s stage, columns []schema.Column) error {
	if err := e.meta.exec(ctx, `INSERT OR REPLACE INTO stages VALUES (?, ?, ?, ?)`, s.table, s.uploadID, s.database, s.name); err != nil {
		return err
	}
	if err := e.exec(ctx, s.database, "DROP TABLE IF EXISTS "+qualified(s.database, s.name)); err != nil {
		return err
	}
	return e.createTable(ctx, s.database, s.name, columns)
}

// dropStage drops a staging table and removes its file. If it fails, dropStages or the repeated import does so later.
func (e *Engine) dropStage(ctx context.Context, s stage) {
	const limit = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), limit)
	defer cancel()
	err := e.exec(ctx, s.database, "DROP TABLE IF EXISTS "+qualified(s.database, s.name))
	if err != nil && !hasName(err, "SCHEMA_NOT_FOUND") {
		return
	}
	e.removeFile(s.name)
	_ = e.meta.exec(ctx, `DELETE FROM stages WHERE table_id = ? AND import_id = ?`, s.table, s.uploadID)
}

// dropStageOf drops the staging table of an import, if there is one.
func (e *Engine) dropStageOf(ctx context.Context, t *table, uploadID string) {
	var name string
	err := e.meta.db.QueryRowContext(ctx, `SELECT name FROM stages WHERE table_id = ? AND import_id = ?`, t.ID, uploadID).Scan(&name)
	if err == nil {
		e.dropStage(ctx, stage{t.ID, uploadID, t.database, name})
	}
}

// dropStages drops the staging tables that dead processes have left. One whose rows may be being copied is kept for a day.
func (e *Engine) dropStages(ctx context.Context) error {
	const patience = 24 * time.Hour
	var list []stage
	err := e.meta.collect(ctx, func(r *sql.Rows) error {
		var s stage
		err := r.Scan(&s.table, &s.uploadID, &s.database, &s.name)
		list = append(list, s)
		return err
	}, `SELECT s.table_id, s.import_id, s.schema, s.name FROM stages s LEFT JOIN imports i USING (table_id, import_id)
		WHERE i.state IS NULL OR i.state <> ? OR i.at < ?`, sending, now()-patience.Milliseconds())
	if err != nil {
		return err
	}
	for _, s := range list {
		lock, err := lockfile.Try(e.importLock(s.table))
		if err != nil {
			return err
		}
		if lock != nil { // otherwise, an import of a live process may use it
			e.dropStage(ctx, s)
			_ = lock.Remove()
		}
	}
	return nil
}

// importLock returns the path of the lock that is held while records are added to a table.
func (e *Engine) importLock(table int64) string {
	return filepath.Join(e.dir, fmt.Sprintf("import-%d.lock", table))
}

// spoolPrefix returns the start of the names of the files in which the owner of a directory collects records.
func spoolPrefix(owner string) string { return "spool-" + owner + "-" }

// removeSpools removes the files that a dead process has left.
func (e *Engine) removeSpools(owner string) error {
	files, err := filepath.Glob(filepath.Join(e.dir, spoolPrefix(owner)+"*"))
	for _, file := range files {
		if err := os.Remove(file); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return err
}
