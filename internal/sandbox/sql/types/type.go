// Package types defines the SQL types of values: how they are written, and which conversions are implicit.
package types

import (
	"slices"
	"strconv"
	"strings"
)

// A Type is a type with the name that Trino gives it. The zero Type is the type of NULL, unknown.
// See https://trino.io/docs/current/language/types.html.
type Type struct {
	Name string
	// Args holds the types of an array's elements, a map's keys and values, or a row's fields.
	Args []Type
	// Fields holds the names of a row's fields, empty for an unnamed one.
	Fields []string
	// Precision and Scale are the digits of a decimal and those after the point. The precision of a time or a
	// timestamp is the number of digits of its seconds.
	Precision, Scale int
	// Bounded is set if a varchar has at most Length characters, as varchar(10). The length of a char is its
	// Precision.
	Bounded bool
	Length  int
	// NaN is set if a real or a double can be NaN, which the engine does not represent as a number.
	NaN bool
}

// defaultPrecision is the precision of times and timestamps without a parameter: milliseconds.
const defaultPrecision = 3

// MaxTimePrecision is the highest precision of times and timestamps: picoseconds.
const MaxTimePrecision = 12

// Named returns the type that a name without parameters means.
func Named(name string) Type {
	t := Type{Name: name}
	if t.HasClock() {
		t.Precision = defaultPrecision
	}
	return t
}

// WithPrecision returns the time or timestamp type with another precision.
func (t Type) WithPrecision(precision int) Type {
	t.Precision = precision
	return t
}

// MaxCharLength is the length of the longest char.
const MaxCharLength = 65536

// Varchar returns the type varchar(length).
func Varchar(length int) Type { return Type{Name: "varchar", Bounded: true, Length: length} }

// Char returns the type char(length), whose values are padded with blanks.
func Char(length int) Type { return Type{Name: "char", Precision: min(length, MaxCharLength)} }

// IsText reports whether t is varchar or char.
func (t Type) IsText() bool { return t.Is("varchar", "char") }

// ArrayOf returns the type of an array whose elements are of type t.
func ArrayOf(t Type) Type { return Type{Name: "array", Args: []Type{t}} }

// MapOf returns the type of a map with keys of type k and values of type v.
func MapOf(k, v Type) Type { return Type{Name: "map", Args: []Type{k, v}} }

// Element returns the type of an array's elements, or unknown for other types.
func (t Type) Element() Type {
	if t.Name == "array" {
		return t.Args[0]
	}
	return Type{}
}

// Is reports whether t has one of the names.
func (t Type) Is(names ...string) bool { return slices.Contains(names, t.Name) }

// IsUnknown reports whether t is the type of NULL.
func (t Type) IsUnknown() bool { return t.Name == "" }

