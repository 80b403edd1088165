package shellscript

import (
	"path"
	"slices"
	"strconv"
	"strings"

	"mvdan.cc/sh/v3/syntax"
)

// expandAll returns the words of a command after the expansions whose result is known.
func (f *finder) expandAll(words []*syntax.Word, c context) (all []Word) {
	for _, w := range words {
		all = append(all, f.expand(w, c)...)
	}
	return all
}

// A builder collects the words that one word of the source becomes.
type builder struct {
	finder  *finder
	c       context
	whole   bool // the word is not split, as in an assignment
	words   []Word
	current Word
	started bool // current is a word even if its text is empty
}

// expand returns the words that a word of the source becomes.
func (f *finder) expand(w *syntax.Word, c context) []Word {
	b := &builder{finder: f, c: c}
	b.parts(w.Parts, false)
	b.end()
	source := c.unit.source(w.Pos(), w.End())
	for i := range b.words {
		b.words[i].Source, b.words[i].unit, b.words[i].pos = source, c.unit, w.Pos()
	}
	return b.words
}

// value returns the value of a word in an assignment, which is not split.
func (f *finder) value(w *syntax.Word, c context) Word {
	if w == nil {
		return Word{}
	}
	b := &builder{finder: f, c: c, whole: true}
	b.parts(w.Parts, false)
	b.started = true
	b.end()
	return b.words[0]
}

// end completes the current word.
func (b *builder) end() {
	if b.started {
		b.words = append(b.words, b.current)
	}
	b.current, b.started = Word{}, false
}

// text adds known text to the current word.
func (b *builder) text(s string) {
	b.current.Text += s
	b.started = true
}

// unknown adds a part that is not known.
func (b *builder) unknown(source string, split bool) {
	b.text(Unknown)
	b.current.Unknown = append(b.current.Unknown, source)
	b.current.Split = b.current.Split || split && !b.whole
}

// parts adds the parts of a word, which are in double quotes if quoted is set.
func (b *builder) parts(parts []syntax.WordPart, quoted bool) {
	for _, part := range parts {
		source := b.c.unit.source(part.Pos(), part.End())
		switch p := part.(type) {
		case *syntax.Lit:
			b.literal(p.Value, quoted)
		case *syntax.SglQuoted:
			value := p.Value
			if p.Dollar {
				value = unquoteANSI(value)
			}
			b.text(value)
		case *syntax.DblQuoted:
			b.started = true
			b.parts(p.Parts, true)
		case *syntax.ParamExp:
			b.parameter(p, source, quoted)
		case *syntax.CmdSubst:
			if program := b.finder.findsProgram(p); program != "" {
				b.text(program)
			} else {
				b.unknown(source, !quoted)
			}
		case *syntax.ArithmExp, *syntax.ProcSubst:
			b.unknown(source, false)
		default:
			b.unknown(source, !quoted)
		}
	}
}

// literal adds text of the source without its escapes.
func (b *builder) literal(s string, quoted bool) {
	if !quoted && !b.whole && strings.Contains(s, "{") && (strings.Contains(s, ",") || strings.Contains(s, "..")) && strings.Contains(s, "}") {
		b.unknown(s, true) // a brace expansion
		return
	}
	var text strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] == '\\' && i+1 < len(s) && (!quoted || strings.IndexByte("\\\"$`\n", s[i+1]) >= 0) {
			i++
			if s[i] == '\n' {
				continue
			}
		}
		text.WriteByte(s[i])
	}
	b.text(text.String())
}

// unquoteANSI returns the value of $'…' for its usual escapes.
func unquoteANSI(s string) string {
	if value, err := strconv.Unquote(`"` + strings.ReplaceAll(strings.ReplaceAll(s, `\'`, `'`), `"`, `\"`) + `"`); err == nil {
		return value
	}
	return s
}

// findsProgram returns the program if a substitution finds out where it is, as in
// $(command -v td), and "" otherwise.
func (f *finder) findsProgram(sub *syntax.CmdSubst) string {
	if len(sub.Stmts) != 1 {
		return ""
	}
	call, ok := sub.Stmts[0].Cmd.(*syntax.CallExpr)
	if !ok || len(call.Args) < 2 {
		return ""
	}
	switch call.Args[0].Lit() {
	case "which", "command", "type", "whereis":
		if last := call.Args[len(call.Args)-1].Lit(); f.isProgram(last) {
			return last
		}
	}
	return ""
}

// parameter adds the expansion of a parameter.
func (b *builder) parameter(p *syntax.ParamExp, source string, quoted bool) {
	if p.Param == nil {
		b.unknown(source, !quoted)
		return
	}
	name := p.Param.Value
	isPlain := !p.Excl && !p.Length && p.Slice == nil && p.Repl == nil && p.Names == 0 && p.Flags == nil && len(p.Modifiers) == 0
	switch {
	case !isPlain && name != "@" && name != "*":
		b.unknown(source, !quoted)
	case p.Index != nil:
		b.array(p, source, quoted)
	case name == "@" || name == "*":
		b.allArguments(name == "*" && quoted || !isPlain, source)
	case isNumber(name) && name != "0":
		if n, _ := strconv.Atoi(name); b.c.hasArgs && p.Exp == nil && n <= len(b.c.args) {
			b.insert(b.c.args[n-1], quoted)
		} else {
			b.unknown(source, !quoted)
		}
	case name == "IFS" || p.Exp != nil && !isDefault(p.Exp.Op):
		b.unknown(source, !quoted)
	default:
		b.variable(name, p.Exp, source, quoted)
	}
}

