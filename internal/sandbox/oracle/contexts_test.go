package oracle

import (
	"slices"
	"strings"
)

// contexts lists statements of Trino around an expression $e of the columns x and y of $t. $b is a value of the second
// type, $o the order of rows, $e2 another expression.
var contexts = []string{
	"SELECT $e FROM $t", "SELECT $e FROM $t", "SELECT $e FROM $t", "SELECT ARRAY[$e] FROM $t", "SELECT ROW($e, x) FROM $t",
	"SELECT MAP(ARRAY['k'], ARRAY[$e]) FROM $t", "SELECT ARRAY[ROW(1, $e), NULL] FROM $t", "SELECT (SELECT $e) FROM $t", "SELECT (SELECT max($e) FROM $t)",
	"SELECT * FROM (SELECT $e AS e, y FROM $t) WHERE e IS NOT NULL", "SELECT count($e), count(*) FROM $t", "SELECT max($e), min($e) FROM $t", "SELECT array_agg($e) FROM $t",
	"SELECT count(DISTINCT $e) FROM $t", "SELECT approx_distinct($e) FROM $t", "SELECT sum($e) FROM $t", "SELECT avg($e) FROM $t", "SELECT arbitrary($e) FROM (SELECT * FROM $t LIMIT 1)",
	"SELECT max_by(x, $e) FROM $t", "SELECT min_by($e, y) FROM $t", "SELECT count(*) FILTER (WHERE $e IS NULL) FROM $t",
	"SELECT array_agg($e ORDER BY $e) FROM $t", "SELECT $e, count(*) FROM $t GROUP BY $e", "SELECT $e, count(*) FROM $t GROUP BY 1 ORDER BY 1", "SELECT $e AS e FROM $t GROUP BY x, y",
	"SELECT $e, max(x) FROM $t GROUP BY ROLLUP ($e)", "SELECT count(*) FROM $t GROUP BY x HAVING max($e) IS NOT NULL", "SELECT x FROM $t GROUP BY x HAVING $e IS NULL",
	"SELECT $e FROM $t ORDER BY 1", "SELECT $e AS e FROM $t ORDER BY e DESC NULLS FIRST", "SELECT $e FROM $t ORDER BY $e", "SELECT x FROM $t ORDER BY $e, x",
	"SELECT DISTINCT $e FROM $t", "SELECT DISTINCT x FROM $t ORDER BY $e", "SELECT $e FROM $t UNION SELECT $b", "SELECT $e FROM $t UNION ALL SELECT y FROM $t",
	"SELECT $e FROM $t INTERSECT SELECT $e FROM $t", "SELECT $e FROM $t EXCEPT SELECT $b", "SELECT x FROM $t EXCEPT ALL SELECT $e FROM $t",
	"SELECT count(*) FROM $t JOIN (VALUES 1, 2) u(n) ON $e IS NOT NULL", "SELECT t.x, u.y FROM (SELECT x, $e AS e FROM $t) t JOIN (SELECT y, $e AS e FROM $t) u ON t.e = u.e",
	"SELECT t.x, u.y FROM (SELECT x, $e AS e FROM $t) t FULL JOIN (SELECT y, $e AS e FROM $t) u ON t.e = u.e", "SELECT count(*) FROM (SELECT $e AS e FROM $t) t LEFT JOIN (SELECT y AS e FROM $t) u USING (e)",
	"SELECT $e IN (SELECT $e FROM $t) FROM $t", "SELECT x FROM $t WHERE $e IN (SELECT $b)", "SELECT count(*) FROM $t WHERE NOT EXISTS (SELECT 1 FROM (VALUES 1) u(n) WHERE $e IS NULL)",
	"SELECT count(*) FROM $t WHERE $e", "SELECT x FROM $t WHERE NOT ($e)", "SELECT CASE WHEN $e THEN 1 ELSE 0 END FROM $t", "SELECT lag($e) OVER (ORDER BY o) FROM $r",
	"SELECT first_value($e) OVER (PARTITION BY o % 2 ORDER BY o) FROM $r", "SELECT rank() OVER (ORDER BY $e) FROM $t", "SELECT count(*) OVER (PARTITION BY $e) FROM $t",
	"SELECT max($e) OVER (ORDER BY o ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM $r", "SELECT sum($e) OVER (ORDER BY o) FROM $r", "SELECT CAST($e AS varchar) FROM $t",
	"SELECT CAST($e AS json) FROM $t", "SELECT json_format(CAST(ARRAY[$e] AS json)) FROM $t", "SELECT typeof($e) FROM $t", "SELECT coalesce($e, NULL) FROM $t", "SELECT TRY($e) FROM $t",
	"SELECT transform(ARRAY[x], x -> $e) FROM $t", "SELECT filter(ARRAY[x], x -> $e IS NOT NULL) FROM $t", "SELECT reduce(ARRAY[1, 2], $e, (s, i) -> s, s -> s) FROM $t",
	"SELECT u.e FROM $t CROSS JOIN UNNEST(ARRAY[$e, $e]) u(e)", "SELECT u.e FROM $t LEFT JOIN UNNEST(ARRAY[$e]) u(e) ON true", "SELECT l.e FROM $t CROSS JOIN LATERAL (SELECT $e AS e) l",
	"WITH w AS (SELECT $e AS e FROM $t) SELECT e, count(*) FROM w GROUP BY e", "SELECT greatest($e, $e) FROM $t", "SELECT nullif($e, $e) FROM $t", "SELECT $e IS DISTINCT FROM $e FROM $t",
	"SELECT $e = (SELECT max($e) FROM $t) FROM $t", "SELECT $e = $e, $e <> $e, $e IS NULL FROM $t", "SELECT map_agg(x, $e) FROM $t", "SELECT histogram($e) FROM $t",
	"SELECT map_agg($e, y) FROM $t", "SELECT json_object('k': $e) FROM $t", "SELECT json_array($e) FROM $t", "SELECT format('%s', $e) FROM $t", "SELECT concat($e, $b) FROM $t",
	"SELECT count(*) FROM $t t WHERE (SELECT count(*) FROM $t u WHERE u.x = t.x) > 0", "SELECT x, (SELECT count(*) FROM $t u WHERE u.y IS NOT DISTINCT FROM t.y) FROM $t t",
	"SELECT e[1], cardinality(e) FROM (SELECT ARRAY[$e, $e] AS e FROM $t)", "SELECT array_distinct(ARRAY[$e, $e, NULL]) FROM $t", "SELECT contains(ARRAY[$e], $e) FROM $t", "SELECT array_sort(ARRAY[$e, $e]) FROM $t",
	"SELECT array_max(ARRAY[$e, $e]) FROM $t", "SELECT array_position(ARRAY[$e], $e) FROM $t", "SELECT array_join(ARRAY[$e, $e], ',') FROM $t",
}

