package jobcmd

import (
	"fmt"
	"io"
	"os"
	"strings"
	"unicode"

	"github.com/td-cli/td/internal/cli"
	"github.com/td-cli/td/internal/sqlfile"
	"github.com/td-cli/td/internal/text"
)

// ReadSQL returns the SQL from the argument, a file, or standard input (- as either). SQL that contains nothing but
// comments, and files that [text.Decode] rejects, are usage errors. ReadSQL empties a first line that starts with
// "#!" and, like the Ruby toolbelt, removes line breaks at the end.
func ReadSQL(env *cli.Env, file string, args []string) (string, error) {
	var sql string
	switch {
	case len(args) == 1 && args[0] != "-":
		if file != "" {
			env.Warn("-q %s is ignored because the SQL is given as an argument", file)
		}
		sql = args[0]
	case len(args) == 1 || file == "-":
		if env.InTTY {
			env.Say("Reading SQL from the terminal; end it with Ctrl-D.")
		}
		b, err := io.ReadAll(env.In)
		if err != nil {
			return "", fmt.Errorf("cannot read standard input: %w", err)
		}
		if sql, err = text.Decode(b); err != nil {
			return "", cli.CannotRead("-", err)
		}
	case file != "":
		b, err := os.ReadFile(file)
		if err != nil {
			return "", cli.CannotRead(file, err)
		}
		if sql, err = text.Decode(b); err != nil {
			return "", cli.CannotRead(file, err)
		}
	default:
		return "", cli.Usagef("no SQL: give it as an argument, in a file with -q FILE, or on standard input with -")
	}
	sql = sqlfile.RemoveInterpreter(sql)
	if IsBlank(sql) {
		return "", cli.Usagef("the SQL is empty; nothing was submitted")
	}
	return strings.TrimRight(sql, "\r\n"), nil
}

// CheckFrontMatter returns a usage error if the SQL of a file declares parameters, for a command that does not replace them,
// and warns about settings, which the command ignores.
func CheckFrontMatter(env *cli.Env, name, sql string) error {
	if name == "-" {
		name = "the SQL"
	}
	f, err := sqlfile.Parse(sql)
	switch {
	case err != nil:
		env.Warn("%s: the front matter is ignored: %v", name, err)
	case len(f.Params) > 0:
		err := cli.Usagef("%s: line %d declares the parameter %s, which only 'td query' replaces", name, f.Params[0].Line, f.Params[0].Name)
		return cli.WithHint(err, "'td query -q FILE' runs it, and with --render prints the SQL with values")
	case len(f.Settings) > 0:
		env.Warn("%s: the settings in line %d are ignored; only 'td query' reads them", name, f.Settings[0].Line)
	}
	return nil
}

// IsBlank reports whether SQL contains nothing but white space, comments and semicolons.
func IsBlank(sql string) bool { return skipBlank(sql, ";") == "" }

// FirstWord returns the first word of SQL after comments and opening parentheses, such as "SELECT".
func FirstWord(sql string) string {
	sql = skipBlank(sql, "(")
	end := strings.IndexFunc(sql, func(r rune) bool { return !unicode.IsLetter(r) && r != '_' })
	if end < 0 {
		return sql
	}
	return sql[:end]
}

// skipBlank returns SQL without white space, comments and the given characters at its start.
func skipBlank(sql, characters string) string {
	for {
		sql = strings.TrimLeft(sql, " \t\r\n\v\f\ufeff"+characters)
		switch {
		case strings.HasPrefix(sql, "--"):
			_, sql, _ = strings.Cut(sql, "\n")
		case strings.HasPrefix(sql, "/*"):
			_, sql, _ = strings.Cut(sql[2:], "*/")
		default:
			return sql
		}
	}
}
