package sqlite

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

// TestMaxMemory runs statements that need more memory than they may use, and smaller ones.
func TestMaxMemory(t *testing.T) {
	e, err := Open(t.TempDir(), Options{MaxMemory: 4 << 20})
	must(t, err)
	ctx := t.Context()
	must(t, e.CreateDatabase(ctx, "db1"))
	const rows = ` FROM UNNEST(sequence(1, 10000)) AS t (a) CROSS JOIN UNNEST(sequence(1, 20)) AS u (b)`
	run := func(sql string) ([][]any, error) {
		var sink rowsSink
		err := e.Run(ctx, engine.Statement{SQL: sql, Database: "db1"}, &sink)
		return sink.rows, err
	}
	for _, sql := range []string{
		`SELECT histogram(a * 1000 + b)` + rows,
		`SELECT map_agg(a * 1000 + b, 'x')` + rows,
		`SELECT multimap_agg(1, a * 1000 + b)` + rows,
		`SELECT approx_percentile(a * 1000 + b, 0.5)` + rows,
		`SELECT approx_distinct(a * 1000 + b)` + rows,
		`SELECT listagg(lpad(CAST(a AS varchar), 100, 'x'), ',') WITHIN GROUP (ORDER BY a)` + rows,
		`SELECT cardinality(array_agg(lpad(CAST(a AS varchar), 100, 'x')))` + rows,
		`SELECT length(lpad('x', 1000000, 'x') || lpad('x', 1000000, 'x'))`,
	} {
		_, err := run(sql)
		if d, ok := errors.AsType[*translate.Error](err); !ok || d.Message != "Query exceeded per-node memory limit of 4MB" {
			t.Errorf("%s: %v", sql, err)
		}
	}
	if _, err := run(`SELECT array_join(sequence(1, 10000), lpad('x', 100000, 'x'))`); err == nil || !strings.Contains(err.Error(), "too long") {
		t.Errorf("array_join: %v", err)
	}
	if _, err := run(`SELECT format_datetime(now(), lpad('x', 100000, 'x'))`); err == nil || !strings.Contains(err.Error(), "65536 bytes") {
		t.Errorf("format_datetime: %v", err)
	}
	// Many small groups use the memory of one. A histogram of few values is small.
	for sql, want := range map[string][][]any{
		`SELECT max(cardinality(h)) FROM (SELECT a, histogram(a * 1000 + b) AS h` + rows + ` GROUP BY a)`: {{int64(20)}},
		`SELECT cardinality(histogram(b))` + rows:                                                         {{int64(20)}},
		`SELECT count(*), sum(b)` + rows:                                                                  {{int64(200000), int64(2100000)}},
	} {
		got, err := run(sql)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v %s", sql, err, diff)
		}
	}
}

func TestMemoryMessage(t *testing.T) {
	for limit, want := range map[int64]string{1 << 30: "1GB", 3 << 29: "1536MB", 512 << 10: "512kB", 1000: "1000B"} {
		if got := memoryMessage(limit); got != "Query exceeded per-node memory limit of "+want {
			t.Errorf("memoryMessage(%d) = %q", limit, got)
		}
	}
}

// TestCancelAggregates cancels statements that collect many values. Each must end soon.
func TestCancelAggregates(t *testing.T) {
	e, err := Open(t.TempDir(), Options{})
	must(t, err)
	must(t, e.CreateDatabase(t.Context(), "db1"))
	for _, f := range []string{"array_agg(a * b * c)", "histogram(a * b * c)", "approx_percentile(a * b * c, 0.5)", "array_join(array_agg(CAST(c AS varchar)), ',')"} {
		ctx, cancel := context.WithCancel(t.Context())
		sql := "SELECT " + f + " FROM UNNEST(sequence(1, 10000)) AS t (a) CROSS JOIN UNNEST(sequence(1, 10000)) AS u (b) CROSS JOIN UNNEST(sequence(1, 10000)) AS v (c)"
		var cancelled time.Time
		timer := time.AfterFunc(100*time.Millisecond, func() { cancelled = time.Now(); cancel() })
		err := e.Run(ctx, engine.Statement{SQL: sql, Database: "db1"}, &rowsSink{})
		if timer.Stop() || !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", f, err)
		} else {
			t.Logf("%s ended after %v", f, time.Since(cancelled))
		}
		cancel()
	}
}
