package rewrite

import (
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
)

var scheduled = time.Date(2020, 1, 2, 3, 4, 5, 0, time.UTC)

func rewrite(t *testing.T, sql string) *Statement {
	t.Helper()
	s, err := Rewrite(sql, scheduled)
	if err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return s
}

func TestRewrite(t *testing.T) {
	for _, tt := range []struct{ sql, want string }{
		{"SELECT 1", "SELECT 1"},
		{"SELECT 1 ; ;", "SELECT 1"},
		{"-- @TD x\nSELECT /* c */ 1 -- end", "-- @TD x\nSELECT /* c */ 1"},
		{"SELECT 'td_md5(1)', \"td_md5\"(1), x.td_md5(1), td_md5", "SELECT 'td_md5(1)', \"td_md5\"(1), x.td_md5(1), td_md5"},
		{"USE db; SELECT 1", "SELECT 1"},
		{"SELECT TD_SCHEDULED_TIME()", "SELECT BIGINT '1577934245'"},
		{"SELECT td_time_parse('2020-01-01', 'JST')", "SELECT BIGINT '1577804400'"},
		{"SELECT TD_TIME_ADD('2020-01-01', '1d')", "SELECT BIGINT '1577923200'"},
		{"SELECT TD_TIME_ADD(TD_SCHEDULED_TIME(), '-1h', 'UTC')", "SELECT BIGINT '1577930645'"},
		{"SELECT TD_DATE_TRUNC('day', TD_SCHEDULED_TIME(), 'JST')", "SELECT BIGINT '1577890800'"},
		{"SELECT TD_DATE_TRUNC('day', -5)", "SELECT BIGINT '-86400'"},
		{"WHERE TD_TIME_RANGE(time, '2020-01-01', NULL, 'JST') AND x", "WHERE ((time) >= 1577804400) AND x"},
		{"WHERE TD_TIME_RANGE(time, 5, TD_TIME_ADD(5, '1m'))", "WHERE ((time) >= 5 AND (time) < 65)"},
		{"WHERE TD_TIME_RANGE(time, NULL, NULL)", "WHERE ((time) IS NOT NULL)"},
		{"WHERE TD_INTERVAL(a.time, '-1d', 'JST')", "WHERE ((a.time) >= 1577804400 AND (a.time) < 1577890800)"},
		{"SELECT TD_TIME_FORMAT(TD_SCHEDULED_TIME(), 'yyyy-MM-dd''T''XXX u $1', 'PST')", "SELECT format_datetime(from_unixtime(BIGINT '1577934245', '-08:00'), 'yyyy-MM-dd''T''ZZ e $1')"},
		{"SELECT TD_TIME_FORMAT(time, p, z)", "SELECT format_datetime(from_unixtime(time, z), p)"},
		{"SELECT TD_TIME_STRING(time, 'd!')", "SELECT format_datetime(date_trunc('day', from_unixtime(time, 'UTC')), 'yyyy-MM-dd')"},
		{"SELECT TD_MD5(TD_URL_DECODE(a))", "SELECT lower(to_hex(md5(to_utf8(CAST(TRY(url_decode(a)) AS varchar)))))"},
		{"SELECT td_first(a, b, c, d)", "SELECT min_by(a, ROW(b, c, d))"},
		{"SELECT td_no_such ( TD_SCHEDULED_TIME( ), 2 )", "SELECT td_no_such(BIGINT '1577934245', 2)"},
		{"SELECT td_no_such()", "SELECT td_no_such()"},
		{"SELECT td_md5(a", "SELECT td_md5(a"},
		{"SELECT 'open", "SELECT 'open"},
		{"", ""},
		{";", ""},
	} {
		if got := rewrite(t, tt.sql).SQL; got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.sql, got, tt.want)
		}
	}
	if s := rewrite(t, "use sales;\nSELECT 1"); s.Database != "sales" {
		t.Errorf("database %q", s.Database)
	}
}

