package sqlsyntax

import (
	"slices"
	"strconv"
	"strings"
)

// parseTypeName reads a type in either dialect's spelling.
func ParseType(s string) (t *TypeName, err error) {
	tokens, err := lex(s, false)
	if err != nil {
		return nil, err
	}
	p := parser{tokens: tokens}
	err = p.guard(func() {
		t = p.typeName()
		p.end()
	})
	return t, err
}

// typeName takes a type: bigint, varchar(10), array(bigint), array<bigint>, row(a bigint), struct<a:int>,
// timestamp with time zone.
func (p *parser) typeName() *TypeName {
	defer p.nest()()
	at := p.peek()
	if at.kind != tokWord && at.kind != tokQuoted {
		p.mismatch("<type>")
	}
	p.i++
	t := &TypeName{Pos: at.pos(), Name: strings.ToLower(at.text)}
	switch t.Name {
	case "array", "map":
		p.typeArguments(t)
	case "row", "struct":
		p.rowType(t)
	case "double":
		p.accept("PRECISION")
	case "timestamp", "time":
		t.Numbers = p.typeNumbers()
		if p.accept("WITH", "TIME", "ZONE") {
			t.Name += " with time zone"
		} else {
			p.accept("WITHOUT", "TIME", "ZONE")
		}
	case "interval":
		if p.accept("YEAR", "TO", "MONTH") {
			t.Name += " year to month"
		} else if p.accept("DAY", "TO", "SECOND") {
			t.Name += " day to second"
		}
	default:
		if p.is("(") && p.ahead(1).kind != tokNumber {
			p.typeArguments(t)
		} else {
			t.Numbers = p.typeNumbers()
		}
	}
	return t
}

// typeArguments takes (T, U) or <T, U>.
func (p *parser) typeArguments(t *TypeName) {
	closing := ")"
	if p.accept("<") {
		closing = ">"
	} else {
		p.expect("(")
	}
	p.commaList(func() { t.Args = append(t.Args, p.typeName()) })
	p.expect(closing)
}

// rowType takes what follows row or struct: (bigint, a varchar), <a:bigint>.
func (p *parser) rowType(t *TypeName) {
	closing := ")"
	if p.accept("<") {
		closing = ">"
	} else {
		p.expect("(")
	}
	p.commaList(func() {
		field := ""
		switch next := p.ahead(1); {
		case next.kind == tokSymbol && next.text == ":":
			field = p.anyWord()
			p.i++
		case (next.kind == tokWord || next.kind == tokQuoted) && !slices.Contains([]string{"PRECISION", "WITH", "WITHOUT", "DAY", "YEAR"}, next.upper):
			field = p.anyWord()
		}
		t.Args = append(t.Args, p.typeName())
		t.Fields = append(t.Fields, field)
	})
	p.expect(closing)
}

// typeNumbers takes the (10) or (10,2) after a type, if there.
func (p *parser) typeNumbers() (numbers []int) {
	if !p.accept("(") {
		return nil
	}
	p.commaList(func() {
		n, err := strconv.Atoi(p.peek().text)
		if err != nil || n < 0 {
			p.mismatch("<integer>")
		}
		p.i++
		numbers = append(numbers, n)
	})
	p.expect(")")
	return numbers
}
