package sqlsyntax

import (
	"strings"
)

// A queryParser parses queries.
type queryParser struct {
	*cursor

	exprs     *exprParser
	relations *relationParser
}

// parseQuery parses WITH … SELECT … ORDER BY … LIMIT ….
func (qp *queryParser) parseQuery() *Query {
	defer qp.nest()()
	q := &Query{Pos: qp.peek().pos()}
	qp.parseWith(q)
	q.Body = qp.parseBody(0)
	qp.parseTail(q)
	return q
}

// parseWith parses WITH a AS (…), b AS (…), if it is next.
func (qp *queryParser) parseWith(q *Query) {
	if qp.accept("WITH") {
		q.Recursive = qp.accept("RECURSIVE")
		qp.parseList(func() { q.With = append(q.With, qp.parseCommonTable()) })
	}
}

func (qp *queryParser) parseCommonTable() CommonTable {
	c := CommonTable{Pos: qp.peek().pos(), Name: qp.parseIdentifier()}
	if qp.is("(") {
		c.Columns = qp.parseIdentifierList()
	}
	qp.expect("AS")
	qp.accept("MATERIALIZED")
	qp.expect("(")
	c.Query = qp.parseQuery()
	qp.expect(")")
	return c
}

// parseTail parses ORDER BY, OFFSET, LIMIT and FETCH. Hive's DISTRIBUTE BY has no effect; SORT BY and CLUSTER BY
// sort all rows, as with a single worker.
func (qp *queryParser) parseTail(q *Query) {
	if qp.accept("ORDER") {
		qp.expect("BY")
		q.OrderBy = qp.exprs.parseSortKeys()
	}
	for qp.hive {
		if qp.accept("DISTRIBUTE", "BY") {
			qp.exprs.parseSortKeys()
			continue
		}
		if qp.accept("SORT", "BY") || qp.accept("CLUSTER", "BY") {
			q.OrderBy = qp.exprs.parseSortKeys()
			continue
		}
		break
	}
	if qp.accept("OFFSET") {
		q.Offset = qp.parseCount()
		_ = qp.accept("ROWS") || qp.accept("ROW")
	}
	if qp.accept("LIMIT") {
		if qp.accept("ALL") {
			return
		}
		q.Limit = qp.parseCount()
		if qp.hive && qp.accept(",") {
			q.Offset, q.Limit = q.Limit, qp.parseCount()
		}
		if qp.hive && qp.accept("OFFSET") {
			q.Offset = qp.parseCount()
		}
		return
	}
	if qp.accept("FETCH") {
		if qp.acceptAny("FIRST", "NEXT") == "" {
			qp.failUnexpected("'FIRST'", "'NEXT'")
		}
		q.Limit = &Expr{Kind: Number, Text: "1"}
		if !qp.is("ROW") && !qp.is("ROWS") {
			if q.Limit = qp.parseCount(); strings.Trim(q.Limit.Text, "0") == "" {
				fail(SemanticError, q.Limit.Pos, "FETCH FIRST row count must be positive (actual value: 0)")
			}
		}
		if qp.acceptAny("ROW", "ROWS") == "" {
			qp.failUnexpected("'ROW'", "'ROWS'")
		}
		if q.WithTies = qp.accept("WITH", "TIES"); !q.WithTies {
			qp.expect("ONLY")
		}
	}
}

// parseBody parses queries and the set operators between them. INTERSECT has the highest precedence.
func (qp *queryParser) parseBody(minimum int) *Body {
	left := qp.parseBodyTerm()
	for chain := 1; ; chain++ {
		op, binding := "", 1
		switch {
		case qp.is("UNION"):
			op = "UNION"
		case qp.is("EXCEPT"), qp.hive && qp.is("MINUS"):
			op = "EXCEPT"
		case qp.is("INTERSECT"):
			op, binding = "INTERSECT", 2
		}
		if op == "" || binding <= minimum {
			return left
		}
		b := &Body{Pos: qp.next().pos(), Op: op, Left: left}
		if b.All = qp.accept("ALL"); !b.All {
			qp.accept("DISTINCT")
		}
		if chain > maxDepth {
			fail(SyntaxError, b.Pos, "the statement is nested too deeply")
		}
		if b.Corresponding = !qp.hive && qp.accept("CORRESPONDING"); b.Corresponding && qp.is("BY") {
			fail(NotSupported, b.Pos, "CORRESPONDING with columns is unsupported")
		}
		b.Right = qp.parseBody(binding)
		left = b
	}
}

