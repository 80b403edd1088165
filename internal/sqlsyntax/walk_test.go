package sqlsyntax

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestFind(t *testing.T) {
	tests := []struct {
		expr              string
		operand, anywhere bool // whether x is an operand, or anywhere in the expression
	}{
		{"x", true, true},
		{"y", false, false},
		{"1 + abs(x)", true, true},
		{"sum(y) FILTER (WHERE x > 1)", true, true},
		{"array_agg(y ORDER BY x)", true, true},
		{"sum(y) OVER (PARTITION BY x)", true, true},
		{"sum(y) OVER (ORDER BY x)", true, true},
		{"(SELECT max(x) FROM t)", false, true},
		{"EXISTS (SELECT 1 FROM t JOIN u ON t.y = x)", false, true},
		{"y IN (WITH c AS (SELECT x) SELECT * FROM c)", false, true},
		{"(SELECT y FROM t UNION SELECT y FROM t GROUP BY x)", false, true},
		{"(SELECT y FROM UNNEST(x) u (y))", false, true},
		{"(SELECT y FROM t ORDER BY x LIMIT 1)", false, true},
		{"(SELECT y FROM t)", false, false},
	}
	for _, tt := range tests {
		s, err := Parse("SELECT "+tt.expr, Trino)
		if err != nil {
			t.Fatal(err)
		}
		n := s.Query.Body.Selection.Items[0].Expr
		isX := func(n *Expr) bool { return n.Kind == Column && n.Path[0] == "x" }
		if got := n.HasOperand(isX); got != tt.operand {
			t.Errorf("%s: HasOperand returns %t", tt.expr, got)
		}
		if got := n.Contains(isX); got != tt.anywhere {
			t.Errorf("%s: Contains returns %t", tt.expr, got)
		}
		if got := s.Query.Contains(isX); got != tt.anywhere {
			t.Errorf("%s: Contains of the query returns %t", tt.expr, got)
		}
	}
}

func TestConjuncts(t *testing.T) {
	s, err := Parse("SELECT a AND (b OR c) AND d", Trino)
	if err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for _, n := range s.Query.Body.Selection.Items[0].Expr.Conjuncts() {
		if alternatives := n.Disjuncts(); len(alternatives) > 1 {
			kinds = append(kinds, alternatives[0].Path[0]+"|"+alternatives[1].Path[0])
			continue
		}
		kinds = append(kinds, n.Path[0])
	}
	if diff := cmp.Diff([]string{"a", "b|c", "d"}, kinds); diff != "" {
		t.Error(diff)
	}
	if got := (*Expr)(nil).Conjuncts(); got != nil {
		t.Errorf("a missing condition has %d conjuncts", len(got))
	}
}
