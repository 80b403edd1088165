package sqlsyntax

import (
	"slices"
	"strings"
)

// parseKeyword parses an expression that starts with a keyword. It returns nil if t is a name.
func (ep *exprParser) parseKeyword(t token) *Expr {
	next := ep.peekAt(1)
	opens := next.kind == tokSymbol && next.text == "("
	switch t.upper {
	case "NULL":
		ep.i++
		return &Expr{Kind: Null, Pos: t.pos()}
	case "TRUE", "FALSE":
		ep.i++
		return &Expr{Kind: Boolean, Text: strings.ToLower(t.text), Pos: t.pos()}
	case "CASE":
		ep.i++
		return ep.parseCase(t.pos())
	case "INTERVAL":
		if n := ep.parseInterval(); n != nil {
			return n
		}
	case "EXISTS":
		ep.i++
		ep.expect("(")
		n := &Expr{Kind: Exists, Pos: t.pos(), Query: ep.queries.parseQuery()}
		ep.expect(")")
		return n
	case "CAST", "TRY_CAST":
		if opens {
			return ep.parseCast(t)
		}
	case "CURRENT_DATE", "CURRENT_TIMESTAMP", "LOCALTIMESTAMP", "CURRENT_TIME", "LOCALTIME", "CURRENT_USER":
		if !ep.hive && opens && (t.upper == "CURRENT_DATE" || ep.isAt(2, ")")) {
			ep.i++
			ep.failUnexpected("<EOF>")
		}
		if !opens && (reserved(t.upper, ep.hive) || ep.hive) {
			ep.i++
			return &Expr{Kind: Call, Text: strings.ToLower(t.text), Pos: t.pos(), Call: &CallParts{}}
		}
	case "ARRAY":
		if next.kind == tokSymbol && next.text == "[" {
			ep.i += 2
			n := &Expr{Kind: Array, Pos: t.pos()}
			if !ep.is("]") {
				ep.parseList(func() { n.Args = append(n.Args, ep.parseExpr()) })
			}
			ep.expect("]")
			return n
		}
	case "ROW":
		if opens {
			ep.i++
			return &Expr{Kind: Row, Text: "row", Pos: t.pos(), Args: ep.parseArguments()}
		}
	}
	if opens && !ep.hive && isJSONFunction(t.upper) {
		return ep.parseJSONFunction(t)
	}
	if opens {
		return ep.parseKeywordCall(t)
	}
	if t.upper == "DOUBLE" && ep.isAt(1, "PRECISION") && ep.peekAt(2).kind == tokString {
		ep.i++
		return ep.parseTypedLiteral(t, ep.peekAt(1))
	}
	if next.kind == tokString {
		return ep.parseTypedLiteral(t, next)
	}
	return nil
}

// parseTypedLiteral parses DATE '…' and other literals with a type. It returns nil if t is not a type.
func (ep *exprParser) parseTypedLiteral(t, value token) *Expr {
	name := strings.ToLower(t.text)
	switch name {
	case "date", "timestamp", "time", "decimal", "bigint", "integer", "smallint", "tinyint", "double", "real", "json", "varchar", "char", "boolean":
	case "varbinary", "uuid", "ipaddress":
		if ep.hive {
			return nil
		}
		ep.i += 2
		return &Expr{Kind: Cast, Text: "cast", Type: &TypeName{Pos: t.pos(), Name: name}, Args: []*Expr{{Kind: String, Text: value.text, Pos: value.pos()}}, Pos: t.pos()}
	case "x":
		name = "varbinary"
	default:
		return nil
	}
	ep.i += 2
	return &Expr{Kind: TypedLiteral, Type: &TypeName{Pos: t.pos(), Name: name}, Text: value.text, Pos: t.pos()}
}

