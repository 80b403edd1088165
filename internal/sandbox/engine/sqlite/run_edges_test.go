package sqlite

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

const endless = `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n`

// A cancelSink cancels the context when it receives a row.
type cancelSink struct {
	rowsSink
	cancel context.CancelFunc
}

func (s *cancelSink) Row([]any) error { s.cancel(); return nil }

func TestCancel(t *testing.T) {
	target := translate.TableName{Database: "db1", Table: "t2"}
	s := script{
		"query": query(endless, "i", "bigint"),
		"rare":  query(endless+` WHERE i = 1 OR i < 0`, "i", "bigint"),
		"ctas":  {Kind: translate.CreateTableAs, SQL: endless + ` WHERE i < 100000 OR i < 0`, Columns: columns("i", "bigint"), Target: target},
	}
	e := newDB(t, s)
	for _, sql := range []string{"query", "rare"} {
		ctx, cancel := context.WithCancel(t.Context())
		err := e.Run(ctx, engine.Statement{SQL: sql, Database: "db1"}, &cancelSink{cancel: cancel})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", sql, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Run(ctx, engine.Statement{SQL: "ctas", Database: "db1"}, &rowsSink{}) }()
	cancel()
	if err := <-done; !errors.Is(err, context.Canceled) {
		t.Errorf("ctas: %v", err)
	}
	if tables, err := e.Tables(t.Context(), "db1"); err != nil || len(tables) != 0 {
		t.Errorf("a cancelled statement left a table: %v %v", tables, err)
	}
}

type failSink struct{ rowsSink }

func (*failSink) Row([]any) error { return errors.New("disk full") }

func TestRunEdges(t *testing.T) {
	many := &translate.Plan{Kind: translate.Query, SQL: "SELECT 1", Columns: columns("i", "bigint")}
	for i := range maxAttached + 1 {
		many.Reads = append(many.Reads, fmt.Sprint("d", i))
	}
	s := script{
		"endless": query(endless, "i", "bigint"),
		"many":    many,
		"main":    {Kind: translate.Query, SQL: `SELECT a FROM "main"."t1" JOIN "db1"."t1" USING (a)`, Columns: columns("a", "bigint"), Reads: []string{"db1", "main"}},
		"wrong":   query(`SELECT 'x'`, "x", "bigint"),
	}
	e, ctx := newDB(t, s), t.Context()
	for i := range maxAttached + 1 {
		must(t, e.CreateDatabase(ctx, fmt.Sprint("d", i)))
	}
	must(t, e.CreateDatabase(ctx, "main"))
	for _, db := range []string{"main", "db1"} {
		must(t, e.CreateTable(ctx, db, "t1", engine.TableOptions{}))
		_, err := e.Append(ctx, db, "t1", "", enginetest.Records(enginetest.Record("a", int64(1))))
		must(t, err)
	}
	if diff := cmp.Diff([][]any{{int64(1)}}, run1(t, e, "main").rows); diff != "" {
		t.Error(diff)
	}
	for _, tt := range []struct {
		sql  string
		sink engine.Sink
		want string
	}{
		{"endless", &failSink{}, "disk full"},
		{"many", &rowsSink{}, "more than 10 databases"},
		{"wrong", &rowsSink{}, "column 'x': a value of type string is not a valid bigint"},
	} {
		if err := e.Run(ctx, engine.Statement{SQL: tt.sql, Database: "db1"}, tt.sink); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: %v", tt.sql, err)
		}
	}
	limited, err := Open(string(e.files), Options{Translate: s.translate, MaxResultRows: 10})
	must(t, err)
	var sink rowsSink
	if err := limited.Run(ctx, engine.Statement{SQL: "endless", Database: "db1"}, &sink); err == nil || len(sink.rows) != 10 {
		t.Errorf("limit: %v, %d rows", err, len(sink.rows))
	}
}
