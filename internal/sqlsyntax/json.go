package sqlsyntax

import (
	"slices"
	"strings"
)

// JSONClauses holds the clauses of the SQL/JSON functions. Args of the call holds the input, the path, the values of
// PASSING and the expressions of DEFAULT, or the members of json_object and the elements of json_array. See
// https://trino.io/docs/current/functions/json.html.
type JSONClauses struct {
	InputEncoding  string        // UTF8, UTF16 or UTF32
	Passing        []JSONPassing // names of the values after the path
	Returning      *TypeName     // nil if there is no RETURNING
	OutputEncoding string        // encoding of RETURNING varbinary
	Wrapper        string        // CONDITIONAL or UNCONDITIONAL, or empty
	OmitQuotes     bool
	OnEmpty        string // NULL, ERROR, DEFAULT, EMPTY ARRAY, EMPTY OBJECT, or empty
	OnError        string // also TRUE, FALSE and UNKNOWN
	Formatted      []bool // which values of json_object and json_array have FORMAT JSON
	OnNull         string // NULL or ABSENT
	UniqueKeys     bool
}

// A JSONPassing is a value of PASSING.
type JSONPassing struct {
	Name   string
	Format bool // FORMAT JSON
}

// A JSONTable is JSON_TABLE. Arguments holds the input and the values of PASSING.
type JSONTable struct {
	Root         JSONColumn
	Passing      []JSONPassing
	Encoding     string
	ErrorOnError bool
	Plan         *JSONPlan // nil for the default
}

// A JSONColumn is a column of JSON_TABLE: an ordinality column, a value, formatted JSON, or columns of a nested path.
type JSONColumn struct {
	Pos      Position
	Kind     string // ORDINALITY, VALUE, FORMAT or NESTED
	Name     string // name of the column or of the nested path
	Exact    bool   // whether the name is quoted
	Path     string
	PathPos  Position
	HasPath  bool
	Type     *TypeName
	Clauses  JSONClauses
	Defaults []*Expr // expressions of DEFAULT ON EMPTY and ON ERROR
	Columns  []JSONColumn
}

// A JSONPlan is a PLAN clause.
type JSONPlan struct {
	Default     bool
	Parent      string // OUTER or INNER of PLAN DEFAULT
	Siblings    string // UNION or CROSS of PLAN DEFAULT
	Pos         Position
	Name        string    // a path
	Op          string    // OUTER, INNER, UNION or CROSS, or empty for a path
	Left, Right *JSONPlan // operands of Op
}

// isJSONFunction reports whether a call has the syntax of SQL/JSON.
func isJSONFunction(upper string) bool {
	return slices.Contains([]string{"JSON_VALUE", "JSON_QUERY", "JSON_EXISTS", "JSON_OBJECT", "JSON_ARRAY"}, upper)
}

// parseJSONFunction parses a call of an SQL/JSON function.
func (ep *exprParser) parseJSONFunction(t token) *Expr {
	n := &Expr{Kind: Call, Text: strings.ToLower(t.text), Pos: t.pos(), Call: &CallParts{JSON: &JSONClauses{}}}
	ep.i++
	ep.expect("(")
	c := n.Call.JSON
	switch t.upper {
	case "JSON_OBJECT":
		ep.parseJSONMembers(n)
	case "JSON_ARRAY":
		ep.parseJSONElements(n)
	default:
		n.Args = append(n.Args, ep.parseExpr())
		c.InputEncoding = ep.parseJSONFormat()
		ep.expect(",")
		path := ep.peek()
		if path.kind != tokString {
			ep.failUnexpected("<string>")
		}
		n.Args = append(n.Args, ep.parsePrimary())
		if ep.accept("PASSING") {
			values, names := ep.parsePassing()
			n.Args = append(n.Args, values...)
			c.Passing = names
		}
		if t.upper == "JSON_EXISTS" {
			if c.OnError = ep.acceptAny("TRUE", "FALSE", "UNKNOWN", "ERROR"); c.OnError != "" {
				ep.expect("ON", "ERROR")
			}
			break
		}
		ep.parseReturning(c)
		n.Args = append(n.Args, ep.parseJSONBehavior(c, t.upper == "JSON_QUERY")...)
	}
	if t.upper == "JSON_OBJECT" || t.upper == "JSON_ARRAY" {
		ep.parseReturning(c)
	}
	ep.expect(")")
	return n
}

// parseJSONFormat parses FORMAT JSON [ENCODING UTF8]. It returns the encoding, or "" if there is no FORMAT.
func (ep *exprParser) parseJSONFormat() string {
	if !ep.accept("FORMAT", "JSON") {
		return ""
	}
	if !ep.accept("ENCODING") {
		return "UTF8"
	}
	encoding := ep.acceptAny("UTF8", "UTF16", "UTF32")
	if encoding == "" {
		ep.failUnexpected("'UTF16'", "'UTF32'", "'UTF8'")
	}
	return encoding
}

