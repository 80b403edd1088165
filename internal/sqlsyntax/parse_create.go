package sqlsyntax

func (p *parser) create(s *Statement) {
	if p.is("OR", "REPLACE") || p.is("VIEW") || p.is("FUNCTION") || p.is("ROLE") || p.is("MATERIALIZED") {
		p.unsupported(s.Pos, "CREATE "+p.peek().upper)
	}
	switch {
	case p.accept("SCHEMA"), p.accept("DATABASE"):
		s.Kind = CreateDatabaseStatement
		s.IfExists = p.accept("IF", "NOT", "EXISTS")
		p.target(s)
		p.options()
		return
	case p.accept("EXTERNAL"), p.accept("TEMPORARY"):
		p.unsupported(s.Pos, "CREATE "+p.tokens[p.i-1].upper+" TABLE")
	}
	p.expect("TABLE")
	s.Kind = CreateTableStatement
	s.IfExists = p.accept("IF", "NOT", "EXISTS")
	p.target(s)
	if p.is("LIKE") || p.is("(", "LIKE") {
		p.createLike(s)
		return
	}
	if p.is("(") && !p.queryInParentheses() {
		p.columnDefinitions(s)
	}
	p.options()
	if len(s.Columns) > 0 && p.hive || !p.accept("AS") {
		if len(s.Columns) == 0 {
			p.mismatch("'AS'", "'('")
		}
		return
	}
	for _, c := range s.Columns {
		if s.Targets = append(s.Targets, c.Name); c.Type != nil {
			fail(SyntaxError, p.peek().pos(), "mismatched input 'AS'")
		}
	}
	s.Columns = nil
	s.Query = p.query()
	if p.accept("WITH", "NO", "DATA") {
		s.NoData = true
	} else {
		p.accept("WITH", "DATA")
	}
}

// createLike takes LIKE t and (LIKE t).
func (p *parser) createLike(s *Statement) {
	inParentheses := p.accept("(")
	p.expect("LIKE")
	s.Like = p.qualifiedName()
	if inParentheses {
		_ = p.accept("INCLUDING", "PROPERTIES") || p.accept("EXCLUDING", "PROPERTIES")
		p.expect(")")
	}
	p.options()
}

// columnDefinitions takes (a bigint, b varchar), or (a, b) before AS.
func (p *parser) columnDefinitions(s *Statement) {
	p.expect("(")
	p.commaList(func() {
		c := ColumnDefinition{Name: p.identifier()}
		if !p.is(",") && !p.is(")") {
			c.Type = p.typeName()
		}
		p.accept("NOT", "NULL")
		if p.accept("COMMENT") {
			p.i++
		}
		s.Columns = append(s.Columns, c)
	})
	p.expect(")")
}

// options skips WITH (…), COMMENT '…', STORED AS … and TBLPROPERTIES (…), which change nothing here.
func (p *parser) options() {
	for {
		switch {
		case p.accept("COMMENT"):
			p.next()
		case p.is("WITH", "("), p.is("TBLPROPERTIES", "("):
			for depth := 0; p.peek().kind != tokEOF; {
				t := p.next()
				if t.kind == tokSymbol && t.text == "(" {
					depth++
				}
				if t.kind == tokSymbol && t.text == ")" {
					if depth--; depth == 0 {
						break
					}
				}
			}
		case p.hive && p.accept("STORED", "AS"):
			p.next()
		default:
			return
		}
	}
}

func (p *parser) drop(s *Statement) {
	switch {
	case p.accept("TABLE"):
		s.Kind = DropTableStatement
	case p.accept("SCHEMA"), p.accept("DATABASE"):
		s.Kind = DropDatabaseStatement
	default:
		p.unsupported(s.Pos, "DROP "+p.peek().upper)
	}
	s.IfExists = p.accept("IF", "EXISTS")
	p.target(s)
	_ = p.accept("RESTRICT") || p.accept("CASCADE") || p.accept("PURGE")
}

// alter takes ALTER TABLE t RENAME TO u.
func (p *parser) alter(s *Statement) {
	p.expect("TABLE")
	s.Kind = RenameStatement
	s.IfExists = p.accept("IF", "EXISTS")
	p.target(s)
	if !p.is("RENAME", "TO") {
		p.unsupported(s.Pos, "ALTER TABLE other than RENAME TO")
	}
	p.i += 2
	s.NewName = p.qualifiedName()
}
