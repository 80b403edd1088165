package query

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// An explained is SQL whose statement follows the word EXPLAIN.
type explained struct {
	sql string
	at  sqlsyntax.Position // position of the word
}

// explainWord precedes the statement on the same line, so that other lines keep their numbers.
const explainWord = "EXPLAIN "

// explain inserts EXPLAIN before the statement of SQL: after comments, which can be hints, and statements such as SET,
// which have no effect on data. Anything but one statement is a usage error.
func explain(sql string, d sqlsyntax.Dialect) (explained, error) {
	var first *sqlsyntax.Token
	for _, statement := range sqlsyntax.SplitStatements(sqlsyntax.ScanText(sql, d)) {
		switch {
		case first == nil && isSetting(statement):
		case first == nil:
			first = &statement[0]
		default:
			return explained{}, cli.Usagef("--check requires one statement, but line %d has another one", statement[0].Line)
		}
	}
	switch {
	case first == nil:
		return explained{}, cli.Usagef("--check requires a statement such as SELECT or INSERT, which EXPLAIN can check")
	case first.Upper == "EXPLAIN":
		return explained{}, cli.WithHint(cli.Usagef("--check cannot be used with EXPLAIN in line %d", first.Line), "run the SQL without --check, or remove EXPLAIN")
	}
	return explained{sql[:first.Start] + explainWord + sql[first.Start:], first.Position}, nil
}

// isSetting reports whether a statement only changes the session.
func isSetting(tokens []sqlsyntax.Token) bool {
	words := func(want ...string) bool {
		for i, w := range want {
			if i >= len(tokens) || tokens[i].Kind != sqlsyntax.Word || tokens[i].Upper != w {
				return false
			}
		}
		return true
	}
	return words("SET") || words("RESET") || words("USE") || words("ADD", "JAR") || words("CREATE", "TEMPORARY", "FUNCTION")
}

// restorePositions changes the positions in a message of the server, such as "line 2:8", to those without EXPLAIN.
func (e explained) restorePositions(message string) string {
	return regexp.MustCompile(`(?i)\bline (\d+):(\d+)`).ReplaceAllStringFunc(message, func(position string) string {
		var line, column int
		word := position[:len("line")]
		if n, _ := fmt.Sscanf(position[len(word):], " %d:%d", &line, &column); n != 2 || line != e.at.Line || column < e.at.Column {
			return position
		}
		// Columns count from 1, in some messages of Hive from 0. No message has the position of the space.
		if column >= e.at.Column+len(explainWord)-1 {
			column -= len(explainWord)
		} else {
			column = e.at.Column
		}
		return word + " " + strconv.Itoa(line) + ":" + strconv.Itoa(column)
	})
}
