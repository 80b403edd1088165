package translate

import (
	"strconv"
	"strings"
)

// query takes WITH … SELECT … ORDER BY … LIMIT ….
func (p *parser) query() *query {
	defer p.nest()()
	q := &query{pos: p.peek().pos()}
	p.with(q)
	q.body = p.body(0)
	p.tail(q)
	return q
}

// with takes WITH a AS (…), b AS (…), if there.
func (p *parser) with(q *query) {
	if p.accept("WITH") {
		q.recursive = p.accept("RECURSIVE")
		p.commaList(func() { q.with = append(q.with, p.commonTable()) })
	}
}

func (p *parser) commonTable() commonTable {
	c := commonTable{pos: p.peek().pos(), name: p.identifier()}
	if p.is("(") {
		c.columns = p.identifiers()
	}
	p.expect("AS")
	p.accept("MATERIALIZED")
	p.expect("(")
	c.query = p.query()
	p.expect(")")
	return c
}

// tail takes ORDER BY, OFFSET, LIMIT and FETCH, and Hive's clauses that only distribute the work.
func (p *parser) tail(q *query) {
	if p.accept("ORDER") {
		p.expect("BY")
		q.order = p.sortKeys()
	}
	for p.hive {
		if p.accept("DISTRIBUTE", "BY") {
			p.sortKeys()
			continue
		}
		if p.accept("SORT", "BY") || p.accept("CLUSTER", "BY") {
			q.order = p.sortKeys() // one worker: its order is the order
			continue
		}
		break
	}
	if p.accept("OFFSET") {
		q.offset = p.count()
		_ = p.accept("ROWS") || p.accept("ROW")
	}
	if p.accept("LIMIT") {
		if p.accept("ALL") {
			return
		}
		q.limit = p.count()
		if p.hive && p.accept(",") {
			q.offset, q.limit = q.limit, p.count()
		}
		if p.hive && p.accept("OFFSET") {
			q.offset = p.count()
		}
		return
	}
	if p.accept("FETCH") {
		if p.acceptAny("FIRST", "NEXT") == "" {
			p.mismatch("'FIRST'", "'NEXT'")
		}
		q.limit = &node{kind: nodeNumber, text: "1"}
		if !p.is("ROW") && !p.is("ROWS") {
			q.limit = p.count()
		}
		if p.acceptAny("ROW", "ROWS") == "" {
			p.mismatch("'ROW'", "'ROWS'")
		}
		if q.ties = p.accept("WITH", "TIES"); !q.ties {
			p.expect("ONLY")
		}
	}
}

// count takes a whole number of rows.
func (p *parser) count() *node {
	t := p.peek()
	if _, err := strconv.ParseInt(t.text, 10, 64); t.kind != tokNumber || err != nil {
		p.mismatch("<integer>")
	}
	p.i++
	return &node{kind: nodeNumber, text: t.text, pos: t.pos()}
}

func (p *parser) sortKeys() (keys []sortKey) {
	p.commaList(func() {
		k := sortKey{expr: p.expression()}
		if k.desc = p.accept("DESC"); !k.desc {
			p.accept("ASC")
		}
		if p.accept("NULLS") {
			if k.nulls = p.acceptAny("FIRST", "LAST"); k.nulls == "" {
				p.mismatch("'FIRST'", "'LAST'")
			}
		}
		keys = append(keys, k)
	})
	return keys
}

// body takes selections and the set operators between them; INTERSECT binds tighter.
func (p *parser) body(minimum int) *body {
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
		b := &body{pos: p.next().pos(), op: op, left: left}
		if b.all = p.accept("ALL"); !b.all {
			p.accept("DISTINCT")
		}
		if chain > maxDepth {
			fail(SyntaxError, b.pos, "the statement is nested too deeply")
		}
		b.right = p.body(binding)
		left = b
	}
}

func (p *parser) bodyTerm() *body {
	defer p.nest()()
	b := &body{pos: p.peek().pos()}
	switch {
	case p.accept("("):
		b.query = p.query()
		p.expect(")")
	case p.accept("VALUES"):
		p.commaList(func() { b.values = append(b.values, p.expression()) })
	case p.accept("TABLE"):
		r := &relation{kind: relationTable, pos: p.peek().pos(), name: p.qualifiedName()}
		b.selection = &selection{pos: b.pos, items: []item{{star: true, pos: b.pos}}, from: []*relation{r}}
	case p.hive && p.accept("FROM"):
		b.selection = p.fromFirst(b.pos)
	default:
		if !p.accept("SELECT") {
			p.mismatch("'SELECT'", "'VALUES'", "'TABLE'", "'WITH'", "'('")
		}
		b.selection = &selection{pos: b.pos}
		p.selectItems(b.selection)
		if p.accept("FROM") {
			p.from(b.selection)
		}
		p.clauses(b.selection)
	}
	return b
}

// fromFirst takes Hive's FROM t SELECT ….
func (p *parser) fromFirst(at position) *selection {
	s := &selection{pos: at}
	p.from(s)
	if p.is("INSERT") {
		return s
	}
	p.expect("SELECT")
	p.selectItems(s)
	p.clauses(s)
	return s
}

func (p *parser) selectItems(s *selection) {
	if s.distinct = p.accept("DISTINCT"); !s.distinct {
		p.accept("ALL")
	}
	if p.hive && p.is("TRANSFORM", "(") {
		p.unsupported(p.peek().pos(), "TRANSFORM … USING")
	}
	p.commaList(func() { s.items = append(s.items, p.item()) })
}

// item takes an expression with its name, * or q.*.
func (p *parser) item() item {
	it := item{pos: p.peek().pos()}
	if p.accept("*") {
		it.star = true
		return it
	}
	if n := p.starQualifier(); n > 0 {
		for len(it.of) < n {
			it.of = append(it.of, p.anyWord())
			p.i++ // the dot
		}
		p.i++
		it.star = true
		return it
	}
	it.expr = p.expression()
	if p.accept("AS") {
		if p.hive && p.is("(") {
			it.aliases = p.identifiers()
			return it
		}
		it.alias = p.alias()
	} else if p.isIdentifier() && !p.clauseAhead() {
		it.alias = p.identifier()
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
func (p *parser) clauses(s *selection) {
	if p.accept("WHERE") {
		s.where = p.expression()
	}
	if p.accept("GROUP") {
		p.expect("BY")
		p.groupBy(s)
	}
	if p.accept("HAVING") {
		s.having = p.expression()
	}
	if p.accept("WINDOW") {
		s.windows = map[string]*window{}
		p.commaList(func() {
			name := strings.ToLower(p.identifier())
			p.expect("AS")
			s.windows[name] = p.window()
		})
	}
	if p.is("QUALIFY") {
		p.unsupported(p.peek().pos(), "QUALIFY")
	}
}
