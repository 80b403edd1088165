package tables

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/jobqueue"
	"github.com/td-cli/td/internal/sleep"
)

// A Load describes how a job writes records to a table.
type Load struct {
	Database, Table string
	Mode            string // append (default), replace or truncate
	ID              string // a second load with this ID adds nothing
}

// Run creates the table if it is missing, writes the records to it and returns
// their number. In replace mode it fills a new table and renames it, so that other
// jobs never see an incomplete table.
func (l Load) Run(ctx context.Context, e engine.Engine, records iter.Seq2[engine.Record, error]) (int64, error) {
	target := l.Table
	switch l.Mode {
	case "", "append":
	case "replace", "truncate":
		target = fmt.Sprintf("%.200s_tmp_%s", l.Table, strings.ReplaceAll(l.ID, "-", "_"))
		err := whileUnavailable(ctx, func() error { return e.DropTable(ctx, l.Database, target) })
		if err != nil && !errors.Is(err, engine.ErrNotFound) {
			return 0, err
		}
	default:
		return 0, jobqueue.Failf("mode %q is not available in the sandbox: use append or replace", l.Mode)
	}
	err := whileUnavailable(ctx, func() error { return e.CreateTable(ctx, l.Database, target, engine.TableOptions{}) })
	if errors.Is(err, engine.ErrUnavailable) {
		return 0, err
	}
	if err != nil && !errors.Is(err, engine.ErrExists) {
		return 0, jobqueue.Failf("cannot write to %s.%s: %v", l.Database, l.Table, err)
	}
	added, err := e.Append(ctx, l.Database, target, l.ID, records)
	if err == nil && target != l.Table {
		err = e.RenameTable(ctx, l.Database, target, l.Table, true)
	}
	if err != nil && target != l.Table {
		err = errors.Join(err, e.DropTable(context.WithoutCancel(ctx), l.Database, target))
	}
	if e, ok := errors.AsType[*RecordError](err); ok {
		return 0, jobqueue.Failf("%v", e)
	}
	return added, err
}

// whileUnavailable calls f until the storage answers, for at most one minute.
func whileUnavailable(ctx context.Context, f func() error) error {
	const patience, pause = time.Minute, time.Second
	for start := time.Now(); ; {
		err := f()
		if !errors.Is(err, engine.ErrUnavailable) || time.Since(start) > patience || sleep.For(ctx, pause) != nil {
			return err
		}
	}
}

// Committed reports whether the records of an interrupted load were added to its table.
func (l Load) Committed(ctx context.Context, e engine.Engine) (bool, error) {
	ok, err := e.Appended(ctx, l.Database, l.Table, l.ID)
	if errors.Is(err, engine.ErrNotFound) {
		return false, nil
	}
	return ok, err
}
