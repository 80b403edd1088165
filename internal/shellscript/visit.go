package shellscript

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// statements visits a list of statements. The last one has the status of the list.
func (f *finder) statements(list []*syntax.Stmt, c context) {
	for i, s := range list {
		sc := c
		if i < len(list)-1 {
			sc.status = Status{}
			sc.status = f.checkedBy(list[i+1], sc.status)
		}
		f.statement(s, sc)
		if call, ok := s.Cmd.(*syntax.CallExpr); ok && len(call.Args) == 1 && call.Args[0].Lit() == "exec" {
			rc := f.redirect(s.Redirs, c) // exec redirects the rest of the script
			c.stdin, c.stdout, c.stderr = rc.stdin, rc.stdout, rc.stderr
		}
	}
}

// checkedBy adds to a status how the next statement uses $?.
func (f *finder) checkedBy(next *syntax.Stmt, status Status) Status {
	for _, node := range firstCommands(next) {
		if mentions(node, "PIPESTATUS") {
			status = status.with("PIPESTATUS")
		}
		if !mentions(node, "?") {
			continue
		}
		status = status.with("$?", comparedWith(node, "?")...)
		if clause, ok := next.Cmd.(*syntax.CaseClause); ok {
			status = status.with("$?", comparedWith(clause, "?")...)
		}
		for _, name := range assignedStatus(node) {
			for _, all := range f.parsed {
				status.Compared = append(status.Compared, comparedWith(all, name)...)
			}
		}
	}
	return status
}

// firstCommands returns the nodes of a statement that are evaluated before any other command.
func firstCommands(s *syntax.Stmt) []syntax.Node {
	switch cmd := s.Cmd.(type) {
	case *syntax.IfClause:
		return firstCommands(cmd.Cond[0])
	case *syntax.WhileClause:
		return firstCommands(cmd.Cond[0])
	case *syntax.CaseClause:
		return []syntax.Node{cmd.Word}
	case *syntax.BinaryCmd:
		return firstCommands(cmd.X)
	case *syntax.Block:
		return firstCommands(cmd.Stmts[0])
	case *syntax.Subshell:
		return firstCommands(cmd.Stmts[0])
	case *syntax.CallExpr, *syntax.DeclClause, *syntax.TestClause, *syntax.ArithmCmd, *syntax.LetClause:
		return []syntax.Node{cmd}
	}
	return nil
}

// assignedStatus returns the variables to which a command assigns $?.
func assignedStatus(node syntax.Node) (names []string) {
	syntax.Walk(node, func(node syntax.Node) bool {
		if a, ok := node.(*syntax.Assign); ok && a.Name != nil && a.Value != nil && mentions(a.Value, "?") {
			names = append(names, a.Name.Value)
		}
		return true
	})
	return names
}

// statement visits a statement with its redirections.
func (f *finder) statement(s *syntax.Stmt, c context) {
	if f.visits++; f.visits > maxVisits {
		if f.visits == maxVisits+1 {
			f.problem(c.unit.position(s.Pos()), c.unit.source(s.Pos(), s.End()), "there are too many commands; the rest was not checked")
		}
		return
	}
	f.visitRedirections(s, c)
	c = f.redirect(s.Redirs, c)
	if !c.inCondition && !s.Negated {
		if f.errexit {
			c.status = c.status.with("set -e")
		}
		if f.trap {
			c.status = c.status.with("trap ERR")
		}
	}
	if s.Background || s.Coprocess || s.Disown {
		c.status = Status{}
		if f.waits {
			c.status = c.status.with("wait")
		}
	}
	if s.Negated {
		c.inCondition = true
		if !c.status.Ignored() {
			c.status = c.status.with("!")
		}
	}
	f.command(s.Cmd, s, c)
}

// command visits a command of the statement s.
func (f *finder) command(cmd syntax.Command, s *syntax.Stmt, c context) {
	switch cmd := cmd.(type) {
	case *syntax.CallExpr:
		f.simple(cmd, s, c)
	case *syntax.BinaryCmd:
		f.binary(cmd, c)
	case *syntax.IfClause:
		for clause := cmd; clause != nil; clause = clause.Else {
			f.condition(clause.Cond, "if", c)
			f.statements(clause.Then, c)
		}
	case *syntax.WhileClause:
		word := "while"
		if cmd.Until {
			word = "until"
		}
		f.condition(cmd.Cond, word, c)
		c.status = Status{}
		f.statements(cmd.Do, c)
	case *syntax.ForClause:
		f.inspect(cmd.Loop, "for", c)
		f.statements(cmd.Do, c)
	case *syntax.CaseClause:
		f.caseClause(cmd, c)
	case *syntax.Block:
		f.statements(cmd.Stmts, c)
	case *syntax.Subshell:
		f.subshell(cmd.Stmts, c)
	case *syntax.TimeClause:
		if cmd.Stmt != nil {
			f.statement(cmd.Stmt, c)
		}
	case *syntax.CoprocClause:
		f.statement(cmd.Stmt, c)
	case *syntax.TestDecl:
		f.statement(cmd.Body, c)
	case *syntax.DeclClause:
		c.status = Status{}
		for _, a := range cmd.Args {
			f.assign(a, c)
		}
	case *syntax.TestClause:
		f.inspect(cmd, "[[", c)
	case *syntax.ArithmCmd:
		f.inspect(cmd, "((", c)
	case *syntax.LetClause:
		f.inspect(cmd, "let", c)
	}
}

