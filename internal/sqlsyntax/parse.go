// Package sqlsyntax parses the SQL dialects of Treasure Data, Trino and Hive, into a syntax tree.
// See https://trino.io/docs/current/sql.html and https://hive.apache.org/docs/latest/language/languagemanual/.
package sqlsyntax

// Parse reads one statement. It skips the SET and USE statements before it; the statement records the database of the last
// USE. The error is an *Error.
func Parse(sql string, d Dialect) (_ *Statement, err error) {
	defer recoverError(&err)
	tokens, err := lex(sql, d == Hive)
	if err != nil {
		return nil, err
	}
	p := newStatementParser(&cursor{source: sql, tokens: tokens, hive: d == Hive})
	var s *Statement
	database := ""
	for {
		for p.accept(";") {
			continue
		}
		s = p.parseStatement()
		if s.Kind == SetStatement && s.Table != nil {
			database = s.Table[len(s.Table)-1]
		}
		if s.Kind != SetStatement || !p.accept(";") || p.peek().kind == tokEOF {
			break
		}
	}
	s.Database = database
	p.expectEnd()
	return s, nil
}

// ParseType reads a type as either dialect writes it. The error is an *Error.
func ParseType(s string) (_ *TypeName, err error) {
	defer recoverError(&err)
	tokens, err := lex(s, false)
	if err != nil {
		return nil, err
	}
	p := &typeParser{cursor: &cursor{tokens: tokens}}
	t := p.parseType()
	p.expectEnd()
	return t, nil
}

// newStatementParser connects the parsers. Queries and expressions contain each other, so the pointers
// form cycles.
func newStatementParser(c *cursor) *statementParser {
	exprs := &exprParser{cursor: c, types: &typeParser{cursor: c}}
	exprs.queries = &queryParser{cursor: c, exprs: exprs}
	exprs.queries.relations = &relationParser{cursor: c, exprs: exprs, queries: exprs.queries}
	return &statementParser{cursor: c, types: exprs.types, exprs: exprs, queries: exprs.queries}
}
