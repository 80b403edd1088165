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
	in, rest, _, ok = findInput(text, d)
	return in, rest, ok
}

// An unfinished describes a text that has no end of an input.
type unfinished struct {
	scanned int    // the text before it consists of whole tokens, and what is added cannot change them
	closer  string // ends the comment or the quote at the end of the text; "" if there is none
}

// findInput is cutInput that also describes a text without an end.
func findInput(text string, d sqlsyntax.Dialect) (in input, rest string, u unfinished, ok bool) {
	last := 0 // start of the last token
	for t := range sqlsyntax.TextTokens(text, d) {
		u.scanned, last = last, t.Start // the kind of a token may depend on the one before
		switch {
		case t.Kind == sqlsyntax.Symbol && t.Text == ";":
			return input{sql: text[:t.Start], isSQL: true}, text[t.End:], unfinished{}, true
		case t.Kind == sqlsyntax.Invalid && t.Text == `\`:
			command := text[t.End:]
			if strings.HasPrefix(command, "G") { // another statement may follow on the line
				return input{sql: text[:t.Start], command: "G"}, strings.TrimPrefix(command[1:], ";"), unfinished{}, true
			}
			command, rest, _ := strings.Cut(command, "\n")
			return input{sql: text[:t.Start], command: strings.TrimSpace(command)}, rest, unfinished{}, true
		case t.Kind == sqlsyntax.Unclosed && t.Text[0] == '/':
			u.closer = "*/"
		case t.Kind == sqlsyntax.Unclosed:
			u.closer = t.Text[:1]
		}
	}
	return input{}, text, u, false
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