func TestErrors(t *testing.T) {
	for _, tt := range []struct {
		sql  string
		kind translate.ErrorKind
		want string
	}{
		{"SELECT\n  TD_PARSE_AGENT(a)", translate.NotSupported, "line 2:3: TD_PARSE_AGENT is not available on a Trino cluster"},
		{"SELECT TD_IP_TO_CITY_NAME(a)", translate.NotSupported, "line 1:8: TD_IP_TO_CITY_NAME is not available on a Trino cluster"},
		{"SELECT TD_MD5(a, b)", translate.SemanticError, "line 1:8: Unexpected parameters for function td_md5"},
		{"SELECT TD_TIME_RANGE(a)", translate.SemanticError, "line 1:8: Unexpected parameters for function td_time_range"},
		{"SELECT TD_INTERVAL(time, x)", translate.NotSupported, "line 1:8: TD_INTERVAL requires literals on a Trino cluster"},
		{"SELECT TD_INTERVAL(time, 'x')", translate.DataError, "line 1:26: Invalid duration: 'x'"},
		{"SELECT TD_TIME_ADD(time, x)", translate.NotSupported, "line 1:8: TD_TIME_ADD requires a literal duration on a Trino cluster"},
		{"SELECT TD_TIME_ADD(time, '1x')", translate.DataError, "line 1:26: Invalid duration: '1x'"},
		{"SELECT TD_TIME_PARSE('soon')", translate.DataError, "line 1:22: Invalid time format: 'soon'"},
		{"SELECT TD_TIME_FORMAT(time, 'W')", translate.NotSupported, "line 1:29: the pattern letter W is not available on a Trino cluster"},
		{"SELECT TD_TIME_FORMAT(time, 'yyyy', 'Mars')", translate.DataError, "line 1:37: 'Mars' is not a valid time zone"},
		{"SELECT TD_TIME_STRING(time, 'x')", translate.DataError, "line 1:29: Invalid format string: 'x'"},
		{"SELECT TD_SESSIONIZE_WINDOW(time, 5)", translate.SemanticError, "line 1:8: td_sessionize_window requires OVER (PARTITION BY … ORDER BY …)"},
		{"SELECT " + strings.Repeat("TD_MD5(", 300) + "a" + strings.Repeat(")", 300), translate.NotSupported, "line 1:1408: the calls of TD functions are nested too deeply"},
	} {
		_, err := Rewrite(tt.sql, scheduled)
		e, ok := errors.AsType[*translate.Error](err)
		if !ok || e.Kind != tt.kind || e.Error() != tt.want {
			t.Errorf("%.60s: %v, want %s", tt.sql, err, tt.want)
		}
	}
}

// TestOriginal checks that the position of the word nosuch in the new text is that in the statement.
func TestOriginal(t *testing.T) {
	for _, sql := range []string{
		"SELECT nosuch",
		"SELECT 'é',\n  TD_TIME_PARSE('2020-01-01'), nosuch",
		"SELECT TD_MD5(TD_URL_DECODE(\n  nosuch))",
		"SELECT TD_TIME_RANGE(time, TD_TIME_ADD(nosuch, '1d'))",
		"USE x;\nSELECT nosuch",
		"SELECT TD_SESSIONIZE_WINDOW(time, 5) OVER (PARTITION BY nosuch ORDER BY time)",
		"INSERT INTO t SELECT TD_SCHEDULED_TIME(), nosuch",
		"CREATE TABLE t AS\nSELECT TD_SCHEDULED_TIME() AS a, nosuch",
	} {
		s := rewrite(t, sql)
		statements := []*Statement{s}
		if s.Kind == Insert || s.Kind == CreateTableAs {
			statements = append(statements, s.AddTime(5, []string{"a"}), s.Query())
		}
		wantLine, wantColumn := locate(sql, "nosuch")
		for _, x := range statements {
			line, column := locate(x.SQL, "nosuch")
			if gotLine, gotColumn, ok := x.Original(line, column); gotLine != wantLine || gotColumn != wantColumn || !ok {
				t.Errorf("%s\n%d:%d is %d:%d, want %d:%d", x.SQL, line, column, gotLine, gotColumn, wantLine, wantColumn)
			}
		}
	}
	s := rewrite(t, "SELECT 1, TD_MD5(a)")
	line, column := locate(s.SQL, "to_utf8")
	if gotLine, gotColumn, ok := s.Original(line, column); gotLine != 1 || gotColumn != 11 || !ok {
		t.Errorf("a position in a replacement is %d:%d, want that of the name", gotLine, gotColumn)
	}
	if _, _, ok := rewrite(t, "INSERT INTO t SELECT 1").Query().Original(1, 1); ok {
		t.Error("a position in added text is a position in the statement")
	}
	if _, _, ok := s.Original(5, 1); ok {
		t.Error("a line after the last one is a position in the statement")
	}
}

// locate returns the position of a word that is in the text once, or more often with the same meaning.
func locate(text, word string) (line, column int) {
	before := text[:strings.Index(text, word)]
	return 1 + strings.Count(before, "\n"), 1 + len([]rune(before[strings.LastIndexByte(before, '\n')+1:]))
}

