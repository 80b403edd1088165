package trino

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"iter"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
	"github.com/td-cli/td/internal/sandbox/engine/trino/protocol"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

func TestOptions(t *testing.T) {
	for _, tt := range []struct {
		o    Options
		want string // part of the error; empty: none
	}{
		{Options{URL: "trino://ann@host:8080/cat"}, ""},
		{Options{URL: "trino+https://ann@host/cat?max_query=2000000", Password: "x"}, ""},
		{Options{URL: "trino://ann@host:8080/cat", Password: "x"}, "requires https"},
		{Options{URL: "trino://ann@host:8080/cat", Token: "x"}, "requires https"},
		{Options{URL: "trino://ann:secret@host:8080/cat"}, "must not contain a password: set TD_TRINO_PASSWORD"},
		{Options{URL: "trino://host:8080/cat"}, "must be trino://USER@HOST:PORT/CATALOG"},
		{Options{URL: "trino://ann@host:8080"}, "must be trino://"},
		{Options{URL: "trino://ann@host:8080/cat/db"}, "must be trino://"},
		{Options{URL: "http://ann@host:8080/cat"}, "must be trino://"},
		{Options{URL: "trino://ann:secret@host:x/cat"}, "must be trino://"},
		{Options{URL: "trino://ann@host:8080/cat?max_query=5"}, "at least 10000"},
		{Options{URL: "trino://ann@host:8080/cat?catalog=x"}, `unknown parameter "catalog"`},
		{Options{URL: "trino://ann@host:8080/cat?files=/tmp&location=s3://bucket/tmp"}, ""},
		{Options{URL: "trino://ann@host:8080/cat?files=/tmp"}, "both are required"},
		{Options{URL: "trino://ann@host:8080/cat?location=s3://bucket/tmp"}, "both are required"},
		{Options{URL: "trino://ann@host:8080/cat?files=tmp&location=s3://bucket/tmp"}, `must be the absolute path of a directory, not "tmp"`},
	} {
		err := CheckOptions(tt.o)
		if (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) || err != nil && strings.Contains(err.Error(), "secret") {
			t.Errorf("%+v: %v, want %q", tt.o, err, tt.want)
		}
	}
	a, errA := Identity("trino://ann@host:8080/cat?max_query=20000")
	b, errB := Identity("trino://bob@host:8080/cat")
	if a != b || a != "http://host:8080/cat" || errA != nil || errB != nil {
		t.Errorf("identities %q and %q, %v, %v", a, b, errA, errB)
	}
}

func TestOpenFails(t *testing.T) {
	f := newFakeCluster(t)
	f.answer("system.metadata.catalogs", rule{columns: []string{"c:varchar"}})
	if _, err := Open(t.Context(), t.TempDir(), f.options()); err == nil || !strings.Contains(err.Error(), `has no catalog "cat"`) {
		t.Errorf("unknown catalog: %v", err)
	}
	f.answer("SELECT catalog_name", rule{columns: []string{"c:varchar"}, rows: [][]any{{"hive"}, {"memory"}}})
	if _, err := Open(t.Context(), t.TempDir(), f.options()); err == nil || !strings.HasSuffix(err.Error(), `has no catalog "cat": it has hive, memory`) {
		t.Errorf("unknown catalog, and others: %v", err)
	}
	f.Close()
	if _, err := Open(t.Context(), t.TempDir(), f.options()); err == nil || !strings.Contains(err.Error(), "does not answer: ") {
		t.Errorf("no server: %v", err)
	}
}

// TestOldVersion connects to clusters of several versions.
func TestOldVersion(t *testing.T) {
	for version, want := range map[string][]string{"476": nil, "400": {"Trino 400 is older than 423: jobs and imports may fail"}} {
		f := newFakeCluster(t)
		f.version = version
		var got []string
		o := f.options()
		o.Warn = func(message string) { got = append(got, message) }
		openEngine(t, t.TempDir(), o)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: %s", version, diff)
		}
	}
}

// one returns a sequence of records.
func one(list ...engine.Record) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		for _, r := range list {
			if !yield(r, nil) {
				return
			}
		}
	}
}

func sampleRecord() engine.Record {
	return engine.Record{{Key: "time", Value: int64(5)}, {Key: "a", Value: "it's"}}
}

const insertPattern = `^INSERT INTO "db1"."t1"`

