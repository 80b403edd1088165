package sqlsyntax

import (
	"slices"
	"strings"
)

// keywordExpression takes an expression that a keyword begins; nil when t is only a name.
func (p *parser) keywordExpression(t token) *Expr {
	next := p.ahead(1)
	opens := next.kind == tokSymbol && next.text == "("
	switch t.upper {
	case "NULL":
		p.i++
		return &Expr{Kind: Null, Pos: t.pos()}
	case "TRUE", "FALSE":
		p.i++
		return &Expr{Kind: Boolean, Text: strings.ToLower(t.text), Pos: t.pos()}
	case "CASE":
		p.i++
		return p.caseOf(t.pos())
	case "INTERVAL":
		if n := p.interval(); n != nil {
			return n
		}
	case "EXISTS":
		p.i++
		p.expect("(")
		n := &Expr{Kind: Exists, Pos: t.pos(), Query: p.query()}
		p.expect(")")
		return n
	case "CAST", "TRY_CAST":
		if opens {
			return p.cast(t)
		}
	case "CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_TIME", "LOCALTIME", "CURRENT_USER":
		if !opens && (reserved(t.upper, p.hive) || p.hive) {
			p.i++
			return &Expr{Kind: Call, Text: strings.ToLower(t.text), Pos: t.pos(), Call: &CallParts{}}
		}
	case "ARRAY":
		if next.kind == tokSymbol && next.text == "[" {
			p.i += 2
			n := &Expr{Kind: Array, Pos: t.pos()}
			if !p.is("]") {
				p.commaList(func() { n.Args = append(n.Args, p.expression()) })
			}
			p.expect("]")
			return n
		}
	case "ROW":
		if opens {
			p.i++
			return &Expr{Kind: Row, Text: "row", Pos: t.pos(), Args: p.arguments()}
		}
	}
	if opens {
		return p.keywordCall(t)
	}
	if next.kind == tokString {
		return p.typedLiteral(t, next)
	}
	return nil
}

// typedLiteral takes DATE '…' and the like.
func (p *parser) typedLiteral(t, value token) *Expr {
	name := strings.ToLower(t.text)
	switch name {
	case "date", "timestamp", "time", "decimal", "bigint", "integer", "smallint", "tinyint", "double", "real", "json", "varchar", "char", "boolean":
	case "x":
		name = "varbinary"
	default:
		return nil
	}
	p.i += 2
	return &Expr{Kind: TypedLiteral, Type: &TypeName{Pos: t.pos(), Name: name}, Text: value.text, Pos: t.pos()}
}

func (p *parser) caseOf(at Position) *Expr {
	n := &Expr{Kind: Case, Pos: at, Args: []*Expr{nil}}
	if !p.is("WHEN") {
		n.Args[0] = p.expression()
	}
	if !p.is("WHEN") {
		p.mismatch("'WHEN'")
	}
	for p.accept("WHEN") {
		when := p.expression()
		p.expect("THEN")
		n.Args = append(n.Args, when, p.expression())
	}
	if p.accept("ELSE") {
		n.Args = append(n.Args, p.expression())
	}
	p.expect("END")
	return n
}

func (p *parser) cast(t token) *Expr {
	p.i += 2
	n := &Expr{Kind: Cast, Text: strings.ToLower(t.text), Pos: t.pos(), Args: []*Expr{p.expression()}}
	p.expect("AS")
	n.Type = p.typeName()
	p.expect(")")
	return n
}

// interval takes INTERVAL '1' DAY, INTERVAL -'1 02:03:04' DAY TO SECOND, Hive's INTERVAL 1 DAY; nil
// when interval is but a name.
func (p *parser) interval() *Expr {
	start := p.i
	n := &Expr{Kind: Interval, Pos: p.next().pos()}
	if p.accept("-") {
		n.Text = "-"
	} else {
		p.accept("+")
	}
	if t := p.peek(); t.kind != tokString && (!p.hive || t.kind != tokNumber) {
		p.i = start
		return nil
	}
	n.Text += strings.TrimSpace(p.next().text)
	unit := p.peek()
	n.Unit = intervalUnit(unit.upper)
	if unit.kind != tokWord || n.Unit == "" {
		p.mismatch("'DAY'", "'HOUR'", "'MINUTE'", "'MONTH'", "'SECOND'", "'YEAR'")
	}
	p.i++
	if p.accept("TO") {
		n.Unit += " to " + intervalUnit(p.next().upper)
	}
	return n
}

