package shell

import (
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// An input is the first part of the text of a session: SQL that ends with a semicolon or at a command, and the command.
type input struct {
	sql     string // without the semicolon
	command string // without the backslash; "" after a semicolon
	isSQL   bool   // the SQL ended with a semicolon
}

// cutInput returns the first input of the text, and the text after it. It reports false if the text has no end of a
// statement and no command outside quotes and comments.
func cutInput(text string, d sqlsyntax.Dialect) (in input, rest string, ok bool) {
	for _, t := range sqlsyntax.ScanText(text, d) {
		switch {
		case t.Kind == sqlsyntax.Symbol && t.Text == ";":
			return input{sql: text[:t.Start], isSQL: true}, text[t.End:], true
		case t.Kind == sqlsyntax.Invalid && t.Text == `\`:
			command := text[t.End:]
			if strings.HasPrefix(command, "G") { // another statement may follow on the line
				return input{sql: text[:t.Start], command: "G"}, strings.TrimPrefix(command[1:], ";"), true
			}
			command, rest, _ := strings.Cut(command, "\n")
			return input{sql: text[:t.Start], command: strings.TrimSpace(command)}, rest, true
		}
	}
	return input{}, text, false
}

// mayEnd reports whether a line may contain the end of a statement or a command, so that text is only scanned then.
func mayEnd(line string) bool { return strings.ContainsAny(line, `;\`) }

// splitWords returns the words of a command. A word in single or double quotes may contain blanks.
func splitWords(s string) (words []string) {
	for s = strings.TrimSpace(s); s != ""; s = strings.TrimSpace(s) {
		end := strings.IndexAny(s, " \t")
		word := s
		if q := s[0]; q == '\'' || q == '"' {
			if n := strings.IndexByte(s[1:], q); n >= 0 {
				words, s = append(words, s[1:1+n]), s[n+2:]
				continue
			}
		}
		if end >= 0 {
			word = s[:end]
		}
		words, s = append(words, word), s[len(word):]
	}
	return words
}