// parsePassing parses v [FORMAT JSON] AS name, ….
func (ep *exprParser) parsePassing() (values []*Expr, names []JSONPassing) {
	ep.parseList(func() {
		values = append(values, ep.parseExpr())
		p := JSONPassing{Format: ep.parseJSONFormat() != ""}
		ep.expect("AS")
		p.Name = ep.parseJSONName()
		names = append(names, p)
	})
	return values, names
}

// parseJSONName parses a name, which is in upper case unless it is quoted.
func (ep *exprParser) parseJSONName() string {
	if ep.peek().kind == tokQuoted {
		return ep.parseIdentifier()
	}
	return strings.ToUpper(ep.parseIdentifier())
}

func (ep *exprParser) parseReturning(c *JSONClauses) {
	if ep.accept("RETURNING") {
		c.Returning = ep.types.parseType()
		c.OutputEncoding = ep.parseJSONFormat()
	}
}

// parseJSONBehavior parses the clauses for wrappers and quotes, ON EMPTY and ON ERROR. It returns the expressions of
// DEFAULT.
func (ep *exprParser) parseJSONBehavior(c *JSONClauses, query bool) (defaults []*Expr) {
	if query {
		switch {
		case ep.accept("WITHOUT"):
			ep.accept("ARRAY")
			ep.expect("WRAPPER")
		case ep.accept("WITH"):
			if c.Wrapper = ep.acceptAny("CONDITIONAL", "UNCONDITIONAL"); c.Wrapper == "" {
				c.Wrapper = "UNCONDITIONAL"
			}
			ep.accept("ARRAY")
			ep.expect("WRAPPER")
		}
		if c.OmitQuotes = ep.accept("OMIT"); c.OmitQuotes || ep.accept("KEEP") {
			ep.expect("QUOTES")
			ep.accept("ON", "SCALAR", "STRING")
		}
	}
	for _, event := range []string{"EMPTY", "ERROR"} {
		start, behavior := ep.i, ""
		var otherwise *Expr
		switch {
		case ep.is("NULL", "ON"), ep.is("ERROR", "ON"):
			behavior = ep.next().upper
		case query && (ep.is("EMPTY", "ARRAY") || ep.is("EMPTY", "OBJECT")):
			behavior = "EMPTY " + ep.peekAt(1).upper
			ep.i += 2
		case !query && ep.accept("DEFAULT"):
			if behavior, otherwise = "DEFAULT", ep.parseExpr(); otherwise.containsQuery() {
				fail(NotSupported, otherwise.Pos, "Subqueries are not supported in JSON_VALUE default expressions")
			}
		}
		if behavior == "" {
			break
		}
		if event == "EMPTY" && !ep.is("ON", "EMPTY") {
			ep.i = start
			continue
		}
		ep.expect("ON", event)
		if event == "EMPTY" {
			c.OnEmpty = behavior
		} else {
			c.OnError = behavior
		}
		if otherwise != nil {
			defaults = append(defaults, otherwise)
		}
	}
	return defaults
}

// parseJSONMembers parses the members of json_object: KEY k VALUE v, k VALUE v or k : v.
func (ep *exprParser) parseJSONMembers(n *Expr) {
	c := n.Call.JSON
	c.OnNull = "NULL"
	if !ep.is(")") && !ep.is("RETURNING") {
		ep.parseList(func() {
			if next := ep.peekAt(1); ep.is("KEY") && (next.kind != tokSymbol || next.text == "(") {
				ep.i++
			}
			key := ep.parseExpr()
			if !ep.accept("VALUE") {
				ep.expect(":")
			}
			n.Args = append(n.Args, key, ep.parseExpr())
			c.Formatted = append(c.Formatted, ep.parseJSONFormat() != "")
		})
	}
	ep.parseOnNull(c)
	switch {
	case ep.accept("WITHOUT", "UNIQUE"):
		ep.accept("KEYS")
	case ep.accept("WITH", "UNIQUE"):
		ep.accept("KEYS")
		c.UniqueKeys = true
	}
}

// parseJSONElements parses the elements of json_array.
func (ep *exprParser) parseJSONElements(n *Expr) {
	c := n.Call.JSON
	c.OnNull = "ABSENT"
	if !ep.is(")") && !ep.is("RETURNING") {
		ep.parseList(func() {
			n.Args = append(n.Args, ep.parseExpr())
			c.Formatted = append(c.Formatted, ep.parseJSONFormat() != "")
		})
	}
	ep.parseOnNull(c)
}

func (ep *exprParser) parseOnNull(c *JSONClauses) {
	if v := ep.acceptAny("NULL", "ABSENT"); v != "" {
		ep.expect("ON", "NULL")
		c.OnNull = v
	}
}

