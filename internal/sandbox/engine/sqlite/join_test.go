package sqlite

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/enginetest"
)

type joinRow struct{ key, id any }

// outerJoin joins rows with equal keys, which are not null.
func outerJoin(left, right []joinRow, keepLeft, keepRight bool) []string {
	var out []string
	matched := make([]bool, len(right))
	for _, l := range left {
		found := false
		for j, r := range right {
			if l.key != nil && l.key == r.key {
				found, matched[j] = true, true
				out = append(out, fmt.Sprintln(l.key, l.id, r.key, r.id))
			}
		}
		if !found && keepLeft {
			out = append(out, fmt.Sprintln(l.key, l.id, nil, nil))
		}
	}
	for j, r := range right {
		if keepRight && !matched[j] {
			out = append(out, fmt.Sprintln(nil, nil, r.key, r.id))
		}
	}
	slices.Sort(out)
	return out
}

// TestOuterJoins compares joins of random tables with nested loops.
func TestOuterJoins(t *testing.T) {
	e, err := Open(t.TempDir(), Options{})
	must(t, err)
	ctx := t.Context()
	must(t, e.CreateDatabase(ctx, "db1"))
	random := rand.New(rand.NewPCG(1, 2))
	fill := func(table string, rows int) []joinRow {
		must(t, e.CreateTable(ctx, "db1", table, engine.TableOptions{}))
		var list []joinRow
		var values []engine.Record
		for i := range rows {
			r := joinRow{int64(random.IntN(2 * rows)), int64(i)}
			if random.IntN(10) == 0 {
				r.key = nil
			}
			list = append(list, r)
			values = append(values, enginetest.Record("k", r.key, "id", r.id))
		}
		_, err := e.Append(ctx, "db1", table, "", enginetest.Records(append(values, enginetest.Record("k", int64(-1), "id", int64(-1)))...))
		must(t, err)
		return append(list, joinRow{int64(-1), int64(-1)})
	}
	const rows = 3000 // a nested loop needs 9 million steps per join
	a, b := fill("a", rows), fill("b", rows)
	run := func(sql string) []string {
		var sink rowsSink
		if err := e.Run(ctx, engine.Statement{SQL: sql, Database: "db1"}, &sink); err != nil {
			t.Fatalf("%s: %v", sql, err)
		}
		var out []string
		for _, row := range sink.rows {
			out = append(out, fmt.Sprintln(row...))
		}
		slices.Sort(out)
		return out
	}
	for join, want := range map[string][]string{
		"LEFT":  outerJoin(a, b, true, false),
		"RIGHT": outerJoin(a, b, false, true),
		"FULL":  outerJoin(a, b, true, true),
	} {
		for _, sql := range []string{
			"SELECT a.k, a.id, b.k, b.id FROM a " + join + " JOIN b ON a.k = b.k",
			"SELECT x.k, x.id, y.k, y.id FROM (SELECT k, id FROM a) x " + join + " JOIN (SELECT * FROM b) y ON x.k = y.k",
		} {
			if diff := cmp.Diff(want, run(sql)); diff != "" {
				t.Errorf("%s (-want +got):\n%.1000s", sql, diff)
			}
		}
		// USING has one column for both keys.
		n := len(want)
		if got := run("SELECT count(*) FROM a " + join + " JOIN b USING (k)"); got[0] != fmt.Sprintln(n) {
			t.Errorf("%s JOIN USING: %s; want %d rows", join, got, n)
		}
	}
	// Three tables, and a condition that is not an equality.
	for sql, want := range map[string]string{
		"SELECT count(*) FROM a FULL JOIN b ON a.k = b.k RIGHT JOIN a c ON c.id = a.id":                                                       fmt.Sprintln(len(run("SELECT 1 FROM a c LEFT JOIN (SELECT a.id FROM a LEFT JOIN b ON a.k = b.k) x ON c.id = x.id"))),
		"SELECT count(*) FROM (VALUES 1, 2) t (x) FULL JOIN (VALUES 2, 3) u (y) ON x < y":                                                     fmt.Sprintln(3),
		"SELECT count(*) FROM (VALUES 1, 2) t (x) FULL JOIN (VALUES 2, 3) u (y) ON x = y AND x > 5":                                           fmt.Sprintln(4),
		"SELECT sum(coalesce(x, 10 * y)) FROM (VALUES 1, 2) t (x) FULL JOIN (VALUES 2, 3) u (y) ON x = y WHERE x IS NULL OR y IS NULL":        fmt.Sprintln(31),
		"SELECT count(*) FROM (VALUES 1) t (x) WHERE EXISTS (SELECT 1 FROM (VALUES 1) a (p) FULL JOIN (VALUES 2) b (q) ON p = q WHERE p = x)": fmt.Sprintln(1),
	} {
		if got := run(sql); len(got) != 1 || got[0] != want {
			t.Errorf("%s: %v; want %s", sql, got, want)
		}
	}
}
