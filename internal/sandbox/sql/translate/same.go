package translate

import (
	"slices"
	"strings"
)

// sameExpr tells whether two expressions are the same, names being resolved in s.
func (e *emitter) sameExpr(a, b *node, s *scope) bool {
	if a == b {
		return true
	}
	if a == nil || b == nil || a.query != nil || b.query != nil {
		return false
	}
	if a.kind == nodeColumn && b.kind == nodeColumn {
		if len(a.path) == len(b.path) && strings.EqualFold(strings.Join(a.path, "."), strings.Join(b.path, ".")) {
			return true
		}
		base := *s
		base.grouping, base.aliases = nil, nil
		x, ok := e.tryColumn(a, &base)
		y, ok2 := e.tryColumn(b, &base)
		return ok && ok2 && x.sql == y.sql
	}
	if a.kind != b.kind || a.text != b.text || a.unit != b.unit || len(a.args) != len(b.args) || !sameTypeName(a.typ, b.typ) ||
		strings.Join(a.params, ",") != strings.Join(b.params, ",") {
		return false
	}
	if !e.sameCall(a.call, b.call, s) {
		return false
	}
	for i := range a.args {
		if !e.sameExpr(a.args[i], b.args[i], s) {
			return false
		}
	}
	return true
}

func sameTypeName(a, b *typeName) bool {
	if a == nil || b == nil {
		return a == b
	}
	return a.name == b.name && slices.Equal(a.numbers, b.numbers) && slices.EqualFunc(a.args, b.args, sameTypeName)
}

// sameCall compares what stands around two calls' arguments.
func (e *emitter) sameCall(a, b *callParts, s *scope) bool {
	if a == nil || b == nil {
		return emptyCall(a) && emptyCall(b)
	}
	if a.distinct != b.distinct || a.windowName != b.windowName || a.ignoreNulls != b.ignoreNulls || (a.window == nil) != (b.window == nil) {
		return false
	}
	if (a.filter == nil) != (b.filter == nil) || a.filter != nil && !e.sameExpr(a.filter, b.filter, s) {
		return false
	}
	if !e.sameKeys(a.order, b.order, s) {
		return false
	}
	return a.window == nil || a.window == b.window
}

func emptyCall(c *callParts) bool {
	return c == nil || !c.distinct && c.filter == nil && len(c.order) == 0 && c.window == nil && c.windowName == ""
}

func (e *emitter) sameKeys(a, b []sortKey, s *scope) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if a[i].desc != b[i].desc || a[i].nulls != b[i].nulls || !e.sameExpr(a[i].expr, b[i].expr, s) {
			return false
		}
	}
	return true
}
