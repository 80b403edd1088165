package shell

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// completionTimeout limits how long TAB waits for the server.
const completionTimeout = 3 * time.Second

// keywordList is the keywords that completion offers and that have a colour, with a blank before and after each.
const keywordList = " ALL ALTER AND ANTI ARRAY AS ASC BETWEEN BY CASE CAST CREATE CROSS CUBE CURRENT_DATE CURRENT_TIMESTAMP DELETE DESC " +
	"DESCRIBE DISTINCT DISTRIBUTE DROP ELSE END ESCAPE EXCEPT EXISTS EXPLAIN FALSE FETCH FILTER FIRST FOLLOWING FOR FROM FULL GROUP " +
	"GROUPING HAVING IF IN INNER INSERT INTERSECT INTERVAL INTO IS JOIN LAST LATERAL LEFT LIKE LIMIT NOT NULL NULLS OFFSET ON OR ORDER OUTER " +
	"OVER OVERWRITE PARTITION PRECEDING RANGE REGEXP RIGHT RLIKE ROLLUP ROW ROWS SELECT SEMI SETS SHOW SORT TABLE TABLES TABLESAMPLE THEN TRUE " +
	"TRY_CAST UNBOUNDED UNION UNNEST UPDATE USE USING VALUES VIEW WHEN WHERE WINDOW WITH "

// isKeyword reports whether a word in capitals is a keyword.
func isKeyword(upper string) bool { return strings.Contains(keywordList, " "+upper+" ") }

// A completer completes the input of a session.
type completer struct{ *session }

// complete returns the candidates for the word before the cursor.
func (s completer) complete(ctx context.Context, text string, cursor int) (from int, candidates []string) {
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	before := text[:cursor]
	for {
		in, rest, ok := cutInput(before, s.dialect())
		if line := before[min(len(before), len(in.sql)+1):]; ok && !in.isSQL && rest == "" && !strings.Contains(line, "\n") {
			return s.completeCommand(ctx, line, cursor) // the cursor is in a command
		}
		if !ok {
			break
		}
		before = rest
	}
	statement := before
	if after, _, ok := cutInput(text[cursor:], s.dialect()); ok {
		statement += after.sql
	} else {
		statement += text[cursor:]
	}
	return s.completeSQL(ctx, before, statement, cursor)
}

// filter returns the start of a word before the cursor, and the candidates with this prefix.
func filter(cursor int, word string, candidates []string) (from int, matching []string) {
	for _, c := range candidates {
		if strings.HasPrefix(c, word) && !slices.Contains(matching, c) {
			matching = append(matching, c)
		}
	}
	slices.Sort(matching)
	return cursor - len(word), matching
}

