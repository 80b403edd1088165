package trino

import (
	"context"
	"time"

	"github.com/td-cli/td/internal/sleep"
)

// An outcome is the state of a statement whose result was not read.
type outcome int

const (
	unknown outcome = iota
	committed
	failed // nothing was changed
)

// A lookUpResult is what the cluster knows about a statement.
type lookUpResult struct {
	state   outcome
	written int64 // rows, if committed
}

const (
	lookUpTime = time.Minute
	// snapshotAge is the time for which the cluster keeps the record of a statement, by default the least age of
	// expire_snapshots: https://trino.io/docs/current/connector/iceberg.html#expire-snapshots.
	snapshotAge = 7 * 24 * time.Hour
)

// lookUp returns the outcome of a statement that wrote to a table. It ends the statement if it is still running. The
// table is empty if the statement changed something else.
func (c *cluster) lookUp(ctx context.Context, query, database, name string, submitted time.Time) (lookUpResult, error) {
	killed := false
	for {
		if r, err := c.lookUpSnapshot(ctx, query, database, name); err != nil || r.state == committed {
			return r, err
		}
		rows, err := c.query(ctx, "", "SELECT state FROM system.runtime.queries WHERE query_id = "+literal(query))
		if err != nil {
			return lookUpResult{}, err
		}
		switch {
		case len(rows) == 0 && c.recordsQueries(name) && time.Since(submitted) < snapshotAge:
			// The snapshot may have been added after it was looked up.
			r, err := c.lookUpSnapshot(ctx, query, database, name)
			if r.state == unknown {
				r.state = failed
			}
			return r, err
		case len(rows) == 0:
			return lookUpResult{}, nil
		case rows[0][0] == "FAILED":
			return lookUpResult{state: failed}, nil
		case rows[0][0] == "FINISHED" && !c.recordsQueries(name):
			return lookUpResult{state: committed, written: -1}, nil
		case rows[0][0] == "FINISHED":
			r, err := c.lookUpSnapshot(ctx, query, database, name)
			if r.state == unknown { // it changed no rows
				r.state = committed
			}
			return r, err
		}
		if !killed {
			c.kill(ctx, query)
			killed = true
		}
		if err := sleep.For(ctx, 200*time.Millisecond); err != nil {
			return lookUpResult{}, err
		}
	}
}

// recordsQueries reports whether the snapshots of a table contain the IDs of queries.
func (c *cluster) recordsQueries(table string) bool { return c.connector == iceberg && table != "" }

// lookUpSnapshot looks for the snapshot that a statement has added to an Iceberg table. The property trino_query_id is
// written by Trino.
func (c *cluster) lookUpSnapshot(ctx context.Context, query, database, name string) (lookUpResult, error) {
	if !c.recordsQueries(name) {
		return lookUpResult{}, nil
	}
	figure := func(name string) string { return "TRY_CAST(element_at(summary, '" + name + "') AS bigint)" }
	rows, err := c.query(ctx, database, "SELECT coalesce("+figure("added-records")+", "+figure("added-position-deletes")+", "+figure("deleted-records")+
		", 0) FROM "+qualified(database, name+"$snapshots")+" WHERE element_at(summary, 'trino_query_id') = "+literal(query))
	if hasName(err, "TABLE_NOT_FOUND", "SCHEMA_NOT_FOUND") || err == nil && len(rows) == 0 {
		return lookUpResult{}, nil
	}
	if err != nil {
		return lookUpResult{}, err
	}
	written, _ := rows[0][0].(int64)
	return lookUpResult{committed, written}, nil
}
