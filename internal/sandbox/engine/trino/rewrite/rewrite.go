// Package rewrite converts Trino statements of the service for a Trino cluster. It replaces the calls of Treasure
// Data's own functions and passes everything else unchanged, so that the cluster's messages have the service's
// wording. A position in the new text can be converted to a position in the statement.
package rewrite

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/td-cli/td/internal/sandbox/sql/translate"
	"github.com/td-cli/td/internal/sqlsyntax"
)

// maxLength limits the length of a statement after the replacement.
const maxLength = 10 << 20

// A Statement is a statement for a cluster.
type Statement struct {
	SQL      string
	Database string // database of a leading USE, or ""
	Kind     Kind
	// Target is the name of the table that is written, as in the statement.
	Target []string

	source  string
	pieces  []piece
	columns []string // column names of an INSERT or a CREATE TABLE AS
	// Byte offsets in SQL: the query of an INSERT or a CREATE TABLE AS, and the end of its column names, or of the
	// table name if it has none.
	query, queryEnd, columnsEnd int
}

// A Kind is the kind of a statement.
type Kind int

// The kinds of statements.
const (
	Other Kind = iota // changes nothing
	Insert
	CreateTableAs
	Change // DELETE, UPDATE, MERGE or TRUNCATE TABLE
	DropTable
	Definition // any other change
)

// Writes reports whether a statement changes something.
func (k Kind) Writes() bool { return k != Other }

// A piece is a part of SQL that starts at the offset out. It was copied from the offset in of the statement, or
// replaces the name there.
type piece struct {
	out, in  int
	verbatim bool
}

// A rewriter creates the SQL of a statement.
type rewriter struct {
	source    string
	tokens    []sqlsyntax.Token
	scheduled time.Time
	out       strings.Builder
	pieces    []piece
	depth     int
}

// Rewrite converts a statement. If its text is not a sequence of tokens, it is passed unchanged: the cluster reports
// the error. The error is a *translate.Error.
func Rewrite(source string, scheduled time.Time) (s *Statement, err error) {
	defer func() {
		if e, ok := recover().(*translate.Error); ok {
			s, err = nil, e
		}
	}()
	tokens, err := sqlsyntax.Scan(source, sqlsyntax.Trino)
	if err != nil {
		return &Statement{SQL: source, source: source, pieces: []piece{{verbatim: true}}}, nil
	}
	for len(tokens) > 0 && isSymbol(tokens[len(tokens)-1], ";") {
		tokens = tokens[:len(tokens)-1]
	}
	w := &rewriter{source: source, tokens: tokens, scheduled: scheduled}
	s = &Statement{source: source}
	first := s.readUse(w)
	if first < len(tokens) {
		from := 0
		if first > 0 {
			from = tokens[first].Start
		}
		w.copy(first, len(tokens), from, tokens[len(tokens)-1].End)
	}
	s.SQL, s.pieces = w.out.String(), w.pieces
	s.analyze(w, first)
	return s, nil
}

// readUse reads a leading USE and returns the index of the token after it.
func (s *Statement) readUse(w *rewriter) int {
	t := w.tokens
	if len(t) < 4 || t[0].Upper != "USE" || !isName(t[1]) || !isSymbol(t[2], ";") {
		return 0
	}
	s.Database = t[1].Text
	return 3
}

func isSymbol(t sqlsyntax.Token, text string) bool {
	return t.Kind == sqlsyntax.Symbol && t.Text == text
}

func isName(t sqlsyntax.Token) bool {
	return t.Kind == sqlsyntax.Word || t.Kind == sqlsyntax.QuotedName
}

