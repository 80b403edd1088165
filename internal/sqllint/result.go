package sqllint

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

const (
	sampleRows = 1000   // greatest LIMIT of a query that only looks at a table
	smallTable = 10_000 // rows of a table whose columns do not matter
)

// checkStar reports each * that returns the columns of a wide table. A * in a subquery only counts if its columns are in
// the result: the engines do not read the others.
func (l *linter) checkStar(q *sqlsyntax.Query, s *scope) {
	if q.Limit != nil && q.OrderBy == nil {
		if n, err := strconv.Atoi(q.Limit.Text); err == nil && n <= sampleRows {
			return
		}
	}
	l.checkStars(q.Body, s)
}

func (l *linter) checkStars(b *sqlsyntax.Body, s *scope) {
	switch {
	case b == nil || !l.countStep():
	case b.Op != "":
		l.checkStars(b.Left, s)
		l.checkStars(b.Right, s)
	case b.Query != nil:
		l.checkStars(b.Query.Body, (&definition{query: b.Query, scope: s}).bodyScope())
	case b.Selection != nil:
		for _, item := range b.Selection.Items {
			if item.Star && item.Expr == nil {
				l.checkItem(item, b.Selection, s)
			}
		}
	}
}

// checkItem checks * or t.* in a SELECT.
func (l *linter) checkItem(item sqlsyntax.Item, sel *sqlsyntax.Selection, s *scope) {
	for _, r := range leavesOf(sel.From) {
		name := r.Alias
		if name == "" && r.Kind == sqlsyntax.TableRelation {
			name = r.Name[len(r.Name)-1]
		}
		if n := len(item.Qualifier); n > 0 && !strings.EqualFold(item.Qualifier[n-1], name) {
			continue
		}
		switch {
		case r.Kind == sqlsyntax.QueryRelation:
			d := &definition{query: r.Query, scope: s}
			l.checkStars(r.Query.Body, d.bodyScope())
		case r.Kind != sqlsyntax.TableRelation:
		case s.find(r.Name) != nil:
			d := s.find(r.Name)
			l.checkStars(d.query.Body, d.bodyScope())
		default:
			if table, t := l.lookUp(r.Name); t.Columns > WideColumns && (t.Rows == 0 || t.Rows > smallTable) {
				l.report(SelectStar, item.Pos, fmt.Sprintf("* reads all %d columns of %s", t.Columns, table), "name the columns that are needed")
			}
		}
	}
}

// checkLimit reports LIMIT without ORDER BY if the rows are written to a file.
func (l *linter) checkLimit(q *sqlsyntax.Query, s *scope) {
	if !l.options.ToFile || q.Limit == nil || q.OrderBy != nil {
		return
	}
	if l.isOneRow(&definition{query: &sqlsyntax.Query{Body: q.Body}, scope: s}) || hasEqualRows(q.Body.Selection) {
		return
	}
	at := q.Limit.Pos
	if at.Line == 0 { // FETCH FIRST ROW
		at = q.Pos
	}
	l.report(LimitWithoutOrder, at, "without ORDER BY, LIMIT selects other rows for the file each time", "add ORDER BY")
}

// hasEqualRows reports whether all rows of a SELECT are equal, because no item depends on a row.
func hasEqualRows(s *sqlsyntax.Selection) bool {
	return s != nil && !slices.ContainsFunc(s.Items, func(i sqlsyntax.Item) bool {
		return i.Star || i.Expr.HasOperand(func(e *sqlsyntax.Expr) bool { return e.Kind == sqlsyntax.Column || e.Kind == sqlsyntax.Call })
	})
}
