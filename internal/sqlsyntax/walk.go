package sqlsyntax

import "slices"

// HasOperand reports whether f is true for the expression or one of its operands: its arguments and the expressions of
// FILTER, ORDER BY and OVER. It does not search subqueries. n may be nil.
func (n *Expr) HasOperand(f func(*Expr) bool) bool {
	return n != nil && (f(n) || n.anyOperand(func(o *Expr) bool { return o.HasOperand(f) }))
}

// Walk calls visit for the expression and its operands, without those in subqueries. n may be nil.
func (n *Expr) Walk(visit func(*Expr)) {
	n.HasOperand(func(o *Expr) bool {
		visit(o)
		return false
	})
}

// Contains is like HasOperand, but also searches subqueries.
func (n *Expr) Contains(f func(*Expr) bool) bool {
	if n == nil {
		return false
	}
	contains := func(e *Expr) bool { return e.Contains(f) }
	return f(n) || n.anyOperand(contains) || n.Query != nil && n.Query.any(contains)
}

// Contains reports whether f is true for an expression in the query.
func (q *Query) Contains(f func(*Expr) bool) bool {
	return q.any(func(e *Expr) bool { return e.Contains(f) })
}

// Contains reports whether f is true for an expression in the relation. r may be nil.
func (r *Relation) Contains(f func(*Expr) bool) bool {
	return r.any(func(e *Expr) bool { return e.Contains(f) })
}

// Conjuncts returns the operands of a chain of AND, or none if n is nil.
func (n *Expr) Conjuncts() []*Expr {
	if n == nil {
		return nil
	}
	return n.chained("AND")
}

// Disjuncts returns the operands of a chain of OR.
func (n *Expr) Disjuncts() []*Expr { return n.chained("OR") }

func (n *Expr) chained(operator string) []*Expr {
	if n.Kind == Binary && n.Text == operator {
		return append(n.Args[0].chained(operator), n.Args[1].chained(operator)...)
	}
	return []*Expr{n}
}

// HasWindow reports whether an expression is the call of a window function, or has one in its arguments. n may be nil.
func (n *Expr) HasWindow() bool {
	return n != nil && (n.Call != nil && (n.Call.Window != nil || n.Call.WindowName != "") || slices.ContainsFunc(n.Args, (*Expr).HasWindow))
}

// HasStar reports whether the select list contains * or t.*.
func (s *Selection) HasStar() bool {
	return slices.ContainsFunc(s.Items, func(it Item) bool { return it.Star })
}

// anyOperand reports whether f is true for a direct operand of the expression. It passes nil for missing ones.
func (n *Expr) anyOperand(f func(*Expr) bool) bool {
	if slices.ContainsFunc(n.Args, f) {
		return true
	}
	c := n.Call
	return c != nil && (f(c.Filter) || anyKey(c.OrderBy, f) ||
		c.Window != nil && (slices.ContainsFunc(c.Window.PartitionBy, f) || anyKey(c.Window.OrderBy, f)))
}

func anyKey(keys []SortKey, f func(*Expr) bool) bool {
	return slices.ContainsFunc(keys, func(k SortKey) bool { return f(k.Expr) })
}

// any reports whether f is true for one of the outermost expressions of the query.
func (q *Query) any(f func(*Expr) bool) bool {
	return slices.ContainsFunc(q.With, func(t CommonTable) bool { return t.Query.any(f) }) || q.Body.any(f) || anyKey(q.OrderBy, f)
}

func (b *Body) any(f func(*Expr) bool) bool {
	switch {
	case b.Query != nil:
		return b.Query.any(f)
	case b.Op != "":
		return b.Left.any(f) || b.Right.any(f)
	case b.Selection == nil:
		return slices.ContainsFunc(b.Values, f)
	}
	s := b.Selection
	return slices.ContainsFunc(s.Items, func(it Item) bool { return f(it.Expr) }) ||
		slices.ContainsFunc(s.From, func(r *Relation) bool { return r.any(f) }) ||
		f(s.Where) || slices.ContainsFunc(s.GroupKeys, f) || f(s.Having)
}

func (r *Relation) any(f func(*Expr) bool) bool {
	return r != nil && (r.Query != nil && r.Query.any(f) || slices.ContainsFunc(r.Arguments, f) || f(r.On) || r.Left.any(f) || r.Right.any(f))
}
