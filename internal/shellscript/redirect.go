package shellscript

import (
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// redirect applies redirections to a context.
func (f *finder) redirect(redirections []*syntax.Redirect, c context) context {
	for _, r := range redirections {
		target := f.value(r.Word, c)
		source := strings.Trim(c.unit.source(r.Word.Pos(), r.Word.End()), `"'`)
		number := ""
		if r.N != nil {
			number = r.N.Value
		}
		switch r.Op {
		case syntax.RdrOut, syntax.AppOut, syntax.RdrClob:
			s := newSink(target, source)
			if process := outputProcess(r.Word); process != nil {
				s = &Sink{Kind: Pipe}
				for _, stmt := range process.Stmts {
					s.Consumers = append(s.Consumers, f.filters(stmt, c)...)
				}
			}
			c = setSink(c, number, s)
		case syntax.RdrAll, syntax.AppAll, syntax.RdrAllClob, syntax.AppAllClob:
			c.stdout = newSink(target, source)
			c.stderr = c.stdout
		case syntax.DplOut:
			c = duplicate(c, number, target.Text, source)
		case syntax.RdrIn, syntax.RdrInOut:
			if c.stdin = (Input{FileInput, source}); target.Text == "/dev/null" {
				c.stdin = Input{Kind: NoInput}
			}
		case syntax.DplIn:
			if target.Text == "-" {
				c.stdin = Input{Kind: NoInput}
			}
		case syntax.Hdoc, syntax.DashHdoc, syntax.WordHdoc:
			c.stdin = Input{TextInput, source}
		}
	}
	return c
}

// outputProcess returns the process substitution that a word consists of, such as >(tee log), or nil.
func outputProcess(w *syntax.Word) *syntax.ProcSubst {
	if len(w.Parts) != 1 {
		return nil
	}
	process, _ := w.Parts[0].(*syntax.ProcSubst)
	return process
}

func newSink(target Word, source string) *Sink {
	if target.Text == "/dev/null" {
		return &Sink{Kind: Discarded}
	}
	return &Sink{Kind: File, Name: source}
}

func setSink(c context, number string, s *Sink) context {
	switch number {
	case "", "1":
		c.stdout = s
	case "2":
		c.stderr = s
	}
	return c
}

// duplicate applies a redirection such as 2>&1, or >&FILE.
func duplicate(c context, number, target, source string) context {
	switch target {
	case "1":
		return setSink(c, number, c.stdout)
	case "2":
		return setSink(c, number, c.stderr)
	case "-":
		return setSink(c, number, &Sink{Kind: Closed})
	}
	if number == "" && !isNumber(target) { // >&FILE
		c.stdout = newSink(Word{Text: target}, source)
		c.stderr = c.stdout
	}
	return c // another descriptor, such as the log of exec 3>&1
}