// intervalUnit is the unit that a word names, in the singular.
func intervalUnit(upper string) string {
	unit := strings.ToLower(strings.TrimSuffix(upper, "S"))
	if slices.Contains([]string{"second", "minute", "hour", "day", "week", "month", "year"}, unit) {
		return unit
	}
	return ""
}

// keywordCall takes the calls whose arguments are not a plain list; nil for all others.
func (p *parser) keywordCall(t token) *Expr {
	n := &Expr{Kind: Call, Text: strings.ToLower(t.text), Pos: t.pos(), Call: &CallParts{}}
	start := p.i
	p.i += 2
	switch t.upper {
	case "EXTRACT":
		n.Text = strings.ToLower(p.anyWord())
		p.expect("FROM")
		n.Args = []*Expr{p.expression()}
	case "POSITION":
		needle := p.binding(bindCompare)
		p.expect("IN")
		n.Text, n.Args = "strpos", []*Expr{p.expression(), needle}
	case "SUBSTRING":
		n.Args = []*Expr{p.expression()}
		if !p.accept("FROM") {
			p.i = start
			return nil
		}
		n.Args = append(n.Args, p.expression())
		if p.accept("FOR") {
			n.Args = append(n.Args, p.expression())
		}
	case "TRIM":
		side := p.acceptAny("BOTH", "LEADING", "TRAILING")
		if p.is(")") || p.is(",") || p.is("(") && side != "" {
			p.i = start
			return nil
		}
		var what *Expr
		if !p.is("FROM") {
			what = p.expression()
		}
		if !p.accept("FROM") {
			p.i = start
			return nil
		}
		n.Text = map[string]string{"": "trim", "BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side]
		n.Args = []*Expr{p.expression()}
		if what != nil {
			n.Args = append(n.Args, what)
		}
	default:
		p.i = start
		return nil
	}
	p.expect(")")
	return n
}

// callOf takes a call from its opening parenthesis on.
func (p *parser) callOf(name string, at Position) *Expr {
	n := &Expr{Kind: Call, Text: name, Pos: at, Call: &CallParts{}}
	p.expect("(")
	switch {
	case p.is("*"):
		n.Args = []*Expr{{Kind: Star, Pos: p.next().pos()}}
	case !p.is(")"):
		if n.Call.Distinct = p.accept("DISTINCT"); !n.Call.Distinct {
			p.accept("ALL")
		}
		p.commaList(func() { n.Args = append(n.Args, p.expression()) })
		p.callClauses(n)
	}
	p.expect(")")
	p.callSuffix(n)
	return n
}

// callClauses takes what may follow the arguments inside the parentheses.
func (p *parser) callClauses(n *Expr) {
	if p.accept("ORDER", "BY") {
		n.Call.OrderBy = p.sortKeys()
	}
	if p.accept("ON", "OVERFLOW") {
		n.Call.Overflow = p.next().upper
		for !p.is(")") && p.peek().kind != tokEOF {
			p.i++
		}
	}
	if p.is("RETURNING") || p.is("NULL", "ON") || p.is("ERROR", "ON") || p.is("WITH", "WRAPPER") || p.is("WITHOUT", "WRAPPER") {
		p.unsupported(p.peek().pos(), p.peek().upper+" in "+n.Text)
	}
	p.nullTreatment(n)
}

func (p *parser) nullTreatment(n *Expr) {
	if p.accept("IGNORE", "NULLS") {
		n.Call.IgnoreNulls = true
	} else {
		p.accept("RESPECT", "NULLS")
	}
}

// callSuffix takes WITHIN GROUP, FILTER, IGNORE NULLS and OVER.
func (p *parser) callSuffix(n *Expr) {
	if p.accept("WITHIN", "GROUP", "(") {
		p.expect("ORDER", "BY")
		n.Call.OrderBy = p.sortKeys()
		p.expect(")")
	}
	if p.accept("FILTER", "(") {
		p.expect("WHERE")
		n.Call.Filter = p.expression()
		p.expect(")")
	}
	p.nullTreatment(n)
	if !p.accept("OVER") {
		return
	}
	if p.is("(") {
		n.Call.Window = p.window()
	} else {
		n.Call.WindowName = strings.ToLower(p.identifier())
	}
}
