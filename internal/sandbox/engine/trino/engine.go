// Package trino implements engine.Engine with a Trino cluster. A database is a schema of one catalog. What the cluster
// cannot store, such as table IDs and the IDs of imports, is stored in the file trino.db.
package trino

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/td-cli/td/internal/lockfile"
	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
	"github.com/td-cli/td/internal/sleep"
)

const (
	iceberg     = "iceberg" // name of the connector that supports everything
	ownerPrefix = "owner-"  // of lock files: one for each open Engine
	catalogLock = "catalog.lock"
)

// An Engine stores tables in a cluster and runs statements on it.
type Engine struct {
	*cluster
	jobs  *cluster // waits longer for a cluster that does not answer, such as one that is restarted
	dir   string
	meta  *metadata
	id    string // of this process in the directory
	owner *lockfile.Lock

	ctx     context.Context // ends when the engine is closed
	stop    context.CancelFunc
	wg      sync.WaitGroup
	refresh sync.Mutex // held while figures of tables are read in the background
}

// A cluster is a catalog of a Trino cluster.
type cluster struct {
	address   address
	connector string
	client    *protocol.Client
	pause     time.Duration // before the first repetition of a rejected statement
}

var _ engine.Engine = (*Engine)(nil)

// Times after which a request to a cluster that does not answer is given up: 5 to 10 seconds for requests of clients, which
// can repeat them, and a minute for work that would be lost.
const (
	briefRetry, briefResponse = 5 * time.Second, 10 * time.Second
	jobRetry, jobResponse     = time.Minute, 30 * time.Second
)

func newClient(a address, o Options, owner string) (*protocol.Client, error) {
	return protocol.NewClient(protocol.Options{
		URL: a.server, User: a.user, Password: o.Password, Token: o.Token, CA: o.CA, Catalog: a.catalog, Source: "td-sandbox/" + owner,
		RetryTime: briefRetry, ResponseTime: briefResponse,
	})
}

// Open connects to a cluster and stores metadata in dir, which is created if it does not exist. It waits at most one
// minute for a cluster that is starting. It completes the changes that a dead process has not finished.
func Open(ctx context.Context, dir string, o Options) (e *Engine, err error) {
	a, err := parseURL(o.URL)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	id := rand.Text()
	e = &Engine{dir: dir, id: id, cluster: &cluster{address: a, pause: time.Second}}
	e.ctx, e.stop = context.WithCancel(context.WithoutCancel(ctx))
	defer func() {
		if err != nil {
			err = errors.Join(err, e.Close())
		}
	}()
	if e.client, err = newClient(a, o, id); err != nil {
		return e, err
	}
	version, err := e.connect(ctx)
	if err != nil {
		return e, err
	}
	patient := *e.cluster
	patient.client = e.client.WithTimes(jobRetry, jobResponse)
	e.jobs = &patient
	if warning := VersionWarning(version); warning != "" && o.Warn != nil {
		o.Warn(warning)
	}
	if e.owner, err = lockfile.Wait(ctx, filepath.Join(dir, ownerPrefix+id)); err != nil {
		return e, err
	}
	if e.meta, err = openMetadata(ctx, filepath.Join(dir, "trino.db")); err != nil {
		return e, err
	}
	if err := e.cleanUp(ctx); err != nil {
		return e, err
	}
	return e, nil
}

// connect waits until the cluster has started and checks the login, the catalog and its connector. It returns the version
// of the cluster.
func (c *cluster) connect(ctx context.Context) (version string, err error) {
	const patience = time.Minute
	for start := time.Now(); ; {
		info, err := c.client.Info(ctx)
		if err != nil {
			return "", err
		}
		version = info.Version
		if !info.Starting {
			break
		}
		if time.Since(start) > patience {
			return "", fmt.Errorf("the Trino cluster at %s is still starting: try again later", c.address.server)
		}
		if err := sleep.For(ctx, time.Second); err != nil {
			return "", err
		}
	}
	rows, err := c.query(ctx, "", "SELECT connector_name FROM system.metadata.catalogs WHERE catalog_name = "+literal(c.address.catalog))
	if err != nil {
		return "", err
	}
	if len(rows) == 0 {
		return "", c.catalogNotFound(ctx)
	}
	c.connector, _ = rows[0][0].(string)
	return version, nil
}

// catalogNotFound returns the error for a catalog that the cluster does not have. It names the other catalogs.
func (c *cluster) catalogNotFound(ctx context.Context) error {
	const most = 20
	err := fmt.Errorf("the Trino cluster at %s has no catalog %q", c.address.server, c.address.catalog)
	rows, listErr := c.query(ctx, "", fmt.Sprintf("SELECT catalog_name FROM system.metadata.catalogs WHERE connector_name <> 'system' ORDER BY 1 LIMIT %d", most))
	var names []string
	for _, row := range rows {
		names = append(names, fmt.Sprint(row[0]))
	}
	if listErr != nil || len(names) == 0 {
		return err
	}
	return fmt.Errorf("%w: it has %s", err, strings.Join(names, ", "))
}

