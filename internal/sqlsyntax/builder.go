package sqlsyntax

import "strconv"

// A Builder builds expressions for a position in a statement.
type Builder struct{ Pos Position }

// Number returns an integer literal, or the negation of one.
func (b Builder) Number(n int) *Expr {
	if n < 0 {
		return b.Negate(b.Number(-n))
	}
	return &Expr{Kind: Number, Pos: b.Pos, Text: strconv.Itoa(n)}
}

// Text returns a string literal.
func (b Builder) Text(s string) *Expr { return &Expr{Kind: String, Pos: b.Pos, Text: s} }

// Null returns NULL.
func (b Builder) Null() *Expr { return &Expr{Kind: Null, Pos: b.Pos} }

// Column returns the name of a column, whose last part is that of the column itself.
func (b Builder) Column(path ...string) *Expr {
	return &Expr{Kind: Column, Pos: b.Pos, Path: path}
}

// Call returns a function call.
func (b Builder) Call(name string, args ...*Expr) *Expr {
	return &Expr{Kind: Call, Pos: b.Pos, Text: name, Args: args, Call: &CallParts{}}
}

// Over returns the call of a window function without arguments.
func (b Builder) Over(name string, w *Window) *Expr {
	n := b.Call(name)
	n.Call.Window = w
	return n
}

// Binary returns the call of a binary operator.
func (b Builder) Binary(operator string, l, r *Expr) *Expr {
	return &Expr{Kind: Binary, Pos: b.Pos, Text: operator, Args: []*Expr{l, r}}
}

// Negate returns -n.
func (b Builder) Negate(n *Expr) *Expr {
	return &Expr{Kind: Unary, Pos: b.Pos, Text: "-", Args: []*Expr{n}}
}

// IsNotNull returns NOT (n IS NULL).
func (b Builder) IsNotNull(n *Expr) *Expr {
	isNull := &Expr{Kind: IsNull, Pos: b.Pos, Args: []*Expr{n}}
	return &Expr{Kind: Unary, Pos: b.Pos, Text: "NOT", Args: []*Expr{isNull}}
}

// ToDouble returns CAST(n AS double).
func (b Builder) ToDouble(n *Expr) *Expr {
	return &Expr{Kind: Cast, Text: "cast", Pos: b.Pos, Type: &TypeName{Pos: b.Pos, Name: "double"}, Args: []*Expr{n}}
}

// Row returns a row of values.
func (b Builder) Row(values ...*Expr) *Expr { return &Expr{Kind: Row, Pos: b.Pos, Args: values} }

// Array returns an array of elements.
func (b Builder) Array(elements ...*Expr) *Expr {
	return &Expr{Kind: Array, Pos: b.Pos, Args: elements}
}