// Rank orders the numeric types: each can be widened to those of a higher rank. It is 0 for other types.
func (t Type) Rank() int {
	switch t.Name {
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

// IsNumber reports whether t is a numeric type.
func (t Type) IsNumber() bool { return t.Rank() > 0 }

// IsInteger reports whether t is tinyint, smallint, integer or bigint.
func (t Type) IsInteger() bool { return t.Rank() > 0 && t.Rank() <= 4 }

// IsTemporal reports whether t is a date or a timestamp.
func (t Type) IsTemporal() bool { return t.Is("date", "timestamp", "timestamp with time zone") }

// IsFloat reports whether t is real or double.
func (t Type) IsFloat() bool { return t.Is("real", "double") }

// WithNaN returns t with NaN set in all its parts that are real or double.
func (t Type) WithNaN() Type {
	t.NaN = t.IsFloat()
	args := make([]Type, len(t.Args))
	for i, a := range t.Args {
		args[i] = a.WithNaN()
	}
	if len(args) > 0 {
		t.Args = args
	}
	return t
}

// ContainsNaN reports whether a value of type t, or an element of it, can be NaN.
func (t Type) ContainsNaN() bool { return t.NaN || slices.ContainsFunc(t.Args, Type.ContainsNaN) }

// HoldsBounded reports whether an element of t is a varchar with a length.
func (t Type) HoldsBounded() bool {
	return slices.ContainsFunc(t.Args, func(a Type) bool { return a.Bounded || a.HoldsBounded() })
}

// HoldsChar reports whether t is a char or an element of it is.
func (t Type) HoldsChar() bool { return t.Is("char") || slices.ContainsFunc(t.Args, Type.HoldsChar) }

// HasClock reports whether t is a time or a timestamp, which have a precision.
func (t Type) HasClock() bool {
	return t.Is("time", "time with time zone", "timestamp", "timestamp with time zone")
}

// IsTimeOfDay reports whether t is a time, with or without time zone.
func (t Type) IsTimeOfDay() bool { return t.Is("time", "time with time zone") }

// IsZoned reports whether values of t have a time zone. They are equal if their instants are.
func (t Type) IsZoned() bool { return t.Is("time with time zone", "timestamp with time zone") }

// IsNested reports whether values of t have elements.
func (t Type) IsNested() bool { return t.Is("array", "map", "row") }

// Describe returns the type with all its parameters, as typeof returns it: map(varchar, timestamp(3)).
func (t Type) Describe() string {
	switch {
	case t.HasClock():
		name, zone, _ := strings.Cut(t.Name, " ")
		return strings.TrimSpace(name + "(" + strconv.Itoa(t.Precision) + ") " + zone)
	case t.Is("char"):
		return "char(" + strconv.Itoa(t.Precision) + ")"
	case t.Bounded:
		return "varchar(" + strconv.Itoa(t.Length) + ")"
	case len(t.Args) == 0:
		return t.String()
	}
	parts := make([]string, len(t.Args))
	for i, a := range t.Args {
		parts[i] = a.Describe()
		if i < len(t.Fields) && t.Fields[i] != "" {
			parts[i] = t.Fields[i] + " " + parts[i]
		}
	}
	return t.Name + "(" + strings.Join(parts, ", ") + ")"
}

// String returns the type as the service displays it in schemas: map(varchar,timestamp).
func (t Type) String() string { return t.write(false) }

// Stored returns the type of a column in a table of Hive: like String, with the lengths of char and varchar.
func (t Type) Stored() string { return t.write(true) }

func (t Type) write(lengths bool) string {
	switch t.Name {
	case "":
		return "unknown"
	case "char", "varchar":
		if lengths && (t.Bounded || t.Is("char")) {
			return t.Describe()
		}
		return "varchar"
	case "decimal":
		return "decimal(" + strconv.Itoa(t.Precision) + "," + strconv.Itoa(t.Scale) + ")"
	}
	if len(t.Args) == 0 {
		return t.Name
	}
	var b strings.Builder
	b.WriteString(t.Name)
	b.WriteByte('(')
	for i, a := range t.Args {
		if i > 0 {
			b.WriteByte(',')
			if t.Name == "row" {
				b.WriteByte(' ')
			}
		}
		if i < len(t.Fields) && t.Fields[i] != "" {
			b.WriteString(t.Fields[i])
			b.WriteByte(' ')
		}
		b.WriteString(a.write(lengths))
	}
	b.WriteByte(')')
	return b.String()
}

// hiveName returns the type as Hive writes it: map<string,double>.
func (t Type) hiveName() string {
	switch t.Name {
	case "char":
		return t.Describe()
	case "", "varchar", "json", "time", "time with time zone":
		if t.Bounded {
			return t.Describe()
		}
		return "string"
	case "integer":
		return "int"
	case "real":
		return "float"
	case "varbinary":
		return "binary"
	case "interval day to second":
		return "interval_day_time"
	case "interval year to month":
		return "interval_year_month"
	case "timestamp with time zone":
		return "timestamp"
	case "array":
		return "array<" + t.Args[0].hiveName() + ">"
	case "map":
		return "map<" + t.Args[0].hiveName() + "," + t.Args[1].hiveName() + ">"
	case "row":
		var b strings.Builder
		b.WriteString("struct<")
		for i, a := range t.Args {
			if i > 0 {
				b.WriteByte(',')
			}
			b.WriteString(t.FieldName(i) + ":" + a.hiveName())
		}
		return b.String() + ">"
	}
	return t.String()
}

// FieldName returns the name of the i-th field of a row: col1, col2, … for unnamed fields.
func (t Type) FieldName(i int) string {
	if i < len(t.Fields) && t.Fields[i] != "" {
		return t.Fields[i]
	}
	return "col" + strconv.Itoa(i+1)
}

// Equal reports whether a and b are the same type. The names of fields, the lengths of strings and NaN do not matter.
func Equal(a, b Type) bool {
	return a.Name == b.Name && a.Precision == b.Precision && a.Scale == b.Scale && slices.EqualFunc(a.Args, b.Args, Equal)
}
