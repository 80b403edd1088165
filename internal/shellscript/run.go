package shellscript

import (
	"slices"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// A runContext is the context of a simple command.
type runContext struct {
	context
	node      *syntax.CallExpr
	statement *syntax.Stmt
	env       []string
	expanded  []string // aliases that were expanded
}

func (c runContext) position() Position { return c.unit.position(c.node.Args[0].Pos()) }

// passesArguments reports whether a command has all positional parameters as arguments.
func (c runContext) passesArguments() bool { return mentions(c.node, "@") || mentions(c.node, "*") }

func (c runContext) source() string {
	return c.unit.source(c.node.Args[0].Pos(), c.node.End())
}

// run visits a command whose words are known as far as possible.
func (f *finder) run(words []Word, c runContext) {
	if len(words) == 0 {
		return
	}
	name := words[0]
	function, isFunction := f.functions[name.Text]
	isFunction = isFunction && name.IsStatic()
	if f.isProgram(name.Text) && (!isFunction || slices.Contains(c.within, name.Text)) {
		f.addCall(words, c)
		return
	}
	if alias, ok := f.aliases[name.Text]; ok && name.IsStatic() && !slices.Contains(c.expanded, name.Text) && c.depth < maxDepth {
		c.expanded = append(slices.Clone(c.expanded), name.Text)
		f.run(append(f.splitWords(alias, c), words[1:]...), c)
		return
	}
	if isFunction {
		f.callFunction(function, words, c)
		return
	}
	if !name.IsStatic() {
		f.runUnknown(words, c)
		return
	}
	if !f.runBuiltin(words, c) && !f.runShell(words, c) && !f.runWrapper(words, c) {
		f.runOther(words, c)
	}
}

// addCall records a call of the program.
func (f *finder) addCall(words []Word, c runContext) {
	position, source := c.position(), c.source()
	if name := words[0]; c.site != nil && c.passesArguments() { // most arguments are there
		position, source = c.site.position, c.site.source
	} else if name.unit == c.unit { // not in an alias
		position, source = c.unit.position(name.pos), c.unit.source(name.pos, c.node.End())
	}
	f.script.Calls = append(f.script.Calls, &Call{
		Position: position, Source: source, Program: words[0], Wrappers: c.wrappers, Env: c.env, Args: words[1:],
		Stdin: c.stdin, Stdout: c.stdout, Stderr: c.stderr, Status: c.status, Cron: c.cron,
	})
}

// callFunction visits the body of a function with its arguments.
func (f *finder) callFunction(function *function, words []Word, c runContext) {
	function.used = true
	if slices.Contains(c.within, words[0].Text) {
		return
	}
	if c.depth >= maxDepth {
		f.problem(c.position(), c.source(), "the functions are nested too deeply to be checked")
		return
	}
	fc := c.context
	if fc.site == nil || !c.passesArguments() {
		fc.site = &site{c.position(), c.source()}
	}
	fc.unit = function.unit
	fc.within = append(slices.Clone(c.within), words[0].Text)
	fc.depth++
	fc.args = words[1:]
	fc.hasArgs = !slices.ContainsFunc(words, func(w Word) bool { return w.Many }) && !shifts(function.body)
	f.statement(function.body, fc)
}

// shifts reports whether a statement changes the positional parameters.
func shifts(s *syntax.Stmt) (found bool) {
	syntax.Walk(s, func(node syntax.Node) bool {
		if call, ok := node.(*syntax.CallExpr); ok && len(call.Args) > 0 {
			name := call.Args[0].Lit()
			found = found || name == "shift" || name == "set" && len(call.Args) > 1 && call.Args[1].Lit() == "--"
		}
		return !found
	})
	return found
}

// splitWords returns the words of a text, such as the value of an alias.
func (f *finder) splitWords(text string, c runContext) []Word {
	statements, _ := parseStatements(text, syntax.LangBash)
	if len(statements) != 1 {
		return nil
	}
	call, ok := statements[0].Cmd.(*syntax.CallExpr)
	if !ok {
		return nil
	}
	ac := c.context
	ac.unit = &unit{src: text, locate: c.unit.locate}
	return f.expandAll(call.Args, ac)
}

// runUnknown visits a command whose name is not known.
func (f *finder) runUnknown(words []Word, c runContext) {
	for i, w := range words[1:] {
		if f.isProgram(w.Text) && w.IsStatic() {
			c.wrappers = append(slices.Clone(c.wrappers), words[0].Source)
			f.run(words[i+1:], c)
			return
		}
	}
	isVerb := len(words) > 1 && f.IsVerb(words[1].Text)
	hasFlag := slices.ContainsFunc(words, func(w Word) bool { return strings.HasPrefix(w.Text, "-") })
	switch {
	case isVerb && (hasFlag || strings.Contains(words[1].Text, ":") || strings.Contains(strings.ToLower(words[0].Source), f.Program)):
		f.problem(c.position(), c.source(), "the program "+words[0].Source+" is not known; it may be "+f.Program)
	case f.containsCall(c.source()):
		f.problem(c.position(), c.source(), "the program "+words[0].Source+" is not known; it may run "+f.Program)
	}
}

// runBuiltin visits a builtin command of the shell that changes how the rest is understood.
func (f *finder) runBuiltin(words []Word, c runContext) bool {
	args := words[1:]
	switch words[0].Text {
	case "set":
		f.setOptions(texts(args))
	case "alias":
		for _, a := range args {
			if name, value, ok := strings.Cut(a.Text, "="); ok && a.IsStatic() {
				f.aliases[name] = value
			}
		}
	case "trap":
		if len(args) > 0 && args[0].IsStatic() {
			f.trap = f.trap || slices.Contains(texts(args[1:]), "ERR")
			nested := c
			nested.status = Status{}
			f.runText(args[0].Text, nested, "")
		}
	case "eval":
		f.runWords(args, c, "")
	case "exit", "return":
	default:
		return false
	}
	return true
}

func texts(words []Word) (all []string) {
	for _, w := range words {
		all = append(all, w.Text)
	}
	return all
}

// setOptions applies set -e and similar options.
func (f *finder) setOptions(args []string) {
	for i, arg := range args {
		enable := strings.HasPrefix(arg, "-")
		if !enable && !strings.HasPrefix(arg, "+") || arg == "--" {
			continue
		}
		if strings.Contains(arg, "e") {
			f.errexit = enable
		}
		if strings.HasSuffix(arg, "o") && i+1 < len(args) {
			switch args[i+1] {
			case "errexit":
				f.errexit = enable
			case "pipefail":
				f.pipefail = enable
			}
		}
	}
}

// runWords visits words that are joined and run by a shell.
func (f *finder) runWords(words []Word, c runContext, wrapper string) {
	text := strings.Join(texts(words), " ")
	if !strings.Contains(text, Unknown) {
		f.runText(text, c, wrapper)
		return
	}
	if f.mentionsProgram(text) {
		f.problem(c.position(), c.source(), "the command depends on values that are not known")
	}
}

// runText visits a script within the script.
func (f *finder) runText(text string, c runContext, wrapper string) {
	if wrapper != "" {
		c.wrappers = append(slices.Clone(c.wrappers), wrapper)
	}
	if strings.Contains(text, Unknown) {
		if f.mentionsProgram(text) {
			f.problem(c.position(), c.source(), "the script depends on values that are not known")
		}
		return
	}
	start := c.position()
	nested := c.context
	nested.depth++
	nested.hasArgs, nested.args = false, nil
	f.nest(func() {
		f.parse(&unit{src: text, locate: func(line, column int) Position {
			if line == 1 {
				return start
			}
			return Position{start.Line + line - 1, column}
		}}, syntax.LangBash, nested)
	})
}

// nest visits a script of another shell, whose options and functions are its own.
func (f *finder) nest(visit func()) {
	errexit, pipefail, trap := f.errexit, f.pipefail, f.trap
	f.errexit, f.pipefail, f.trap = false, false, false
	visit()
	f.errexit, f.pipefail, f.trap = errexit, pipefail, trap
}

// runShell visits a command that runs a shell: sh -c, su -c, ssh, or a shell that reads a
// here-document.
func (f *finder) runShell(words []Word, c runContext) bool {
	args := words[1:]
	switch name := base(words[0]); name {
	case "sh", "bash", "dash", "ksh", "zsh", "ash":
		for i, a := range args {
			if strings.HasPrefix(a.Text, "-") && !strings.HasPrefix(a.Text, "--") && strings.HasSuffix(a.Text, "c") && i+1 < len(args) {
				f.runText(args[i+1].Text, c, "")
				return true
			}
		}
		f.runDocument(c, "")
	case "su", "runuser":
		i := slices.IndexFunc(args, func(w Word) bool { return w.Text == "-c" || w.Text == "--command" })
		if i >= 0 && i+1 < len(args) {
			f.runText(args[i+1].Text, c, name)
		} else {
			f.runDocument(c, name)
		}
	case "ssh":
		rest := skipFlags(args, "bcDEeFIiJLlmOopQRSWw", nil)
		if len(rest) > 1 {
			f.runWords(rest[1:], c, "ssh")
		} else {
			f.runDocument(c, "ssh")
		}
	case "at", "batch":
		f.runDocument(c, name)
	default:
		return false
	}
	return true
}

// runDocument visits the script that a shell reads from a here-document.
func (f *finder) runDocument(c runContext, wrapper string) {
	for _, r := range c.statement.Redirs {
		if r.Hdoc == nil {
			continue
		}
		if wrapper != "" {
			c.wrappers = append(slices.Clone(c.wrappers), wrapper)
		}
		f.runBody(r, c, 0)
	}
}

// runBody visits a here-document as a script.
func (f *finder) runBody(r *syntax.Redirect, c runContext, variant syntax.LangVariant) {
	start, u := r.Hdoc.Pos(), c.unit
	end := min(int(r.Hdoc.End().Offset()), len(u.src))
	nested := c.context
	nested.depth++
	nested.stdin = Input{}
	f.nest(func() {
		f.parse(&unit{src: u.src[start.Offset():end], locate: func(line, column int) Position {
			if line == 1 {
				column += int(start.Col()) - 1
			}
			return u.locate(int(start.Line())+line-1, column)
		}}, max(variant, syntax.LangBash), nested)
	})
}
