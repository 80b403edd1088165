package translate

import (
	"slices"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// sameExpr tells whether two expressions are the same, names being resolved in s.
func (e *emitter) sameExpr(a, b *sqlsyntax.Expr, s *scope) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.Query != nil || b.Query != nil {
		return false
	}
	if a.Kind == sqlsyntax.Column && b.Kind == sqlsyntax.Column {
		if len(a.Path) == len(b.Path) && strings.EqualFold(strings.Join(a.Path, "."), strings.Join(b.Path, ".")) {
			return true
		}
		base := *s
		base.grouping, base.aliases = nil, nil
		x, ok := e.tryColumn(a, &base)
		y, ok2 := e.tryColumn(b, &base)
		return ok && ok2 && x.sql == y.sql
	}
	if a.Kind != b.Kind || a.Text != b.Text || a.Unit != b.Unit || len(a.Args) != len(b.Args) || !sameTypeName(a.Type, b.Type) ||
		strings.Join(a.Params, ",") != strings.Join(b.Params, ",") {
		return false
	}
	if !e.sameCall(a.Call, b.Call, s) {
		return false
	}
	for i := range a.Args {
		if !e.sameExpr(a.Args[i], b.Args[i], s) {
			return false
		}
	}
	return true
}

func sameTypeName(a, b *sqlsyntax.TypeName) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.Name == b.Name && slices.Equal(a.Numbers, b.Numbers) && slices.EqualFunc(a.Args, b.Args, sameTypeName)
}

// sameCall compares what stands around two calls' arguments.
func (e *emitter) sameCall(a, b *sqlsyntax.CallParts, s *scope) bool {
	if a == nil || b == nil {
		return emptyCall(a) && emptyCall(b)
	}
	if a.Distinct != b.Distinct || a.WindowName != b.WindowName || a.IgnoreNulls != b.IgnoreNulls || (a.Window == nil) != (b.Window == nil) {
		return false
	}
	if (a.Filter == nil) != (b.Filter == nil) || a.Filter != nil && !e.sameExpr(a.Filter, b.Filter, s) {
		return false
	}
	if !e.sameKeys(a.OrderBy, b.OrderBy, s) {
		return false
	}
	return a.Window == nil || a.Window == b.Window
}

func emptyCall(c *sqlsyntax.CallParts) bool {
	return c == nil || !c.Distinct && c.Filter == nil && len(c.OrderBy) == 0 && c.Window == nil && c.WindowName == ""
}

func (e *emitter) sameKeys(a, b []sqlsyntax.SortKey, s *scope) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].Descending != b[i].Descending || a[i].Nulls != b[i].Nulls || !e.sameExpr(a[i].Expr, b[i].Expr, s) {
			return false
		}
	}
	return true
}
