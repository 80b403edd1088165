package translate

import (
	"slices"
	"strconv"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// A typ is a logical type in Trino's terms. args are the elements of array, map and row;
// fields the names of a row's, empty where it has none. The zero typ is unknown: that of NULL.
type typ struct {
	name             string
	args             []typ
	fields           []string
	precision, scale int // decimal
}

func named(name string) typ { return typ{name: name} }
func arrayOf(t typ) typ     { return typ{name: "array", args: []typ{t}} }
func mapOf(k, v typ) typ    { return typ{name: "map", args: []typ{k, v}} }

// element is what an array holds.
func (t typ) element() typ {
	if t.name == "array" {
		return t.args[0]
	}
	return typ{}
}

func (t typ) is(names ...string) bool { return slices.Contains(names, t.name) }

func (t typ) unknown() bool { return t.name == "" }

// rank orders the numbers by what each can be widened to; 0 for what is no number.
func (t typ) rank() int {
	switch t.name {
	case "tinyint":
		return 1
	case "smallint":
		return 2
	case "integer":
		return 3
	case "bigint":
		return 4
	case "decimal":
		return 5
	case "real":
		return 6
	case "double":
		return 7
	}
	return 0
}

func (t typ) number() bool   { return t.rank() > 0 }
func (t typ) integral() bool { return t.rank() > 0 && t.rank() <= 4 }

// temporal tells whether t is a date or a timestamp.
func (t typ) temporal() bool { return t.is("date", "timestamp", "timestamp with time zone") }

// nested tells whether values of t travel as JSON text.
func (t typ) nested() bool { return t.is("array", "map", "row", "json") }

// String is Trino's spelling.
func (t typ) String() string {
	switch t.name {
	case "":
		return "unknown"
	case "decimal":
		return "decimal(" + strconv.Itoa(t.precision) + "," + strconv.Itoa(t.scale) + ")"
	}
	if len(t.args) == 0 {
		return t.name
	}
	var b strings.Builder
	b.WriteString(t.name)
	b.WriteByte('(')
	for i, a := range t.args {
		if i > 0 {
			b.WriteByte(',')
			if t.name == "row" {
				b.WriteByte(' ')
			}
		}
		if i < len(t.fields) && t.fields[i] != "" {
			b.WriteString(t.fields[i])
			b.WriteByte(' ')
		}
		b.WriteString(a.String())
	}
	b.WriteByte(')')
	return b.String()
}

// hive is Hive's spelling.
func (t typ) hive() string {
	switch t.name {
	case "", "varchar", "json", "time":
		return "string"
	case "integer":
		return "int"
	case "real":
		return "float"
	case "varbinary":
		return "binary"
	case "timestamp with time zone":
		return "timestamp"
	case "array":
		return "array<" + t.args[0].hive() + ">"
	case "map":
		return "map<" + t.args[0].hive() + "," + t.args[1].hive() + ">"
	case "row":
		var b strings.Builder
		b.WriteString("struct<")
		for i, a := range t.args {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(t.field(i) + ":" + a.hive())
		}
		return b.String() + ">"
	}
	return t.String()
}

// field is the name of a row's i-th field.
func (t typ) field(i int) string {
	if i < len(t.fields) && t.fields[i] != "" {
		return t.fields[i]
	}
	return "col" + strconv.Itoa(i+1)
}

// sameType compares types; the names of fields do not matter.
func sameType(a, b typ) bool {
	return a.name == b.name && a.precision == b.precision && a.scale == b.scale && slices.EqualFunc(a.args, b.args, sameType)
}

// DisplayType gives a type of Trino's spelling in the dialect's: bigint, string, array<int> in Hive.
// What is no type is returned as it is.
func DisplayType(d Dialect, canonical string) string {
	if d != Hive {
		return canonical
	}
	t, err := parseType(canonical)
	if err != nil {
		return canonical
	}
	return t.hive()
}

// parseType reads a type in either spelling.
func parseType(s string) (typ, error) {
	switch s {
	case "bigint", "varchar", "double", "integer", "boolean", "timestamp", "date", "json":
		return named(s), nil // nearly all
	}
	name, err := sqlsyntax.ParseType(s)
	if err != nil {
		return typ{}, err
	}
	t, unknown := resolveType(name, true, true)
	if unknown != nil {
		return typ{}, &Error{Kind: SemanticError, Message: "Unknown type: " + unknown.Name}
	}
	return t, nil
}

// resolveType is the type that a name means; unknown is the part of the name that means none. Type variables and
// the types of parameters are resolved where signature is set.
func resolveType(n *sqlsyntax.TypeName, hive, signature bool) (t typ, unknown *sqlsyntax.TypeName) {
	t.name = n.Name
	switch n.Name {
	case "array", "map", "row", "struct":
		if n.Name == "struct" {
			t.name = "row"
		}
		t.fields = n.Fields
		for _, a := range n.Args {
			arg, unknown := resolveType(a, hive, signature)
			if unknown != nil {
				return typ{}, unknown
			}
			t.args = append(t.args, arg)
		}
		if n.Name == "array" && len(t.args) != 1 || n.Name == "map" && len(t.args) != 2 {
			return typ{}, n
		}
		return t, nil
	case "boolean", "tinyint", "smallint", "integer", "bigint", "real", "double", "date", "json", "varbinary",
		"varchar", "timestamp", "timestamp with time zone", "time", "interval year to month", "interval day to second":
		return t, nil
	case "unknown":
		return typ{}, nil
	case "int":
		return named("integer"), nil
	case "char":
		return named("varchar"), nil
	case "decimal", "numeric", "dec":
		return decimalType(n.Numbers, hive && !signature), nil
	}
	if signature && (len(n.Name) == 1 || n.Name == "any" || n.Name == "lambda") {
		if len(n.Name) == 1 {
			t.name = strings.ToUpper(n.Name)
		}
		return t, nil
	}
	if signature && n.Name == "long" {
		return named("bigint"), nil
	}
	if alias, ok := hiveTypes[n.Name]; ok && hive {
		return named(alias), nil
	}
	return typ{}, n
}

// hiveTypes is Hive's names for types that Trino calls otherwise.
var hiveTypes = map[string]string{"float": "real", "string": "varchar", "binary": "varbinary"}

// decimalType is decimal with the precision and the scale that are given.
func decimalType(numbers []int, hive bool) typ {
	t := typ{name: "decimal", precision: 38}
	if hive {
		t.precision = 10
	}
	if len(numbers) > 0 {
		t.precision = numbers[0]
	}
	if len(numbers) > 1 {
		t.scale = numbers[1]
	}
	return t
}

// typeOf is the type that a name in the statement means.
func (e *emitter) typeOf(n *sqlsyntax.TypeName) typ {
	t, unknown := resolveType(n, e.hive, false)
	if unknown != nil {
		fail(SemanticError, unknown.Pos, "Unknown type: "+unknown.Name)
	}
	return t
}

// commonType is the type that values of a and b can both be widened to.
func commonType(a, b typ, hive bool) (typ, bool) {
	switch {
	case a.unknown():
		return b, true
	case b.unknown() || sameType(a, b):
		return a, true
	case a.number() && b.number():
		return commonNumber(a, b), true
	case a.temporal() && b.temporal():
		if a.is("timestamp with time zone") || b.is("date") {
			return a, true
		}
		if b.is("timestamp with time zone") || a.is("date") {
			return b, true
		}
	case a.name == b.name && len(a.args) == len(b.args) && len(a.args) > 0:
		t := typ{name: a.name, fields: a.fields}
		for i := range a.args {
			c, ok := commonType(a.args[i], b.args[i], hive)
			if !ok {
				return typ{}, false
			}
			t.args = append(t.args, c)
		}
		return t, true
	}
	if hive && len(a.args) == 0 && len(b.args) == 0 {
		return named("varchar"), true
	}
	return typ{}, false
}

// commonNumber widens two numbers.
func commonNumber(a, b typ) typ {
	if a.rank() < b.rank() {
		a, b = b, a
	}
	if a.name != "decimal" {
		return a
	}
	b = asDecimal(b)
	scale := max(a.scale, b.scale)
	return typ{name: "decimal", precision: min(38, max(a.precision-a.scale, b.precision-b.scale)+scale), scale: scale}
}

// asDecimal is the decimal type that holds every value of the number t.
func asDecimal(t typ) typ {
	switch t.name {
	case "tinyint":
		return typ{name: "decimal", precision: 3}
	case "smallint":
		return typ{name: "decimal", precision: 5}
	case "integer":
		return typ{name: "decimal", precision: 10}
	case "bigint":
		return typ{name: "decimal", precision: 19}
	}
	return t
}

// coercible tells whether a value of from can stand where to is expected, and at what distance.
func coercible(from, to typ, hive bool) (distance int, ok bool) {
	if sameType(from, to) {
		return 0, true
	}
	if from.unknown() {
		return 1, true
	}
	if from.number() && to.number() && from.rank() <= to.rank() {
		return 1 + to.rank() - from.rank(), true
	}
	if c, ok := commonType(from, to, false); ok && sameType(c, to) {
		return 2, true
	}
	if !hive || len(from.args) > 0 || len(to.args) > 0 {
		return 0, false
	}
	switch { // Hive converts what it must
	case to.is("varchar"):
		return 20, true
	case from.number() && to.number():
		return 12, true
	case from.is("varchar") && (to.number() || to.temporal()):
		return 15, true
	case from.temporal() && to.temporal():
		return 14, true
	case from.number() && to.is("timestamp"), from.is("boolean") && to.number():
		return 30, true
	}
	return 0, false
}