func (ep *exprParser) parseCase(at Position) *Expr {
	n := &Expr{Kind: Case, Pos: at, Args: []*Expr{nil}}
	if !ep.is("WHEN") {
		n.Args[0] = ep.parseExpr()
	}
	if !ep.is("WHEN") {
		ep.failUnexpected("'WHEN'")
	}
	for ep.accept("WHEN") {
		when := ep.parseExpr()
		ep.expect("THEN")
		n.Args = append(n.Args, when, ep.parseExpr())
	}
	if ep.accept("ELSE") {
		n.Args = append(n.Args, ep.parseExpr())
	}
	ep.expect("END")
	return n
}

func (ep *exprParser) parseCast(t token) *Expr {
	ep.i += 2
	n := &Expr{Kind: Cast, Text: strings.ToLower(t.text), Pos: t.pos(), Args: []*Expr{ep.parseExpr()}}
	ep.expect("AS")
	n.Type = ep.types.parseType()
	ep.expect(")")
	return n
}

// parseInterval parses INTERVAL '1' DAY, INTERVAL -'1 02:03:04' DAY TO SECOND or Hive's INTERVAL 1 DAY. It returns
// nil if interval is a name.
func (ep *exprParser) parseInterval() *Expr {
	start := ep.i
	n := &Expr{Kind: Interval, Pos: ep.next().pos()}
	if ep.accept("-") {
		n.Text = "-"
	} else {
		ep.accept("+")
	}
	if t := ep.peek(); t.kind != tokString && (!ep.hive || t.kind != tokNumber) {
		ep.i = start
		return nil
	}
	n.Text += strings.TrimSpace(ep.next().text)
	unit := ep.peek()
	n.Unit = intervalUnit(unit.upper)
	exact := n.Unit != "week" && strings.EqualFold(n.Unit, unit.upper)
	if unit.kind != tokWord || n.Unit == "" || !ep.hive && !exact {
		ep.failUnexpected("'DAY'", "'HOUR'", "'MINUTE'", "'MONTH'", "'SECOND'", "'YEAR'")
	}
	ep.i++
	if ep.accept("TO") {
		n.Unit += " to " + intervalUnit(ep.next().upper)
	}
	return n
}

// intervalUnit returns the unit in the singular, or "" if the word is not a unit.
func intervalUnit(upper string) string {
	unit := strings.ToLower(strings.TrimSuffix(upper, "S"))
	if slices.Contains([]string{"second", "minute", "hour", "day", "week", "month", "year"}, unit) {
		return unit
	}
	return ""
}

// extractFields returns the fields of Trino's EXTRACT.
func extractFields() []string {
	return []string{
		"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DAY_OF_MONTH", "DAY_OF_WEEK", "DOW", "DAY_OF_YEAR", "DOY", "YEAR_OF_WEEK", "YOW",
		"HOUR", "MINUTE", "SECOND", "TIMEZONE_MINUTE", "TIMEZONE_HOUR",
	}
}

