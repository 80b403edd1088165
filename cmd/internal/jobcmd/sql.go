package jobcmd

import (
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/td-cli/td/internal/cli"
)

// ReadSQL returns the statement from the argument, a file or standard input (- as either).
// One that holds nothing but comments is a usage error.
func ReadSQL(e *cli.Env, file string, args []string) (string, error) {
	var sql string
	switch {
	case len(args) == 1 && args[0] != "-":
		if file != "" {
			e.Warn("-q %s is not read, because the SQL is given as an argument", file)
		}
		sql = args[0]
	case len(args) == 1 || file == "-":
		b, err := io.ReadAll(e.In)
		if err != nil {
			return "", fmt.Errorf("standard input: %w", err)
		}
		sql = string(b)
	case file != "":
		b, err := os.ReadFile(file)
		if err != nil {
			return "", cli.UsageError{Err: err}
		}
		sql = string(b)
	default:
		return "", cli.Usagef("no SQL; give it as an argument, with -q FILE, or with - on standard input")
	}
	if Blank(sql) {
		return "", cli.Usagef("the SQL is empty; nothing was submitted")
	}
	return strings.TrimPrefix(sql, "\ufeff"), nil
}

// Blank reports whether a statement holds nothing but white space, comments and semicolons.
func Blank(sql string) bool {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n\v\f;\ufeff")
		switch {
		case sql == "":
			return true
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, after, closed := strings.Cut(sql[2:], "*/")
			if !closed {
				return true
			}
			sql = after
		default:
			return false
		}
	}
}
