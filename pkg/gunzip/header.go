package gunzip

import "hash/crc32"

// Flags of a header, see https://www.rfc-editor.org/rfc/rfc1952#section-2.3.1.
const (
	flagSum     = 1 << 1
	flagExtra   = 1 << 2
	flagName    = 1 << 3
	flagComment = 1 << 4
)

// A headerReader reads the header of a member. It keeps the first error and the
// checksum.
type headerReader struct {
	z   *Reader
	sum uint32
	err error
}

// next returns the next byte, 0 after an error.
func (h *headerReader) next() byte {
	if h.err != nil {
		return 0
	}
	c, err := h.z.nextByte()
	h.err = err
	h.sum = crc32.Update(h.sum, crc32.IEEETable, []byte{c})
	return c
}

// skipText skips text that ends with a zero byte.
func (h *headerReader) skipText() {
	for {
		if h.next() == 0 {
			return
		}
	}
}

// readFields reads the fields after the compression method. It returns false if the
// header has a checksum that is wrong.
func (h *headerReader) readFields() bool {
	flags := h.next()
	for range 6 { // modification time, extra flags, operating system
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
			h.skipText()
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