// parseKeywordCall parses calls whose arguments contain keywords, such as EXTRACT(DAY FROM x). It returns nil for
// all others.
func (ep *exprParser) parseKeywordCall(t token) *Expr {
	n := &Expr{Kind: Call, Text: strings.ToLower(t.text), Pos: t.pos(), Call: &CallParts{}}
	start := ep.i
	ep.i += 2
	switch t.upper {
	case "EXTRACT":
		field := ep.parseWord()
		n.Text = strings.ToLower(field)
		if !ep.hive && !slices.Contains(extractFields(), strings.ToUpper(field)) {
			fail(SyntaxError, t.pos(), "Invalid EXTRACT field "+field+", valid fields are: "+strings.Join(extractFields(), ", "))
		}
		ep.expect("FROM")
		if ep.hive && n.Text == "week" {
			n.Text = "weekofyear"
		}
		n.Args = []*Expr{ep.parseExpr()}
		n.Call.Exact = !ep.hive
	case "FLOOR":
		if !ep.hive || ep.is(")") {
			ep.i = start
			return nil
		}
		n.Args = []*Expr{ep.parseExpr()}
		if !ep.accept("TO") {
			ep.i = start
			return nil
		}
		n.Text = "floor_" + strings.ToLower(ep.parseWord())
	case "POSITION":
		needle := ep.parseBinary(precedenceCompare)
		ep.expect("IN")
		n.Text, n.Args = "strpos", []*Expr{ep.parseExpr(), needle}
	case "SUBSTRING":
		n.Args = []*Expr{ep.parseExpr()}
		if !ep.accept("FROM") {
			ep.i = start
			return nil
		}
		if !ep.hive {
			n.Text = "substr"
		}
		n.Args = append(n.Args, ep.parseExpr())
		if ep.accept("FOR") {
			n.Args = append(n.Args, ep.parseExpr())
		}
	case "TRIM":
		side := ep.acceptAny("BOTH", "LEADING", "TRAILING")
		if ep.is(")") || ep.is(",") || ep.is("(") && side != "" {
			ep.i = start
			return nil
		}
		var what *Expr
		if !ep.is("FROM") {
			what = ep.parseExpr()
		}
		if !ep.accept("FROM") {
			ep.i = start
			return nil
		}
		n.Text = map[string]string{"": "trim", "BOTH": "trim", "LEADING": "ltrim", "TRAILING": "rtrim"}[side]
		n.Args = []*Expr{ep.parseExpr()}
		if what != nil {
			n.Args = append(n.Args, what)
		}
	default:
		ep.i = start
		return nil
	}
	ep.expect(")")
	return n
}

// parseCall parses a call after the function's name.
func (ep *exprParser) parseCall(name string, at Position) *Expr {
	n := &Expr{Kind: Call, Text: name, Pos: at, Call: &CallParts{}}
	ep.expect("(")
	switch {
	case ep.is("*"):
		n.Args = []*Expr{{Kind: Star, Pos: ep.next().pos()}}
	case !ep.is(")"):
		if n.Call.Distinct = ep.accept("DISTINCT"); !n.Call.Distinct {
			ep.accept("ALL")
		}
		ep.parseList(func() { n.Args = append(n.Args, ep.parseExpr()) })
		ep.parseCallClauses(n)
	}
	ep.expect(")")
	ep.parseCallSuffix(n)
	return n
}

// parseCallClauses parses the clauses after the arguments, inside the parentheses.
func (ep *exprParser) parseCallClauses(n *Expr) {
	if ep.accept("ORDER", "BY") {
		n.Call.OrderBy = ep.parseSortKeys()
	}
	if ep.accept("ON", "OVERFLOW") {
		if n.Call.Overflow = ep.acceptAny("ERROR", "TRUNCATE"); n.Call.Overflow == "" {
			ep.failUnexpected("'ERROR'", "'TRUNCATE'")
		}
		for !ep.is(")") && ep.peek().kind != tokEOF {
			ep.i++
		}
	}
	ep.parseNullTreatment(n)
}

func (ep *exprParser) parseNullTreatment(n *Expr) {
	if ep.accept("IGNORE", "NULLS") {
		n.Call.IgnoreNulls = true
	} else {
		ep.accept("RESPECT", "NULLS")
	}
}

// parseCallSuffix parses WITHIN GROUP, FILTER, IGNORE NULLS and OVER.
func (ep *exprParser) parseCallSuffix(n *Expr) {
	if n.Text == "listagg" && !ep.hive && !ep.is("WITHIN") {
		ep.failUnexpected("'WITHIN'")
	}
	if ep.accept("WITHIN", "GROUP", "(") {
		ep.expect("ORDER", "BY")
		n.Call.OrderBy = ep.parseSortKeys()
		ep.expect(")")
	}
	if ep.accept("FILTER", "(") {
		ep.expect("WHERE")
		n.Call.Filter = ep.parseExpr()
		ep.expect(")")
	}
	ep.parseNullTreatment(n)
	if !ep.accept("OVER") {
		return
	}
	if ep.is("(") {
		n.Call.Window = ep.parseWindow()
	} else {
		n.Call.WindowName = strings.ToLower(ep.parseIdentifier())
	}
}
