package translate

import (
	"slices"
	"strconv"
	"strings"
)

// typeName takes a type: bigint, varchar(10), array(bigint), array<bigint>, row(a bigint), struct<a:int>,
// timestamp with time zone.
func (p *parser) typeName() typ {
	defer p.nest()()
	at := p.peek()
	if at.kind != tokWord && at.kind != tokQuoted {
		p.mismatch("<type>")
	}
	p.i++
	name := strings.ToLower(at.text)
	switch name {
	case "array":
		return typ{name: name, args: p.typeArguments(at, 1)}
	case "map":
		return typ{name: name, args: p.typeArguments(at, 2)}
	case "row", "struct":
		return p.rowType()
	}
	t, ok := p.simpleType(name)
	if !ok && p.anyType && (len(name) == 1 || name == "any" || name == "lambda") {
		t, ok = named(at.text), true // in a signature
	}
	if !ok {
		fail(SemanticError, at.pos(), "Unknown type: "+name)
	}
	return t
}

// typeArguments takes (T, U) or <T, U>.
func (p *parser) typeArguments(at token, count int) (args []typ) {
	closing := ")"
	if p.accept("<") {
		closing = ">"
	} else {
		p.expect("(")
	}
	p.commaList(func() { args = append(args, p.typeName()) })
	p.expect(closing)
	if len(args) != count {
		fail(SemanticError, at.pos(), "Unknown type: "+at.text)
	}
	return args
}

// rowType takes what follows row or struct: (bigint, a varchar), <a:bigint>.
func (p *parser) rowType() typ {
	t := typ{name: "row"}
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
		case (next.kind == tokWord || next.kind == tokQuoted) && !slices.Contains([]string{"PRECISION", "WITH", "DAY", "YEAR"}, next.upper):
			field = p.anyWord()
		}
		t.args = append(t.args, p.typeName())
		t.fields = append(t.fields, field)
	})
	p.expect(closing)
	return t
}

// simpleType is the type of a name that takes no types; what belongs to it is read.
func (p *parser) simpleType(name string) (typ, bool) {
	hive := p.hive || p.anyType
	switch name {
	case "boolean", "tinyint", "smallint", "integer", "bigint", "real", "date", "json", "varbinary":
		return named(name), true
	case "int":
		return named("integer"), true
	case "unknown":
		return typ{}, true
	case "double":
		p.accept("PRECISION")
		return named("double"), true
	case "varchar", "char":
		if numbers := p.typeNumbers(); len(numbers) > 0 {
			p.length = numbers[0]
		}
		return named("varchar"), true
	case "decimal", "numeric", "dec":
		numbers := append(p.typeNumbers(), 38, 0)
		if len(numbers) == 2 {
			numbers = []int{38, 0}
			if p.hive {
				numbers = []int{10, 0}
			}
		} else if len(numbers) == 3 {
			numbers[1] = 0
		}
		return typ{name: "decimal", precision: numbers[0], scale: numbers[1]}, true
	case "timestamp", "time":
		p.typeNumbers()
		if p.accept("WITH", "TIME", "ZONE") {
			name += " with time zone"
		} else {
			p.accept("WITHOUT", "TIME", "ZONE")
		}
		return named(name), name != "time with time zone"
	case "interval":
		if p.accept("YEAR", "TO", "MONTH") {
			return named("interval year to month"), true
		}
		return named("interval day to second"), p.accept("DAY", "TO", "SECOND")
	case "float":
		return named("real"), hive
	case "string":
		return named("varchar"), hive
	case "binary":
		return named("varbinary"), hive
	case "long":
		return named("bigint"), p.anyType
	}
	return typ{}, false
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
