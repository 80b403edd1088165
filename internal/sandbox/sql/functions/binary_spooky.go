package functions

import (
	"encoding/binary"
	"math/bits"
)

const spookyConstant uint64 = 0xdeadbeefdeadbeef

// spookyBlock is the number of bytes in a block.
const spookyBlock = 96

// hashSpooky returns the first 64 bits of SpookyHash V2 with seed 0. See
// http://burtleburtle.net/bob/hash/spooky.html.
func hashSpooky(b []byte) uint64 {
	if len(b) < 2*spookyBlock {
		return hashSpookyShort(b)
	}
	var h [12]uint64
	for i := range h {
		if i%3 == 2 {
			h[i] = spookyConstant
		}
	}
	for ; len(b) >= spookyBlock; b = b[spookyBlock:] {
		mixSpooky(&h, b)
	}
	var last [spookyBlock]byte
	copy(last[:], b)
	last[spookyBlock-1] = byte(len(b))
	for i := range h {
		h[i] += binary.LittleEndian.Uint64(last[8*i:])
	}
	rotations := [12]int{44, 15, 34, 21, 38, 33, 10, 13, 38, 53, 42, 54}
	for range 3 {
		for i, r := range rotations {
			i++
			h[(i+10)%12] += h[i%12]
			h[(i+1)%12] ^= h[(i+10)%12]
			h[i%12] = bits.RotateLeft64(h[i%12], r)
		}
	}
	return h[0]
}

// mixSpooky adds a block to the state of a long hash.
func mixSpooky(s *[12]uint64, b []byte) {
	rotations := [12]int{11, 32, 43, 31, 17, 28, 39, 57, 55, 54, 22, 46}
	for i, r := range rotations {
		s[i] += binary.LittleEndian.Uint64(b[8*i:])
		s[(i+2)%12] ^= s[(i+10)%12]
		s[(i+11)%12] ^= s[i]
		s[i] = bits.RotateLeft64(s[i], r)
		s[(i+11)%12] += s[(i+1)%12]
	}
}

// hashSpookyShort hashes less than 192 bytes.
func hashSpookyShort(b []byte) uint64 {
	length := uint64(len(b))
	h := [4]uint64{0, 0, spookyConstant, spookyConstant}
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(b[8*i:]) }
	for ; len(b) >= 32; b = b[32:] {
		h[2] += word(0)
		h[3] += word(1)
		mixSpookyShort(&h)
		h[0] += word(2)
		h[1] += word(3)
	}
	if len(b) >= 16 {
		h[2] += word(0)
		h[3] += word(1)
		mixSpookyShort(&h)
		b = b[16:]
	}
	h[3] += length << 56
	if len(b) == 0 {
		h[2] += spookyConstant
		h[3] += spookyConstant
	}
	var last [16]byte
	copy(last[:], b)
	h[2] += binary.LittleEndian.Uint64(last[:])
	h[3] += binary.LittleEndian.Uint64(last[8:])
	for i, r := range [11]int{15, 52, 26, 51, 28, 9, 47, 54, 32, 25, 63} {
		from, to := (i+2)%4, (i+3)%4
		h[to] ^= h[from]
		h[from] = bits.RotateLeft64(h[from], r)
		h[to] += h[from]
	}
	return h[0]
}

func mixSpookyShort(h *[4]uint64) {
	for i, r := range [12]int{50, 52, 30, 41, 54, 48, 38, 37, 62, 34, 5, 36} {
		at := (i + 2) % 4
		h[at] = bits.RotateLeft64(h[at], r) + h[(at+1)%4]
		h[(at+2)%4] ^= h[at]
	}
}