// isDefault reports whether an operator gives a default: ${a:-b}.
func isDefault(op syntax.ParExpOperator) bool {
	switch op {
	case syntax.DefaultUnset, syntax.DefaultUnsetOrNull, syntax.AssignUnset, syntax.AssignUnsetOrNull, syntax.ErrorUnset, syntax.ErrorUnsetOrNull:
		return true
	}
	return false
}

// variable adds the value of a variable, which is known if it is assigned once.
func (b *builder) variable(name string, exp *syntax.Expansion, source string, quoted bool) {
	assigned := b.finder.variables[name]
	if len(assigned) == 0 && exp != nil && exp.Word != nil && !strings.Contains(exp.Op.String(), "?") {
		if value := b.finder.value(exp.Word, b.c); b.finder.isProgram(value.Text) {
			value.Unknown = append(value.Unknown, source) // the environment may have another value
			b.insert(value, quoted)
			return
		}
	}
	if len(assigned) == 1 && assigned[0].certain && assigned[0].word != nil && b.finder.enter(name) {
		a := assigned[0]
		isLocal := a.function == "" || a.function == b.c.function()
		ac := b.c
		ac.unit = a.unit
		value := b.finder.value(a.word, ac)
		delete(b.finder.resolving, name)
		if isLocal && (value.IsStatic() || b.finder.isProgram(value.Text)) && len(value.Text) < maxValue {
			b.insert(value, quoted)
			return
		}
	}
	b.unknown(source, !quoted)
}

// enter marks a variable whose value is being determined. It returns false if the value depends
// on itself, or if there are too many variables.
func (f *finder) enter(name string) bool {
	if f.resolving[name] || f.resolved >= maxVisits {
		return false
	}
	f.resolved++
	f.resolving[name] = true
	return true
}

// insert adds the value of a parameter and splits it unless it is quoted.
func (b *builder) insert(value Word, quoted bool) {
	if quoted || b.whole || !strings.ContainsAny(value.Text, " \t\n") {
		b.text(value.Text)
		if !quoted && !b.whole && value.Text == "" {
			b.started = b.current.Text != "" // an empty expansion that is not quoted is no word
		}
		b.current.Unknown = append(b.current.Unknown, value.Unknown...)
		b.current.Split = b.current.Split || !quoted && !b.whole && !value.IsStatic()
		b.current.Many = b.current.Many || value.Many
		return
	}
	fields := strings.Fields(value.Text)
	if strings.IndexByte(" \t\n", value.Text[0]) >= 0 {
		b.end()
	}
	for i, field := range fields {
		if i > 0 {
			b.end()
		}
		b.text(field)
		if strings.Contains(field, Unknown) {
			b.current.Unknown = append(b.current.Unknown, value.Unknown...)
			b.current.Split = true
		}
	}
	if strings.IndexByte(" \t\n", value.Text[len(value.Text)-1]) >= 0 {
		b.end()
	}
}

// allArguments adds the positional parameters.
func (b *builder) allArguments(joined bool, source string) {
	if !b.c.hasArgs || joined || b.whole {
		b.current.Many = true
		b.unknown(source, true)
		return
	}
	b.list(b.c.args)
}

// list adds words, of which the first and the last are joined with the text around them.
func (b *builder) list(words []Word) {
	for i, w := range words {
		if i > 0 {
			b.end()
		}
		b.text(w.Text)
		b.current.Unknown = append(b.current.Unknown, w.Unknown...)
		b.current.Split = b.current.Split || w.Split
		b.current.Many = b.current.Many || w.Many
	}
	if len(words) == 0 && b.current.Text == "" {
		b.started = false
	}
}

// array adds the elements of an array, which are known if it is assigned once.
func (b *builder) array(p *syntax.ParamExp, source string, quoted bool) {
	assigned := b.finder.variables[p.Param.Value]
	index, _ := p.Index.(*syntax.Word)
	all := index != nil && (index.Lit() == "@" || index.Lit() == "*")
	if !all || p.Exp != nil || len(assigned) != 1 || !assigned[0].certain || assigned[0].array == nil || b.whole || !b.finder.enter(p.Param.Value) {
		b.current.Many = all
		b.unknown(source, !quoted || all)
		return
	}
	c := b.c
	c.unit = assigned[0].unit
	var words []Word
	for _, element := range assigned[0].array.Elems {
		if element.Value != nil {
			words = append(words, b.finder.expand(element.Value, c)...)
		}
	}
	delete(b.finder.resolving, p.Param.Value)
	if len(words) > maxElements {
		words = []Word{{Text: Unknown, Unknown: []string{source}, Split: true, Many: true}}
	}
	b.list(words)
}

// substitutions returns the command and process substitutions in a node, but not those within
// them.
func substitutions(node syntax.Node) (found []syntax.Node) {
	syntax.Walk(node, func(node syntax.Node) bool {
		switch node.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			found = append(found, node)
			return false
		}
		return true
	})
	return found
}

// parameters returns the names of the parameters that a node mentions outside of substitutions.
func parameters(node syntax.Node) (names []string) {
	syntax.Walk(node, func(node syntax.Node) bool {
		switch n := node.(type) {
		case *syntax.CmdSubst, *syntax.ProcSubst:
			return false
		case *syntax.ParamExp:
			if n.Param != nil && !slices.Contains(names, n.Param.Value) {
				names = append(names, n.Param.Value)
			}
		}
		return true
	})
	return names
}

// base returns the name of a program without its directory, or "" if it is unknown.
func base(w Word) string {
	if !w.IsStatic() || w.Text == "" {
		return ""
	}
	return path.Base(w.Text)
}
