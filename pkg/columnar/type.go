// Package columnar collects typed values in columns, in the memory layout of Apache Arrow
// (https://arrow.apache.org/docs/format/Columnar.html). The subpackages write columns as files.
package columnar

import "strconv"

// A Kind is the representation of the values of a column.
type Kind uint8

// The kinds. Data has values of a fixed size in little-endian order, unless noted otherwise.
const (
	String    Kind = iota // UTF-8 text: Offsets, Data
	Binary                // bytes: Offsets, Data
	Bool                  // bitmap
	Int8                  // 1 byte
	Int16                 // 2 bytes
	Int32                 // 4 bytes
	Int64                 // 8 bytes
	Float32               // 4 bytes
	Float64               // 8 bytes
	Decimal               // unscaled number of 16 bytes
	Date                  // days since 1970-01-01, 4 bytes
	Time                  // units since midnight, 8 bytes
	Timestamp             // units since 1970-01-01 00:00:00, 8 bytes
	List                  // Offsets into the only child
	Map                   // Offsets into the children: key and value
	Struct                // a child for each field
)

// A Type is the type of a column.
type Type struct {
	Kind      Kind
	Precision int     // Decimal: digits, 1 to MaxDecimalDigits
	Scale     int     // Decimal: digits after the point
	Nanos     bool    // Time, Timestamp: the unit is a nanosecond instead of a microsecond
	UTC       bool    // Timestamp: an instant, instead of a date and time without a zone
	Fields    []Field // List: the elements; Map: key and value; Struct: the fields
}

// A Field is a named part of a type.
type Field struct {
	Name string
	Type Type
}

// MaxDecimalDigits is the maximum precision of a Decimal.
const MaxDecimalDigits = 38

// width returns the size of a value in Data, or 0 if it varies.
func (t Type) width() int {
	switch t.Kind {
	case Int8:
		return 1
	case Int16:
		return 2
	case Int32, Float32, Date:
		return 4
	case Int64, Float64, Time, Timestamp:
		return 8
	case Decimal:
		return 16
	}
	return 0
}

// hasOffsets reports whether a column of the type has Offsets.
func (t Type) hasOffsets() bool {
	switch t.Kind {
	case String, Binary, List, Map:
		return true
	}
	return false
}

// String returns the SQL name of the type, for messages.
func (t Type) String() string {
	switch t.Kind {
	case Binary:
		return "varbinary"
	case Bool:
		return "boolean"
	case Int8:
		return "tinyint"
	case Int16:
		return "smallint"
	case Int32:
		return "integer"
	case Int64:
		return "bigint"
	case Float32:
		return "real"
	case Float64:
		return "double"
	case Decimal:
		return "decimal(" + strconv.Itoa(t.Precision) + "," + strconv.Itoa(t.Scale) + ")"
	case Date:
		return "date"
	case Time:
		return "time(" + t.digits() + ")"
	case Timestamp:
		if t.UTC {
			return "timestamp(" + t.digits() + ") with time zone"
		}
		return "timestamp(" + t.digits() + ")"
	case List:
		return "array"
	case Map:
		return "map"
	case Struct:
		return "row"
	}
	return "varchar"
}

// digits returns the number of digits after the seconds.
func (t Type) digits() string {
	if t.Nanos {
		return "9"
	}
	return "6"
}
