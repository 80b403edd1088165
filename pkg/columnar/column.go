package columnar

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
	"slices"
)

// A Column holds the values of a column in the layout of Arrow. Its zero value is unusable; see New.
type Column struct {
	Name     string
	Type     Type
	Len      int
	Nulls    int
	Valid    []byte    // bitmap of the values that are not NULL
	Offsets  []int32   // for kinds with values of varying size: Len+1 offsets into Data or the children
	Data     []byte    // values, or bytes of the values
	Children []*Column // elements of a List, Map or Struct

	zones zones // zones of the values of a Timestamp with UTC
}

// New returns an empty column.
func New(name string, t Type) *Column {
	c := &Column{Name: name, Type: t, zones: zones{}}
	if t.hasOffsets() {
		c.Offsets = []int32{0}
	}
	for _, f := range t.Fields {
		c.Children = append(c.Children, New(f.Name, f.Type))
	}
	return c
}

// IsNull reports whether value i is NULL.
func (c *Column) IsNull(i int) bool { return c.Valid[i>>3]>>(i&7)&1 == 0 }

// Bool returns value i of a Bool column.
func (c *Column) Bool(i int) bool { return c.Data[i>>3]>>(i&7)&1 != 0 }

// Int returns value i of a column of integers, dates or times.
func (c *Column) Int(i int) int64 {
	switch c.Type.width() {
	case 1:
		return int64(int8(c.Data[i]))
	case 2:
		return int64(int16(binary.LittleEndian.Uint16(c.Data[2*i:])))
	case 4:
		return int64(int32(binary.LittleEndian.Uint32(c.Data[4*i:])))
	}
	return int64(binary.LittleEndian.Uint64(c.Data[8*i:]))
}

// Bytes returns value i of a String or Binary column, or the 16 bytes of a Decimal.
func (c *Column) Bytes(i int) []byte {
	if c.Type.Kind == Decimal {
		return c.Data[16*i : 16*i+16]
	}
	return c.Data[c.Offsets[i]:c.Offsets[i+1]]
}

// Size returns the memory that the values occupy, in bytes.
func (c *Column) Size() int {
	size := len(c.Valid) + 4*len(c.Offsets) + len(c.Data)
	for _, child := range c.Children {
		size += child.Size()
	}
	return size
}

// Reset removes all values. It keeps the memory for the next ones, unless there is an unusual lot
// of it.
func (c *Column) Reset() {
	const maxKept = 32 << 20
	c.Len, c.Nulls = 0, 0
	if cap(c.Data) > maxKept {
		c.Data = nil
	}
	c.Valid, c.Data = c.Valid[:0], c.Data[:0]
	if c.Offsets != nil {
		c.Offsets = c.Offsets[:1]
	}
	for _, child := range c.Children {
		child.Reset()
	}
}

// Truncate removes all values after the first n, including parts of a value that was not finished.
func (c *Column) Truncate(n int) {
	c.Len = min(c.Len, n)
	n = c.Len
	c.Valid = truncateBits(c.Valid, n)
	c.Nulls = n
	for _, b := range c.Valid {
		c.Nulls -= bits.OnesCount8(b)
	}
	end := n
	if c.Offsets != nil {
		c.Offsets = c.Offsets[:n+1]
		end = int(c.Offsets[n])
	}
	switch c.Type.Kind {
	case String, Binary:
		c.Data = c.Data[:end]
	case Bool:
		c.Data = truncateBits(c.Data, n)
	default:
		c.Data = c.Data[:n*c.Type.width()]
	}
	for _, child := range c.Children {
		child.Truncate(end)
	}
}

// truncateBits returns the first n bits of a bitmap. The rest of the last byte is zero.
func truncateBits(b []byte, n int) []byte {
	b = b[:(n+7)/8]
	if n&7 != 0 {
		b[n>>3] &= 1<<(n&7) - 1
	}
	return b
}

// appendBit appends bit number i.
func appendBit(b []byte, i int, set bool) []byte {
	if i&7 == 0 {
		b = append(b, 0)
	}
	if set {
		b[i>>3] |= 1 << (i & 7)
	}
	return b
}

// finish counts a value whose data has been appended.
func (c *Column) finish() {
	c.Valid = appendBit(c.Valid, c.Len, true)
	c.Len++
}

// AppendNull appends NULL.
func (c *Column) AppendNull() {
	c.Valid = appendBit(c.Valid, c.Len, false)
	switch c.Type.Kind {
	case String, Binary, List, Map:
		c.Offsets = append(c.Offsets, c.Offsets[c.Len])
	case Bool:
		c.Data = appendBit(c.Data, c.Len, false)
	case Struct:
		for _, child := range c.Children {
			child.AppendNull()
		}
	default:
		var zero [16]byte
		c.Data = append(c.Data, zero[:c.Type.width()]...)
	}
	c.Len++
	c.Nulls++
}

var errLarge = errors.New("the values of a batch are larger than 2 GiB")

// AppendBytes appends a value to a String or Binary column. It does not check the text.
func (c *Column) AppendBytes(s []byte) error {
	if len(c.Data)+len(s) > math.MaxInt32 {
		return errLarge
	}
	if len(s) > cap(c.Data)-len(c.Data) { // append grows large slices in small steps
		c.Data = slices.Grow(c.Data, len(c.Data)+len(s))
	}
	c.Data = append(c.Data, s...)
	c.Offsets = append(c.Offsets, int32(len(c.Data)))
	c.finish()
	return nil
}

// appendFixed appends a number with the width of the type.
func (c *Column) appendFixed(v int64) {
	switch c.Type.width() {
	case 1:
		c.Data = append(c.Data, byte(v))
	case 2:
		c.Data = binary.LittleEndian.AppendUint16(c.Data, uint16(v))
	case 4:
		c.Data = binary.LittleEndian.AppendUint32(c.Data, uint32(v))
	default:
		c.Data = binary.LittleEndian.AppendUint64(c.Data, uint64(v))
	}
	c.finish()
}

// AppendParent appends a value of a List, Map or Struct column after its elements or fields were
// appended to the children.
func (c *Column) AppendParent() error {
	if c.Offsets != nil {
		if c.Children[0].Len > math.MaxInt32 {
			return errLarge
		}
		c.Offsets = append(c.Offsets, int32(c.Children[0].Len))
	}
	c.finish()
	return nil
}
