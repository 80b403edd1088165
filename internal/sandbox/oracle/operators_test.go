package oracle

import (
	"slices"
	"strings"
)

// An operator is a form of expression. In a template, $a and $b are replaced by values of two types, $A and $B by
// the types.
type operator struct {
	name      string
	templates []string
	pairs     bool // combine it with every pair of types
}

// trinoOperators lists the operators and predicates of Trino: https://trino.io/docs/current/functions/comparison.html.
var trinoOperators = []operator{
	{name: "arithmetic", pairs: true, templates: []string{"$a + $b", "$a - $b", "$a * $b", "$a / $b", "$a % $b"}},
	{name: "comparison", pairs: true, templates: []string{"$a = $b", "$a <> $b", "$a < $b", "$a <= $b", "$a > $b", "$a >= $b", "$a IS DISTINCT FROM $b", "$a IS NOT DISTINCT FROM $b"}},
	{name: "cast", pairs: true, templates: []string{"CAST($a AS $B)", "TRY_CAST($a AS $B)"}},
	{name: "common", pairs: true, templates: []string{"coalesce($a, $b)", "CASE WHEN $a IS NULL THEN $b ELSE $a END", "if($a IS NOT NULL, $b, $a)", "ARRAY[$a, $b]", "$a IN ($b, $b)", "nullif($a, $b)", "$a BETWEEN $b AND $b", "greatest($a, $b)", "CASE $a WHEN $b THEN 1 END"}},
	{name: "||", templates: []string{"$a || $b", "$a || $a", "$a || NULL", "'x' || $a", "ARRAY[$a] || ARRAY[$b]", "ARRAY[$a] || $b", "$a || ARRAY[$b]"}},
	{name: "unary -", templates: []string{"-$a", "-(-$a)", "+$a"}},
	{name: "IS NULL", templates: []string{"$a IS NULL", "$a IS NOT NULL", "NOT ($a IS NULL)"}},
	{name: "AND", templates: []string{"$a AND $b", "true AND $a", "false AND $a", "NULL AND $a"}},
	{name: "OR", templates: []string{"$a OR $b", "true OR $a", "false OR $a", "NULL OR $a"}},
	{name: "NOT", templates: []string{"NOT $a", "NOT NOT $a"}},
	{name: "BETWEEN", templates: []string{"$a BETWEEN $a2 AND $a3", "$a NOT BETWEEN $a2 AND $a3", "$a BETWEEN SYMMETRIC $a2 AND $a3"}},
	{name: "IN", templates: []string{"$a IN ($a2, $a3)", "$a NOT IN ($a2, NULL)", "$a IN (SELECT $a2)", "$a NOT IN (SELECT $b)", "ROW($a, $b) IN (ROW($a2, $b))"}},
	{name: "quantified", templates: []string{"$a = ANY (SELECT $b)", "$a < ALL (VALUES $a2, $a3)", "$a >= SOME (VALUES $a2, NULL)", "$a <> ALL (VALUES $a2, $b)"}},
	{name: "EXISTS", templates: []string{"EXISTS (SELECT $a)", "NOT EXISTS (SELECT $a WHERE $a = $a2)"}},
	{name: "LIKE", templates: []string{"$s LIKE 'a%'", "$s LIKE '%b_'", "$s NOT LIKE $s2", "$s LIKE 'a!%' ESCAPE '!'", "$s LIKE ''", "$s LIKE '%' || $s2 || '%'", "$a LIKE 'a'"}},
	{name: "AT TIME ZONE", templates: []string{"$z AT TIME ZONE 'Asia/Tokyo'", "$z AT TIME ZONE '+05:30'", "$d AT TIME ZONE 'America/New_York'", "$z AT TIME ZONE INTERVAL '-5' HOUR", "$a AT TIME ZONE 'UTC'"}},
	{name: "EXTRACT", templates: []string{"EXTRACT($field FROM $d)", "EXTRACT($field FROM $z)", "EXTRACT($field FROM $a)"}},
	{name: "subscript", templates: []string{"ARRAY[$a, $a2][1]", "ARRAY[$a, $a2][3]", "ARRAY[$a][0]", "ARRAY[$a][-1]", "MAP(ARRAY[$a], ARRAY[$b])[$a]", "MAP(ARRAY[$a], ARRAY[$b])[$a2]", "ROW($a, $b)[2]", "ROW($a, $b)[3]", "$a[1]"}},
	{name: "field", templates: []string{"CAST(ROW($a, $b) AS ROW(x $A, y $B)).x", "CAST(ROW($a, $b) AS ROW(x $A, y $B)).z", "CAST(ROW($a, $b) AS ROW(x $A, y $B))"}},
	{name: "array", templates: []string{"ARRAY[$a, $a2, $a3]", "ARRAY[$a, NULL]", "ARRAY[ARRAY[$a], ARRAY[$a2]]", "ARRAY[]", "ARRAY[ROW($a, $b)]", "ARRAY[MAP(ARRAY[$a], ARRAY[$b])]"}},
	{name: "row", templates: []string{"ROW($a, $b)", "($a, $b) = ($a2, $b)", "ROW($a) < ROW($a2)", "ROW($a, NULL) = ROW($a2, $b)", "($a, $b) IS DISTINCT FROM ($a2, NULL)"}},
	{name: "typeof", templates: []string{"typeof($a)", "typeof(ARRAY[$a])", "typeof(ROW($a, $b))", "typeof(MAP(ARRAY[$a], ARRAY[$b]))", "typeof(coalesce($a, $b))"}},
	{name: "CASE", templates: []string{"CASE WHEN $a = $a2 THEN $b END", "CASE $a WHEN $a2 THEN 1 WHEN $a3 THEN 2 ELSE 3 END", "CASE WHEN $a THEN 1 ELSE 0 END", "nullif($a, $a2)", "coalesce($a, $a2, $a3)"}},
	{name: "DISTINCT", templates: []string{"$rows: SELECT DISTINCT x FROM $t", "$rows: SELECT count(DISTINCT x) FROM $t", "$rows: SELECT count(DISTINCT ROW(x, y)) FROM $t"}},
	{name: "GROUP BY", templates: []string{"$rows: SELECT x, count(*) FROM $t GROUP BY x", "$rows: SELECT x, count(y) FROM $t GROUP BY 1 HAVING count(*) > 1", "$rows: SELECT max(x), count(*) FROM $t GROUP BY y"}},
	{name: "ORDER BY", templates: []string{"$rows: SELECT x FROM $t ORDER BY x", "$rows: SELECT x FROM $t ORDER BY x DESC", "$rows: SELECT x FROM $t ORDER BY x NULLS FIRST", "$rows: SELECT x, rank() OVER (ORDER BY x) FROM $t ORDER BY 2", "$rows: SELECT x FROM $t ORDER BY x FETCH FIRST 1 ROW WITH TIES"}},
	{name: "JOIN", templates: []string{"$rows: SELECT a.x, b.y FROM $ta JOIN $tb ON a.x = b.y", "$rows: SELECT a.x, b.y FROM $ta LEFT JOIN $tb ON a.x < b.y", "$rows: SELECT count(*) FROM $ta FULL JOIN $tb ON a.x = b.y", "$rows: SELECT x FROM $ta JOIN $tc USING (x)"}},
	{name: "set operation", templates: []string{"$rows: SELECT x FROM $t UNION SELECT y FROM $t", "$rows: SELECT x FROM $t INTERSECT SELECT x FROM $t", "$rows: SELECT x FROM $t EXCEPT SELECT y FROM $t", "$rows: SELECT x FROM $t UNION ALL SELECT y FROM $t"}},
	{name: "UNNEST", templates: []string{"$rows: SELECT * FROM UNNEST(ARRAY[$a, $a2])", "$rows: SELECT * FROM UNNEST(ARRAY[$a, $a2], ARRAY[$b]) WITH ORDINALITY AS t(p, q, n)", "$rows: SELECT * FROM UNNEST(MAP(ARRAY[$a], ARRAY[$b])) AS t(k, v)", "$rows: SELECT * FROM UNNEST(ARRAY[ROW($a, $b)])", "$rows: SELECT x, e FROM $t CROSS JOIN UNNEST(ARRAY[x, NULL]) AS u(e)"}},
	{name: "VALUES", templates: []string{"$rows: VALUES $a, $a2", "$rows: VALUES ($a, $b), ($a2, NULL)", "$rows: SELECT * FROM (VALUES $a, $b)"}},
	{name: "subquery", templates: []string{"(SELECT $a)", "(SELECT x FROM (VALUES $a) t(x) WHERE x = $a2)", "(SELECT $a, $b)", "(SELECT max(x) FROM (VALUES $a, $a2) t(x))"}},
	{name: "interval", templates: []string{"$d + $i", "$d - $i", "$i * $n", "$i / $n", "$i + $i", "$z + $i", "$z - $z", "$d - $d", "TIME '23:00:00' + $i"}},
	{name: "window frame", templates: []string{"$rows: SELECT sum(x) OVER (ORDER BY y ROWS BETWEEN 1 PRECEDING AND CURRENT ROW) FROM $n", "$rows: SELECT max(x) OVER (PARTITION BY y) FROM $t", "$rows: SELECT count(x) OVER (ORDER BY x RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) FROM $n"}},
}

