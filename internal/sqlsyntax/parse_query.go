package sqlsyntax

import (
	"strconv"
	"strings"
)

// query takes WITH … SELECT … ORDER BY … LIMIT ….
func (p *parser) query() *Query {
	defer p.nest()()
	q := &Query{Pos: p.peek().pos()}
	p.with(q)
	q.Body = p.body(0)
	p.tail(q)
	return q
}

// with takes WITH a AS (…), b AS (…), if there.
func (p *parser) with(q *Query) {
	if p.accept("WITH") {
		q.Recursive = p.accept("RECURSIVE")
		p.commaList(func() { q.With = append(q.With, p.commonTable()) })
	}
}

func (p *parser) commonTable() CommonTable {
	c := CommonTable{Pos: p.peek().pos(), Name: p.identifier()}
	if p.is("(") {
		c.Columns = p.identifiers()
	}
	p.expect("AS")
	p.accept("MATERIALIZED")
	p.expect("(")
	c.Query = p.query()
	p.expect(")")
	return c
}

// tail takes ORDER BY, OFFSET, LIMIT and FETCH, and Hive's clauses that only distribute the work.
func (p *parser) tail(q *Query) {
	if p.accept("ORDER") {
		p.expect("BY")
		q.OrderBy = p.sortKeys()
	}
	for p.hive {
		if p.accept("DISTRIBUTE", "BY") {
			p.sortKeys()
			continue
		}
		if p.accept("SORT", "BY") || p.accept("CLUSTER", "BY") {
			q.OrderBy = p.sortKeys() // one worker: its order is the order
			continue
		}
		break
	}
	if p.accept("OFFSET") {
		q.Offset = p.count()
		_ = p.accept("ROWS") || p.accept("ROW")
	}
	if p.accept("LIMIT") {
		if p.accept("ALL") {
			return
		}
		q.Limit = p.count()
		if p.hive && p.accept(",") {
			q.Offset, q.Limit = q.Limit, p.count()
		}
		if p.hive && p.accept("OFFSET") {
			q.Offset = p.count()
		}
		return
	}
	if p.accept("FETCH") {
		if p.acceptAny("FIRST", "NEXT") == "" {
			p.mismatch("'FIRST'", "'NEXT'")
		}
		q.Limit = &Expr{Kind: Number, Text: "1"}
		if !p.is("ROW") && !p.is("ROWS") {
			q.Limit = p.count()
		}
		if p.acceptAny("ROW", "ROWS") == "" {
			p.mismatch("'ROW'", "'ROWS'")
		}
		if q.WithTies = p.accept("WITH", "TIES"); !q.WithTies {
			p.expect("ONLY")
		}
	}
}

// count takes a whole number of rows.
func (p *parser) count() *Expr {
	t := p.peek()
	if _, err := strconv.ParseInt(t.text, 10, 64); t.kind != tokNumber || err != nil {
		p.mismatch("<integer>")
	}
	p.i++
	return &Expr{Kind: Number, Text: t.text, Pos: t.pos()}
}

func (p *parser) sortKeys() (keys []SortKey) {
	p.commaList(func() {
		k := SortKey{Expr: p.expression()}
		if k.Descending = p.accept("DESC"); !k.Descending {
			p.accept("ASC")
		}
		if p.accept("NULLS") {
			if k.Nulls = p.acceptAny("FIRST", "LAST"); k.Nulls == "" {
				p.mismatch("'FIRST'", "'LAST'")
			}
		}
		keys = append(keys, k)
	})
	return keys
}

// body takes selections and the set operators between them; INTERSECT binds tighter.
func (p *parser) body(minimum int) *Body {
	left := p.bodyTerm()
	for chain := 1; ; chain++ {
		op, binding := "", 1
		switch {
		case p.is("UNION"):
			op = "UNION"
		case p.is("EXCEPT"), p.hive && p.is("MINUS"):
			op = "EXCEPT"
		case p.is("INTERSECT"):
			op, binding = "INTERSECT", 2
		}
		if op == "" || binding <= minimum {
			return left
		}
		b := &Body{Pos: p.next().pos(), Op: op, Left: left}
		if b.All = p.accept("ALL"); !b.All {
			p.accept("DISTINCT")
		}
		if chain > maxDepth {
			fail(SyntaxError, b.Pos, "the statement is nested too deeply")
		}
		b.Right = p.body(binding)
		left = b
	}
}

