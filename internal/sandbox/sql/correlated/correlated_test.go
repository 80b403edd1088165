package correlated

import (
	"testing"

	"github.com/td-cli/td/internal/sandbox/sql/types"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// TestSupports compares with Trino 476. The column o is that of the outer query, which is at level 1.
func TestSupports(t *testing.T) {
	tests := []struct {
		query string
		kind  Kind
		want  bool
	}{
		{"SELECT a FROM t LIMIT 1", Scalar, true}, // not correlated
		{"SELECT max(a) FROM t WHERE b = o", Scalar, true},
		{"SELECT 1 FROM t WHERE b = o", Exists, true},
		{"SELECT a FROM t WHERE b > o LIMIT 1", Scalar, false},
		{"SELECT a FROM t WHERE b = o LIMIT 1", In, false},
		{"SELECT sum(o) FROM t WHERE b = o", Scalar, false},
		{"SELECT a FROM t WHERE b = o UNION SELECT 1", Scalar, false},
	}
	for _, tt := range tests {
		s, err := sqlsyntax.Parse(tt.query, sqlsyntax.Trino)
		if err != nil {
			t.Fatal(err)
		}
		an := Analysis{References: map[*sqlsyntax.Expr]Reference{}, Level: 1}
		s.Query.Contains(func(n *sqlsyntax.Expr) bool {
			if n.Kind == sqlsyntax.Column {
				r := Reference{Level: 2, Type: types.Named("bigint")}
				if n.Path[0] == "o" {
					r.Level = 1
				}
				an.References[n] = r
			}
			return false
		})
		if got := an.Supports(s.Query, tt.kind); got != tt.want {
			t.Errorf("%s: %t", tt.query, got)
		}
	}
}
