package translate

import "strings"

// parse reads the one statement of a job; Hive's SET lines before it are skipped.
func parse(tokens []token, hive bool) (s *statement, err error) {
	p := &parser{tokens: tokens, hive: hive}
	err = p.guard(func() {
		database := ""
		for {
			for p.accept(";") {
				continue
			}
			s = p.statement()
			if s.kind == statementSet && s.table != nil {
				database = s.table[len(s.table)-1]
			}
			if s.kind != statementSet || !p.accept(";") || p.peek().kind == tokEOF {
				break
			}
		}
		s.database = database
		p.end()
	})
	return s, err
}

func (p *parser) statement() *statement {
	s := &statement{pos: p.peek().pos()}
	switch {
	case p.hive && p.is("FROM"):
		p.fromStatement(s)
	case p.hive && p.is("WITH"):
		p.withStatement(s)
	case p.is("SELECT"), p.is("WITH"), p.is("VALUES"), p.is("TABLE"), p.is("("):
		s.query = p.query()
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
		s.kind = statementDelete
		p.target(s)
		if p.accept("WHERE") {
			s.where = p.expression()
		}
	case p.accept("ALTER"):
		p.alter(s)
	case p.accept("SHOW"):
		p.show(s)
	case p.accept("DESCRIBE"), p.accept("DESC"):
		s.kind = statementShowColumns
		_ = p.accept("FORMATTED") || p.accept("EXTENDED")
		p.accept("TABLE")
		p.target(s)
	case p.accept("EXPLAIN"):
		p.explain(s)
	case p.accept("USE"):
		s.kind = statementSet
		p.target(s)
	case p.accept("SET"), p.accept("RESET", "SESSION"), p.accept("ADD", "JAR"):
		p.setting(s)
	case p.hive && p.accept("TRUNCATE"):
		p.accept("TABLE")
		s.kind = statementDelete
		p.target(s)
	default:
		p.refuseVerb()
	}
	return s
}

// setting skips a statement that only tunes how others run.
func (p *parser) setting(s *statement) {
	s.kind = statementSet
	for !p.is(";") && p.peek().kind != tokEOF {
		p.i++
	}
}

// withStatement takes Hive's WITH … SELECT … and WITH … INSERT ….
func (p *parser) withStatement(s *statement) {
	q := &query{pos: s.pos}
	p.with(q)
	switch {
	case p.is("FROM"):
		p.fromStatement(s)
	case p.accept("INSERT"):
		p.insert(s)
	default:
		s.query = p.query()
	}
	s.query.with, s.query.recursive = append(q.with, s.query.with...), q.recursive
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
func (p *parser) target(s *statement) {
	s.tablePos = p.peek().pos()
	s.table = p.qualifiedName()
}

// fromStatement takes Hive's FROM t SELECT … and FROM t INSERT INTO TABLE x SELECT ….
func (p *parser) fromStatement(s *statement) {
	q := p.query()
	s.query = q
	if !p.is("INSERT") {
		return
	}
	from := q.body.selection
	if from == nil || len(from.items) > 0 {
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
func (p *parser) insert(s *statement) {
	p.insertTarget(s)
	s.query = p.query()
}

func (p *parser) insertTarget(s *statement) {
	s.kind = statementInsert
	if s.overwrite = p.hive && p.accept("OVERWRITE"); !s.overwrite {
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
		s.targets = p.identifiers()
	}
}

func (p *parser) show(s *statement) {
	p.accept("FULL")
	switch {
	case p.accept("TABLES"):
		s.kind = statementShowTables
		if p.acceptAny("FROM", "IN") != "" {
			p.target(s)
		}
	case p.accept("SCHEMAS"), p.accept("DATABASES"):
		s.kind = statementShowDatabases
		if p.acceptAny("FROM", "IN") != "" {
			p.identifier()
		}
	case p.accept("COLUMNS"):
		s.kind = statementShowColumns
		if p.acceptAny("FROM", "IN") == "" {
			p.mismatch("'FROM'", "'IN'")
		}
		p.target(s)
	case p.accept("FUNCTIONS"):
		s.kind = statementShowFunctions
	case p.accept("CREATE", "TABLE"):
		s.kind = statementShowCreate
		p.target(s)
		return
	case p.is("SESSION"), p.is("CATALOGS"), p.is("STATS"), p.is("PARTITIONS"), p.is("VIEWS"), p.is("ROLES"), p.is("GRANTS"), p.is("CREATE"):
		p.unsupported(s.pos, "SHOW "+p.peek().upper)
	default:
		p.mismatch("'TABLES'", "'SCHEMAS'", "'DATABASES'", "'COLUMNS'", "'FUNCTIONS'", "'CREATE'")
	}
	if p.accept("LIKE") || p.hive && p.peek().kind == tokString {
		t := p.next()
		if t.kind != tokString {
			p.i--
			p.mismatch("<string>")
		}
		s.pattern = &t.text
		if p.hive { // SHOW TABLES 'a*|b*'
			*s.pattern = strings.ReplaceAll(t.text, "*", "%")
		}
		if p.accept("ESCAPE") {
			p.next()
		}
	}
}

// explain takes what follows EXPLAIN.
func (p *parser) explain(s *statement) {
	s.kind = statementExplain
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
	s.explained = p.statement()
}