// completeSQL returns the candidates for a word of a statement, of which before is the part before the cursor.
func (s completer) completeSQL(ctx context.Context, before, statement string, cursor int) (from int, candidates []string) {
	tokens := sqlsyntax.ScanText(before, s.dialect())
	word := ""
	if n := len(tokens); n > 0 && tokens[n-1].End == len(before) {
		switch last := tokens[n-1]; last.Kind {
		case sqlsyntax.Word:
			word, tokens = last.Text, tokens[:n-1]
		case sqlsyntax.Unclosed, sqlsyntax.Comment, sqlsyntax.StringText, sqlsyntax.NumberText:
			return cursor, nil
		}
	}
	tables := findTables(sqlsyntax.ScanText(statement, s.dialect()))
	if n := len(tokens); n >= 2 && tokens[n-1].Text == "." && (tokens[n-2].Kind == sqlsyntax.Word || tokens[n-2].Kind == sqlsyntax.QuotedName) {
		name := tokens[n-2].Text
		if n >= 3 && followsTableKeyword(tokens[:n-2]) {
			return filter(cursor, word, complete.Tables(ctx, s.env, name))
		}
		for _, t := range tables {
			if t.alias == name || t.name == name {
				candidates = append(candidates, s.columns(ctx, t)...)
			}
		}
		return filter(cursor, word, append(candidates, complete.Tables(ctx, s.env, name)...))
	}
	if n := len(tokens); n == 1 && tokens[0].Upper == "USE" {
		return filter(cursor, word, complete.Databases(ctx, s.env))
	}
	if followsTableKeyword(tokens) {
		candidates = complete.Tables(ctx, s.env, s.request.Database)
		return filter(cursor, word, append(candidates, complete.Databases(ctx, s.env)...))
	}
	for _, t := range tables {
		candidates = append(candidates, s.columns(ctx, t)...)
		if t.alias != "" {
			candidates = append(candidates, t.alias)
		}
	}
	if word == "" && len(tables) > 0 {
		return filter(cursor, word, candidates)
	}
	inCase := strings.ToUpper // as the word is typed
	if word == strings.ToLower(word) {
		inCase = strings.ToLower
	}
	for _, name := range registry.Names(s.dialect() == sqlsyntax.Hive) {
		candidates = append(candidates, inCase(name))
	}
	for k := range strings.FieldsSeq(keywordList) {
		candidates = append(candidates, inCase(k))
	}
	return filter(cursor, word, candidates)
}

// followsTableKeyword reports whether a table is next.
func followsTableKeyword(tokens []sqlsyntax.Token) bool {
	if len(tokens) == 0 {
		return false
	}
	switch tokens[len(tokens)-1].Upper {
	case ",":
		return isTableList(tokens[:len(tokens)-1])
	case "FROM", "JOIN", "INTO", "TABLE", "DESCRIBE", "OVERWRITE", "UPDATE":
		return tokens[len(tokens)-1].Kind == sqlsyntax.Word
	}
	return false
}

// isTableList reports whether the last tokens are FROM and names of tables.
func isTableList(tokens []sqlsyntax.Token) bool {
	for _, t := range slices.Backward(tokens) {
		switch {
		case t.Kind == sqlsyntax.Word && t.Upper == "FROM":
			return true
		case t.Kind == sqlsyntax.Word && isKeyword(t.Upper) && t.Upper != "AS":
			return false
		case t.Kind == sqlsyntax.Symbol && t.Text != "." && t.Text != ",", t.Kind == sqlsyntax.StringText, t.Kind == sqlsyntax.NumberText:
			return false
		}
	}
	return false
}

// A tableRef is a table that a statement names.
type tableRef struct{ database, name, alias string }

// findTables returns the tables that follow FROM, JOIN and similar keywords.
func findTables(tokens []sqlsyntax.Token) (tables []tableRef) {
	isName := func(i int) bool {
		return i < len(tokens) && (tokens[i].Kind == sqlsyntax.QuotedName || tokens[i].Kind == sqlsyntax.Word && !isKeyword(tokens[i].Upper))
	}
	for i := range tokens {
		if !followsTableKeyword(tokens[:i+1]) || !isName(i+1) {
			continue
		}
		t, next := tableRef{name: tokens[i+1].Text}, i+2
		if next < len(tokens) && tokens[next].Text == "." && isName(next+1) {
			t.database, t.name = t.name, tokens[next+1].Text
			next += 2
		}
		if next < len(tokens) && tokens[next].Upper == "AS" {
			next++
		}
		if isName(next) {
			t.alias = tokens[next].Text
		}
		tables = append(tables, t)
	}
	return tables
}

// timeColumn is a column that every table has.
const timeColumn = "time"

// columns returns the names of the columns of a table.
func (s completer) columns(ctx context.Context, t tableRef) []string {
	database := t.database
	if database == "" {
		database = s.request.Database
	}
	columns := complete.Columns(ctx, s.env, database, t.name)
	if len(columns) > 0 && !slices.Contains(columns, timeColumn) {
		columns = append(columns, timeColumn)
	}
	return columns
}
