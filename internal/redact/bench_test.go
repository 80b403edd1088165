package redact_test

import (
	"strings"
	"testing"

	"github.com/td-cli/td/internal/redact"
)

// BenchmarkText measures the redaction of SQL: mostly none of it is secret.
func BenchmarkText(b *testing.B) {
	const statement = "SELECT td_time_format(time, 'yyyy-MM-dd', 'JST') AS day, COUNT(DISTINCT user_id) AS users\n" +
		"FROM access a JOIN users u ON a.user_id = u.id -- one row for each day\n" +
		"WHERE td_time_range(time, '2026-01-01', '2026-02-01', 'JST') AND path LIKE '%/items/%' AND code = 200\n" +
		"GROUP BY 1 ORDER BY 1;\n"
	for name, s := range map[string]string{
		"sql":  strings.Repeat(statement, 1000),
		"keys": strings.Repeat(strings.Replace(statement, "u.id", "u.key", 1), 1000),
	} {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(s)))
			for b.Loop() {
				redact.Text(s)
			}
		})
	}
}