// hiveOperators lists the operators and predicates of Hive:
// https://hive.apache.org/docs/latest/language/languagemanual-udf/#relational-operators.
var hiveOperators = []operator{
	{name: "arithmetic", pairs: true, templates: []string{"$a + $b", "$a - $b", "$a * $b", "$a / $b", "$a % $b", "$a div $b"}},
	{name: "comparison", pairs: true, templates: []string{"$a = $b", "$a <> $b", "$a < $b", "$a <= $b", "$a > $b", "$a >= $b", "$a <=> $b", "$a == $b", "$a != $b"}},
	{name: "cast", pairs: true, templates: []string{"cast($a as $B)"}},
	{name: "common", pairs: true, templates: []string{"coalesce($a, $b)", "if(1 = 1, $a, $b)", "case when 1 = 2 then $a else $b end", "$a in ($b, $b)", "nvl($a, $b)", "$a between $b and $b", "array($a, $b)", "greatest($a, $b)"}},
	{name: "bitwise", templates: []string{"$n & $n", "$n | $n", "$n ^ $n", "~$n", "($n ^ $n) & 7"}},
	{name: "||", templates: []string{"$a || $b", "$s || $a", "$a || null"}},
	{name: "unary -", templates: []string{"-($a)", "+($a)"}},
	{name: "IS NULL", templates: []string{"$a is null", "$a is not null", "not ($a is null)"}},
	{name: "AND", templates: []string{"$a and $b", "true and $a", "false and $a", "null and true"}},
	{name: "OR", templates: []string{"$a or $b", "true or $a", "false or $a", "null or false"}},
	{name: "NOT", templates: []string{"not $a", "! $a"}},
	{name: "BETWEEN", templates: []string{"$a between $a2 and $a3", "$a not between $a2 and $a3"}},
	{name: "IN", templates: []string{"$a in ($a2, $a3)", "$a not in ($a2, null)"}},
	{name: "LIKE", templates: []string{"$s like 'a%'", "$s like '%b_'", "$s not like $s2", "$s like ''", "$s rlike '[a-z]+'", "$s regexp '^a'", "$a like 'a'"}},
	{name: "subscript", templates: []string{"array($a, $a2)[0]", "array($a)[2]", "map('k', $a)['k']", "map('k', $a)['x']", "map(1, $a)[1]", "array($a)[-1]"}},
	{name: "field", templates: []string{"named_struct('x', $a, 'y', $b).x", "struct($a, $b).col2", "named_struct('x', $a).z"}},
	{name: "CASE", templates: []string{"case when $a = $a2 then $b end", "case $a when $a2 then 1 when $a3 then 2 else 3 end", "if($a = $a2, 1, 2)"}},
	{name: "interval", templates: []string{"$d + $i", "$d - $i", "$d - $d"}},
	{name: "EXTRACT", templates: []string{"extract($field from $d)"}},
}

