package arrow

import (
	"encoding/binary"
	"slices"
)

// A flatbuffer builds a FlatBuffers message (https://flatbuffers.dev/internals/). A message is
// built from its end to its start, objects before the tables that refer to them. An offset is a
// distance from the end.
type flatbuffer struct {
	reversed []byte // the message in reverse order of bytes
	align    int    // the largest alignment
}

// pad appends zeros so that the message is aligned after n further bytes.
func (b *flatbuffer) pad(n, align int) {
	b.align = max(b.align, align)
	for (len(b.reversed)+n)%align != 0 {
		b.reversed = append(b.reversed, 0)
	}
}

// put writes the low bytes of v in front of the message.
func (b *flatbuffer) put(v uint64, size int) {
	for i := size - 1; i >= 0; i-- {
		b.reversed = append(b.reversed, byte(v>>(8*i)))
	}
}

// putOffset writes a reference to the object at an offset.
func (b *flatbuffer) putOffset(offset int) {
	b.put(uint64(len(b.reversed)+4-offset), 4)
}

// text adds a string and returns its offset.
func (b *flatbuffer) text(s string) int {
	b.pad(len(s)+1, 4)
	b.put(0, 1)
	for i := len(s) - 1; i >= 0; i-- {
		b.reversed = append(b.reversed, s[i])
	}
	b.put(uint64(len(s)), 4)
	return len(b.reversed)
}

// tables adds a vector of references to tables and returns its offset.
func (b *flatbuffer) tables(offsets []int) int {
	b.pad(4*len(offsets), 4)
	for _, offset := range slices.Backward(offsets) {
		b.putOffset(offset)
	}
	b.put(uint64(len(offsets)), 4)
	return len(b.reversed)
}

// structs adds a vector of structures that consist of 64-bit numbers.
func (b *flatbuffer) structs(numbers []int64, perStruct int) int {
	b.pad(8*len(numbers), 8)
	for _, n := range slices.Backward(numbers) {
		b.put(uint64(n), 8)
	}
	b.put(uint64(len(numbers)/perStruct), 4)
	return len(b.reversed)
}

// A slot is a field of a table: a number of a size in bytes, or a reference. The zero value is an
// absent field, which has the default of the schema.
type slot struct {
	size   int
	value  uint64
	offset int // position of the object that a reference points to
}

func number(size int, v int64) slot { return slot{size: size, value: uint64(v)} }
func reference(offset int) slot     { return slot{size: 4, offset: offset} }

// table adds a table with the fields in the order of the schema and returns its offset.
func (b *flatbuffer) table(slots ...slot) int {
	start := len(b.reversed)
	ends := make([]int, len(slots))
	for _, size := range []int{8, 4, 2, 1} { // needs no padding between the fields
		for i, s := range slots {
			if s.size != size {
				continue
			}
			b.pad(size, size)
			if s.offset > 0 {
				b.putOffset(s.offset)
			} else {
				b.put(s.value, size)
			}
			ends[i] = len(b.reversed)
		}
	}
	b.pad(4, 4)
	vtableSize := 4 + 2*len(slots)
	b.put(uint64(vtableSize), 4) // the vtable precedes the table directly
	table := len(b.reversed)
	for _, end := range slices.Backward(ends) {
		if end == 0 {
			b.put(0, 2)
		} else {
			b.put(uint64(table-end), 2)
		}
	}
	b.put(uint64(table-start), 2)
	b.put(uint64(vtableSize), 2)
	return table
}

// finish returns the message with the given root table.
func (b *flatbuffer) finish(root int) []byte {
	b.pad(4, max(b.align, 8))
	b.putOffset(root)
	message := slices.Clone(b.reversed)
	slices.Reverse(message)
	return message
}

func appendUint32(b []byte, v int) []byte { return binary.LittleEndian.AppendUint32(b, uint32(v)) }