// TestAppendIsRepeatable interrupts an import after its statement was submitted, and repeats it. Whether the records are
// added again depends on what the cluster knows about the statement.
func TestAppendIsRepeatable(t *testing.T) {
	snapshot := rule{columns: []string{"n:bigint"}, rows: [][]any{{1}}}
	query := func(state ...any) rule {
		r := rule{columns: []string{"state:varchar"}}
		for _, s := range state {
			r.rows = append(r.rows, []any{s})
		}
		return r
	}
	for _, tt := range []struct {
		name      string
		connector string
		snapshot  *rule
		query     rule
		want      string // part of the error of the repetition
		added     int64
		inserts   int // of the repetition
		oneYear   bool
	}{
		{name: "snapshot", snapshot: &snapshot, query: query("RUNNING")},
		{name: "finished", query: query("FINISHED")},
		{name: "failed", query: query("FAILED"), added: 1, inserts: 1},
		{name: "forgotten", query: query(), added: 1, inserts: 1},
		{name: "no snapshots, finished", connector: "memory", query: query("FINISHED")},
		{name: "no snapshots, failed", connector: "memory", query: query("FAILED"), added: 1, inserts: 1},
		{name: "no snapshots, forgotten", connector: "memory", query: query(), want: "import id: it is not known whether it was applied to db1.t1"},
		{name: "expired snapshots", query: query(), oneYear: true, want: "import id: it is not known whether it was applied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeCluster(t)
			f.setTable("a:varchar", "time:bigint")
			if tt.connector != "" {
				f.answer("system.metadata.catalogs", rule{columns: []string{"c:varchar"}, rows: [][]any{{tt.connector}}})
			}
			dir := t.TempDir()
			e := f.open(t, dir)
			ctx, cancel := context.WithCancel(t.Context())
			f.intercept(func(method, sql string) { // the process dies between POST and GET
				if method == http.MethodGet && strings.HasPrefix(sql, "INSERT") {
					cancel()
					panic(http.ErrAbortHandler)
				}
			})
			f.answer("system.runtime.queries WHERE query_id", rule{err: &protocol.Error{Name: "X", Type: "INTERNAL_ERROR", Message: "down"}})
			if n, err := e.Append(ctx, "db1", "t1", "id", one(sampleRecord())); n != 0 || err == nil {
				t.Fatalf("interrupted import: %d, %v", n, err)
			}
			f.intercept(nil)
			f.answer("system.runtime.queries WHERE query_id", tt.query)
			if tt.snapshot != nil {
				f.answer(`t1\$snapshots" WHERE`, *tt.snapshot)
			}
			if tt.oneYear {
				if err := e.meta.exec(t.Context(), `UPDATE imports SET at = at - 31536000000`); err != nil {
					t.Fatal(err)
				}
			}
			for range 2 {
				n, err := e.Append(t.Context(), "db1", "t1", "id", one(sampleRecord()))
				if n != tt.added || (err == nil) != (tt.want == "") || err != nil && !strings.Contains(err.Error(), tt.want) {
					t.Errorf("repeated import: %d, %v; want %d, %q", n, err, tt.added, tt.want)
				}
				tt.added = 0 // a third import adds nothing
			}
			if got := f.ran(insertPattern); len(got) != tt.inserts {
				t.Errorf("%d statements ran, want %d", len(got), tt.inserts)
			}
			if done, err := e.Appended(t.Context(), "db1", "t1", "id"); done == (tt.want != "") || (err == nil) != (tt.want == "") {
				t.Errorf("Appended = %v, %v", done, err)
			}
		})
	}
}

// TestAppendLostResult loses the result of the statement, whose outcome is looked up.
func TestAppendLostResult(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:varchar", "time:bigint")
	f.answer(insertPattern, rule{lost: true})
	f.answer("system.runtime.queries WHERE query_id", rule{columns: []string{"s:varchar"}})
	f.answer(`t1\$snapshots" WHERE`, rule{columns: []string{"n:bigint"}, rows: [][]any{{1}}})
	e := f.open(t, t.TempDir())
	if n, err := e.Append(t.Context(), "db1", "t1", "id", one(sampleRecord())); n != 1 || err != nil {
		t.Errorf("%d, %v", n, err)
	}
	if got := f.ran(insertPattern); len(got) != 1 {
		t.Errorf("%d statements ran", len(got))
	}
}

