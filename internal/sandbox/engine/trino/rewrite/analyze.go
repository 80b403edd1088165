package rewrite

import (
	"fmt"
	"slices"
	"strings"
)

// analyze sets the kind, the target and the query of a statement whose first token has the index i.
func (s *Statement) analyze(w *rewriter, i int) {
	if i >= len(w.tokens) {
		return
	}
	switch w.tokens[i].Upper {
	case "SELECT", "WITH", "VALUES", "TABLE", "(", "SHOW", "DESCRIBE", "DESC", "EXPLAIN", "USE", "SET", "RESET", "PREPARE", "DEALLOCATE":
		return
	}
	s.Kind = Definition
	switch {
	case w.isWord(i, "INSERT", "INTO"):
		s.readInsert(w, i+2)
	case w.isWord(i, "CREATE"):
		s.readCreate(w, i+1)
	case w.isWord(i, "DELETE", "FROM"), w.isWord(i, "MERGE", "INTO"), w.isWord(i, "TRUNCATE", "TABLE"):
		s.setTarget(w, i+2, Change)
	case w.isWord(i, "UPDATE"):
		s.setTarget(w, i+1, Change)
	case w.isWord(i, "DROP", "TABLE", "IF", "EXISTS"):
		s.setTarget(w, i+4, DropTable)
	case w.isWord(i, "DROP", "TABLE"):
		s.setTarget(w, i+2, DropTable)
	}
}

// setTarget sets the kind and the target if a name starts at token i.
func (s *Statement) setTarget(w *rewriter, i int, kind Kind) {
	if name, _ := w.readName(i); name != nil {
		s.Kind, s.Target = kind, name
	}
}

func (s *Statement) readInsert(w *rewriter, i int) {
	name, i := w.readName(i)
	if name == nil || i >= len(w.tokens) {
		return
	}
	s.columnsEnd = s.outOffset(w.tokens[i-1].End)
	if columns, end := w.readColumns(i); columns != nil {
		s.columns, s.columnsEnd = columns, s.outOffset(w.tokens[end].Start)
		i = end + 1
	}
	if i < len(w.tokens) {
		s.Kind, s.Target = Insert, name
		s.setQuery(w, i, len(w.tokens))
	}
}

func (s *Statement) readCreate(w *rewriter, i int) {
	if w.isWord(i, "OR", "REPLACE") {
		i += 2
	}
	if !w.isWord(i, "TABLE") {
		return
	}
	if i++; w.isWord(i, "IF", "NOT", "EXISTS") {
		i += 3
	}
	name, i := w.readName(i)
	if name == nil {
		return
	}
	if columns, end := w.readColumns(i); columns != nil {
		s.columns, s.columnsEnd = columns, s.outOffset(w.tokens[end].Start)
		i = end + 1
	}
	for depth := 0; i < len(w.tokens); i++ {
		switch {
		case w.is(i, "("):
			depth++
		case w.is(i, ")"):
			depth--
		case depth == 0 && w.isWord(i, "AS"):
			end := len(w.tokens)
			for _, words := range [][]string{{"WITH", "DATA"}, {"WITH", "NO", "DATA"}} {
				if w.isWord(end-len(words), words...) {
					end -= len(words)
				}
			}
			if i+1 < end {
				s.Kind, s.Target = CreateTableAs, name
				s.setQuery(w, i+1, end)
			}
			return
		}
	}
}

func (s *Statement) setQuery(w *rewriter, lo, hi int) {
	s.query, s.queryEnd = s.outOffset(w.tokens[lo].Start), s.outOffset(w.tokens[hi-1].End)
}

// outOffset returns the offset in SQL of an offset in the statement at the start or the end of a token. The end of a
// replaced call is the end of the replacement.
func (s *Statement) outOffset(in int) int {
	for n, p := range s.pieces {
		length := len(s.SQL) - p.out
		if n+1 < len(s.pieces) {
			length = s.pieces[n+1].out - p.out
		}
		if p.verbatim && in <= p.in+length {
			return p.out + max(in-p.in, 0)
		}
	}
	return len(s.SQL)
}

// readName reads a name of up to three parts. Names without quotes are in lower case.
func (w *rewriter) readName(i int) (name []string, next int) {
	for i < len(w.tokens) && isName(w.tokens[i]) {
		name = append(name, strings.ToLower(w.tokens[i].Text))
		if i++; !w.is(i, ".") {
			return name, i
		}
		i++
	}
	return nil, i
}

// readColumns reads a list of names in parentheses and returns the index of the closing parenthesis.
func (w *rewriter) readColumns(i int) (names []string, end int) {
	if !w.is(i, "(") {
		return nil, 0
	}
	end, elements, ok := w.readList(i, len(w.tokens))
	if !ok {
		return nil, 0
	}
	for _, e := range elements {
		if e.hi-e.lo != 1 || !isName(w.tokens[e.lo]) || w.isWord(e.lo, "SELECT") {
			return nil, 0
		}
		names = append(names, strings.ToLower(w.tokens[e.lo].Text))
	}
	return names, end
}

// Columns returns the names of the columns that an INSERT or CREATE TABLE AS lists, in lower case.
func (s *Statement) Columns() []string { return slices.Clone(s.columns) }

// Query returns the query of an INSERT or CREATE TABLE AS as a query without rows.
func (s *Statement) Query() *Statement {
	q := &Statement{source: s.source}
	q.append("SELECT * FROM (\n")
	q.copy(s, s.query, s.queryEnd)
	q.append("\n) LIMIT 0")
	return q
}

// AddTime returns an INSERT or CREATE TABLE AS that also writes a time column, in addition to the columns of its query.
// The names are those of the columns of an INSERT.
func (s *Statement) AddTime(seconds int64, names []string) *Statement {
	r := &Statement{source: s.source, Kind: s.Kind, Target: s.Target, Database: s.Database}
	switch {
	case s.columns != nil:
		r.copy(s, 0, s.columnsEnd)
		r.append(`, "time"`)
		r.copy(s, s.columnsEnd, s.query)
	case s.Kind == Insert:
		r.copy(s, 0, s.columnsEnd)
		var list strings.Builder
		for _, name := range names {
			list.WriteString(`"` + strings.ReplaceAll(name, `"`, `""`) + `", `)
		}
		r.append(" (" + list.String() + `"time") `)
		r.copy(s, s.columnsEnd, s.query)
	default:
		r.copy(s, 0, s.query)
	}
	r.append(fmt.Sprintf("SELECT q.*, BIGINT '%d' AS \"time\" FROM (\n", seconds))
	r.copy(s, s.query, s.queryEnd)
	r.append("\n) q")
	r.copy(s, s.queryEnd, len(s.SQL))
	return r
}

// append adds text without a position.
func (s *Statement) append(text string) {
	s.pieces = append(s.pieces, piece{len(s.SQL), -1, false})
	s.SQL += text
}

// copy adds the part of another statement between two offsets, with its positions.
func (s *Statement) copy(from *Statement, lo, hi int) {
	for n, p := range from.pieces {
		end := len(from.SQL)
		if n+1 < len(from.pieces) {
			end = from.pieces[n+1].out
		}
		start, end := max(lo, p.out), min(hi, end)
		if start >= end {
			continue
		}
		q := piece{len(s.SQL), p.in, p.verbatim}
		if p.verbatim {
			q.in += start - p.out
		}
		s.pieces = append(s.pieces, q)
		s.SQL += from.SQL[start:end]
	}
}
