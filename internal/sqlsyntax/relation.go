package sqlsyntax

import (
	"slices"
	"strconv"
	"strings"
)

// A relationParser parses FROM.
type relationParser struct {
	*cursor

	exprs   *exprParser
	queries *queryParser
}

// parseFrom parses the relations of FROM and Hive's LATERAL VIEWs.
func (rp *relationParser) parseFrom(s *Selection) {
	rp.parseList(func() {
		for r := rp.parseJoined(); ; {
			if !rp.is("LATERAL", "VIEW") {
				s.From = append(s.From, r)
				return
			}
			r = rp.parseJoins(rp.parseLateralView(r))
		}
	})
}

// parseJoined parses a relation and the joins after it.
func (rp *relationParser) parseJoined() *Relation {
	defer rp.nest()()
	return rp.parseJoins(rp.parseRelation())
}

func (rp *relationParser) parseJoins(left *Relation) *Relation {
	for chain := 0; ; chain++ {
		at := rp.peek().pos()
		natural := rp.accept("NATURAL")
		kind := rp.parseJoinKind()
		if kind == "" {
			return left
		}
		if chain > maxDepth {
			fail(SyntaxError, at, "the statement is nested too deeply")
		}
		j := &Relation{Kind: JoinRelation, Pos: at, Join: kind, Natural: natural, Left: left, Right: rp.parseRelation()}
		if !rp.hive && !natural && kind != "CROSS" && rp.startsJoin() { // a LEFT JOIN b JOIN c ON … ON …
			leave := rp.nest()
			j.Right = rp.parseJoins(j.Right)
			leave()
		}
		switch {
		case natural || kind == "CROSS":
		case rp.accept("ON"):
			j.On = rp.exprs.parseExpr()
		case rp.accept("USING"):
			j.Using = rp.parseIdentifierList()
		case !rp.hive:
			rp.failUnexpected("'ON'", "'USING'")
		}
		left = j
	}
}

// startsJoin reports whether the keywords of a join are next.
func (rp *relationParser) startsJoin() bool {
	start := rp.i
	rp.accept("NATURAL")
	kind := rp.parseJoinKind()
	rp.i = start
	return kind != ""
}

// parseJoinKind parses the keywords of a join. It returns "" if there is no join.
func (rp *relationParser) parseJoinKind() string {
	switch {
	case rp.accept("CROSS", "JOIN"):
		return "CROSS"
	case rp.accept("JOIN"), rp.accept("INNER", "JOIN"):
		return "INNER"
	case rp.hive && rp.accept("LEFT", "SEMI", "JOIN"):
		return "SEMI"
	case rp.hive && rp.accept("LEFT", "ANTI", "JOIN"):
		return "ANTI"
	}
	for _, side := range []string{"LEFT", "RIGHT", "FULL"} {
		if rp.accept(side, "JOIN") || rp.accept(side, "OUTER", "JOIN") {
			return side
		}
	}
	return ""
}

// parseRelation parses a table, a query in parentheses, UNNEST, or joins in parentheses, with the alias.
func (rp *relationParser) parseRelation() *Relation {
	defer rp.nest()()
	r := &Relation{Pos: rp.peek().pos()}
	r.Lateral = rp.accept("LATERAL")
	switch {
	case rp.accept("UNNEST"):
		r.Kind = UnnestRelation
		r.Arguments = rp.exprs.parseArguments()
		r.WithOrdinality = rp.accept("WITH", "ORDINALITY")
	case rp.is("("):
		if !rp.startsQuery() {
			rp.i++
			inner := rp.parseJoined()
			rp.expect(")")
			return rp.parseJoinAlias(inner)
		}
		rp.i++
		r.Kind = QueryRelation
		r.Query = rp.queries.parseQuery()
		rp.expect(")")
	case !rp.hive && rp.accept("JSON_TABLE"):
		rp.parseJSONTable(r)
	case !rp.hive && rp.accept("TABLE", "("):
		rp.parseTableFunction(r)
	default:
		r.Kind = TableRelation
		r.Name = rp.parseQualifiedName()
		if rp.is("(") {
			rp.failUnsupported(r.Pos, "the table function '"+strings.Join(r.Name, ".")+"'")
		}
	}
	rp.parseSample(r)
	rp.parseRelationAlias(r)
	if rp.is("MATCH_RECOGNIZE") || rp.is("PIVOT") {
		rp.failUnsupported(rp.peek().pos(), rp.peek().upper)
	}
	rp.parseSample(r)
	return r
}