func (qp *queryParser) parseBodyTerm() *Body {
	defer qp.nest()()
	b := &Body{Pos: qp.peek().pos()}
	switch {
	case qp.accept("("):
		b.Query = qp.parseQuery()
		qp.expect(")")
	case qp.accept("VALUES"):
		qp.parseList(func() { b.Values = append(b.Values, qp.exprs.parseExpr()) })
	case qp.accept("TABLE"):
		r := &Relation{Kind: TableRelation, Pos: qp.peek().pos(), Name: qp.parseQualifiedName()}
		b.Selection = &Selection{Pos: b.Pos, Items: []Item{{Star: true, Pos: b.Pos}}, From: []*Relation{r}}
	case qp.hive && qp.accept("FROM"):
		b.Selection = qp.parseFromFirst(b.Pos)
	default:
		if !qp.accept("SELECT") {
			qp.failUnexpected("'SELECT'", "'VALUES'", "'TABLE'", "'WITH'", "'('")
		}
		b.Selection = &Selection{Pos: b.Pos}
		qp.parseItems(b.Selection)
		if qp.accept("FROM") {
			qp.relations.parseFrom(b.Selection)
		}
		qp.parseClauses(b.Selection)
	}
	return b
}

// parseFromFirst parses Hive's FROM t SELECT ….
func (qp *queryParser) parseFromFirst(at Position) *Selection {
	s := &Selection{Pos: at}
	qp.relations.parseFrom(s)
	if qp.is("INSERT") {
		return s
	}
	if qp.startsScript() {
		qp.failUnsupported(qp.peek().pos(), qp.peek().upper+" … USING")
	}
	qp.expect("SELECT")
	qp.parseItems(s)
	qp.parseClauses(s)
	return s
}

// startsScript reports whether Hive's MAP or REDUCE is next, which sends rows through a program.
func (qp *queryParser) startsScript() bool { return qp.is("MAP") || qp.is("REDUCE") }

func (qp *queryParser) parseItems(s *Selection) {
	if s.Distinct = qp.accept("DISTINCT"); !s.Distinct {
		qp.accept("ALL")
	}
	if qp.hive && qp.is("TRANSFORM", "(") {
		qp.failUnsupported(qp.peek().pos(), "TRANSFORM … USING")
	}
	qp.parseList(func() { s.Items = append(s.Items, qp.parseItem()) })
}

// parseItem parses an expression with its alias, * or q.*.
func (qp *queryParser) parseItem() Item {
	it := Item{Pos: qp.peek().pos()}
	if qp.accept("*") {
		it.Star = true
		return it
	}
	if n := qp.countStarQualifier(); n > 0 {
		for len(it.Qualifier) < n {
			it.Qualifier = append(it.Qualifier, qp.parseWord())
			qp.i++
		}
		qp.i++
		it.Star = true
		qp.parseStarAliases(&it)
		return it
	}
	it.Expr = qp.exprs.parseExpr()
	if !qp.hive && qp.accept(".", "*") {
		it.Star = true
		qp.parseStarAliases(&it)
		return it
	}
	if qp.accept("AS") {
		if qp.hive && qp.is("(") {
			it.Aliases = qp.parseIdentifierList()
			return it
		}
		it.Alias = qp.parseAlias()
	} else if qp.isIdentifier() && !qp.startsClause() {
		it.Alias = qp.parseIdentifier()
	}
	return it
}

// parseStarAliases parses the names after q.* AS.
func (qp *queryParser) parseStarAliases(it *Item) {
	if !qp.hive && qp.accept("AS") {
		it.Aliases = qp.parseIdentifierList()
	}
}

// parseAlias parses the name after AS. Hive accepts a string, too.
func (qp *queryParser) parseAlias() string {
	if t := qp.peek(); qp.hive && t.kind == tokString {
		qp.i++
		return t.text
	}
	return qp.parseIdentifier()
}

// countStarQualifier returns the number of names in a.b.*, or 0 if something else is next.
func (qp *queryParser) countStarQualifier() int {
	for n := 0; ; n++ {
		t := qp.peekAt(2 * n)
		if t.kind == tokSymbol && t.text == "*" && n > 0 {
			return n
		}
		if t.kind != tokWord && t.kind != tokQuoted || !qp.isAt(2*n+1, ".") {
			return 0
		}
	}
}

// parseClauses parses WHERE, GROUP BY, HAVING and WINDOW.
func (qp *queryParser) parseClauses(s *Selection) {
	if qp.accept("WHERE") {
		s.Where = qp.exprs.parseExpr()
	}
	if qp.accept("GROUP") {
		qp.expect("BY")
		qp.parseGroupBy(s)
	}
	if qp.accept("HAVING") {
		s.Having = qp.exprs.parseExpr()
	}
	if qp.accept("WINDOW") {
		s.Windows = map[string]*Window{}
		qp.parseList(func() {
			at := qp.peek()
			name := strings.ToLower(qp.parseIdentifier())
			if s.Windows[name] != nil {
				fail(SemanticError, at.pos(), "WINDOW name '"+at.text+"' specified more than once")
			}
			qp.expect("AS")
			s.Windows[name] = qp.exprs.parseWindow()
		})
	}
	if qp.is("QUALIFY") {
		qp.failUnsupported(qp.peek().pos(), "QUALIFY")
	}
}
