// Package sqlite implements engine.Engine with one SQLite file per database.
package sqlite

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"sort"
	"strings"
	"sync"
	"time"

	"modernc.org/sqlite"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// Options tunes an engine; the zero value is what the sandbox uses.
type Options struct {
	// Translate turns a statement into a plan; nil is the dialect package's.
	Translate func(translate.Request) (*translate.Plan, error)
	// MaxResultRows ends a statement whose result is longer; 0 is no limit.
	MaxResultRows int64
}

// An Engine is an engine.Engine that keeps every database in a file of its own,
// DIR/databases/NAME.db. The file holds the tables and, in tables whose names
// no statement can spell, everything that is known about them, so that each
// change is one transaction of one file. Nothing stays open between calls:
// a file that another process drops or makes anew is seen as it is.
type Engine struct {
	dir       string
	translate func(translate.Request) (*translate.Plan, error)
	maxRows   int64
	driver    *sqlite.Driver // with the functions
	plain     *sqlite.Driver // without, and sooner open

	mu       sync.Mutex
	emitters map[int64]*emitter // by the number that the SQL passes to emit
	last     int64
}

var _ engine.Engine = (*Engine)(nil)

// Open uses the databases under dir, which is made when it is missing.
func Open(dir string, o Options) (*Engine, error) {
	if o.Translate == nil {
		o.Translate = translate.Translate
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, fmt.Errorf("sandbox directory: %w", err)
	}
	if err := os.MkdirAll(filepath.Join(dir, "databases"), 0o700); err != nil {
		return nil, fmt.Errorf("sandbox directory: %w", err)
	}
	e := &Engine{
		dir: dir, translate: o.Translate, maxRows: o.MaxResultRows,
		driver: &sqlite.Driver{}, plain: &sqlite.Driver{}, emitters: map[int64]*emitter{},
	}
	if err := register(e.driver, functions.New()); err != nil {
		return nil, err
	}
	if err := e.registerEmit(); err != nil {
		return nil, err
	}
	return e, nil
}

// Close ends the engine's use of the directory. Calls that are under way must
// have returned.
func (e *Engine) Close() error { return nil }

// file is the path of a database, whether or not it exists.
func (e *Engine) file(database string) string {
	return filepath.Join(e.dir, "databases", database+".db")
}

// exists tells whether a database's file is there.
func (e *Engine) exists(database string) bool {
	if !validName(database) {
		return false
	}
	_, err := os.Stat(e.file(database))
	return err == nil
}

// names lists the databases from the directory, sorted.
func (e *Engine) names() ([]string, error) {
	entries, err := os.ReadDir(filepath.Join(e.dir, "databases"))
	if err != nil {
		return nil, fmt.Errorf("list databases: %w", err)
	}
	var names []string
	for _, entry := range entries {
		name, ok := strings.CutSuffix(entry.Name(), ".db")
		if ok && validName(name) {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	return names, nil
}

// validName accepts what a database or a table may be called: [a-z0-9_], up to
// 255. The service wants 3 at least; statements here may use shorter ones.
func validName(name string) bool {
	if name == "" || len(name) > 255 {
		return false
	}
	for i := range len(name) {
		c := name[i]
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return true
}

// checkDatabaseName refuses names that cannot be. SQLite keeps temp for itself.
func checkDatabaseName(name string) error {
	if !validName(name) || name == "temp" {
		return fmt.Errorf("database name '%s' is %w", name, engine.ErrInvalid)
	}
	return nil
}

// checkTableName refuses names that cannot be. SQLite keeps sqlite_* for itself.
func checkTableName(name string) error {
	if !validName(name) || strings.HasPrefix(name, "sqlite_") {
		return fmt.Errorf("table name '%s' is %w", name, engine.ErrInvalid)
	}
	return nil
}

// Databases lists the databases by name.
func (e *Engine) Databases(ctx context.Context) ([]engine.Database, error) {
	names, err := e.names()
	if err != nil {
		return nil, err
	}
	list := make([]engine.Database, 0, len(names))
	for _, name := range names {
		d := engine.Database{Name: name}
		var created, updated int64
		err := e.view(ctx, name, func(t *tx) error {
			return t.row(`SELECT created_at, max(updated_at, coalesce((SELECT max(updated_at) FROM @"td$tables"), 0)),
				(SELECT coalesce(sum(records), 0) FROM @"td$tables" WHERE deleted_at IS NULL) FROM @"td$database"`).
				Scan(&created, &updated, &d.Records)
		})
		if isNotFound(err) { // dropped since the listing
			continue
		}
		if err != nil {
			return nil, err
		}
		d.CreatedAt, d.UpdatedAt = moment(created), moment(updated)
		list = append(list, d)
	}
	return list, nil
}

// CreateDatabase makes a database. An empty file is an empty database already,
// so that its exclusive creation is the whole of it.
func (e *Engine) CreateDatabase(ctx context.Context, name string) error {
	if err := checkDatabaseName(name); err != nil {
		return err
	}
	f, err := os.OpenFile(e.file(name), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	if os.IsExist(err) {
		return fmt.Errorf("database '%s' %w", name, engine.ErrExists)
	}
	if err != nil {
		return fmt.Errorf("create database '%s': %w", name, err)
	}
	if err := f.Close(); err != nil {
		return fmt.Errorf("create database '%s': %w", name, err)
	}
	return e.view(ctx, name, func(*tx) error { return nil })
}

// DropDatabase removes a database and everything in it. Statements that read
// it go on to their end.
//
// The file goes last, while its write lock is held and after what its log held
// was written to it: whenever this is cut short, the database is whole or gone.
func (e *Engine) DropDatabase(ctx context.Context, name string) error {
	s, err := e.open(ctx, e.plain, name)
	if err != nil {
		return err
	}
	defer s.close()
	if _, err := s.conn.ExecContext(ctx, "PRAGMA wal_checkpoint(PASSIVE)"); err != nil {
		return fmt.Errorf("drop database '%s': %w", name, err)
	}
	t, err := s.begin(ctx, write)
	if err != nil {
		return err
	}
	defer t.rollback()
	if err := t.exec(`UPDATE @"td$database" SET dropped = 1`); err != nil {
		return err
	}
	if e.remove(name) == nil {
		return t.commit()
	}
	// An open file cannot be removed everywhere: leave it marked, let go, try again.
	if err := t.commit(); err != nil {
		return err
	}
	s.close()
	if err := e.remove(name); err != nil {
		return fmt.Errorf("drop database '%s': %w", name, err)
	}
	return nil
}

func (e *Engine) remove(name string) error {
	file := e.file(name)
	for _, suffix := range []string{"-wal", "-shm", ""} {
		if err := os.Remove(file + suffix); err != nil && !os.IsNotExist(err) {
			return err
		}
	}
	return nil
}

func moment(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