// inContext returns a statement that has an expression on columns in a context: an operator on values of the types a and b,
// or a call of a scalar function.
func (g *generator) inContext(scalars []signature) statement {
	a, b := g.valueType(), g.valueType()
	if g.chance(50) {
		b = a
	}
	kind, template := "context", ""
	types := []string{a, b}
	switch n := g.IntN(100); {
	case n < 30:
		template = pick(g, []string{"x", "x", "y", "ROW(x, y)", "ARRAY[x, x]", "(x, 1)"})
	case n < 70:
		var templates []string
		o := pick(g, trinoOperators)
		for _, t := range o.templates {
			if !strings.HasPrefix(t, "$rows") && (strings.Contains(t, "$a") || strings.Contains(t, "$b")) {
				templates = append(templates, t)
			}
		}
		if len(templates) == 0 {
			templates = []string{"x"}
		}
		kind += " " + o.name
		template = pick(g, templates)
	default:
		s := pick(g, scalars)
		var args []string
		types, args = g.columnsOf(s)
		if len(types) == 1 {
			types = append(types, types[0])
		}
		a, b = types[0], types[1]
		kind += " " + s.name
		template = s.name + "(" + strings.Join(args, ", ") + ")"
	}
	for _, column := range [][2]string{{"$a2", "$A2"}, {"$a3", "$A3"}, {"$a", "x"}, {"$b", "y"}, {"$A2", "$a2"}, {"$A3", "$a3"}} {
		template = strings.ReplaceAll(template, column[0], column[1])
	}
	e := template
	if strings.Contains(template, "$") {
		e = strings.TrimPrefix(g.expand(template, a, b), "SELECT ")
	}
	if strings.ContainsAny(e, " ") && !strings.HasPrefix(e, "CAST(") {
		e = "(" + e + ")"
	}
	sql := pick(g, contexts)
	if len(types) > 2 { // only the contexts with a relation of all columns
		sql = "SELECT $e FROM $t"
	}
	rows := g.rows(types...)
	numbered := g.numberedRows(types...)
	for _, part := range [][2]string{{"$e", e}, {"$b", g.value(b)}} {
		sql = strings.ReplaceAll(sql, part[0], part[1])
	}
	for _, alias := range []string{" t", " u"} {
		sql = strings.ReplaceAll(sql, "$t"+alias+" ", strings.Replace(rows, ") t(", ")"+alias+"(", 1)+" ")
	}
	sql = strings.ReplaceAll(sql, "$t)", rows+")")
	sql = strings.ReplaceAll(strings.ReplaceAll(sql, "$t", rows), "$r", numbered)
	if suffix, ok := strings.CutSuffix(sql, "$t t"); ok {
		sql = suffix + rows
	}
	return statement{kind, sql}
}

