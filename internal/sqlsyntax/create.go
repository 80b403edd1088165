package sqlsyntax

import "strings"

func (sp *statementParser) parseCreate(s *Statement) {
	s.Replace = sp.accept("OR", "REPLACE")
	if sp.is("FUNCTION") || sp.is("ROLE") || sp.is("MATERIALIZED") {
		sp.failUnsupported(s.Pos, "CREATE "+sp.peek().upper)
	}
	switch {
	case sp.accept("VIEW"):
		sp.parseCreateView(s)
		return
	case sp.accept("SCHEMA"), sp.accept("DATABASE"):
		s.Kind = CreateDatabaseStatement
		s.IfExists = sp.accept("IF", "NOT", "EXISTS")
		sp.parseTarget(s)
		sp.skipOptions()
		return
	case !sp.hive && sp.is("EXTERNAL"), sp.is("TEMPORARY"):
		sp.failUnsupported(s.Pos, "CREATE "+sp.peek().upper+" TABLE")
	}
	sp.accept("EXTERNAL")
	sp.expect("TABLE")
	s.Kind = CreateTableStatement
	s.IfExists = sp.accept("IF", "NOT", "EXISTS")
	sp.parseTarget(s)
	if sp.is("LIKE") || sp.is("(", "LIKE") {
		sp.parseCreateLike(s)
		return
	}
	if sp.is("(") && !sp.startsQuery() {
		sp.parseColumnDefinitions(s)
	}
	sp.skipOptions()
	if sp.hive && len(s.Columns) > 0 && sp.accept("PARTITIONED", "BY") { // the columns of partitions follow the others
		sp.parseColumnDefinitions(s)
		sp.skipOptions()
	}
	if len(s.Columns) > 0 && sp.hive || !sp.accept("AS") {
		if len(s.Columns) == 0 {
			sp.failUnexpected("'AS'", "'('")
		}
		return
	}
	for _, c := range s.Columns {
		if s.Targets = append(s.Targets, c.Name); c.Type != nil {
			fail(SyntaxError, sp.peek().pos(), "mismatched input 'AS'")
		}
	}
	s.Columns = nil
	s.Query = sp.queries.parseQuery()
	if sp.accept("WITH", "NO", "DATA") {
		s.NoData = true
	} else {
		sp.accept("WITH", "DATA")
	}
}

// parseCreateView parses v AS SELECT …, and Hive's v (a, b COMMENT 'x') AS SELECT ….
func (sp *statementParser) parseCreateView(s *Statement) {
	s.Kind = CreateViewStatement
	s.IfExists = sp.hive && sp.accept("IF", "NOT", "EXISTS")
	sp.parseTarget(s)
	if sp.hive && sp.is("(") {
		sp.parseColumnDefinitions(s)
		for _, c := range s.Columns {
			s.Targets = append(s.Targets, c.Name)
		}
		s.Columns = nil
	}
	sp.skipOptions()
	if sp.accept("SECURITY") && sp.acceptAny("DEFINER", "INVOKER") == "" {
		sp.failUnexpected("'DEFINER'", "'INVOKER'")
	}
	sp.expect("AS")
	start := sp.peek().offset
	s.Query = sp.queries.parseQuery()
	s.Source = strings.TrimSpace(sp.source[start:sp.peek().offset])
}

// parseCreateLike parses LIKE t and (LIKE t).
func (sp *statementParser) parseCreateLike(s *Statement) {
	inParentheses := sp.accept("(")
	sp.expect("LIKE")
	s.Like = sp.parseQualifiedName()
	if inParentheses {
		_ = sp.accept("INCLUDING", "PROPERTIES") || sp.accept("EXCLUDING", "PROPERTIES")
		sp.expect(")")
	}
	sp.skipOptions()
}

// parseColumnDefinitions parses (a bigint, b varchar), or (a, b) before AS.
func (sp *statementParser) parseColumnDefinitions(s *Statement) {
	sp.expect("(")
	sp.parseList(func() {
		c := ColumnDefinition{Name: sp.parseIdentifier()}
		if !sp.is(",") && !sp.is(")") && !sp.is("COMMENT") {
			c.Type = sp.types.parseType()
		}
		sp.accept("NOT", "NULL")
		if sp.accept("COMMENT") {
			sp.i++
		}
		s.Columns = append(s.Columns, c)
	})
	sp.expect(")")
}

