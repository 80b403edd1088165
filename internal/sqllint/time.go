package sqllint

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
	"github.com/td-cli/td/internal/text"
)

// checkTime reports the large tables of a block whose scan no condition on the column time limits. The conditions of
// queries that read the rows of the block count too.
func (l *linter) checkTime(b *block) {
	if b.query.Limit != nil && b.selection.Where == nil && len(b.leaves) == 1 && b.isPlainScan() {
		return
	}
	var limited []string // names of the relations with a condition
	conditions := b.timeConditions()
	for _, f := range b.leaves {
		if conditions.apply(f) || !f.isTable() {
			limited = append(limited, f.names...)
		}
	}
	for range conditions.equal { // a.time = b.time limits both
		for _, pair := range conditions.equal {
			if slices.Contains(limited, pair[0]) || slices.Contains(limited, pair[1]) {
				limited = append(limited, pair[0], pair[1])
			}
		}
	}
	for _, f := range b.leaves {
		if !f.isTable() || f.SampleShare != "" || f.SampleRows != "" {
			continue
		}
		name, table := l.lookUp(f.Name)
		if table.Rows <= LargeRows || intersects(limited, f.names) || b.isLimitedByReaders(map[*source]bool{}) {
			continue
		}
		column := "time"
		if len(b.leaves) > 1 {
			column = f.names[len(f.names)-1] + ".time"
		}
		message := "no condition on time limits the scan of " + name + ", which has " + text.Commas(table.Rows) + " rows"
		if conditions.otherColumn {
			message += "; ranges of other columns do not limit it"
		}
		l.report(NoTimeRange, f.Pos, message,
			"add one such as TD_INTERVAL("+column+", '-1d') to WHERE")
	}
}

// intersects reports whether two lists have a common name.
func intersects(a, b []string) bool {
	return slices.ContainsFunc(a, func(s string) bool { return slices.Contains(b, s) })
}

// timeConditions are the conditions of a block on the column time.
type timeConditions struct {
	all   bool        // one is on time without the name of a relation
	names []string    // names of relations with a condition
	equal [][2]string // relations whose times must be equal

	otherColumn bool // TD_TIME_RANGE or TD_INTERVAL is called with another column
}

// apply reports whether there is a condition on the time of a relation.
func (c timeConditions) apply(f *leaf) bool { return c.all || intersects(c.names, f.names) }

// timeConditions returns the conditions of WHERE and ON on the column time.
func (b *block) timeConditions() timeConditions {
	var c timeConditions
	for _, e := range b.conditions() {
		if left, right, ok := equalTimes(e); ok {
			c.equal = append(c.equal, [2]string{left, right})
			continue
		}
		if isNullCheck(e) {
			continue
		}
		e.Walk(func(e *sqlsyntax.Expr) {
			switch name, ok := timeOf(e); {
			case ok && name == "":
				c.all = true
			case ok:
				c.names = append(c.names, name)
			}
			isRange := e.Kind == sqlsyntax.Call && (e.Text == "td_time_range" || e.Text == "td_interval")
			c.otherColumn = c.otherColumn || isRange && !e.HasOperand(isTime)
		})
	}
	return c
}

// timeOf reports whether an expression is the column time, and returns the name of its relation, if it has one.
func timeOf(e *sqlsyntax.Expr) (relation string, ok bool) {
	path := e.Path
	switch {
	case e.Kind != sqlsyntax.Column || len(path) == 0 || !strings.EqualFold(path[len(path)-1], "time"):
		return "", false
	case len(path) == 1:
		return "", true
	}
	return strings.ToLower(path[len(path)-2]), true
}

func isTime(e *sqlsyntax.Expr) bool {
	_, ok := timeOf(e)
	return ok
}

// equalTimes returns the names of the relations in a condition such as a.time = b.time.
func equalTimes(e *sqlsyntax.Expr) (left, right string, ok bool) {
	if e.Kind != sqlsyntax.Binary || e.Text != "=" && e.Text != "==" {
		return "", "", false
	}
	left, leftIsTime := timeOf(e.Args[0])
	right, rightIsTime := timeOf(e.Args[1])
	return left, right, leftIsTime && rightIsTime
}

// isNullCheck reports whether an expression is IS NULL or IS NOT NULL, which limits no range.
func isNullCheck(e *sqlsyntax.Expr) bool {
	if e.Kind == sqlsyntax.Unary && e.Text == "NOT" {
		e = e.Args[0]
	}
	return e.Kind == sqlsyntax.IsNull
}

// isLimitedByReaders reports whether a block that reads the rows of b, directly or not, has a condition on time. seen
// holds the sources that were visited.
func (b *block) isLimitedByReaders(seen map[*source]bool) bool {
	if seen[b.source] {
		return false
	}
	seen[b.source] = true
	return slices.ContainsFunc(b.source.readers, func(reader *block) bool {
		c := reader.timeConditions()
		return c.all || len(c.names) > 0 || reader.isLimitedByReaders(seen)
	})
}