// numberedRows is rows with the number of the row in a column o.
func (g *generator) numberedRows(types ...string) string {
	all := g.rows(types...)
	body, names, _ := strings.Cut(all, ") t(")
	return "(SELECT t.*, row_number() OVER () AS o FROM " + body + ") t(" + names + ") t"
}

// randomCall returns a call of a function with arguments of random types.
func (g *generator) randomCall(s signature) statement {
	if volatile[s.name] || len(s.params) == 0 {
		return g.call(s)
	}
	var args []string
	n := s.required
	if len(s.params) > n {
		n += g.IntN(len(s.params) - n + 1)
	}
	bound := map[string]string{}
	wrong := -1
	if n > 0 {
		wrong = g.IntN(n)
	}
	kinds := strings.Split(parameters[s.name], ",")
	for i := range n {
		if i < len(kinds) && allocates(kinds[i]) {
			args = append(args, pick(g, texts[kinds[i]]))
			continue
		}
		t := g.valueType()
		if i != wrong && !g.chance(20) {
			if t = g.bindVariables(s.params[min(i, len(s.params)-1)], bound); t == "lambda" {
				args = append(args, "x -> x")
				continue
			}
		}
		args = append(args, g.value(t))
	}
	sql := "SELECT " + s.name + "(" + strings.Join(args, ", ") + ")"
	if s.window || s.aggregate && g.chance(15) {
		sql += " OVER ()"
	}
	return statement{"random " + s.name, sql}
}

// scalarSignatures returns those of the signatures that are no aggregates and have neither lambdas nor a syntax of their own.
func scalarSignatures(groups [][]signature) (list []signature) {
	for _, group := range groups {
		for _, s := range group {
			if !s.aggregate && !s.window && !s.refused && !volatile[s.name] && !keywordCalls[s.name] && len(s.params) > 0 && len(special[false][s.name]) == 0 && !slices.Contains(s.params, "lambda") {
				list = append(list, s)
			}
		}
	}
	return list
}