func TestAppendStatements(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:varchar", "time:bigint")
	e := f.open(t, t.TempDir())
	e.address.maxQuery = 400
	if _, err := e.Append(t.Context(), "db1", "t1", "", one(sampleRecord())); err != nil {
		t.Fatal(err)
	}
	want := `INSERT INTO "db1"."t1" ("a", "time") SELECT * FROM UNNEST(CAST(json_parse('[["it''s",5]]') AS array(row("a" varchar, "time" bigint))))`
	if diff := cmp.Diff([]string{want}, f.ran("^INSERT")); diff != "" {
		t.Error(diff)
	}
	var list []engine.Record
	for range 40 {
		list = append(list, sampleRecord())
	}
	if n, err := e.Append(t.Context(), "db1", "t1", "many", one(list...)); n != 40 || err != nil {
		t.Fatal(n, err)
	}
	stage := f.ran(`^INSERT INTO "db1"."td_stage_`)
	if len(stage) < 2 || len(f.ran(`^CREATE TABLE "db1"."td_stage_[0-9a-f]+" \("a" varchar, "time" bigint\)`)) != 1 ||
		len(f.ran(`^INSERT INTO "db1"."t1" \("a", "time"\) SELECT "a", "time" FROM "db1"."td_stage_`)) != 1 || len(f.ran(`^DROP TABLE IF EXISTS "db1"."td_stage_`)) != 2 {
		t.Errorf("statements %q", f.ran("stage"))
	}
	for _, s := range f.ran("^INSERT") {
		if len(s) > e.address.maxQuery {
			t.Errorf("a statement has %d characters", len(s))
		}
	}
	long := engine.Record{{Key: "a", Value: strings.Repeat("x", 500)}}
	if _, err := e.Append(t.Context(), "db1", "t1", "", one(long)); !errors.Is(err, engine.ErrInvalid) || !strings.Contains(err.Error(), "record 1 is larger than the maximum") {
		t.Errorf("a long record: %v", err)
	}
}