func (p *parser) bodyTerm() *Body {
	defer p.nest()()
	b := &Body{Pos: p.peek().pos()}
	switch {
	case p.accept("("):
		b.Query = p.query()
		p.expect(")")
	case p.accept("VALUES"):
		p.commaList(func() { b.Values = append(b.Values, p.expression()) })
	case p.accept("TABLE"):
		r := &Relation{Kind: TableRelation, Pos: p.peek().pos(), Name: p.qualifiedName()}
		b.Selection = &Selection{Pos: b.Pos, Items: []Item{{Star: true, Pos: b.Pos}}, From: []*Relation{r}}
	case p.hive && p.accept("FROM"):
		b.Selection = p.fromFirst(b.Pos)
	default:
		if !p.accept("SELECT") {
			p.mismatch("'SELECT'", "'VALUES'", "'TABLE'", "'WITH'", "'('")
		}
		b.Selection = &Selection{Pos: b.Pos}
		p.selectItems(b.Selection)
		if p.accept("FROM") {
			p.from(b.Selection)
		}
		p.clauses(b.Selection)
	}
	return b
}

// fromFirst takes Hive's FROM t SELECT ….
func (p *parser) fromFirst(at Position) *Selection {
	s := &Selection{Pos: at}
	p.from(s)
	if p.is("INSERT") {
		return s
	}
	p.expect("SELECT")
	p.selectItems(s)
	p.clauses(s)
	return s
}

func (p *parser) selectItems(s *Selection) {
	if s.Distinct = p.accept("DISTINCT"); !s.Distinct {
		p.accept("ALL")
	}
	if p.hive && p.is("TRANSFORM", "(") {
		p.unsupported(p.peek().pos(), "TRANSFORM … USING")
	}
	p.commaList(func() { s.Items = append(s.Items, p.item()) })
}

// item takes an expression with its name, * or q.*.
func (p *parser) item() Item {
	it := Item{Pos: p.peek().pos()}
	if p.accept("*") {
		it.Star = true
		return it
	}
	if n := p.starQualifier(); n > 0 {
		for len(it.Qualifier) < n {
			it.Qualifier = append(it.Qualifier, p.anyWord())
			p.i++ // the dot
		}
		p.i++
		it.Star = true
		return it
	}
	it.Expr = p.expression()
	if p.accept("AS") {
		if p.hive && p.is("(") {
			it.Aliases = p.identifiers()
			return it
		}
		it.Alias = p.alias()
	} else if p.isIdentifier() && !p.clauseAhead() {
		it.Alias = p.identifier()
	}
	return it
}

// alias takes the name after AS; Hive takes a string in its place.
func (p *parser) alias() string {
	if t := p.peek(); p.hive && t.kind == tokString {
		p.i++
		return t.text
	}
	return p.identifier()
}

// starQualifier counts the names of a.b.* when that is next.
func (p *parser) starQualifier() int {
	for n := 0; ; n++ {
		t := p.ahead(2 * n)
		if t.kind == tokSymbol && t.text == "*" && n > 0 {
			return n
		}
		if t.kind != tokWord && t.kind != tokQuoted || !p.isAt(2*n+1, ".") {
			return 0
		}
	}
}

// clauseAhead tells whether the next word, though no reserved one, begins a clause.
func (p *parser) clauseAhead() bool {
	t := p.peek()
	if t.kind != tokWord {
		return false
	}
	switch t.upper {
	case "LIMIT", "FETCH", "OFFSET":
		next := p.ahead(1)
		return next.kind == tokNumber || next.kind == tokWord
	case "WINDOW":
		return p.isAt(2, "AS")
	case "TABLESAMPLE", "QUALIFY", "MATCH_RECOGNIZE", "PIVOT":
		return true
	case "LATERAL":
		return p.isAt(1, "VIEW")
	case "DISTRIBUTE", "SORT", "CLUSTER":
		return p.isAt(1, "BY")
	case "MINUS":
		return p.hive
	case "NATURAL":
		return true
	}
	return false
}

// clauses takes WHERE, GROUP BY, HAVING and WINDOW.
func (p *parser) clauses(s *Selection) {
	if p.accept("WHERE") {
		s.Where = p.expression()
	}
	if p.accept("GROUP") {
		p.expect("BY")
		p.groupBy(s)
	}
	if p.accept("HAVING") {
		s.Having = p.expression()
	}
	if p.accept("WINDOW") {
		s.Windows = map[string]*Window{}
		p.commaList(func() {
			name := strings.ToLower(p.identifier())
			p.expect("AS")
			s.Windows[name] = p.window()
		})
	}
	if p.is("QUALIFY") {
		p.unsupported(p.peek().pos(), "QUALIFY")
	}
}
