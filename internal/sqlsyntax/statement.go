package sqlsyntax

import (
	"fmt"
	"slices"
	"strings"
)

// A statementParser parses statements.
type statementParser struct {
	*cursor

	types   *typeParser
	exprs   *exprParser
	queries *queryParser
}

func (sp *statementParser) parseStatement() *Statement {
	s := &Statement{Pos: sp.peek().pos()}
	switch {
	case sp.hive && sp.is("FROM"):
		sp.parseFromStatement(s)
	case sp.hive && sp.is("WITH"):
		sp.parseWithStatement(s)
	case sp.is("SELECT"), sp.is("WITH"), sp.is("VALUES"), sp.is("TABLE"), sp.is("("):
		s.Query = sp.queries.parseQuery()
	case sp.accept("INSERT"):
		sp.parseInsert(s)
	case sp.accept("CREATE", "TEMPORARY", "FUNCTION"):
		sp.skipSetting(s)
	case sp.accept("CREATE"):
		sp.parseCreate(s)
	case sp.accept("DROP"):
		sp.parseDrop(s)
	case sp.accept("DELETE"):
		sp.expect("FROM")
		s.Kind = DeleteStatement
		sp.parseTarget(s)
		if sp.accept("WHERE") {
			s.Where = sp.exprs.parseExpr()
		}
	case sp.accept("ALTER"):
		sp.parseAlter(s)
	case sp.accept("SHOW"):
		sp.parseShow(s)
	case sp.accept("DESCRIBE"), sp.accept("DESC"):
		s.Kind = ShowColumnsStatement
		_ = sp.accept("FORMATTED") || sp.accept("EXTENDED")
		sp.accept("TABLE")
		sp.parseTarget(s)
	case !sp.hive && sp.accept("EXECUTE", "IMMEDIATE"):
		return sp.parseExecute()
	case sp.accept("EXPLAIN"):
		sp.parseExplain(s)
	case sp.accept("USE"):
		s.Kind = SetStatement
		sp.parseTarget(s)
	case sp.accept("SET"), sp.accept("RESET", "SESSION"), sp.accept("ADD", "JAR"):
		sp.skipSetting(s)
	case sp.hive && sp.accept("TRUNCATE"):
		sp.accept("TABLE")
		s.Kind = DeleteStatement
		sp.parseTarget(s)
	default:
		sp.failUnknown()
	}
	return s
}

// parseExecute parses the statement in a string, and the values of its parameters.
func (sp *statementParser) parseExecute() *Statement {
	defer sp.nest()()
	text := sp.peek()
	if text.kind != tokString {
		sp.failUnexpected("<string>")
	}
	sp.i++
	inner := &cursor{source: text.text, immediate: true, depth: sp.depth}
	if sp.accept("USING") {
		sp.parseList(func() { inner.parameters = append(inner.parameters, sp.exprs.parseExpr()) })
	}
	tokens, err := lex(text.text, false)
	if err != nil {
		panic(err)
	}
	inner.tokens = tokens
	p := newStatementParser(inner)
	s := p.parseStatement()
	p.expectEnd()
	if inner.used != len(inner.parameters) {
		fail(SemanticError, text.pos(), fmt.Sprintf("Incorrect number of parameters: expected %d but found %d", inner.used, len(inner.parameters)))
	}
	return s
}

// skipSetting skips a statement that has no effect in the sandbox.
func (sp *statementParser) skipSetting(s *Statement) {
	s.Kind = SetStatement
	for !sp.is(";") && sp.peek().kind != tokEOF {
		sp.i++
	}
}

// parseWithStatement parses Hive's WITH … SELECT … and WITH … INSERT ….
func (sp *statementParser) parseWithStatement(s *Statement) {
	q := &Query{Pos: s.Pos}
	sp.queries.parseWith(q)
	switch {
	case sp.is("FROM"):
		sp.parseFromStatement(s)
	case sp.accept("INSERT"):
		sp.parseInsert(s)
	default:
		s.Query = sp.queries.parseQuery()
	}
	for _, each := range append([]*Statement{s}, s.Inserts...) {
		each.Query.With, each.Query.Recursive = slices.Concat(q.With, each.Query.With), q.Recursive
	}
}

// failUnknown fails at a statement that is not supported.
func (sp *statementParser) failUnknown() {
	switch t := sp.peek(); t.upper {
	case "UPDATE", "MERGE", "TRUNCATE", "ANALYZE", "GRANT", "REVOKE", "CALL", "PREPARE", "EXECUTE", "COMMENT", "START", "COMMIT", "ROLLBACK", "MSCK", "LOAD", "REFRESH":
		if t.kind == tokWord {
			sp.failUnsupported(t.pos(), t.upper)
		}
	}
	sp.failUnexpected("'SELECT'", "'WITH'", "'VALUES'", "'INSERT'", "'CREATE'", "'DELETE'", "'DROP'", "'ALTER'", "'SHOW'", "'DESCRIBE'", "'EXPLAIN'")
}

// parseTarget parses the name of the statement's table or database.
func (sp *statementParser) parseTarget(s *Statement) {
	s.TablePos = sp.peek().pos()
	s.Table = sp.parseQualifiedName()
}

// parseFromStatement parses Hive's FROM t SELECT … and FROM t INSERT INTO TABLE x SELECT … INSERT INTO TABLE y ….
func (sp *statementParser) parseFromStatement(s *Statement) {
	s.Query = sp.queries.parseQuery()
	if !sp.is("INSERT") {
		return
	}
	source := s.Query.Body.Selection
	if source == nil || len(source.Items) > 0 {
		sp.failUnexpected("<EOF>")
	}
	sp.parseInsertFrom(s, source.From)
	for sp.is("INSERT") {
		more := &Statement{Pos: sp.peek().pos()}
		sp.parseInsertFrom(more, source.From)
		s.Inserts = append(s.Inserts, more)
	}
}

