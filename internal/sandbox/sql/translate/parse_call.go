package translate

import (
	"slices"
	"strings"
)

// keywordExpression takes an expression that a keyword begins; nil when t is only a name.
func (p *parser) keywordExpression(t token) *node {
	next := p.ahead(1)
	opens := next.kind == tokSymbol && next.text == "("
	switch t.upper {
	case "NULL":
		p.i++
		return &node{kind: nodeNull, pos: t.pos()}
	case "TRUE", "FALSE":
		p.i++
		return &node{kind: nodeBoolean, text: strings.ToLower(t.text), pos: t.pos()}
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
		n := &node{kind: nodeExists, pos: t.pos(), query: p.query()}
		p.expect(")")
		return n
	case "CAST", "TRY_CAST":
		if opens {
			return p.cast(t)
		}
	case "CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_TIME", "LOCALTIME", "CURRENT_USER":
		if !opens && (reserved(t.upper, p.hive) || p.hive) {
			p.i++
			return &node{kind: nodeCall, text: strings.ToLower(t.text), pos: t.pos(), call: &callParts{}}
		}
	case "ARRAY":
		if next.kind == tokSymbol && next.text == "[" {
			p.i += 2
			n := &node{kind: nodeArray, pos: t.pos()}
			if !p.is("]") {
				p.commaList(func() { n.args = append(n.args, p.expression()) })
			}
			p.expect("]")
			return n
		}
	case "ROW":
		if opens {
			p.i++
			return &node{kind: nodeRow, text: "row", pos: t.pos(), args: p.arguments()}
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
func (p *parser) typedLiteral(t, value token) *node {
	name := strings.ToLower(t.text)
	switch name {
	case "date", "timestamp", "time", "decimal", "bigint", "integer", "smallint", "tinyint", "double", "real", "json", "varchar", "char", "boolean":
	case "x":
		name = "varbinary"
	default:
		return nil
	}
	p.i += 2
	return &node{kind: nodeTyped, typ: &typeName{pos: t.pos(), name: name}, text: value.text, pos: t.pos()}
}

func (p *parser) caseOf(at position) *node {
	n := &node{kind: nodeCase, pos: at, args: []*node{nil}}
	if !p.is("WHEN") {
		n.args[0] = p.expression()
	}
	if !p.is("WHEN") {
		p.mismatch("'WHEN'")
	}
	for p.accept("WHEN") {
		when := p.expression()
		p.expect("THEN")
		n.args = append(n.args, when, p.expression())
	}
	if p.accept("ELSE") {
		n.args = append(n.args, p.expression())
	}
	p.expect("END")
	return n
}

func (p *parser) cast(t token) *node {
	p.i += 2
	n := &node{kind: nodeCast, text: strings.ToLower(t.text), pos: t.pos(), args: []*node{p.expression()}}
	p.expect("AS")
	n.typ = p.typeName()
	p.expect(")")
	return n
}

// interval takes INTERVAL '1' DAY, INTERVAL -'1 02:03:04' DAY TO SECOND, Hive's INTERVAL 1 DAY; nil
// when interval is but a name.
func (p *parser) interval() *node {
	start := p.i
	n := &node{kind: nodeInterval, pos: p.next().pos()}
	if p.accept("-") {
		n.text = "-"
	} else {
		p.accept("+")
	}
	if t := p.peek(); t.kind != tokString && (!p.hive || t.kind != tokNumber) {
		p.i = start
		return nil
	}
	n.text += strings.TrimSpace(p.next().text)
	unit := p.peek()
	n.unit = intervalUnit(unit.upper)
	if unit.kind != tokWord || n.unit == "" {
		p.mismatch("'DAY'", "'HOUR'", "'MINUTE'", "'MONTH'", "'SECOND'", "'YEAR'")
	}
	p.i++
	if p.accept("TO") {
		n.unit += " to " + intervalUnit(p.next().upper)
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
func (p *parser) keywordCall(t token) *node {
	n := &node{kind: nodeCall, text: strings.ToLower(t.text), pos: t.pos(), call: &callParts{}}
	start := p.i
	p.i += 2
	switch t.upper {
	case "EXTRACT":
		n.text = strings.ToLower(p.anyWord())
		p.expect("FROM")
		n.args = []*node{p.expression()}
	case "POSITION":
		needle := p.binding(bindCompare)
		p.expect("IN")
		n.text, n.args = "strpos", []*node{p.expression(), needle}
	case "SUBSTRING":
		n.args = []*node{p.expression()}
		if !p.accept("FROM") {
			p.i = start
			return nil
		}
		n.args = append(n.args, p.expression())
		if p.accept("FOR") {
			n.args = append(n.args, p.expression())
		}
	case "TRIM":
		side := p.acceptAny("BOTH", "LEADING", "TRAILING")
		if p.is(")") || p.is(",") || p.is("(") && side != "" {
			p.i = start
			return nil
		}
		var what *node
		if !p.is("FROM") {
			what = p.expression()
		}
		if !p.accept("FROM") {
			p.i = start
			return nil
		}
		n.text = map[string]string{"": "trim", "BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side]
		n.args = []*node{p.expression()}
		if what != nil {
			n.args = append(n.args, what)
		}
	default:
		p.i = start
		return nil
	}
	p.expect(")")
	return n
}

// callOf takes a call from its opening parenthesis on.
func (p *parser) callOf(name string, at position) *node {
	n := &node{kind: nodeCall, text: name, pos: at, call: &callParts{}}
	p.expect("(")
	switch {
	case p.is("*"):
		n.args = []*node{{kind: nodeStar, pos: p.next().pos()}}
	case !p.is(")"):
		if n.call.distinct = p.accept("DISTINCT"); !n.call.distinct {
			p.accept("ALL")
		}
		p.commaList(func() { n.args = append(n.args, p.expression()) })
		p.callClauses(n)
	}
	p.expect(")")
	p.callSuffix(n)
	return n
}

// callClauses takes what may follow the arguments inside the parentheses.
func (p *parser) callClauses(n *node) {
	if p.accept("ORDER", "BY") {
		n.call.order = p.sortKeys()
	}
	if p.accept("ON", "OVERFLOW") {
		n.call.overflow = p.next().upper
		for !p.is(")") && p.peek().kind != tokEOF {
			p.i++
		}
	}
	if p.is("RETURNING") || p.is("NULL", "ON") || p.is("ERROR", "ON") || p.is("WITH", "WRAPPER") || p.is("WITHOUT", "WRAPPER") {
		p.unsupported(p.peek().pos(), p.peek().upper+" in "+n.text)
	}
	p.nullTreatment(n)
}

func (p *parser) nullTreatment(n *node) {
	if p.accept("IGNORE", "NULLS") {
		n.call.ignoreNulls = true
	} else {
		p.accept("RESPECT", "NULLS")
	}
}

// callSuffix takes WITHIN GROUP, FILTER, IGNORE NULLS and OVER.
func (p *parser) callSuffix(n *node) {
	if p.accept("WITHIN", "GROUP", "(") {
		p.expect("ORDER", "BY")
		n.call.order = p.sortKeys()
		p.expect(")")
	}
	if p.accept("FILTER", "(") {
		p.expect("WHERE")
		n.call.filter = p.expression()
		p.expect(")")
	}
	p.nullTreatment(n)
	if !p.accept("OVER") {
		return
	}
	if p.is("(") {
		n.call.window = p.window()
	} else {
		n.call.windowName = strings.ToLower(p.identifier())
	}
}
