package sqlsyntax

import "strings"

// parse reads the one statement of a job; Hive's SET lines before it are skipped. Its error is an *Error.
func Parse(sql string, d Dialect) (s *Statement, err error) {
	hive := d == Hive
	tokens, err := lex(sql, hive)
	if err != nil {
		return nil, err
	}
	p := &parser{tokens: tokens, hive: hive}
	err = p.guard(func() {
		database := ""
		for {
			for p.accept(";") {
				continue
			}
			s = p.statement()
			if s.Kind == SetStatement && s.Table != nil {
				database = s.Table[len(s.Table)-1]
			}
			if s.Kind != SetStatement || !p.accept(";") || p.peek().kind == tokEOF {
				break
			}
		}
		s.Database = database
		p.end()
	})
	return s, err
}

func (p *parser) statement() *Statement {
	s := &Statement{Pos: p.peek().pos()}
	switch {
	case p.hive && p.is("FROM"):
		p.fromStatement(s)
	case p.hive && p.is("WITH"):
		p.withStatement(s)
	case p.is("SELECT"), p.is("WITH"), p.is("VALUES"), p.is("TABLE"), p.is("("):
		s.Query = p.query()
	case p.accept("INSERT"):
		p.insert(s)
	case p.accept("CREATE", "TEMPORARY", "FUNCTION"):
		p.setting(s)
	case p.accept("CREATE"):
		p.create(s)
	case p.accept("DROP"):
		p.drop(s)
	case p.accept("DELETE"):
		p.expect("FROM")
		s.Kind = DeleteStatement
		p.target(s)
		if p.accept("WHERE") {
			s.Where = p.expression()
		}
	case p.accept("ALTER"):
		p.alter(s)
	case p.accept("SHOW"):
		p.show(s)
	case p.accept("DESCRIBE"), p.accept("DESC"):
		s.Kind = ShowColumnsStatement
		_ = p.accept("FORMATTED") || p.accept("EXTENDED")
		p.accept("TABLE")
		p.target(s)
	case p.accept("EXPLAIN"):
		p.explain(s)
	case p.accept("USE"):
		s.Kind = SetStatement
		p.target(s)
	case p.accept("SET"), p.accept("RESET", "SESSION"), p.accept("ADD", "JAR"):
		p.setting(s)
	case p.hive && p.accept("TRUNCATE"):
		p.accept("TABLE")
		s.Kind = DeleteStatement
		p.target(s)
	default:
		p.refuseVerb()
	}
	return s
}

// setting skips a statement that only tunes how others run.
func (p *parser) setting(s *Statement) {
	s.Kind = SetStatement
	for !p.is(";") && p.peek().kind != tokEOF {
		p.i++
	}
}

// withStatement takes Hive's WITH … SELECT … and WITH … INSERT ….
func (p *parser) withStatement(s *Statement) {
	q := &Query{Pos: s.Pos}
	p.with(q)
	switch {
	case p.is("FROM"):
		p.fromStatement(s)
	case p.accept("INSERT"):
		p.insert(s)
	default:
		s.Query = p.query()
	}
	s.Query.With, s.Query.Recursive = append(q.With, s.Query.With...), q.Recursive
}

// refuseVerb stops at a statement that is not translated.
func (p *parser) refuseVerb() {
	switch t := p.peek(); t.upper {
	case "UPDATE", "MERGE", "TRUNCATE", "ANALYZE", "GRANT", "REVOKE", "CALL", "PREPARE", "EXECUTE", "COMMENT", "START", "COMMIT", "ROLLBACK", "MSCK", "LOAD", "REFRESH":
		if t.kind == tokWord {
			p.unsupported(t.pos(), t.upper)
		}
	}
	p.mismatch("'SELECT'", "'WITH'", "'VALUES'", "'INSERT'", "'CREATE'", "'DELETE'", "'DROP'", "'ALTER'", "'SHOW'", "'DESCRIBE'", "'EXPLAIN'")
}

// target takes the table that a statement is about.
func (p *parser) target(s *Statement) {
	s.TablePos = p.peek().pos()
	s.Table = p.qualifiedName()
}