// subshell visits statements whose set -e and similar do not concern what follows.
func (f *finder) subshell(list []*syntax.Stmt, c context) {
	errexit, pipefail, trap := f.errexit, f.pipefail, f.trap
	f.statements(list, c)
	f.errexit, f.pipefail, f.trap = errexit, pipefail, trap
}

// condition visits statements whose last status is a condition.
func (f *finder) condition(list []*syntax.Stmt, word string, c context) {
	c.inCondition = true
	c.status = Status{}.with(word)
	f.statements(list, c)
}

// caseClause visits a case command, whose patterns test the output of its word.
func (f *finder) caseClause(cmd *syntax.CaseClause, c context) {
	var patterns []Word
	for _, item := range cmd.Items {
		for _, pattern := range item.Patterns {
			patterns = append(patterns, Word{Text: c.unit.source(pattern.Pos(), pattern.End())})
		}
	}
	f.reads(cmd.Word, Consumer{Name: "case", Args: patterns, Source: c.unit.source(cmd.Pos(), cmd.In)}, c)
	for _, item := range cmd.Items {
		f.statements(item.Stmts, c)
	}
}

// inspect visits the substitutions of a node whose output a test or loop reads.
func (f *finder) inspect(node syntax.Node, name string, c context) {
	source := c.unit.source(node.Pos(), node.End())
	args := []Word{{Text: source}}
	f.reads(node, Consumer{Name: name, Args: args, Source: source}, c)
}

// reads visits the substitutions of a node, whose output a consumer reads, and records the
// variables that it mentions.
func (f *finder) reads(node syntax.Node, consumer Consumer, c context) {
	f.readsAll(node, []Consumer{consumer}, c)
}

// readsAll is reads for several consumers.
func (f *finder) readsAll(node syntax.Node, consumers []Consumer, c context) {
	chain := append(slices.Clone(consumers), c.stdout.Consumers...)
	for _, name := range parameters(node) {
		f.use("$"+name, chain)
	}
	for _, sub := range substitutions(node) {
		sc := c
		sc.status = Status{}
		switch sub := sub.(type) {
		case *syntax.CmdSubst:
			sc.stdout = &Sink{Kind: Captured, Consumers: chain}
			f.subshell(sub.Stmts, sc)
		case *syntax.ProcSubst:
			if sub.Op == syntax.CmdIn {
				sc.stdout = &Sink{Kind: Pipe, Consumers: chain}
			} else {
				sc.stdin = Input{Kind: PipeInput}
			}
			f.subshell(sub.Stmts, sc)
		}
	}
}

// assign visits the substitutions in the value of an assignment. The status of the last one is
// that of the command if there is no other.
func (f *finder) assign(a *syntax.Assign, c context) {
	if a.Array != nil {
		f.inspect(a.Array, "array", c)
		return
	}
	if a.Value == nil {
		return
	}
	name := ""
	if a.Name != nil {
		name = a.Name.Value
	}
	source := c.unit.source(a.Pos(), a.End())
	for _, parameter := range parameters(a.Value) {
		f.use("$"+parameter, []Consumer{{Name: "=", Args: []Word{{Text: source}}, Source: source}})
	}
	subs := substitutions(a.Value)
	for i, sub := range subs {
		command, ok := sub.(*syntax.CmdSubst)
		if !ok {
			continue
		}
		sc := c
		if i < len(subs)-1 {
			sc.status = Status{}
		}
		sc.stdout = &Sink{Kind: Captured, Name: name}
		f.subshell(command.Stmts, sc)
	}
}

// visitRedirections visits the substitutions in the redirections of a statement, which reads
// their output.
func (f *finder) visitRedirections(s *syntax.Stmt, c context) {
	for _, r := range s.Redirs {
		words := []*syntax.Word{r.Word}
		if r.Hdoc != nil {
			words = append(words, r.Hdoc)
		}
		for _, w := range words {
			isInput := r.Op == syntax.RdrIn || r.Op == syntax.WordHdoc || r.Hdoc != nil
			if len(substitutions(w)) == 0 && (!isInput || len(parameters(w)) == 0) {
				continue
			}
			consumers := f.filters(&syntax.Stmt{Cmd: s.Cmd, Position: s.Position}, c)
			if !isInput || len(consumers) == 0 {
				consumers = []Consumer{{Name: ">", Args: []Word{{Text: c.unit.source(r.Pos(), r.End())}}}}
			}
			f.readsAll(w, consumers, c)
		}
	}
}