// TestBatchReads reads the records of a batch a second time before the first reader has ended, as an import does that
// becomes a file.
func TestBatchReads(t *testing.T) {
	const rows = 5000
	b, err := newBatch(t.TempDir(), &table{columns: []schema.Column{{Name: "a", SQL: "a", Type: "varchar"}, {Name: "time", SQL: "time", Type: "bigint"}}}, func(yield func(engine.Record, error) bool) {
		for i := range rows {
			if !yield(engine.Record{{Key: "time", Value: int64(i)}, {Key: "a", Value: strings.Repeat("x", 100)}}, nil) {
				return
			}
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	defer b.close()
	columns := []schema.Column{{Name: "time"}}
	first, stop := iter.Pull2(b.read(columns))
	defer stop()
	check := func(reader string, n int, values []any, err error) {
		t.Helper()
		if err != nil || values[0] != int64(n) {
			t.Fatalf("%s reader, record %d: %v, %v", reader, n, values, err)
		}
	}
	values, err, _ := first()
	check("first", 0, values, err)
	n := 0
	for values, err := range b.read(columns) {
		check("second", n, values, err)
		n++
	}
	if n != rows {
		t.Errorf("%d records, want %d", n, rows)
	}
	for n = 1; ; n++ {
		values, err, ok := first()
		if !ok {
			break
		}
		check("first", n, values, err)
	}
	if n != rows {
		t.Errorf("%d records, want %d", n, rows)
	}
	b.rows++ // as if a record were lost
	for _, e := range b.read(columns) {
		err = e
	}
	if err == nil {
		t.Error("no error without one of the records")
	}
}

// TestAppendFile imports records as a file, which exists while the cluster reads it.
func TestAppendFile(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:varchar", "b:boolean", "c:real", "d:array(double)", "e:map(varchar,bigint)", "time:bigint")
	dir := t.TempDir()
	o := f.options()
	o.URL += "?max_query=10000&location=s3://bucket/&files=" + dir
	e, err := Open(t.Context(), t.TempDir(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	var data []byte
	f.intercept(func(method, sql string) {
		if method == http.MethodGet && strings.Contains(sql, "add_files") {
			files, _ := filepath.Glob(dir + "/td_stage_*/data.parquet")
			if len(files) == 1 {
				data, _ = os.ReadFile(files[0])
			}
		}
	})
	var list []engine.Record
	for i := range 500 {
		list = append(list, append(sampleRecord(),
			engine.Field{Key: "b", Value: i%2 == 0}, engine.Field{Key: "c", Value: 1.0 / 3}, engine.Field{Key: "d", Value: []any{int64(i), nil, 0.5}},
			engine.Field{Key: "e", Value: engine.Map{{Key: "k", Value: int64(1)}, {Key: "k", Value: int64(2)}}}))
	}
	if n, err := e.Append(t.Context(), "db1", "t1", "id", one(list...)); n != 500 || err != nil {
		t.Fatal(n, err)
	}
	if got := f.ran(`EXECUTE add_files\(location => 's3://bucket/td_stage_[0-9a-f]+', format => 'PARQUET'\)`); len(got) != 1 {
		t.Errorf("statements %q", f.ran("stage"))
	}
	if got := f.ran(`^INSERT INTO "db1"."td_stage_`); len(got) != 0 {
		t.Errorf("%d statements inserted records", len(got))
	}
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil || file.NumRows() != 500 {
		t.Fatalf("Parquet file: %v", err)
	}
	var names []string
	for _, c := range file.Schema().Fields() {
		names = append(names, c.Name())
	}
	if diff := cmp.Diff([]string{"a", "b", "c", "d", "e", "time"}, names); diff != "" {
		t.Error(diff)
	}
	if left, err := os.ReadDir(dir); len(left) > 0 || err != nil {
		t.Errorf("files that were left: %v, %v", left, err)
	}
}

func TestAppendFails(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:varchar", "time:bigint")
	f.answer(insertPattern, rule{err: &protocol.Error{Name: "EXCEEDED_TIME_LIMIT", Type: "INSUFFICIENT_RESOURCES", Message: "too slow"}})
	e := f.open(t, t.TempDir())
	for range 2 { // the ID is not used up
		if _, err := e.Append(t.Context(), "db1", "t1", "id", one(sampleRecord())); err == nil || !strings.Contains(err.Error(), "table 'db1.t1': too slow") {
			t.Errorf("error %v", err)
		}
	}
	f.setTable("time:timestamp(6)")
	if _, err := e.Append(t.Context(), "db1", "t1", "id", one(sampleRecord())); !errors.Is(err, engine.ErrInvalid) {
		t.Errorf("a time column of another type: %v", err)
	}
}

func TestAppendJSON(t *testing.T) {
	for _, tt := range []struct {
		value     any
		typ, want string
	}{
		{nil, "bigint", "null"},
		{int64(math.MinInt64), "bigint", "-9223372036854775808"},
		{int64(7), "varchar", `"7"`},
		{1.5, "double", "1.5"},
		{math.NaN(), "double", `"NaN"`},
		{math.Inf(-1), "real", `"-Infinity"`},
		{int64(3), "double", "3"},
		{3.0, "varchar", `"3.0"`},
		{true, "boolean", "true"},
		{true, "varchar", `"true"`},
		{"a'b\"c\\d\n\x00é😀\xff", "varchar", `"a''b\"c\\d\u000a\u0000é😀` + "\ufffd" + `"`},
		{[]any{int64(1), nil, "x"}, "array(varchar)", `["1",null,"x"]`},
		{[]any{[]any{1.5}}, "array(array(double))", "[[1.5]]"},
		{engine.Map{{Key: "b", Value: int64(1)}, {Key: int64(2)}, {Key: "b", Value: int64(3)}}, "map(varchar,bigint)", `{"2":null,"b":3}`},
		{[]any{int64(1)}, "varchar", `"[1]"`},
	} {
		if got := string(appendJSON(nil, tt.value, schema.ParseType(tt.typ))); got != tt.want {
			t.Errorf("%v as %s: %s, want %s", tt.value, tt.typ, got, tt.want)
		}
	}
}

func (f *fakeCluster) run(t *testing.T, e *Engine, s engine.Statement) (*enginetest.Rows, error) {
	t.Helper()
	s.Database = "db1"
	var rows enginetest.Rows
	err := e.Run(t.Context(), s, &rows)
	return &rows, err
}

func TestRun(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:varchar", "time:bigint")
	f.answer("^SELECT a", rule{columns: []string{"a:varchar(3)", "t:timestamp(3) with time zone"}, rows: [][]any{{"x", "2020-01-01 00:00:00.000 UTC"}}})
	f.answer(`^SELECT \* FROM \(`, rule{columns: []string{"a:varchar"}})
	f.answer("^INSERT", rule{columns: []string{"rows:bigint"}, rows: [][]any{{1}}})
	e := f.open(t, t.TempDir())
	var ids []string
	rows, err := f.run(t, e, engine.Statement{SQL: "SELECT a, t FROM t1;", Progress: func(p engine.QueryProgress) { ids = append(ids, p.ID+" "+p.State) }})
	if err != nil || len(ids) == 0 || !strings.HasSuffix(ids[0], " FINISHED") {
		t.Errorf("%v, progress %q", err, ids)
	}
	want := []translate.Column{{Name: "a", Type: "varchar"}, {Name: "t", Type: "timestamp with time zone"}}
	if diff := cmp.Diff(want, rows.Columns) + cmp.Diff([][]any{{"x", "2020-01-01 00:00:00.000 UTC"}}, rows.Rows); diff != "" {
		t.Error(diff)
	}
	if _, err := f.run(t, e, engine.Statement{SQL: "INSERT INTO t1 SELECT a FROM x"}); err != nil {
		t.Fatal(err)
	}
	inserts := f.ran("^INSERT")
	if len(inserts) != 1 || !strings.HasPrefix(inserts[0], `INSERT INTO t1 ("a", "time")`) {
		t.Errorf("statements %q", inserts)
	}
	_, err = f.run(t, e, engine.Statement{SQL: "SELECT 1", Dialect: translate.Hive})
	if err == nil || !strings.Contains(err.Error(), "Hive jobs cannot run on a Trino cluster") || !strings.Contains(err.Error(), "-T trino") {
		t.Errorf("Hive: %v", err)
	}
}

func TestRunErrors(t *testing.T) {
	for _, tt := range []struct {
		err  protocol.Error
		kind translate.ErrorKind
		want string
	}{
		{protocol.Error{Name: "COLUMN_NOT_FOUND", Type: "USER_ERROR", Message: "line 1:13: Column 'x' cannot be resolved", Line: 1, Column: 13}, translate.SemanticError, "line 1:13: Column 'x' cannot be resolved"},
		{protocol.Error{Name: "TABLE_NOT_FOUND", Type: "USER_ERROR", Message: "line 1:1: Table 'cat.db1.x' does not exist", Line: 1, Column: 1}, translate.SemanticError, "line 1:1: Table 'db1.x' does not exist"},
		{protocol.Error{Name: "SYNTAX_ERROR", Type: "USER_ERROR", Message: "mismatched"}, translate.SyntaxError, "mismatched"},
		{protocol.Error{Name: "DIVISION_BY_ZERO", Type: "USER_ERROR", Message: "Division by zero"}, translate.DataError, "Division by zero"},
		{protocol.Error{Name: "NOT_SUPPORTED", Type: "USER_ERROR", Message: "no"}, translate.NotSupported, "no"},
		{protocol.Error{Name: "ADMINISTRATIVELY_KILLED", Type: "USER_ERROR", Message: "Query killed. Message: lunch"}, translate.SemanticError, "Query killed. Message: lunch"},
	} {
		f := newFakeCluster(t)
		f.answer("^SELECT 1", rule{err: &tt.err})
		_, err := f.run(t, f.open(t, t.TempDir()), engine.Statement{SQL: "SELECT 1, 2, x"})
		e, ok := errors.AsType[*translate.Error](err)
		if !ok || e.Kind != tt.kind || e.Error() != tt.want {
			t.Errorf("%s: %#v, want %s", tt.err.Name, err, tt.want)
		}
	}
	f := newFakeCluster(t)
	f.answer("^SELECT 1", rule{err: &protocol.Error{Name: "EXCEEDED_MEMORY", Type: "INSUFFICIENT_RESOURCES", Message: "full"}})
	_, err := f.run(t, f.open(t, t.TempDir()), engine.Statement{SQL: "SELECT 1"})
	if _, ok := errors.AsType[*translate.Error](err); ok || err == nil {
		t.Errorf("an error that a retry may solve: %#v", err)
	}
}

// TestQueueFull runs a statement while the queue of the cluster is full.
func TestQueueFull(t *testing.T) {
	full := protocol.Error{Name: "QUERY_QUEUE_FULL", Type: "INSUFFICIENT_RESOURCES", Message: "Too many queued queries for 'global'"}
	for _, tt := range []struct {
		rejections, want int
		ok               bool
	}{{0, 1, true}, {5, 6, true}, {6, 6, false}} {
		f := newFakeCluster(t)
		e := f.open(t, t.TempDir())
		e.pause, e.jobs.pause = time.Nanosecond, time.Nanosecond
		f.answer("^SELECT 1", rule{columns: []string{"a:bigint"}, rows: [][]any{{1}}})
		sent := 0
		f.intercept(func(method, sql string) {
			if method != http.MethodPost || sql != "SELECT 1" {
				return
			}
			sent++
			r := rule{columns: []string{"a:bigint"}, rows: [][]any{{1}}}
			if sent <= tt.rejections {
				r = rule{err: &full}
			}
			f.answer("^SELECT 1", r)
		})
		rows, err := f.run(t, e, engine.Statement{SQL: "SELECT 1"})
		if sent != tt.want || (err == nil) != tt.ok || err == nil && len(rows.Rows) != 1 {
			t.Errorf("%d rejections: sent %d times, %v; want %d", tt.rejections, sent, err, tt.want)
		}
		if _, ok := errors.AsType[*translate.Error](err); ok || err != nil && err.Error() != full.Message {
			t.Errorf("the error is %#v, want one after which a job is repeated", err)
		}
	}
}

// TestUnavailable imports records while the cluster cannot run statements. A client repeats a request that fails with
// ErrUnavailable.
func TestUnavailable(t *testing.T) {
	failure := func(name, kind string) rule {
		return rule{err: &protocol.Error{Name: name, Type: kind, Message: "no"}}
	}
	for _, tt := range []struct {
		name string
		rule rule
		want bool
	}{
		{"starting", failure("SERVER_STARTING_UP", "INTERNAL_ERROR"), true},
		{"ending", failure("SERVER_SHUTTING_DOWN", "INTERNAL_ERROR"), true},
		{"no workers", failure("NO_NODES_AVAILABLE", "INSUFFICIENT_RESOURCES"), true},
		{"queue full", failure("QUERY_QUEUE_FULL", "INSUFFICIENT_RESOURCES"), true},
		{"restarted", rule{lost: true}, true},
		{"internal error", failure("GENERIC_INTERNAL_ERROR", "INTERNAL_ERROR"), false},
		{"too slow", failure("EXCEEDED_TIME_LIMIT", "INSUFFICIENT_RESOURCES"), false},
		{"user error", failure("TYPE_MISMATCH", "USER_ERROR"), false},
	} {
		f := newFakeCluster(t)
		f.setTable("a:varchar", "time:bigint")
		e := f.open(t, t.TempDir())
		e.pause, e.jobs.pause = time.Nanosecond, time.Nanosecond
		e.address.maxQuery = 400
		var list []engine.Record
		for range 40 {
			list = append(list, sampleRecord())
		}
		for _, pattern := range []string{`^DROP TABLE IF EXISTS "db1"."td_stage`, `^CREATE TABLE "db1"."td_stage`, `^INSERT INTO "db1"."td_stage`, "information_schema.columns"} {
			f.answer(pattern, tt.rule)
			_, err := e.Append(t.Context(), "db1", "t1", "id", one(list...))
			if err == nil || errors.Is(err, engine.ErrUnavailable) != tt.want {
				t.Errorf("%s, %s: %v", tt.name, pattern, err)
			}
			f.mu.Lock()
			f.rules = f.rules[1:]
			f.mu.Unlock()
		}
		if n, err := e.Append(t.Context(), "db1", "t1", "id", one(list...)); n != 40 || err != nil {
			t.Errorf("%s: the repeated import: %d, %v", tt.name, n, err)
		}
	}
	f := newFakeCluster(t)
	f.setTable("a:varchar", "time:bigint")
	e := f.open(t, t.TempDir())
	e.pause, e.jobs.pause = time.Nanosecond, time.Nanosecond
	f.answer(insertPattern, rule{lost: true})
	f.answer("system.runtime.queries WHERE query_id", failure("SERVER_STARTING_UP", "INTERNAL_ERROR"))
	if _, err := e.Append(t.Context(), "db1", "t1", "id", one(sampleRecord())); !errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("an import whose outcome cannot be looked up yet: %v", err)
	}
	f.answer("system.metadata.catalogs", rule{columns: []string{"c:varchar"}, rows: [][]any{{"memory"}}})
	f.answer("system.runtime.queries WHERE query_id", rule{columns: []string{"s:varchar"}})
	if _, err := f.open(t, e.dir).Append(t.Context(), "db1", "t1", "id", one(sampleRecord())); !errors.Is(err, engine.ErrUnknownOutcome) || errors.Is(err, engine.ErrUnavailable) {
		t.Errorf("an import whose outcome cannot be looked up any more: %v", err)
	}
}

// TestRestart runs requests and jobs while the cluster does not answer for a while: only jobs wait for it.
func TestRestart(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:varchar", "time:bigint")
	e := f.open(t, t.TempDir())
	e.client = e.client.WithTimes(time.Nanosecond, time.Minute)
	var down atomic.Int32 // number of requests
	f.Config.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if down.Add(-1) >= 0 {
			http.Error(w, "restarting", http.StatusBadGateway)
			return
		}
		f.ServeHTTP(w, r)
	})
	for name, call := range map[string]func() error{
		"databases": func() error { _, err := e.Databases(t.Context()); return err },
		"tables":    func() error { _, err := e.Tables(t.Context(), "db1"); return err },
		"create":    func() error { return e.CreateTable(t.Context(), "db1", "t2", engine.TableOptions{}) },
		"append":    func() error { _, err := e.Append(t.Context(), "db1", "t1", "id", one(sampleRecord())); return err },
	} {
		down.Store(2)
		if err := call(); !errors.Is(err, engine.ErrUnavailable) || down.Load() != 1 {
			t.Errorf("%s: %v; %d requests are left", name, err, down.Load())
		}
	}
	down.Store(2)
	if err := e.Run(t.Context(), engine.Statement{SQL: "INSERT INTO t1 SELECT 'x'", Database: "db1"}, new(enginetest.Rows)); err != nil {
		t.Errorf("a job: %v", err)
	}
}

// TestJobIsNotRepeated runs the statement of a job whose result was lost again, as a retry of the job does.
func TestJobIsNotRepeated(t *testing.T) {
	for _, tt := range []struct {
		name, sql string
		snapshot  bool
		state     []any
		committed bool
		written   int64
		repeated  string // part of the error of the repetition
	}{
		{"applied", "INSERT INTO t1 (a, time) SELECT 1, 2", true, nil, true, 3, "may have been applied"},
		{"not applied", "INSERT INTO t1 (a, time) SELECT 1, 2", false, nil, false, 0, ""},
		{"definition", "CREATE SCHEMA x", false, []any{"FINISHED"}, true, engine.NoRowCount, "may have been applied"},
		{"unknown", "CREATE SCHEMA x", false, nil, false, 0, "may have been applied"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFakeCluster(t)
			f.setTable("a:varchar", "time:bigint")
			f.answer("^(INSERT|CREATE)", rule{lost: true})
			queries := rule{columns: []string{"s:varchar"}}
			for _, s := range tt.state {
				queries.rows = append(queries.rows, []any{s})
			}
			f.answer("system.runtime.queries WHERE query_id", queries)
			if tt.snapshot {
				f.answer(`t1\$snapshots" WHERE`, rule{columns: []string{"n:bigint"}, rows: [][]any{{3}}})
			}
			e := f.open(t, t.TempDir())
			rows, err := f.run(t, e, engine.Statement{SQL: tt.sql, Job: 7})
			if (err == nil) != tt.committed {
				t.Errorf("first attempt: %v, rows %v", err, rows.Rows)
			}
			written, ok, err := e.CommittedJob(t.Context(), 7)
			if written != tt.written || ok != tt.committed || err != nil {
				t.Errorf("CommittedJob = %d, %v, %v", written, ok, err)
			}
			f.answer("^(INSERT|CREATE)", rule{})
			_, err = f.run(t, e, engine.Statement{SQL: tt.sql, Job: 7})
			if (err == nil) != (tt.repeated == "") || err != nil && !strings.Contains(err.Error(), tt.repeated) {
				t.Errorf("second attempt: %v", err)
			}
		})
	}
}

// TestInterruptedSwap interrupts a swap before each of its statements. Opening the directory completes it, or nothing was
// changed.
func TestInterruptedSwap(t *testing.T) {
	for stop := range 4 {
		t.Run(fmt.Sprint(stop), func(t *testing.T) {
			f := newFakeCluster(t)
			dir := t.TempDir()
			tables := map[string]bool{"aaa": true, "bbb": true}
			f.answer("information_schema.schemata", rule{columns: []string{"a:varchar"}, rows: [][]any{{"db1"}}})
			setTables := func() {
				for _, name := range []string{"aaa", "bbb", "td_stage_swap_1"} {
					r := rule{columns: []string{"a:varchar", "b:varchar", "c:varchar"}}
					if tables[name] {
						r.rows = [][]any{{name, "time", "bigint"}}
					}
					f.answer("information_schema.columns.*'"+name+"'", r)
				}
			}
			setTables()
			e := f.open(t, dir)
			var ids []int64
			for _, name := range []string{"aaa", "bbb"} {
				x, err := e.table(t.Context(), "db1", name)
				if err != nil {
					t.Fatal(err)
				}
				ids = append(ids, x.ID)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			renames := 0
			f.intercept(func(method, sql string) {
				from, to, ok := strings.Cut(sql, " RENAME TO ")
				if method != http.MethodGet || !ok {
					return
				}
				if renames++; renames == stop+1 {
					cancel()
					panic(http.ErrAbortHandler)
				}
				delete(tables, strings.Split(from, `"`)[3])
				tables[strings.Split(to, `"`)[3]] = true
				setTables()
			})
			if err := e.SwapTables(ctx, "db1", "aaa", "bbb"); (err == nil) != (stop == 3) {
				t.Fatalf("SwapTables: %v", err)
			}
			again := f.open(t, dir)
			a, errA := again.table(t.Context(), "db1", "aaa")
			b, errB := again.table(t.Context(), "db1", "bbb")
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			got := []int64{a.ID, b.ID}
			want := []int64{ids[1], ids[0]}
			if stop == 0 {
				want = ids
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("after %d renames: %s", stop, diff)
			}
		})
	}
}

// TestConnectorLimits uses a connector that can only create and read tables.
func TestConnectorLimits(t *testing.T) {
	f := newFakeCluster(t)
	f.setTable("a:bigint", "time:bigint")
	f.answer("system.metadata.catalogs", rule{columns: []string{"c:varchar"}, rows: [][]any{{"memory"}}})
	f.answer("^(ALTER|DROP SCHEMA.*CASCADE)", rule{err: &protocol.Error{Name: "NOT_SUPPORTED", Type: "USER_ERROR", Message: "This connector does not support it"}})
	f.answer("^SHOW TABLES", rule{columns: []string{"t:varchar"}, rows: [][]any{{"t1"}, {"t2"}}})
	e := f.open(t, t.TempDir())
	_, err := e.Append(t.Context(), "db1", "t1", "", one(sampleRecord()))
	if !errors.Is(err, errors.ErrUnsupported) || !strings.Contains(err.Error(), "column 'a' of db1.t1 is bigint and cannot become varchar: the connector memory cannot change column types") {
		t.Errorf("widen: %v", err)
	}
	err = e.UpdateTable(t.Context(), "db1", "t1", engine.TableOptions{Schema: &[]engine.Column{}})
	if !errors.Is(err, errors.ErrUnsupported) || err.Error() != "table 'db1.t1': the connector memory rejects it: This connector does not support it" {
		t.Errorf("remove a column: %v", err)
	}
	if err := e.DropTable(t.Context(), "db1", "t1"); err != nil || len(f.ran(`^DROP TABLE "db1"."t1"`)) != 1 {
		t.Errorf("a table that cannot be renamed was not dropped: %v", err)
	}
	if list, err := e.DeletedTables(t.Context()); len(list) != 0 || err != nil {
		t.Errorf("deleted tables %v, %v", list, err)
	}
	if err := e.DropDatabase(t.Context(), "db1"); err != nil || len(f.ran(`^DROP TABLE "db1"."t2"`)) != 1 || len(f.ran(`^DROP SCHEMA "db1"$`)) != 1 {
		t.Errorf("drop database: %v, %q", err, f.ran(""))
	}
}

// TestDeadProcess opens a directory that a killed process used: its queries are ended, except writes.
func TestDeadProcess(t *testing.T) {
	f := newFakeCluster(t)
	dir := t.TempDir()
	dead := f.open(t, dir)
	id := strings.TrimPrefix(dead.owner.File().Name(), dir+"/"+ownerPrefix)
	if err := dead.meta.exec(t.Context(), `INSERT INTO imports VALUES (1, 'x', 'sending', 'write', 1, 1)`); err != nil {
		t.Fatal(err)
	}
	f.answer("source = 'td-sandbox/"+id+"'", rule{columns: []string{"id:varchar"}, rows: [][]any{{"read"}, {"write"}}})
	f.open(t, dir)
	if got := f.ran("kill_query"); got != nil {
		t.Errorf("queries of a living process were ended: %q", got)
	}
	if err := dead.owner.Release(); err != nil { // as when the process dies
		t.Fatal(err)
	}
	dead.owner = nil
	f.open(t, dir)
	if got := f.ran("kill_query"); len(got) != 1 || !strings.Contains(got[0], "'read'") {
		t.Errorf("ended %q", got)
	}
}
