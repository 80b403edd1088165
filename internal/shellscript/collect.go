package shellscript

import (
	"mvdan.cc/sh/v3/syntax"
)

// An assignment gives a variable a value. Without a word and an array the value is unknown.
type assignment struct {
	word     *syntax.Word
	array    *syntax.ArrayExpr
	unit     *unit
	function string // function that contains the assignment
	certain  bool   // it is executed whenever its function is, and replaces the value
}

// collect records the functions, variables and exported variables of a statement.
func (f *finder) collect(s *syntax.Stmt, u *unit) {
	var stack []syntax.Node
	syntax.Walk(s, func(node syntax.Node) bool {
		if node == nil {
			stack = stack[:len(stack)-1]
			return true
		}
		f.collectNode(node, u, stack)
		stack = append(stack, node)
		return true
	})
}

// collectNode records the declarations in a node, which is inside the nodes of stack.
func (f *finder) collectNode(node syntax.Node, u *unit, stack []syntax.Node) {
	name, certain := surroundings(stack)
	set := func(variable string, a assignment) {
		a.unit, a.function = u, name
		f.variables[variable] = append(f.variables[variable], a)
	}
	switch n := node.(type) {
	case *syntax.FuncDecl:
		if n.Name != nil {
			f.functions[n.Name.Value] = &function{body: n.Body, unit: u}
		}
	case *syntax.CallExpr:
		f.collectCall(n, certain, set)
	case *syntax.DeclClause:
		for _, a := range n.Args {
			if a.Name == nil {
				continue
			}
			if !a.Naked {
				set(a.Name.Value, assignment{word: assignedWord(a), array: a.Array, certain: certain && !a.Append && a.Index == nil})
			}
			if n.Variant.Value == "export" {
				f.script.Env = append(f.script.Env, Variable{u.position(a.Pos()), a.Name.Value})
			}
		}
	case *syntax.WordIter:
		set(n.Name.Value, assignment{})
	}
}

// collectCall records the assignments of a simple command, and the variables that read and similar commands set.
func (f *finder) collectCall(n *syntax.CallExpr, certain bool, set func(string, assignment)) {
	if len(n.Args) == 0 {
		for _, a := range n.Assigns {
			set(a.Name.Value, assignment{word: assignedWord(a), array: a.Array, certain: certain && !a.Append && a.Index == nil})
		}
		return
	}
	switch n.Args[0].Lit() {
	case "read", "mapfile", "readarray", "getopts", "printf", "unset":
		for _, w := range n.Args[1:] {
			if name := w.Lit(); syntax.ValidName(name) {
				set(name, assignment{})
			}
		}
	}
}

// assignedWord returns the value of an assignment, which is empty in NAME=, or nil for an array.
func assignedWord(a *syntax.Assign) *syntax.Word {
	if a.Value == nil && a.Array == nil {
		return &syntax.Word{}
	}
	return a.Value
}

// surroundings returns the function that nodes are in and whether statements there are executed
// whenever the function is.
func surroundings(stack []syntax.Node) (name string, certain bool) {
	certain = true
	for _, node := range stack {
		switch n := node.(type) {
		case *syntax.FuncDecl:
			if name, certain = "", true; n.Name != nil {
				name = n.Name.Value
			}
		case *syntax.IfClause, *syntax.WhileClause, *syntax.ForClause, *syntax.CaseClause, *syntax.BinaryCmd, *syntax.Subshell, *syntax.CmdSubst:
			certain = false
		}
	}
	return name, certain
}

// comparedWith returns the numbers other than 0 that tests in a node compare a parameter with.
func comparedWith(node syntax.Node, name string) (numbers []string) {
	syntax.Walk(node, func(node syntax.Node) bool {
		for _, w := range operandsComparedWith(node, name) {
			if word, ok := w.(*syntax.Word); ok {
				if text := literalText(word); text != "0" && isNumber(text) {
					numbers = append(numbers, text)
				}
			}
		}
		return true
	})
	return numbers
}

// operandsComparedWith returns the words that a node, if it is a test, compares a parameter with. They may include the
// parameter itself.
func operandsComparedWith(node syntax.Node, name string) (operands []syntax.Node) {
	switch n := node.(type) {
	case *syntax.CallExpr:
		if len(n.Args) > 0 && (n.Args[0].Lit() == "[" || n.Args[0].Lit() == "test") {
			return testOperands(n.Args, name)
		}
	case *syntax.BinaryTest:
		if mentions(n.X, name) || mentions(n.Y, name) {
			return []syntax.Node{n.X, n.Y}
		}
	case *syntax.BinaryArithm:
		if isArithmeticParameter(n.X, name) || isArithmeticParameter(n.Y, name) {
			return []syntax.Node{n.X, n.Y}
		}
	case *syntax.CaseClause:
		if !mentions(n.Word, name) {
			return nil
		}
		for _, item := range n.Items {
			for _, pattern := range item.Patterns {
				operands = append(operands, pattern)
			}
		}
	}
	return operands
}

// testOperands returns the arguments of [ or test on the other side of an operator than a parameter.
func testOperands(args []*syntax.Word, name string) (operands []syntax.Node) {
	for i, w := range args {
		if !mentions(w, name) {
			continue
		}
		if i > 2 {
			operands = append(operands, args[i-2])
		}
		if i+2 < len(args) {
			operands = append(operands, args[i+2])
		}
	}
	return operands
}

// literalText returns the text of a word that is a literal, with or without quotes, or "".
func literalText(w *syntax.Word) string {
	if len(w.Parts) == 1 {
		switch p := w.Parts[0].(type) {
		case *syntax.SglQuoted:
			return p.Value
		case *syntax.DblQuoted:
			return (&syntax.Word{Parts: p.Parts}).Lit()
		}
	}
	return w.Lit()
}

func isArithmeticParameter(x syntax.ArithmExpr, name string) bool {
	word, ok := x.(*syntax.Word)
	return ok && (word.Lit() == name || mentions(word, name))
}

func isNumber(s string) bool {
	for _, r := range s {
		if r < '0' || r > '9' {
			return false
		}
	}
	return s != ""
}

// mentions reports whether a node contains the expansion of a parameter.
func mentions(node syntax.Node, name string) (found bool) {
	if node == nil {
		return false
	}
	syntax.Walk(node, func(node syntax.Node) bool {
		if p, ok := node.(*syntax.ParamExp); ok && p.Param != nil && p.Param.Value == name {
			found = true
		}
		return !found
	})
	return found
}
