package gunzip

import "hash/crc32"

// Flags of a header.
const (
	flagSum     = 1 << 1
	flagExtra   = 1 << 2
	flagName    = 1 << 3
	flagComment = 1 << 4
)

// header reads a member's header, keeps the first error and the checksum.
type header struct {
	z   *Reader
	sum uint32
	err error
}

// next returns the next byte, or 0 after an error.
func (h *header) next() byte {
	if h.err != nil {
		return 0
	}
	c, err := h.z.nextByte()
	h.err = err
	h.sum = crc32.Update(h.sum, crc32.IEEETable, []byte{c})
	return c
}

// text skips text that ends with a zero.
func (h *header) text() {
	for {
		if h.next() == 0 {
			return
		}
	}
}

// rest reads what follows the method, and says whether its checksum, if it has one, is right.
func (h *header) rest() bool {
	flags := h.next()
	for range 6 { // time, hints, system
		h.next()
	}
	if flags&flagExtra != 0 {
		n := int(h.next())
		n |= int(h.next()) << 8
		for ; n > 0 && h.err == nil; n-- {
			h.next()
		}
	}
	for _, flag := range []byte{flagName, flagComment} {
		if flags&flag != 0 {
			h.text()
		}
	}
	if flags&flagSum == 0 {
		return true
	}
	sum := uint16(h.sum)
	got := uint16(h.next())
	got |= uint16(h.next()) << 8
	return got == sum
}