func TestAnalyze(t *testing.T) {
	for _, tt := range []struct {
		sql     string
		kind    Kind
		target  []string
		columns []string
		query   string
		timed   string
	}{
		{sql: "SELECT 1"},
		{sql: "WITH t AS (SELECT 1) SELECT * FROM t"},
		{sql: "INSERT INTO t", kind: Definition},
		{sql: "CREATE TABLE t (a bigint)", kind: Definition},
		{sql: "CREATE VIEW v AS SELECT 1", kind: Definition},
		{sql: "DROP TABLE s.t", kind: DropTable, target: []string{"s", "t"}},
		{sql: "DROP TABLE IF EXISTS t", kind: DropTable, target: []string{"t"}},
		{sql: "DELETE FROM a.b.t WHERE x", kind: Change, target: []string{"a", "b", "t"}},
		{sql: "UPDATE \"T\" SET a = 1", kind: Change, target: []string{"t"}},
		{sql: "MERGE INTO t USING x ON TRUE", kind: Change, target: []string{"t"}},
		{
			"INSERT INTO s.t SELECT td_scheduled_time();", Insert,
			[]string{"s", "t"},
			nil, "SELECT * FROM (\nSELECT BIGINT '1577934245'\n) LIMIT 0",
			"INSERT INTO s.t (\"a\", \"b\"\"c\", \"time\")  SELECT q.*, BIGINT '5' AS \"time\" FROM (\nSELECT BIGINT '1577934245'\n) q",
		},
		{
			"INSERT INTO t (a, \"B\") VALUES (1, 2)", Insert,
			[]string{"t"},
			[]string{"a", "b"},
			"SELECT * FROM (\nVALUES (1, 2)\n) LIMIT 0",
			"INSERT INTO t (a, \"B\", \"time\") SELECT q.*, BIGINT '5' AS \"time\" FROM (\nVALUES (1, 2)\n) q",
		},
		{
			"INSERT INTO t (SELECT 1)", Insert,
			[]string{"t"},
			nil, "SELECT * FROM (\n(SELECT 1)\n) LIMIT 0",
			"INSERT INTO t (\"a\", \"b\"\"c\", \"time\")  SELECT q.*, BIGINT '5' AS \"time\" FROM (\n(SELECT 1)\n) q",
		},
		{
			"CREATE TABLE IF NOT EXISTS t WITH (format = CAST('ORC' AS varchar)) AS SELECT 1 a WITH NO DATA", CreateTableAs,
			[]string{"t"},
			nil, "SELECT * FROM (\nSELECT 1 a\n) LIMIT 0",
			"CREATE TABLE IF NOT EXISTS t WITH (format = CAST('ORC' AS varchar)) AS SELECT q.*, BIGINT '5' AS \"time\" FROM (\nSELECT 1 a\n) q WITH NO DATA",
		},
		{
			"CREATE OR REPLACE TABLE t (a, b) AS (SELECT 1, 2)", CreateTableAs,
			[]string{"t"},
			[]string{"a", "b"},
			"SELECT * FROM (\n(SELECT 1, 2)\n) LIMIT 0",
			"CREATE OR REPLACE TABLE t (a, b, \"time\") AS SELECT q.*, BIGINT '5' AS \"time\" FROM (\n(SELECT 1, 2)\n) q",
		},
	} {
		s := rewrite(t, tt.sql)
		if s.Kind != tt.kind || !cmp.Equal(s.Target, tt.target) || !cmp.Equal(s.Columns(), tt.columns) {
			t.Errorf("%s: kind %d, target %q, columns %q", tt.sql, s.Kind, s.Target, s.Columns())
		}
		if tt.query == "" {
			continue
		}
		if got := s.Query().SQL; got != tt.query {
			t.Errorf("%s: query\n got %s\nwant %s", tt.sql, got, tt.query)
		}
		if got := s.AddTime(5, []string{"a", `b"c`}).SQL; got != tt.timed {
			t.Errorf("%s: with time\n got %s\nwant %s", tt.sql, got, tt.timed)
		}
	}
}

// FuzzRewrite checks that statements without TD functions are not changed and that all positions are in the statement.
func FuzzRewrite(f *testing.F) {
	for _, sql := range []string{
		"SELECT 1", "SELECT TD_TIME_RANGE(time, '2020-01-01', TD_TIME_ADD(x, '1d'), 'JST') FROM t; ", "INSERT INTO t (a) SELECT td_md5('é') -- x",
		"CREATE TABLE t AS SELECT TD_SESSIONIZE_WINDOW(time, 5) OVER (PARTITION BY a ORDER BY time)", "use a; select td_first(a, b, [c, (d)])", "td_(", "SELECT 'x",
	} {
		f.Add(sql)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		s, err := Rewrite(sql, scheduled)
		if err != nil {
			return
		}
		if !strings.Contains(strings.ToLower(sql), "td_") && s.Database == "" && !strings.Contains(sql, s.SQL) {
			t.Errorf("%q became %q", sql, s.SQL)
		}
		statements := []*Statement{s}
		if s.Kind == Insert || s.Kind == CreateTableAs {
			statements = append(statements, s.Query(), s.AddTime(1, []string{"a"}))
		}
		lines := strings.Split(sql, "\n")
		for _, x := range statements {
			for i, text := range strings.Split(x.SQL, "\n") {
				for column := 1; column <= len([]rune(text))+1; column++ {
					line, column, ok := x.Original(i+1, column)
					if ok && (line < 1 || line > len(lines) || column < 1 || column > len([]rune(lines[line-1]))+1) {
						t.Fatalf("%q: position %d:%d of %q", x.SQL, line, column, sql)
					}
				}
			}
		}
	})
}
