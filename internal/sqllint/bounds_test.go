package sqllint

import (
	"fmt"
	"strings"
	"testing"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// TestBounds checks that the rules end early for SQL whose definitions or parentheses multiply. Without bounds, each case
// takes longer than the timeout of the tests.
func TestBounds(*testing.T) {
	var doubling strings.Builder
	doubling.WriteString("WITH a0 AS (SELECT * FROM users)")
	for i := range 60 {
		fmt.Fprintf(&doubling, ", a%d AS (SELECT a.* FROM a%d a, a%d b)", i+1, i, i)
	}
	doubling.WriteString(" SELECT * FROM a60")
	for _, sql := range []string{
		doubling.String(),
		strings.Repeat("size(", 20_000),
		strings.Repeat("SELECT 1; ", 20_000),
		"SELECT f(" + strings.Repeat(`, "2026"`, 20_000) + ")",
		"SELECT 1 FROM events WHERE " + strings.Repeat("kind = 'a' AND ", 5000) + "uid = 1",
	} {
		for _, d := range []sqlsyntax.Dialect{sqlsyntax.Trino, sqlsyntax.Hive} {
			Check(sql, Options{Dialect: d, Database: "web", Table: findTable, ToFile: true})
		}
	}
}
