package tablefunc

import (
	"strings"

	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// ExpandView checks the function of a LATERAL VIEW, and changes it to explode, posexplode or inline of a single array
// or map.
func ExpandView(r *sqlsyntax.Relation) error {
	switch r.Function {
	case "explode", "posexplode", "inline":
		if len(r.Arguments) != 1 {
			return semanticError(r.Pos, r.Function+"() takes exactly one argument")
		}
		return nil
	case "json_tuple", "parse_url_tuple":
		return expandTuple(r)
	case "stack":
		return expandStack(r)
	case "generate_series":
		return expandSeries(r)
	case "td_pivot":
		return expandPivot(r)
	}
	if _, ok := registry.Lookup(r.Function, true); !ok {
		return semanticError(r.Pos, "Function '"+r.Function+"' not registered")
	}
	return sqlsyntax.NewError(sqlsyntax.NotSupported, r.Pos, "LATERAL VIEW "+r.Function+" is not supported by the sandbox")
}

// expandTuple changes json_tuple(x, 'a', 'b') to an array of one row.
func expandTuple(r *sqlsyntax.Relation) error {
	if len(r.Arguments) < 2 {
		return semanticError(r.Pos, r.Function+"() takes at least two arguments")
	}
	var fields []*sqlsyntax.Expr
	for _, key := range r.Arguments[1:] {
		fields = append(fields, tupleField(r.Function, r.Arguments[0], key))
	}
	setRows(r, sqlsyntax.Builder{Pos: r.Pos}.Row(fields...))
	return nil
}

// tupleField returns the call that extracts the value of a key of json_tuple or parse_url_tuple.
func tupleField(function string, source, key *sqlsyntax.Expr) *sqlsyntax.Expr {
	b := sqlsyntax.Builder{Pos: key.Pos}
	if function == "json_tuple" {
		return b.Call("get_json_object", source, b.Text("$."+key.Text))
	}
	if part, name, ok := strings.Cut(key.Text, ":"); ok && key.Kind == sqlsyntax.String { // QUERY:k
		return b.Call("parse_url", source, b.Text(part), b.Text(name))
	}
	return b.Call("parse_url", source, key)
}

// expandStack changes stack(2, a, b, c, d) to an array of the rows (a, b) and (c, d).
func expandStack(r *sqlsyntax.Relation) error {
	n, ok := 0, false
	if len(r.Arguments) > 1 {
		n, ok = r.Arguments[0].WholeNumber()
	}
	values := r.Arguments[min(1, len(r.Arguments)):]
	width := (len(values) + n - 1) / max(n, 1)
	if !ok || n < 1 || len(values) <= (n-1)*width {
		return semanticError(r.Pos, "stack() takes a number of rows and their values")
	}
	b := sqlsyntax.Builder{Pos: r.Pos}
	for len(values) < n*width {
		values = append(values, b.Call("if", b.Binary("=", b.Number(0), b.Number(1)), values[len(values)-width], b.Null())) // NULL of its type
	}
	var rows []*sqlsyntax.Expr
	for i := range n {
		rows = append(rows, b.Row(values[i*width:(i+1)*width]...))
	}
	setRows(r, rows...)
	return nil
}

// expandSeries changes generate_series(2, 4) to an array of the numbers. See
// https://hivemall.apache.org/userguide/misc/generic_funcs.html.
func expandSeries(r *sqlsyntax.Relation) error {
	if len(r.Arguments) < 2 || len(r.Arguments) > 3 {
		return semanticError(r.Pos, "generate_series() takes two or three arguments")
	}
	if r.Columns == nil {
		r.Columns = []string{"value"}
	}
	b := sqlsyntax.Builder{Pos: r.Pos}
	last := b.Number(1)
	if len(r.Arguments) == 3 {
		last = b.Call("if", b.Binary("<", r.Arguments[2], b.Number(0)), b.Number(-1), last)
	}
	end := b.Binary("+", r.Arguments[1], last)
	r.Arguments = []*sqlsyntax.Expr{b.Call("td_numeric_range", append([]*sqlsyntax.Expr{r.Arguments[0], end}, r.Arguments[2:]...)...)}
	r.Function = "explode"
	return nil
}

// expandPivot changes td_pivot(k, v, 'a,b') to an array of one row, whose fields are v if k is the field's name, and null
// otherwise. See https://docs.treasuredata.com/display/public/PD/Supported+Hive+and+TD+Functions.
func expandPivot(r *sqlsyntax.Relation) error {
	if len(r.Arguments) != 3 || r.Arguments[2].Kind != sqlsyntax.String {
		return semanticError(r.Pos, "td_pivot() takes a key, a value and a constant list of keys")
	}
	b := sqlsyntax.Builder{Pos: r.Pos}
	var names []string
	var fields []*sqlsyntax.Expr
	for name := range strings.SplitSeq(r.Arguments[2].Text, ",") {
		name = strings.TrimSpace(name)
		names = append(names, name)
		fields = append(fields, b.Call("if", b.Binary("=", r.Arguments[0], b.Text(name)), r.Arguments[1], b.Null()))
	}
	if r.Columns == nil {
		r.Columns = names
	}
	setRows(r, b.Row(fields...))
	return nil
}

// setRows changes the function to inline of an array of rows.
func setRows(r *sqlsyntax.Relation, rows ...*sqlsyntax.Expr) {
	r.Arguments = []*sqlsyntax.Expr{sqlsyntax.Builder{Pos: r.Pos}.Array(rows...)}
	r.Function = "inline"
}