// Original returns the position in the statement of a position in SQL. Lines and columns count from 1; columns count
// characters. Positions in text that does not come from the statement have none.
func (s *Statement) Original(line, column int) (originalLine, originalColumn int, ok bool) {
	at := 0
	for range line - 1 {
		next := strings.IndexByte(s.SQL[at:], '\n')
		if next < 0 {
			return 0, 0, false
		}
		at += next + 1
	}
	for i := 1; i < column && at < len(s.SQL); i++ {
		_, size := utf8.DecodeRuneInString(s.SQL[at:])
		at += size
	}
	in := -1
	for _, p := range s.pieces {
		if p.out > at {
			break
		}
		if in = p.in; p.verbatim && in >= 0 {
			in = min(in+at-p.out, len(s.source))
		}
	}
	if in < 0 {
		return 0, 0, false
	}
	before := s.source[:in]
	return 1 + strings.Count(before, "\n"), 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:]), true
}

func (w *rewriter) fail(kind translate.ErrorKind, at sqlsyntax.Token, format string, args ...any) {
	panic(&translate.Error{Kind: kind, Message: fmt.Sprintf(format, args...), Line: at.Line, Column: at.Column})
}

// write adds text that replaces the name at the offset in.
func (w *rewriter) write(in int, text string) {
	w.pieces = append(w.pieces, piece{w.out.Len(), in, false})
	w.out.WriteString(text)
}

// copy writes the tokens from lo to hi, and the source from the offset from to the offset to, with the calls of TD
// functions replaced.
func (w *rewriter) copy(lo, hi, from, to int) {
	for i := lo; i < hi; i++ {
		c, ok := w.readCall(i, hi)
		if !ok {
			continue
		}
		w.copyText(from, w.tokens[i].Start)
		end := w.replace(c)
		from, i = w.tokens[end].End, end
	}
	w.copyText(from, to)
	if w.out.Len() > maxLength {
		w.fail(translate.NotSupported, w.tokens[lo], "the statement is too long after the replacement of TD functions")
	}
}

func (w *rewriter) copyText(from, to int) {
	if from < to {
		w.pieces = append(w.pieces, piece{w.out.Len(), from, true})
		w.out.WriteString(w.source[from:to])
	}
}

// is reports whether the token with index i is the symbol.
func (w *rewriter) is(i int, symbol string) bool {
	return i >= 0 && i < len(w.tokens) && isSymbol(w.tokens[i], symbol)
}

// isWord reports whether the tokens from index i on are these keywords.
func (w *rewriter) isWord(i int, words ...string) bool {
	for n, word := range words {
		if i+n >= len(w.tokens) || w.tokens[i+n].Kind != sqlsyntax.Word || w.tokens[i+n].Upper != word {
			return false
		}
	}
	return true
}

// A span is a range of tokens: the index of the first and the index after the last.
type span struct{ lo, hi int }

// A call is a call of a TD function.
type call struct {
	name string // in lower case
	at   sqlsyntax.Token
	args []span
	end  int // index of the closing parenthesis
}

// readCall reads the call of a TD function that starts at token i.
func (w *rewriter) readCall(i, hi int) (c call, ok bool) {
	t := w.tokens[i]
	if t.Kind != sqlsyntax.Word || !strings.HasPrefix(t.Upper, "TD_") || !w.is(i+1, "(") || w.is(i-1, ".") {
		return c, false
	}
	c = call{name: strings.ToLower(t.Text), at: t}
	c.end, c.args, ok = w.readList(i+1, hi)
	return c, ok
}

// readList reads the elements between the parenthesis at token open and its partner, whose index it returns.
func (w *rewriter) readList(open, hi int) (end int, elements []span, ok bool) {
	depth, start := 0, open+1
	for i := open; i < hi; i++ {
		if w.tokens[i].Kind != sqlsyntax.Symbol {
			continue
		}
		switch w.tokens[i].Text {
		case "(", "[", "{":
			depth++
		case ")", "]", "}":
			if depth--; depth == 0 {
				if i > start {
					elements = append(elements, span{start, i})
				}
				return i, elements, true
			}
		case ",":
			if depth == 1 && i > start {
				elements = append(elements, span{start, i})
				start = i + 1
			}
		}
	}
	return 0, nil, false
}
