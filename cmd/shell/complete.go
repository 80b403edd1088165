package shell

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/td-cli/td/cmd/internal/complete"
	"github.com/td-cli/td/internal/sandbox/sql/registry"
	"github.com/td-cli/td/internal/sqlsyntax"
	"github.com/td-cli/td/pkg/jobresult"
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

// complete returns the candidates for the word before the cursor.
func (s *session) complete(ctx context.Context, text string, cursor int) (from int, candidates []string) {
	ctx, cancel := context.WithTimeout(ctx, completionTimeout)
	defer cancel()
	before := text[:cursor]
	for {
		in, rest, ok := cutInput(before, s.dialect())
		if ok && !in.isSQL && rest == "" { // the cursor is in a command
			return s.completeCommand(ctx, in.command, cursor, strings.HasSuffix(before, " "))
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

// completeCommand returns the candidates for a word of a command.
func (s *session) completeCommand(ctx context.Context, line string, cursor int, endsWithBlank bool) (from int, candidates []string) {
	words := strings.Fields(line)
	if len(words) == 0 || len(words) == 1 && !endsWithBlank {
		name := strings.Join(words, "")
		for _, c := range commands() {
			candidates = append(candidates, c.name)
		}
		return filter(cursor, name, candidates)
	}
	word := ""
	if !endsWithBlank {
		word = words[len(words)-1]
	}
	list := commands()
	i := slices.IndexFunc(list, func(c command) bool { return c.name == words[0] })
	if i < 0 {
		return cursor, nil
	}
	switch kind := list[i].kind; kind {
	case complete.Database:
		candidates = complete.Databases(ctx, s.env)
	case complete.Table:
		candidates = complete.Tables(ctx, s.env, s.request.Database)
		if database, _, ok := strings.Cut(word, "."); ok {
			candidates = nil
			for _, t := range complete.Tables(ctx, s.env, database) {
				candidates = append(candidates, database+"."+t)
			}
		}
	case complete.RowFormat:
		for _, f := range jobresult.Formats() {
			candidates = append(candidates, string(f))
		}
	case complete.JobType:
		candidates = []string{"hive", "presto", "trino"}
	case complete.File:
		candidates = findFiles(word)
	}
	return filter(cursor, word, candidates)
}

// findFiles returns the paths that start with a word.
func findFiles(word string) (paths []string) {
	dir, _ := filepath.Split(word)
	entries, _ := os.ReadDir(filepath.Join(".", dir)) // an unreadable directory has no candidates
	if filepath.IsAbs(dir) {
		entries, _ = os.ReadDir(dir)
	}
	for _, e := range entries {
		path := dir + e.Name()
		if e.IsDir() {
			path += "/"
		}
		paths = append(paths, path)
	}
	return paths
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
func (s *session) completeSQL(ctx context.Context, before, statement string, cursor int) (from int, candidates []string) {
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
	if followsTableKeyword(tokens) {
		candidates = complete.Tables(ctx, s.env, s.request.Database)
		return filter(cursor, word, append(candidates, complete.Databases(ctx, s.env)...))
	}
	for _, t := range tables {
		candidates = append(candidates, s.columns(ctx, t)...)
		candidates = append(candidates, t.alias)
	}
	if word == "" && len(tables) > 0 {
		return filter(cursor, word, candidates)
	}
	candidates = append(candidates, registry.Names(s.dialect() == sqlsyntax.Hive)...)
	lower := word == strings.ToLower(word)
	for k := range strings.FieldsSeq(keywordList) {
		if lower {
			k = strings.ToLower(k)
		}
		candidates = append(candidates, k)
	}
	return filter(cursor, word, slices.DeleteFunc(candidates, func(c string) bool { return c == "" }))
}

// followsTableKeyword reports whether a table is next.
func followsTableKeyword(tokens []sqlsyntax.Token) bool {
	if len(tokens) == 0 {
		return false
	}
	switch tokens[len(tokens)-1].Upper {
	case "FROM", "JOIN", "INTO", "TABLE", "DESCRIBE", "OVERWRITE", "UPDATE":
		return tokens[len(tokens)-1].Kind == sqlsyntax.Word
	}
	return false
}

// A tableRef is a table that a statement names.
type tableRef struct{ database, name, alias string }

// findTables returns the tables that follow FROM and JOIN.
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

func (s *session) columns(ctx context.Context, t tableRef) []string {
	database := t.database
	if database == "" {
		database = s.request.Database
	}
	return complete.Columns(ctx, s.env, database, t.name)
}
