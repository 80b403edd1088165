package arrow

import "github.com/td-cli/td/pkg/columnar"

// Numbers of union Type.
const (
	typeInt           = 2
	typeFloatingPoint = 3
	typeBinary        = 4
	typeUtf8          = 5
	typeBool          = 6
	typeDecimal       = 7
	typeDate          = 8
	typeTime          = 9
	typeTimestamp     = 10
	typeList          = 12
	typeStruct        = 13
	typeMap           = 17
)

// Numbers of enums Precision, DateUnit and TimeUnit.
const (
	precisionSingle = 1
	precisionDouble = 2
	unitDay         = 0
	unitMicrosecond = 2
	unitNanosecond  = 3
)

// schema adds the table Schema and returns its offset.
func schema(b *flatbuffer, columns []*columnar.Column) int {
	var fields []int
	for _, c := range columns {
		fields = append(fields, field(b, c.Name, c.Type, true))
	}
	return b.table(slot{}, reference(b.tables(fields)))
}

// field adds the table Field for a column.
func field(b *flatbuffer, name string, t columnar.Type, nullable bool) int {
	var children []int
	if t.Kind == columnar.Map {
		entry := columnar.Type{Kind: columnar.Struct, Fields: t.Fields}
		children = append(children, mapEntries(b, entry))
	} else {
		for _, f := range t.Fields {
			children = append(children, field(b, f.Name, f.Type, true))
		}
	}
	return fieldTable(b, name, t, nullable, children)
}

// mapEntries adds the only child of a map, a struct of a key that is never NULL and a value.
func mapEntries(b *flatbuffer, entry columnar.Type) int {
	key := field(b, "key", entry.Fields[0].Type, false)
	value := field(b, "value", entry.Fields[1].Type, true)
	return fieldTable(b, "entries", entry, false, []int{key, value})
}

func fieldTable(b *flatbuffer, name string, t columnar.Type, nullable bool, children []int) int {
	vector := b.tables(children)
	kind, table := typeTable(b, t)
	text := b.text(name)
	var null slot
	if nullable {
		null = number(1, 1)
	}
	return b.table(reference(text), null, number(1, kind), reference(table), slot{}, reference(vector))
}

// typeTable adds the table for a type and returns the number of the table in union Type.
func typeTable(b *flatbuffer, t columnar.Type) (kind int64, table int) {
	unit := int64(unitMicrosecond)
	if t.Nanos {
		unit = unitNanosecond
	}
	switch t.Kind {
	case columnar.Int8, columnar.Int16, columnar.Int32, columnar.Int64:
		bits := int64(8) << (t.Kind - columnar.Int8)
		return typeInt, b.table(number(4, bits), number(1, 1))
	case columnar.Float32:
		return typeFloatingPoint, b.table(number(2, precisionSingle))
	case columnar.Float64:
		return typeFloatingPoint, b.table(number(2, precisionDouble))
	case columnar.Binary:
		return typeBinary, b.table()
	case columnar.Bool:
		return typeBool, b.table()
	case columnar.Decimal:
		return typeDecimal, b.table(number(4, int64(t.Precision)), number(4, int64(t.Scale)), number(4, 128))
	case columnar.Date:
		return typeDate, b.table(number(2, unitDay))
	case columnar.Time:
		return typeTime, b.table(number(2, unit), number(4, 64))
	case columnar.Timestamp:
		if t.UTC {
			zone := b.text("UTC")
			return typeTimestamp, b.table(number(2, unit), reference(zone))
		}
		return typeTimestamp, b.table(number(2, unit))
	case columnar.List:
		return typeList, b.table()
	case columnar.Map:
		return typeMap, b.table(number(1, 0))
	case columnar.Struct:
		return typeStruct, b.table()
	}
	return typeUtf8, b.table()
}
