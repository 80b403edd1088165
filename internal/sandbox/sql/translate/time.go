package translate

import (
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/types"

	"github.com/td-cli/td/internal/sandbox/sql/functions"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// A timeTranslator translates the functions that depend on the current or the scheduled time, and those that
// become comparisons with the column time.
type timeTranslator struct {
	*state

	exprs       *exprTranslator
	conversions *converter
	arguments   *argumentTranslator
	aggregates  *aggregateTranslator
}

// timeCall translates the functions that know the present or the scheduled time, and TD's ranges; ok is
// false for all others.
func (tt *timeTranslator) timeCall(n *sqlsyntax.Expr, s *scope) (v value, ok bool) {
	now := tt.request.Now.UTC()
	switch n.Text {
	case "now", "current_timestamp":
		if len(n.Args) > 0 {
			tt.arguments.wrongCount(n, s)
		}
		if tt.hive {
			return value{sql: quoteString(now.Format(timestampForm)), typ: types.Named("timestamp")}, true
		}
		return value{sql: quoteString(now.Format(timestampForm) + " UTC"), typ: types.Named("timestamp with time zone")}, true
	case "localtimestamp":
		return value{sql: quoteString(now.Format(timestampForm)), typ: types.Named("timestamp")}, true
	case "current_date":
		return value{sql: quoteString(now.Format(dateForm)), typ: types.Named("date")}, true
	case "current_time", "localtime":
		return value{sql: quoteString(now.Format(timeForm)), typ: types.Named("time")}, true
	case "unix_timestamp":
		if tt.hive && len(n.Args) == 0 {
			return value{sql: strconv.FormatInt(now.Unix(), 10), typ: types.Named("bigint")}, true
		}
	case "td_scheduled_time":
		if len(n.Args) > 0 {
			tt.arguments.wrongCount(n, s)
		}
		return value{sql: strconv.FormatInt(tt.request.Scheduled.Unix(), 10), typ: types.Named("bigint")}, true
	case "td_time_range":
		return tt.timeRange(n, s), true
	case "td_interval":
		return tt.timeInterval(n, s), true
	case "td_sessionize":
		return tt.sessionize(n, s), true
	}
	return value{}, false
}

// timeRange is TD_TIME_RANGE(time, from, to, zone) as comparisons, which an index on time serves.
func (tt *timeTranslator) timeRange(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) < 2 || len(n.Args) > 4 {
		tt.arguments.wrongCount(n, s)
	}
	at := tt.timeColumn(n, s)
	var tests []string
	for i, operator := range []string{" >= ", " < "} {
		if i+1 >= len(n.Args) || n.Args[i+1].Kind == sqlsyntax.Null {
			continue
		}
		bound := tt.timeBound(n, n.Args[i+1], s)
		if n.Args[i+1].Kind != sqlsyntax.String && n.Args[i+1].Kind != sqlsyntax.Number {
			bound = "coalesce(" + bound + ", " + []string{"-9223372036854775808", "9223372036854775807"}[i] + ")" // NULL is an open end
		}
		tests = append(tests, at.sql+operator+bound)
	}
	if len(tests) == 0 {
		tests = []string{at.sql + " IS NOT NULL"}
	}
	return value{sql: "(" + strings.Join(tests, " AND ") + ")", typ: types.Named("boolean")}
}

// timeColumn is the first argument: Unix seconds.
func (tt *timeTranslator) timeColumn(n *sqlsyntax.Expr, s *scope) value {
	at := tt.exprs.expr(n.Args[0], s)
	if tt.hive && at.typ.Is("varchar") {
		at = tt.conversions.convert(at, types.Named("bigint"))
	}
	if !at.typ.IsNumber() && !at.typ.IsUnknown() {
		fail(SemanticError, n.Pos, "Unexpected parameters ("+typeNamed(at)+", ...) for function "+n.Text+". Expected: "+n.Text+"(bigint, ...)")
	}
	return at
}

// timeBound is an end of a range in Unix seconds: a number, or a time as text.
func (tt *timeTranslator) timeBound(n, bound *sqlsyntax.Expr, s *scope) string {
	v := tt.exprs.expr(bound, s)
	if moment, ok := v.literal(); ok && (len(n.Args) < 4 || n.Args[3].Kind == sqlsyntax.String || n.Args[3].Kind == sqlsyntax.Null) {
		zone := "UTC"
		if len(n.Args) > 3 && n.Args[3].Kind == sqlsyntax.String {
			zone = n.Args[3].Text
		}
		seconds, err := functions.ParseTime(moment, zone)
		if err != nil {
			fail(DataError, bound.Pos, err.Error())
		}
		return strconv.FormatInt(seconds, 10)
	}
	switch {
	case v.typ.IsNumber():
		return v.sql
	case v.typ.Is("varchar"):
		if len(n.Args) > 3 && n.Args[3].Kind != sqlsyntax.Null {
			return call("f_td_time_parse", v.sql, tt.exprs.expr(n.Args[3], s).sql)
		}
		return call("f_td_time_parse", v.sql)
	}
	fail(SemanticError, bound.Pos, "Unexpected parameters (..., "+typeNamed(v)+", ...) for function "+n.Text+". Expected: "+n.Text+"(bigint, varchar(x), [varchar(x)], [varchar(x)])")
	return ""
}

// timeInterval is TD_INTERVAL(time, '-1d', zone).
func (tt *timeTranslator) timeInterval(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) < 2 || len(n.Args) > 3 {
		tt.arguments.wrongCount(n, s)
	}
	at := tt.timeColumn(n, s)
	spec, zone := tt.exprs.expr(n.Args[1], s), value{sql: "'UTC'"}
	if len(n.Args) > 2 {
		zone = tt.exprs.expr(n.Args[2], s)
	}
	if !spec.typ.Is("varchar") {
		tt.arguments.wrongCount(n, s)
	}
	if spec, ok := spec.literal(); ok && (len(n.Args) < 3 || n.Args[2].Kind == sqlsyntax.String) {
		zoneName := ""
		if len(n.Args) > 2 {
			zoneName = n.Args[2].Text
		}
		from, to, err := functions.Interval(spec, zoneName, tt.request.Scheduled)
		if err != nil {
			fail(DataError, n.Args[1].Pos, err.Error())
		}
		sql := "(" + at.sql + " >= " + strconv.FormatInt(from, 10) + " AND " + at.sql + " < " + strconv.FormatInt(to, 10) + ")"
		return value{sql: sql, typ: types.Named("boolean")}
	}
	sql := call("f_td_interval", at.sql, spec.sql, zone.sql, strconv.FormatInt(tt.request.Scheduled.Unix(), 10))
	return value{sql: sql, typ: types.Named("boolean")}
}

// sessionize is TD_SESSIONIZE(time, timeout, key, …) as the window function.
func (tt *timeTranslator) sessionize(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) < 3 {
		tt.arguments.wrongCount(n, s)
	}
	if tt.clause != "" {
		tt.aggregates.misplaced(n)
	}
	args := tt.exprs.exprs(n.Args, s)
	keys := make([]string, 0, len(args)-2)
	for _, a := range args[2:] {
		keys = append(keys, orderable(a))
	}
	sql := call("f_td_sessionize_window", args[0].sql, args[1].sql) + " OVER (PARTITION BY " + strings.Join(keys, ", ") + " ORDER BY " + args[0].sql + ")"
	return value{sql: sql, typ: types.Named("varchar")}
}
