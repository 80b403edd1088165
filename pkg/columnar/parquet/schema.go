package parquet

import (
	"fmt"

	"github.com/parquet-go/parquet-go"

	"github.com/td-cli/td/pkg/columnar"
)

// An orderedGroup is a group whose fields keep their order; those of [parquet.Group] are sorted.
type orderedGroup struct {
	parquet.Group
	fields []parquet.Field
}

func newGroup(names []string, nodes []parquet.Node) orderedGroup {
	g := orderedGroup{Group: parquet.Group{}}
	for i, name := range names {
		g.Group[name] = nodes[i]
	}
	fields := map[string]parquet.Field{}
	for _, f := range g.Group.Fields() {
		fields[f.Name()] = f
	}
	for _, name := range names {
		g.fields = append(g.fields, fields[name])
	}
	return g
}

// Fields implements [parquet.Node].
func (g orderedGroup) Fields() []parquet.Field { return g.fields }

// newSchema returns the schema for columns with different names.
func newSchema(columns []*columnar.Column) *parquet.Schema {
	var names []string
	var nodes []parquet.Node
	for _, c := range columns {
		names = append(names, c.Name)
		nodes = append(nodes, parquet.Optional(newNode(c.Type)))
	}
	return parquet.NewSchema("schema", newGroup(names, nodes))
}

// newNode returns the node for a type, without its repetition
// (https://github.com/apache/parquet-format/blob/master/LogicalTypes.md).
func newNode(t columnar.Type) parquet.Node {
	unit := parquet.Microsecond
	if t.Nanos {
		unit = parquet.Nanosecond
	}
	switch t.Kind {
	case columnar.String:
		return parquet.Encoded(parquet.String(), &parquet.RLEDictionary)
	case columnar.Binary:
		return parquet.Leaf(parquet.ByteArrayType)
	case columnar.Bool:
		return parquet.Leaf(parquet.BooleanType)
	case columnar.Int8, columnar.Int16, columnar.Int32, columnar.Int64:
		return parquet.Int(8 << (t.Kind - columnar.Int8))
	case columnar.Float32:
		return parquet.Leaf(parquet.FloatType)
	case columnar.Float64:
		return parquet.Leaf(parquet.DoubleType)
	case columnar.Decimal:
		return parquet.Decimal(t.Scale, t.Precision, decimalStorage(t.Precision))
	case columnar.Date:
		return parquet.Date()
	case columnar.Time:
		return parquet.TimeAdjusted(unit, false)
	case columnar.Timestamp:
		return parquet.TimestampAdjusted(unit, t.UTC)
	case columnar.List:
		return parquet.List(parquet.Optional(newNode(t.Fields[0].Type)))
	case columnar.Map:
		return newMap(newNode(t.Fields[0].Type), newNode(t.Fields[1].Type))
	case columnar.Struct:
		var names []string
		var nodes []parquet.Node
		for _, f := range t.Fields {
			names = append(names, f.Name)
			nodes = append(nodes, parquet.Optional(newNode(f.Type)))
		}
		return newGroup(names, nodes)
	}
	panic(fmt.Sprintf("unknown kind %d", t.Kind))
}

func newMap(key, value parquet.Node) parquet.Node {
	return parquet.Map(key, parquet.Optional(value))
}

// Digits that fit into integers.
const (
	int32Digits = 9
	int64Digits = 18
)

func decimalStorage(precision int) parquet.Type {
	switch {
	case precision <= int32Digits:
		return parquet.Int32Type
	case precision <= int64Digits:
		return parquet.Int64Type
	}
	return parquet.FixedLenByteArrayType(16)
}