// parseInsertFrom parses INSERT INTO TABLE x SELECT … whose FROM precedes it.
func (sp *statementParser) parseInsertFrom(s *Statement, from []*Relation) {
	sp.expect("INSERT")
	sp.parseInsertTarget(s)
	at := sp.peek().pos()
	selection := &Selection{Pos: at, From: slices.Clone(from)}
	s.Query = &Query{Pos: at, Body: &Body{Pos: at, Selection: selection}}
	if sp.queries.startsScript() {
		sp.failUnsupported(at, sp.peek().upper+" … USING")
	}
	sp.expect("SELECT")
	sp.queries.parseItems(selection)
	for sp.is("LATERAL", "VIEW") {
		last := len(selection.From) - 1
		selection.From[last] = sp.queries.relations.parseLateralView(selection.From[last])
	}
	sp.queries.parseClauses(selection)
	sp.queries.parseTail(s.Query)
}

// parseInsert parses a statement after INSERT.
func (sp *statementParser) parseInsert(s *Statement) {
	sp.parseInsertTarget(s)
	s.Query = sp.queries.parseQuery()
}

func (sp *statementParser) parseInsertTarget(s *Statement) {
	s.Kind = InsertStatement
	if s.Overwrite = sp.hive && sp.accept("OVERWRITE"); !s.Overwrite {
		sp.expect("INTO")
	}
	if sp.hive && sp.is("DIRECTORY") || sp.is("LOCAL", "DIRECTORY") {
		sp.failUnsupported(sp.peek().pos(), "INSERT OVERWRITE DIRECTORY")
	}
	if sp.hive || sp.is("TABLE") {
		sp.accept("TABLE")
	}
	sp.parseTarget(s)
	if sp.hive && sp.accept("PARTITION") {
		sp.parsePartition(s)
	}
	if sp.is("(") && !sp.startsQuery() {
		s.Targets = sp.parseIdentifierList()
	}
}

func (sp *statementParser) parsePartition(s *Statement) {
	sp.expect("(")
	sp.parseList(func() {
		v := PartitionValue{Pos: sp.peek().pos(), Column: sp.parseIdentifier()}
		if sp.accept("=") {
			v.Value = sp.exprs.parseUnary()
		}
		s.Partition = append(s.Partition, v)
	})
	sp.expect(")")
	if sp.is("IF", "NOT", "EXISTS") {
		sp.failUnsupported(sp.peek().pos(), "IF NOT EXISTS of a partition")
	}
}

func (sp *statementParser) parseShow(s *Statement) {
	sp.accept("FULL")
	switch {
	case sp.accept("TABLES"):
		s.Kind = ShowTablesStatement
		if sp.acceptAny("FROM", "IN") != "" {
			sp.parseTarget(s)
		}
	case sp.accept("SCHEMAS"), sp.accept("DATABASES"):
		s.Kind = ShowDatabasesStatement
		if sp.acceptAny("FROM", "IN") != "" {
			sp.parseIdentifier()
		}
	case sp.accept("COLUMNS"):
		s.Kind = ShowColumnsStatement
		if sp.acceptAny("FROM", "IN") == "" {
			sp.failUnexpected("'FROM'", "'IN'")
		}
		sp.parseTarget(s)
	case sp.accept("FUNCTIONS"):
		s.Kind = ShowFunctionsStatement
	case sp.accept("CREATE", "TABLE"), sp.accept("CREATE", "VIEW"):
		s.View = sp.tokens[sp.i-1].upper == "VIEW"
		s.Kind = ShowCreateStatement
		sp.parseTarget(s)
		return
	case sp.is("SESSION"), sp.is("CATALOGS"), sp.is("STATS"), sp.is("PARTITIONS"), sp.is("VIEWS"), sp.is("ROLES"), sp.is("GRANTS"), sp.is("CREATE"):
		sp.failUnsupported(s.Pos, "SHOW "+sp.peek().upper)
	default:
		sp.failUnexpected("'TABLES'", "'SCHEMAS'", "'DATABASES'", "'COLUMNS'", "'FUNCTIONS'", "'CREATE'")
	}
	if sp.accept("LIKE") || sp.hive && sp.peek().kind == tokString {
		t := sp.next()
		if t.kind != tokString {
			sp.i--
			sp.failUnexpected("<string>")
		}
		s.Pattern = &t.text
		if sp.hive { // SHOW TABLES 'a*'
			*s.Pattern = strings.ReplaceAll(t.text, "*", "%")
		}
		if sp.accept("ESCAPE") {
			if s.Escape = sp.next().text; len(s.Escape) != 1 {
				fail(SemanticError, s.Pos, "Escape string must be a single character")
			}
		}
	}
}

// parseExplain parses a statement after EXPLAIN.
func (sp *statementParser) parseExplain(s *Statement) {
	s.Kind = ExplainStatement
	if sp.is("ANALYZE") {
		sp.failUnsupported(sp.peek().pos(), "EXPLAIN ANALYZE")
	}
	_ = sp.accept("EXTENDED") || sp.accept("FORMATTED") || sp.accept("VERBOSE")
	if sp.is("(") && !sp.startsQuery() {
		for sp.next().text != ")" && sp.peek().kind != tokEOF {
			s.Validate = s.Validate || sp.is("TYPE", "VALIDATE")
		}
	}
	defer sp.nest()()
	s.Explained = sp.parseStatement()
}