// operatorStatement returns a statement with an operator and values of two types.
func (g *generator) operatorStatement(o operator, a, b string) statement {
	kind := o.name
	if o.pairs {
		kind += " " + a + ", " + b
	}
	return statement{kind, g.expand(pick(g, o.templates), a, b)}
}

// expand fills in a template.
func (g *generator) expand(template, a, b string) string {
	sql, isQuery := strings.CutPrefix(template, "$rows: ")
	replace := func(placeholder string, value func() string) {
		for strings.Contains(sql, placeholder) {
			sql = strings.Replace(sql, placeholder, value(), 1)
		}
	}
	repeat := func(placeholder, value string) { sql = strings.ReplaceAll(sql, placeholder, value) }
	text := "varchar"
	if g.hive {
		text = "string"
	}
	repeat("$field", pick(g, []string{"YEAR", "QUARTER", "MONTH", "WEEK", "DAY", "DOW", "DOY", "YOW", "HOUR", "MINUTE", "SECOND", "TIMEZONE_HOUR"}))
	repeat("$ta", strings.Replace(g.rows(a), " t(", " a(", 1))
	repeat("$tb", "(SELECT x AS y FROM "+g.rows(b)+") b")
	repeat("$tc", strings.Replace(g.rows(b), " t(", " c(", 1))
	repeat("$t", g.rows(a, b))
	if isQuery {
		repeat("FROM $n", "FROM "+g.rows(pick(g, numeric), pick(g, numeric)))
	}
	replace("$s2", func() string { return g.value(text) })
	replace("$s", func() string { return g.value(text) })
	replace("$n", func() string { return g.value(pick(g, slices.Concat(numeric, numeric, []string{"decimal(5,2)"}))) })
	replace("$z", func() string { return g.value("timestamp with time zone") })
	replace("$d", func() string { return g.value(pick(g, []string{"date", "timestamp"})) })
	replace("$i", func() string {
		return g.value(pick(g, []string{"interval day to second", "interval year to month"}))
	})
	replace("$A", func() string { return a })
	replace("$B", func() string { return b })
	replace("$a2", func() string { return g.value(a) })
	replace("$a3", func() string { return g.value(a) })
	same := g.value(a)
	if strings.Contains(template, "[$a]") && strings.Count(template, "$a") > 1 {
		replace("$a", func() string { return same })
	}
	replace("$a", func() string { return g.value(a) })
	replace("$b", func() string { return g.value(b) })
	if isQuery {
		return sql
	}
	return g.sql("SELECT ") + sql
}

