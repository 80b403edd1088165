package sqlsyntax

import (
	"slices"
	"strconv"
	"strings"
)

// A typeParser parses the names of types.
type typeParser struct{ *cursor }

// parseType parses a type: bigint, varchar(10), array(bigint), array<bigint>, row(a bigint), struct<a:int>,
// timestamp with time zone.
func (tp *typeParser) parseType() *TypeName {
	defer tp.nest()()
	at := tp.peek()
	if at.kind != tokWord && at.kind != tokQuoted {
		tp.failUnexpected("<type>")
	}
	tp.i++
	t := &TypeName{Pos: at.pos(), Name: strings.ToLower(at.text)}
	switch t.Name {
	case "array", "map":
		tp.parseArguments(t)
	case "row", "struct":
		tp.parseRow(t)
	case "double":
		tp.accept("PRECISION")
	case "timestamp", "time":
		t.Numbers = tp.parseNumbers()
		if tp.accept("WITH", "TIME", "ZONE") {
			t.Name += " with time zone"
		} else {
			tp.accept("WITHOUT", "TIME", "ZONE")
		}
	case "interval":
		if tp.accept("YEAR", "TO", "MONTH") {
			t.Name += " year to month"
		} else if tp.accept("DAY", "TO", "SECOND") {
			t.Name += " day to second"
		}
	default:
		if tp.is("(") && tp.peekAt(1).kind != tokNumber {
			tp.parseArguments(t)
		} else {
			t.Numbers = tp.parseNumbers()
		}
	}
	return t
}

// parseArguments parses (T, U) or <T, U>.
func (tp *typeParser) parseArguments(t *TypeName) {
	closing := ")"
	if tp.accept("<") {
		closing = ">"
	} else {
		tp.expect("(")
	}
	tp.parseList(func() { t.Args = append(t.Args, tp.parseType()) })
	tp.expect(closing)
}

// parseRow parses the fields of a row or a struct: (bigint, a varchar), <a:bigint>.
func (tp *typeParser) parseRow(t *TypeName) {
	closing := ")"
	if tp.accept("<") {
		closing = ">"
	} else {
		tp.expect("(")
	}
	tp.parseList(func() {
		field := ""
		switch next := tp.peekAt(1); {
		case next.kind == tokSymbol && next.text == ":":
			field = tp.parseWord()
			tp.i++
		case (next.kind == tokWord || next.kind == tokQuoted) && !slices.Contains([]string{"PRECISION", "WITH", "WITHOUT", "DAY", "YEAR"}, next.upper):
			field = tp.parseWord()
		}
		t.Args = append(t.Args, tp.parseType())
		t.Fields = append(t.Fields, field)
	})
	tp.expect(closing)
}

// parseNumbers parses (10) or (10,2), if it is next.
func (tp *typeParser) parseNumbers() (numbers []int) {
	if !tp.accept("(") {
		return nil
	}
	tp.parseList(func() {
		n, err := strconv.Atoi(tp.peek().text)
		if err != nil || n < 0 {
			tp.failUnexpected("<integer>")
		}
		tp.i++
		numbers = append(numbers, n)
	})
	tp.expect(")")
	return numbers
}