// skipOptions skips WITH (…), COMMENT '…', STORED AS … and TBLPROPERTIES (…), which have no effect in the sandbox.
func (sp *statementParser) skipOptions() {
	for {
		switch {
		case sp.accept("COMMENT"):
			sp.next()
		case sp.is("WITH", "("), sp.is("TBLPROPERTIES", "("):
			sp.i++
			sp.skipParentheses()
		case sp.hive && sp.skipStorage():
		default:
			return
		}
	}
}

// skipStorage skips a clause of Hive that describes how the rows are stored. It returns false if none is next.
func (sp *statementParser) skipStorage() bool {
	switch {
	case sp.accept("STORED", "AS", "INPUTFORMAT"):
		sp.next()
		sp.expect("OUTPUTFORMAT")
		sp.next()
	case sp.accept("STORED", "AS"):
		sp.next()
	case sp.accept("LOCATION"):
		if t := sp.next(); strings.Contains(t.text, "://") && !strings.HasPrefix(t.text, "hdfs://") {
			sp.failUnsupported(t.pos(), "LOCATION '"+t.text+"'")
		}
	case sp.accept("ROW", "FORMAT", "SERDE"):
		sp.next()
		if sp.accept("WITH", "SERDEPROPERTIES") {
			sp.skipParentheses()
		}
	case sp.accept("ROW", "FORMAT", "DELIMITED"):
		for sp.acceptAny("FIELDS", "COLLECTION", "MAP", "LINES", "NULL", "ESCAPED") != "" {
			for !sp.accept("BY") && !sp.accept("AS") {
				if sp.acceptAny("TERMINATED", "ESCAPED", "ITEMS", "KEYS", "DEFINED") == "" {
					sp.failUnexpected("'BY'")
				}
			}
			sp.next()
		}
		if sp.accept("ESCAPED", "BY") {
			sp.next()
		}
	case sp.accept("CLUSTERED", "BY"):
		sp.skipParentheses()
		if sp.accept("SORTED", "BY") {
			sp.skipParentheses()
		}
		sp.expect("INTO")
		sp.parseNumber()
		sp.expect("BUCKETS")
	default:
		return false
	}
	return true
}

// skipParentheses skips (…).
func (sp *statementParser) skipParentheses() {
	sp.expect("(")
	for depth := 1; depth > 0; {
		switch t := sp.next(); {
		case t.kind == tokEOF:
			sp.failUnexpected("')'")
		case t.kind == tokSymbol && t.text == "(":
			depth++
		case t.kind == tokSymbol && t.text == ")":
			depth--
		}
	}
}

func (sp *statementParser) parseDrop(s *Statement) {
	switch {
	case sp.is("FUNCTION", "IF", "EXISTS"), sp.is("TEMPORARY", "FUNCTION", "IF", "EXISTS"):
		sp.skipSetting(s)
		return
	case sp.accept("TABLE"):
		s.Kind = DropTableStatement
	case sp.accept("VIEW"):
		s.Kind = DropViewStatement
	case sp.accept("SCHEMA"), sp.accept("DATABASE"):
		s.Kind = DropDatabaseStatement
	default:
		sp.failUnsupported(s.Pos, "DROP "+sp.peek().upper)
	}
	s.IfExists = sp.accept("IF", "EXISTS")
	sp.parseTarget(s)
	_ = sp.accept("RESTRICT") || sp.accept("CASCADE") || sp.accept("PURGE")
}

// parseAlter parses ALTER TABLE t RENAME TO u.
func (sp *statementParser) parseAlter(s *Statement) {
	sp.expect("TABLE")
	s.Kind = RenameStatement
	s.IfExists = sp.accept("IF", "EXISTS")
	sp.parseTarget(s)
	if !sp.is("RENAME", "TO") {
		sp.failUnsupported(s.Pos, "ALTER TABLE other than RENAME TO")
	}
	sp.i += 2
	s.NewName = sp.parseQualifiedName()
}