// fromStatement takes Hive's FROM t SELECT … and FROM t INSERT INTO TABLE x SELECT ….
func (p *parser) fromStatement(s *Statement) {
	q := p.query()
	s.Query = q
	if !p.is("INSERT") {
		return
	}
	from := q.Body.Selection
	if from == nil || len(from.Items) > 0 {
		p.mismatch("<EOF>")
	}
	p.i++
	p.insertTarget(s)
	p.expect("SELECT")
	p.selectItems(from)
	p.clauses(from)
	p.tail(q)
	if p.is("INSERT") {
		p.unsupported(p.peek().pos(), "more than one INSERT in a statement")
	}
}

// insert takes what follows INSERT.
func (p *parser) insert(s *Statement) {
	p.insertTarget(s)
	s.Query = p.query()
}

func (p *parser) insertTarget(s *Statement) {
	s.Kind = InsertStatement
	if s.Overwrite = p.hive && p.accept("OVERWRITE"); !s.Overwrite {
		p.expect("INTO")
	}
	if p.hive && p.is("DIRECTORY") || p.is("LOCAL", "DIRECTORY") {
		p.unsupported(p.peek().pos(), "INSERT OVERWRITE DIRECTORY")
	}
	if p.hive || p.is("TABLE") {
		p.accept("TABLE")
	}
	p.target(s)
	if p.is("PARTITION", "(") {
		p.unsupported(p.peek().pos(), "PARTITION")
	}
	p.accept("IF", "NOT", "EXISTS")
	if p.is("(") && !p.queryInParentheses() {
		s.Targets = p.identifiers()
	}
}

func (p *parser) show(s *Statement) {
	p.accept("FULL")
	switch {
	case p.accept("TABLES"):
		s.Kind = ShowTablesStatement
		if p.acceptAny("FROM", "IN") != "" {
			p.target(s)
		}
	case p.accept("SCHEMAS"), p.accept("DATABASES"):
		s.Kind = ShowDatabasesStatement
		if p.acceptAny("FROM", "IN") != "" {
			p.identifier()
		}
	case p.accept("COLUMNS"):
		s.Kind = ShowColumnsStatement
		if p.acceptAny("FROM", "IN") == "" {
			p.mismatch("'FROM'", "'IN'")
		}
		p.target(s)
	case p.accept("FUNCTIONS"):
		s.Kind = ShowFunctionsStatement
	case p.accept("CREATE", "TABLE"):
		s.Kind = ShowCreateStatement
		p.target(s)
		return
	case p.is("SESSION"), p.is("CATALOGS"), p.is("STATS"), p.is("PARTITIONS"), p.is("VIEWS"), p.is("ROLES"), p.is("GRANTS"), p.is("CREATE"):
		p.unsupported(s.Pos, "SHOW "+p.peek().upper)
	default:
		p.mismatch("'TABLES'", "'SCHEMAS'", "'DATABASES'", "'COLUMNS'", "'FUNCTIONS'", "'CREATE'")
	}
	if p.accept("LIKE") || p.hive && p.peek().kind == tokString {
		t := p.next()
		if t.kind != tokString {
			p.i--
			p.mismatch("<string>")
		}
		s.Pattern = &t.text
		if p.hive { // SHOW TABLES 'a*|b*'
			*s.Pattern = strings.ReplaceAll(t.text, "*", "%")
		}
		if p.accept("ESCAPE") {
			p.next()
		}
	}
}

// explain takes what follows EXPLAIN.
func (p *parser) explain(s *Statement) {
	s.Kind = ExplainStatement
	if p.is("ANALYZE") {
		p.unsupported(p.peek().pos(), "EXPLAIN ANALYZE")
	}
	_ = p.accept("EXTENDED") || p.accept("FORMATTED") || p.accept("VERBOSE")
	if p.is("(") && !p.queryInParentheses() {
		for p.next().text != ")" && p.peek().kind != tokEOF {
			continue
		}
	}
	defer p.nest()()
	s.Explained = p.statement()
}