// binary visits a list or a pipeline.
func (f *finder) binary(cmd *syntax.BinaryCmd, c context) {
	x := c
	switch cmd.Op {
	case syntax.AndStmt, syntax.OrStmt:
		x.inCondition = true
		x.status = c.status.without("set -e", "trap ERR").with(cmd.Op.String())
		if cmd.Op == syntax.OrStmt && isNoOp(cmd.Y) {
			x.status = Status{} // explicitly ignored
		}
		f.statement(cmd.X, x)
		f.statement(cmd.Y, c)
		return
	}
	if !f.pipefail && !slices.Contains(c.status.Uses, "PIPESTATUS") {
		x.status = Status{}
		x.inCondition = true // set -e has no effect
	}
	consumers := append(f.filters(cmd.Y, c), c.stdout.Consumers...)
	x.stdout = &Sink{Kind: Pipe, Consumers: consumers}
	if cmd.Op == syntax.PipeAll {
		x.stderr = x.stdout
	}
	f.statement(cmd.X, x)
	y := c
	y.stdin = Input{Kind: PipeInput, Source: c.unit.source(cmd.X.Pos(), cmd.X.End())}
	f.statement(cmd.Y, y)
}

// without returns the status without some uses.
func (s Status) without(uses ...string) Status {
	s.Uses = slices.DeleteFunc(slices.Clone(s.Uses), func(use string) bool { return slices.Contains(uses, use) })
	return s
}

// isNoOp reports whether a statement is true or a colon.
func isNoOp(s *syntax.Stmt) bool {
	call, ok := s.Cmd.(*syntax.CallExpr)
	return ok && len(call.Args) > 0 && (call.Args[0].Lit() == "true" || call.Args[0].Lit() == ":")
}

// filters returns the commands of a statement, which read its input.
func (f *finder) filters(s *syntax.Stmt, c context) (consumers []Consumer) {
	syntax.Walk(s, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false
		case *syntax.CallExpr:
			if words := f.expandAll(n.Args, c); len(words) > 0 {
				consumers = append(consumers, Consumer{Name: base(words[0]), Args: words[1:], Source: c.unit.source(n.Pos(), n.End())})
			}
		case *syntax.TestClause, *syntax.CaseClause:
			consumers = append(consumers, Consumer{Name: "[[", Args: []Word{{Text: c.unit.source(n.Pos(), n.End())}}, Source: c.unit.source(n.Pos(), n.End())})
		}
		return true
	})
	return consumers
}

// simple visits a simple command.
func (f *finder) simple(cmd *syntax.CallExpr, s *syntax.Stmt, c context) {
	for i, a := range cmd.Assigns {
		ac := c
		if len(cmd.Args) > 0 || i < len(cmd.Assigns)-1 {
			ac.status = Status{}
		}
		f.assign(a, ac)
	}
	if len(cmd.Args) == 0 {
		return
	}
	words := f.expandAll(cmd.Args, c)
	if len(words) == 0 {
		return
	}
	source := c.unit.source(cmd.Args[0].Pos(), cmd.End())
	consumer := Consumer{Name: base(words[0]), Args: words[1:], Source: source}
	chain := append([]Consumer{consumer}, c.stdout.Consumers...)
	for _, arg := range cmd.Args {
		f.reads(arg, consumer, c)
		f.use(c.unit.source(arg.Pos(), arg.End()), chain)
	}
	for _, r := range s.Redirs {
		if r.Op == syntax.RdrIn {
			f.use(c.unit.source(r.Word.Pos(), r.Word.End()), chain)
		}
	}
	var env []string
	for _, a := range cmd.Assigns {
		env = append(env, a.Name.Value)
	}
	f.run(words, runContext{context: c, node: cmd, statement: s, env: env})
}

// use records the commands that mention a file or a variable.
func (f *finder) use(text string, consumers []Consumer) {
	key := useKey(text)
	if key == "" || slices.ContainsFunc(f.uses[key], func(c Consumer) bool { return c.Source == consumers[0].Source }) {
		return
	}
	f.uses[key] = append(f.uses[key], consumers...)
}

// useKey returns a text without quotes, and $NAME for ${NAME}.
func useKey(text string) string {
	return strings.NewReplacer(`"`, "", "'", "", "${", "$", "}", "").Replace(text)
}
