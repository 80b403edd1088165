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

// translate translates the functions of time. It returns false for other
// functions.
func (tt *timeTranslator) translate(n *sqlsyntax.Expr, s *scope) (v value, ok bool) {
	now := tt.request.Now.UTC()
	if v, ok := tt.translateWithPrecision(n); ok {
		return v, true
	}
	switch n.Text {
	case "now", "current_timestamp":
		if len(n.Args) > 0 {
			tt.arguments.failCount(n, s)
		}
		if tt.hive {
			return value{sql: quoteString(now.Format(timestampForm)), typ: types.Named("timestamp")}, true
		}
		return value{sql: quoteString(now.Format(timestampForm) + " UTC"), typ: types.Named("timestamp with time zone")}, true
	case "localtimestamp":
		return value{sql: quoteString(now.Format(timestampForm)), typ: types.Named("timestamp")}, true
	case "current_date":
		return value{sql: quoteString(now.Format(dateForm)), typ: types.Named("date")}, true
	case "current_time":
		return value{sql: quoteString(now.Format(timeForm) + "+00:00"), typ: types.Named("time with time zone")}, true
	case "localtime":
		return value{sql: quoteString(now.Format(timeForm)), typ: types.Named("time")}, true
	case "unix_timestamp":
		if tt.hive && len(n.Args) == 0 {
			return value{sql: strconv.FormatInt(now.Unix(), 10), typ: types.Named("bigint")}, true
		}
	case "td_scheduled_time":
		if len(n.Args) > 0 {
			tt.arguments.failCount(n, s)
		}
		return value{sql: strconv.FormatInt(tt.request.Scheduled.Unix(), 10), typ: types.Named("bigint")}, true
	case "td_time_range":
		return tt.translateRange(n, s), true
	case "td_interval":
		return tt.translateTDInterval(n, s), true
	case "td_sessionize":
		return tt.translateSessionize(n, s), true
	}
	return value{}, false
}

// translateWithPrecision translates current_timestamp(6) and the like.
func (tt *timeTranslator) translateWithPrecision(n *sqlsyntax.Expr) (v value, ok bool) {
	if tt.hive || len(n.Args) != 1 || n.Args[0].Kind != sqlsyntax.Number {
		return value{}, false
	}
	digits, ok := n.Args[0].WholeNumber()
	if !ok || digits > types.MaxTimePrecision {
		return value{}, false
	}
	now := tt.request.Now.UTC().Format(timestampForm)
	v = value{sql: quoteString(now), typ: types.Named("timestamp")}
	switch n.Text {
	case "current_timestamp":
		v = value{sql: quoteString(now + " UTC"), typ: types.Named("timestamp with time zone")}
	case "current_time":
		v = tt.conversions.cast(v, types.Named("time with time zone"), false, n.Pos)
	case "localtime":
		v = tt.conversions.cast(v, types.Named("time"), false, n.Pos)
	case "localtimestamp":
	default:
		return value{}, false
	}
	return tt.conversions.cast(v, v.typ.WithPrecision(digits), false, n.Pos), true
}

// translateRange translates TD_TIME_RANGE(time, from, to, zone) to comparisons, for which the engine uses an index.
func (tt *timeTranslator) translateRange(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) < 2 || len(n.Args) > 4 {
		tt.arguments.failCount(n, s)
	}
	at := tt.translateColumn(n, s)
	var tests []string
	for i, operator := range []string{" >= ", " < "} {
		if i+1 >= len(n.Args) || n.Args[i+1].Kind == sqlsyntax.Null {
			continue
		}
		bound := tt.translateBound(n, n.Args[i+1], s)
		if n.Args[i+1].Kind != sqlsyntax.String && n.Args[i+1].Kind != sqlsyntax.Number {
			bound = "coalesce(" + bound + ", " + []string{"-9223372036854775808", "9223372036854775807"}[i] + ")" // NULL is unbounded
		}
		tests = append(tests, at.sql+operator+bound)
	}
	if len(tests) == 0 {
		tests = []string{at.sql + " IS NOT NULL"}
	}
	return value{sql: "(" + strings.Join(tests, " AND ") + ")", typ: types.Named("boolean")}
}

// translateColumn translates the first argument, a time in Unix seconds.
func (tt *timeTranslator) translateColumn(n *sqlsyntax.Expr, s *scope) value {
	at := tt.exprs.translate(n.Args[0], s)
	if tt.hive && at.typ.Is("varchar") {
		at = tt.conversions.convert(at, types.Named("bigint"))
	}
	if !at.typ.IsNumber() && !at.typ.IsUnknown() {
		fail(SemanticError, n.Pos, "Unexpected parameters ("+describeType(at)+", ...) for function "+n.Text+". Expected: "+n.Text+"(bigint, ...)")
	}
	return at
}

// translateBound translates the start or the end of a range, a number or a string, to Unix seconds.
func (tt *timeTranslator) translateBound(n, bound *sqlsyntax.Expr, s *scope) string {
	v := tt.exprs.translate(bound, s)
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
			return call("f_td_time_parse", v.sql, tt.exprs.translate(n.Args[3], s).sql)
		}
		return call("f_td_time_parse", v.sql)
	}
	fail(SemanticError, bound.Pos, "Unexpected parameters (..., "+describeType(v)+", ...) for function "+n.Text+". Expected: "+n.Text+"(bigint, varchar(x), [varchar(x)], [varchar(x)])")
	return ""
}

// translateTDInterval translates TD_INTERVAL(time, '-1d', zone).
func (tt *timeTranslator) translateTDInterval(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) < 2 || len(n.Args) > 3 {
		tt.arguments.failCount(n, s)
	}
	at := tt.translateColumn(n, s)
	spec, zone := tt.exprs.translate(n.Args[1], s), value{sql: "'UTC'"}
	if len(n.Args) > 2 {
		zone = tt.exprs.translate(n.Args[2], s)
	}
	if !spec.typ.Is("varchar") {
		tt.arguments.failCount(n, s)
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

// translateSessionize translates TD_SESSIONIZE(time, timeout, key, …) to a window function.
func (tt *timeTranslator) translateSessionize(n *sqlsyntax.Expr, s *scope) value {
	if len(n.Args) < 3 {
		tt.arguments.failCount(n, s)
	}
	if tt.clause != "" {
		tt.aggregates.failMisplaced(n)
	}
	args := tt.exprs.translateAll(n.Args, s)
	keys := make([]string, 0, len(args)-2)
	for _, a := range args[2:] {
		keys = append(keys, identity(a))
	}
	sql := call("f_td_sessionize_window", args[0].sql, args[1].sql) + " OVER (PARTITION BY " + strings.Join(keys, ", ") + " ORDER BY " + args[0].sql + ")"
	return value{sql: sql, typ: types.Named("varchar")}
}