// parseTableFunction parses sequence(start, stop, step)) after TABLE(, as an UNNEST of the function of that name. The
// arguments can have names: stop => 3. See https://trino.io/docs/current/functions/table.html.
func (rp *relationParser) parseTableFunction(r *Relation) {
	name := rp.parseQualifiedName()
	if len(name) > 1 || !strings.EqualFold(name[0], "sequence") {
		rp.failUnsupported(r.Pos, "the table function '"+strings.Join(name, ".")+"'")
	}
	parameters := []string{"START", "STOP", "STEP"}
	args := []*Expr{{Kind: Number, Text: "0", Pos: r.Pos}, nil, {Kind: Number, Text: "1", Pos: r.Pos}}
	rp.expect("(")
	at := 0
	rp.parseList(func() {
		if rp.isAt(1, "=", ">") || rp.isAt(1, "=>") {
			if at = slices.Index(parameters, rp.peek().upper); at < 0 {
				rp.failUnexpected("'START'", "'STOP'", "'STEP'")
			}
			rp.next()
			_ = rp.accept("=>") || rp.accept("=", ">")
		}
		if at >= len(args) {
			rp.failUnexpected("')'")
		}
		if args[at] = rp.exprs.parseExpr(); args[at].Kind == Null {
			fail(SemanticError, args[at].Pos, parameters[at][:1]+strings.ToLower(parameters[at][1:])+" is null")
		}
		at++
	})
	rp.expect(")", ")")
	if args[1] == nil {
		fail(SemanticError, r.Pos, "Missing argument: STOP")
	}
	r.Kind, r.Columns = UnnestRelation, []string{"sequential_number"}
	r.Arguments = []*Expr{{Kind: Call, Text: "sequence", Pos: r.Pos, Args: args, Call: &CallParts{}}}
}

// parseJoinAlias parses the alias of a relation in parentheses. The alias hides the names of
// the relations in the parentheses.
func (rp *relationParser) parseJoinAlias(inner *Relation) *Relation {
	named := &Relation{Kind: ParenthesizedRelation, Pos: inner.Pos, Left: inner}
	if rp.parseRelationAlias(named); named.Alias == "" {
		return inner
	}
	return named
}

func (rp *relationParser) parseRelationAlias(r *Relation) {
	if r.Alias != "" {
		return
	}
	if rp.accept("AS") || rp.isIdentifier() && !rp.startsClause() {
		r.Alias = rp.parseIdentifier()
		if rp.is("(") {
			r.Columns = rp.parseIdentifierList()
		}
	}
}

// parseSample parses TABLESAMPLE BERNOULLI (10) and Hive's (10 PERCENT), (5 ROWS), (BUCKET 1 OUT OF 4 ON x).
func (rp *relationParser) parseSample(r *Relation) {
	if !rp.accept("TABLESAMPLE") {
		return
	}
	_ = rp.accept("BERNOULLI") || rp.accept("SYSTEM")
	rp.expect("(")
	bucket := rp.accept("BUCKET")
	share := rp.parseNumber()
	switch {
	case bucket:
		rp.expect("OUT", "OF")
		share = 1 / max(1, rp.parseNumber())
		if rp.accept("ON") {
			rp.exprs.parseExpr()
		}
	case rp.accept("ROWS"):
		r.SampleRows = strconv.FormatInt(int64(share), 10)
		rp.expect(")")
		return
	default:
		rp.accept("PERCENT")
		if share > 100 {
			fail(SemanticError, r.Pos, "Sample percentage must be less than or equal to 100")
		}
		share /= 100
	}
	rp.expect(")")
	r.SampleShare = strconv.FormatFloat(share, 'f', -1, 64)
}

// parseLateralView parses LATERAL VIEW [OUTER] f(x) t AS a, b as a join with left.
func (rp *relationParser) parseLateralView(left *Relation) *Relation {
	at := rp.peek().pos()
	rp.i += 2
	j := &Relation{Kind: JoinRelation, Pos: at, Join: "CROSS", Left: left}
	if rp.accept("OUTER") {
		j.Join = "LEFT"
	}
	r := &Relation{Kind: UnnestRelation, Pos: rp.peek().pos()}
	r.Function = strings.ToLower(rp.parseWord())
	r.Arguments = rp.exprs.parseArguments()
	if rp.isIdentifier() && !rp.is("AS") {
		r.Alias = rp.parseIdentifier()
	}
	if rp.accept("AS") {
		rp.parseList(func() { r.Columns = append(r.Columns, rp.parseIdentifier()) })
	}
	j.Right = r
	return j
}