// numeric lists types that both dialects spell alike.
var numeric = []string{"tinyint", "smallint", "bigint", "double"}

// fresh returns a random statement of any kind.
func (g *generator) fresh(signatures [][]signature) statement {
	operators := trinoOperators
	if g.hive {
		operators = hiveOperators
	}
	n := g.IntN(100)
	switch {
	case !g.hive && n < 35:
		return g.inContext(scalarSignatures(signatures))
	case !g.hive && n < 45:
		return g.randomCall(pick(g, pick(g, signatures)))
	case n < 75:
		return g.call(pick(g, pick(g, signatures)))
	}
	o := pick(g, operators)
	return g.operatorStatement(o, g.valueType(), g.valueType())
}

// recorded returns the statements whose answers are stored: perFunction calls of every signature's name, one
// statement for every class of operators and pair of types, and perFunction statements for the other forms.
func recorded(hive bool, seed uint64, functions [][]signature, perFunction int) (list []statement) {
	for _, signatures := range functions {
		g := newGenerator(hive, seed, signatures[0].name)
		seen := map[string]bool{}
		for i := 0; len(seen) < perFunction && i < 20*perFunction; i++ {
			s := g.call(signatures[i%len(signatures)])
			if !seen[s.sql] {
				seen[s.sql] = true
				list = append(list, s)
			}
		}
	}
	operators := trinoOperators
	if hive {
		operators = hiveOperators
	}
	for _, o := range operators {
		g := newGenerator(hive, seed, "operator "+o.name)
		if !o.pairs {
			seen := map[string]bool{}
			for i := range 4 * len(o.templates) {
				s := statement{o.name, g.expand(o.templates[i%len(o.templates)], g.valueType(), g.valueType())}
				if !seen[s.sql] {
					seen[s.sql] = true
					list = append(list, s)
				}
			}
			continue
		}
		for _, a := range pairTypes(g) {
			for _, b := range pairTypes(g) {
				if o.name == "cast" && a == "time" && strings.HasPrefix(b, "timestamp") {
					continue // the result has the date of the day
				}
				list = append(list, g.operatorStatement(o, a, b))
			}
		}
	}
	return list
}

// pairTypes returns the types of which every pair is combined.
func pairTypes(g *generator) []string {
	list := slices.Compact(slices.Clone(scalarTypes[g.hive]))
	integer, text := "integer", "varchar"
	if g.hive {
		integer, text = "int", "string"
	}
	return append(list, g.nest("array", integer), g.nest("map", text, integer), g.nest("row", integer, text))
}

// groupByName returns the signatures of each function.
func groupByName(list []signature) (groups [][]signature) {
	for _, s := range list {
		if n := len(groups); n > 0 && groups[n-1][0].name == s.name {
			groups[n-1] = append(groups[n-1], s)
		} else {
			groups = append(groups, []signature{s})
		}
	}
	return groups
}