// parseJSONTable parses JSON_TABLE after its name.
func (rp *relationParser) parseJSONTable(r *Relation) {
	r.Kind = JSONTableRelation
	table := &JSONTable{Root: JSONColumn{Kind: "NESTED", Pos: r.Pos}}
	r.Table = table
	rp.expect("(")
	r.Arguments = []*Expr{rp.exprs.parseExpr()}
	table.Encoding = rp.exprs.parseJSONFormat()
	rp.expect(",")
	rp.parseJSONPath(&table.Root)
	if rp.accept("AS") {
		table.Root.Name = rp.exprs.parseJSONName()
	}
	if rp.accept("PASSING") {
		values, names := rp.exprs.parsePassing()
		r.Arguments = append(r.Arguments, values...)
		table.Passing = names
	}
	table.Root.Columns = rp.parseJSONColumns()
	if rp.is("PLAN") {
		table.Plan = rp.parsePlanClause()
	}
	switch rp.acceptAny("ERROR", "EMPTY") {
	case "ERROR":
		table.ErrorOnError = true
		rp.expect("ON", "ERROR")
	case "EMPTY":
		rp.expect("ON", "ERROR")
	}
	rp.expect(")")
}

func (rp *relationParser) parseJSONPath(c *JSONColumn) {
	t := rp.peek()
	if t.kind != tokString {
		rp.failUnexpected("<string>")
	}
	rp.i++
	c.Path, c.PathPos, c.HasPath = t.text, t.pos(), true
}

// parseJSONColumns parses COLUMNS (…).
func (rp *relationParser) parseJSONColumns() (columns []JSONColumn) {
	defer rp.nest()()
	rp.expect("COLUMNS", "(")
	rp.parseList(func() { columns = append(columns, rp.parseJSONColumn()) })
	rp.expect(")")
	return columns
}

func (rp *relationParser) parseJSONColumn() JSONColumn {
	c := JSONColumn{Pos: rp.peek().pos()}
	if next := rp.peekAt(1); rp.is("NESTED") && (next.kind == tokString || next.upper == "PATH") {
		rp.i++
		rp.accept("PATH")
		c.Kind = "NESTED"
		rp.parseJSONPath(&c)
		if rp.accept("AS") {
			c.Name = rp.exprs.parseJSONName()
		}
		c.Columns = rp.parseJSONColumns()
		return c
	}
	c.Exact = rp.peek().kind == tokQuoted
	c.Name = rp.parseIdentifier()
	if rp.accept("FOR", "ORDINALITY") {
		c.Kind = "ORDINALITY"
		return c
	}
	c.Kind = "VALUE"
	c.Type = rp.exprs.types.parseType()
	if c.Clauses.OutputEncoding = rp.exprs.parseJSONFormat(); c.Clauses.OutputEncoding != "" {
		c.Kind = "FORMAT"
	}
	if rp.accept("PATH") {
		rp.parseJSONPath(&c)
	}
	c.Defaults = rp.exprs.parseJSONBehavior(&c.Clauses, c.Kind == "FORMAT")
	return c
}

// parsePlanClause parses PLAN DEFAULT (INNER, UNION) or PLAN (…).
func (rp *relationParser) parsePlanClause() *JSONPlan {
	plan := &JSONPlan{Pos: rp.peek().pos()}
	rp.i++
	if !rp.accept("DEFAULT") {
		rp.expect("(")
		plan = rp.parsePlan()
		rp.expect(")")
		return plan
	}
	plan.Default = true
	rp.expect("(")
	rp.parseList(func() {
		switch word := rp.acceptAny("OUTER", "INNER", "UNION", "CROSS"); word {
		case "OUTER", "INNER":
			plan.Parent = word
		case "UNION", "CROSS":
			plan.Siblings = word
		default:
			rp.failUnexpected("'CROSS'", "'INNER'", "'OUTER'", "'UNION'")
		}
	})
	rp.expect(")")
	return plan
}

// parsePlan parses a path, or paths joined by an operator.
func (rp *relationParser) parsePlan() *JSONPlan {
	defer rp.nest()()
	left := rp.parsePlanOperand()
	for {
		at := rp.peek().pos()
		op := rp.acceptAny("OUTER", "INNER", "UNION", "CROSS")
		if op == "" {
			return left
		}
		left = &JSONPlan{Pos: at, Op: op, Left: left, Right: rp.parsePlanOperand()}
	}
}

func (rp *relationParser) parsePlanOperand() *JSONPlan {
	if rp.accept("(") {
		plan := rp.parsePlan()
		rp.expect(")")
		return plan
	}
	at := rp.peek().pos()
	return &JSONPlan{Pos: at, Name: rp.exprs.parseJSONName()}
}