// cleanUp ends the queries of dead processes that used the directory, and completes their changes.
func (e *Engine) cleanUp(ctx context.Context) error {
	entries, err := os.ReadDir(e.dir)
	if err != nil {
		return err
	}
	for _, entry := range entries {
		id, ok := strings.CutPrefix(entry.Name(), ownerPrefix)
		if !ok {
			continue
		}
		lock, err := lockfile.Try(filepath.Join(e.dir, entry.Name()))
		if err != nil || lock == nil {
			continue // another process is alive
		}
		if err := e.endQueries(ctx, "td-sandbox/"+id); err != nil {
			return errors.Join(err, lock.Release())
		}
		if err := e.removeSpools(id); err != nil {
			return errors.Join(err, lock.Release())
		}
		if err := lock.Remove(); err != nil {
			return err
		}
	}
	if err := e.dropStages(ctx); err != nil {
		return err
	}
	release, err := e.exclude(ctx)
	if err != nil {
		return err
	}
	defer release()
	return e.purge(ctx)
}

// endQueries ends the queries of a source, except writes whose outcome will be looked up.
func (e *Engine) endQueries(ctx context.Context, source string) error {
	rows, err := e.query(ctx, "", "SELECT query_id FROM system.runtime.queries WHERE state NOT IN ('FINISHED', 'FAILED') AND source = "+literal(source))
	if err != nil {
		return err
	}
	pending, err := e.meta.pendingQueries(ctx)
	if err != nil {
		return err
	}
	for _, row := range rows {
		if id, _ := row[0].(string); !slices.Contains(pending, id) {
			e.kill(ctx, id)
		}
	}
	return nil
}

// kill ends a query. It fails if the query has ended or the user must not end it; then the cluster ends it when
// its result is not read.
func (c *cluster) kill(ctx context.Context, id string) {
	_ = c.exec(ctx, "", fmt.Sprintf("CALL system.runtime.kill_query(query_id => %s, message => 'the sandbox was interrupted')", literal(id)))
}

// Close waits until the background work has ended, at most 10 seconds. All calls of other methods must have returned.
func (e *Engine) Close() error {
	e.stop()
	e.wg.Wait()
	if e.client != nil {
		e.client.Close()
	}
	var errs []error
	if e.meta != nil {
		errs = append(errs, e.meta.close())
	}
	if e.owner != nil {
		errs = append(errs, e.owner.Remove())
	}
	return errors.Join(errs...)
}

// query runs a statement of the engine's own and returns its rows, which must be few.
func (c *cluster) query(ctx context.Context, database, sql string) (rows [][]any, err error) {
	err = c.repeatRejected(ctx, func() error {
		q, err := c.client.Submit(ctx, sql, protocol.Session{Schema: database})
		if err != nil {
			return err
		}
		return q.Fetch(ctx, protocol.Receiver{Row: func(row []any) error {
			rows = append(rows, slices.Clone(row))
			return nil
		}})
	})
	return rows, err
}

// repeatRejected calls send until the cluster does not reject the statement because its queue is full or because it is
// starting. Such a statement did not run.
func (c *cluster) repeatRejected(ctx context.Context, send func() error) error {
	const retries = 5
	pause := c.pause
	for try := 0; ; try++ {
		err := send()
		if !hasName(err, "QUERY_QUEUE_FULL", "SERVER_STARTING_UP") || try == retries {
			return err
		}
		if err := sleep.For(ctx, pause); err != nil {
			return err
		}
		pause *= 2
	}
}

// exec runs a statement of the engine's own that has no result.
func (c *cluster) exec(ctx context.Context, database, sql string) error {
	_, err := c.query(ctx, database, sql)
	return err
}

// exclude takes the lock under which tables are created, changed, renamed and dropped, in any process. It completes
// the changes that were interrupted.
func (e *Engine) exclude(ctx context.Context) (release func(), err error) {
	lock, err := lockfile.Wait(ctx, filepath.Join(e.dir, catalogLock))
	if err != nil {
		return nil, err
	}
	if err := e.finishIntents(ctx); err != nil {
		return nil, errors.Join(err, lock.Release())
	}
	return func() { _ = lock.Release() }, nil
}

// lockTable takes the lock like exclude and returns a table.
func (e *Engine) lockTable(ctx context.Context, database, name string) (t *table, release func(), err error) {
	if release, err = e.exclude(ctx); err != nil {
		return nil, nil, err
	}
	if t, err = e.table(ctx, database, name); err != nil {
		release()
		return nil, nil, err
	}
	return t, release, nil
}

// literal returns a string literal.
func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

// quote returns a quoted name.
func quote(name string) string { return `"` + strings.ReplaceAll(name, `"`, `""`) + `"` }

// qualified returns the quoted name of a table.
func qualified(database, table string) string { return quote(database) + "." + quote(table) }
