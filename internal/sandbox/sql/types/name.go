package types

import (
	"fmt"
	"strings"

	"github.com/td-cli/td/internal/sqlsyntax"
)

// Display returns a type, given as Trino writes it, as the dialect writes it. Text that is not a type is
// returned unchanged.
func Display(d sqlsyntax.Dialect, name string) string {
	t, err := ParseColumn(name, d)
	if d != sqlsyntax.Hive {
		if err == nil && strings.Contains(name, "char(") {
			return t.String()
		}
		return name
	}
	if err != nil {
		return name
	}
	return t.hiveName()
}

// Parse reads a type as Trino or Hive writes it.
func Parse(s string) (Type, error) {
	switch s {
	case "bigint", "varchar", "double", "integer", "boolean", "timestamp", "date", "json":
		return Named(s), nil
	}
	return parse(s, resolver{hive: true})
}

// ParseColumn reads the type of a table's column as String or Stored writes it. In Hive, char and varchar have lengths.
func ParseColumn(s string, d sqlsyntax.Dialect) (Type, error) {
	if d == sqlsyntax.Hive && strings.Contains(s, "char(") {
		return parse(s, resolver{hive: true, lengths: true})
	}
	return Parse(s)
}

// ParseParameter reads a type in the signature of a function: a type, or a variable such as T or any.
func ParseParameter(s string) (Type, error) { return parse(s, resolver{hive: true, variables: true}) }

// Resolve returns the type that a name in a statement means. An unknown name is a SemanticError with its
// position.
func Resolve(n *sqlsyntax.TypeName, d sqlsyntax.Dialect) (Type, error) {
	t, unknown := resolver{hive: d == sqlsyntax.Hive, hiveDecimal: d == sqlsyntax.Hive}.resolve(n)
	if unknown != nil {
		return Type{}, &sqlsyntax.Error{
			Kind: sqlsyntax.SemanticError, Message: "Unknown type: " + unknown.Name, Line: unknown.Pos.Line, Column: unknown.Pos.Column,
		}
	}
	return t, nil
}

func parse(s string, r resolver) (Type, error) {
	name, err := sqlsyntax.ParseType(s)
	if err != nil {
		return Type{}, err
	}
	t, unknown := r.resolve(name)
	if unknown != nil {
		return Type{}, fmt.Errorf("unknown type: %s", unknown.Name)
	}
	return t, nil
}

// A resolver finds the types that names mean.
type resolver struct {
	hive        bool // accept the names of Hive's types
	hiveDecimal bool // decimal without numbers is decimal(10,0), not decimal(38,0)
	variables   bool // accept the type variables of signatures
	lengths     bool // keep the lengths of char and varchar
}

// resolve returns the type, or the part of the name that is not a type.
func (r resolver) resolve(n *sqlsyntax.TypeName) (t Type, unknown *sqlsyntax.TypeName) {
	if r.hiveDecimal && !isHiveType(n) {
		return Type{}, n
	}
	switch n.Name {
	case "array", "map", "row", "struct":
		return r.resolveNested(n)
	case "boolean", "tinyint", "smallint", "integer", "bigint", "real", "double", "date", "json", "varbinary",
		"varchar", "timestamp", "timestamp with time zone", "time", "time with time zone", "interval year to month", "interval day to second":
		t = Named(n.Name)
		if t.Is("varchar") && (r.hiveDecimal || len(n.Numbers) > 0 && (r.lengths || r.variables || !r.hive)) {
			return r.varchar(n)
		}
		if t.HasClock() && len(n.Numbers) > 0 {
			if t.Precision = n.Numbers[0]; t.Precision > MaxTimePrecision {
				return Type{}, n
			}
		}
		return t, nil
	case "unknown":
		return Type{}, nil
	case "uuid", "ipaddress":
		return Named(n.Name), nil
	case "int":
		return Named("integer"), nil
	case "char":
		return r.char(n)
	case "decimal", "numeric", "dec":
		return r.decimal(n.Numbers), nil
	}
	switch {
	case r.variables && len(n.Name) == 1:
		return Named(strings.ToUpper(n.Name)), nil
	case r.variables && (n.Name == "any" || n.Name == "lambda"):
		return Named(n.Name), nil
	case r.hive && n.Name == "float":
		return Named("real"), nil
	case r.hive && n.Name == "string":
		return Named("varchar"), nil
	case r.hive && n.Name == "binary":
		return Named("varbinary"), nil
	}
	return Type{}, n
}

// isHiveType reports whether Hive has a type, which can be one that it does not support in a cast or a table.
func isHiveType(n *sqlsyntax.TypeName) bool {
	switch n.Name {
	case "real", "varbinary", "time", "json", "uuid", "ipaddress", "row", "time with time zone", "timestamp with time zone", "unknown":
		return false
	case "timestamp":
		return len(n.Numbers) == 0
	}
	return true
}

// resolveNested resolves an array, a map or a row.
func (r resolver) resolveNested(n *sqlsyntax.TypeName) (t Type, unknown *sqlsyntax.TypeName) {
	t = Type{Name: n.Name, Fields: n.Fields}
	if n.Name == "struct" {
		t.Name = "row"
	}
	for _, a := range n.Args {
		arg, unknown := r.resolve(a)
		if unknown != nil {
			return Type{}, unknown
		}
		t.Args = append(t.Args, arg)
	}
	if n.Name == "array" && len(t.Args) != 1 || n.Name == "map" && len(t.Args) != 2 {
		return Type{}, n
	}
	return t, nil
}

// varchar returns the type varchar(length).
func (r resolver) varchar(n *sqlsyntax.TypeName) (t Type, unknown *sqlsyntax.TypeName) {
	if r.hiveDecimal && (len(n.Numbers) == 0 || n.Numbers[0] < 1 || n.Numbers[0] > maxHiveVarchar) {
		return Type{}, n
	}
	return Varchar(n.Numbers[0]), nil
}

// The lengths of the longest char and varchar of Hive.
const (
	maxHiveChar    = 255
	maxHiveVarchar = 65535
)

// char returns the type of char or char(length). That of a signature has any length.
func (r resolver) char(n *sqlsyntax.TypeName) (t Type, unknown *sqlsyntax.TypeName) {
	length := 1
	if len(n.Numbers) > 0 {
		length = n.Numbers[0]
	}
	switch {
	case r.variables:
		return Named("char"), nil
	case r.hiveDecimal && (len(n.Numbers) == 0 || length < 1 || length > maxHiveChar):
		return Type{}, n
	case r.hive && !r.hiveDecimal && !r.lengths:
		return Named("varchar"), nil
	case length > MaxCharLength:
		return Type{}, n
	}
	return Char(length), nil
}

// decimal returns the type of decimal(precision, scale), either of which may be missing.
func (r resolver) decimal(numbers []int) Type {
	t := Type{Name: "decimal", Precision: 38}
	if r.hiveDecimal {
		t.Precision = 10
	}
	if len(numbers) > 0 {
		t.Precision = numbers[0]
	}
	if len(numbers) > 1 {
		t.Scale = numbers[1]
	}
	return t
}
