package gunzip

import "encoding/binary"

// unread returns whole bytes of z.bits to the input and clears the invalid bits.
func (z *Reader) unread() {
	z.ip -= int(z.count >> 3)
	z.count &= 7
	z.bits &= 1<<z.count - 1
}

// need ensures that z.bits has at least n bits, at most 56. The block may have fewer:
// the trailer of the member has another 64.
func (z *Reader) need(n uint) error {
	if z.il-z.ip >= 8 {
		z.bits |= binary.LittleEndian.Uint64(z.in[z.ip:]) << (z.count & 63)
		z.ip += int((63 - z.count) >> 3)
		z.count |= 56
		return nil
	}
	for z.count < n {
		c, err := z.nextByte()
		if err != nil {
			return err
		}
		z.bits |= uint64(c) << z.count
		z.count += 8
	}
	return nil
}

// take consumes and returns n bits, which must be valid.
func (z *Reader) take(n uint) int {
	v := z.bits & (1<<n - 1)
	z.bits >>= n
	z.count -= n
	return int(v)
}

// startBlock reads the header of a block.
func (z *Reader) startBlock() error {
	z.unread()
	if err := z.need(3); err != nil {
		return err
	}
	z.final = z.take(1) == 1
	switch z.take(2) {
	case 0:
		return z.startStored()
	case 1:
		return z.startFixed()
	case 2:
		return z.startDynamic()
	}
	return z.corrupt(ErrData)
}

// startStored reads the length of a stored block.
func (z *Reader) startStored() error {
	z.take(z.count & 7)
	if err := z.need(32); err != nil {
		return err
	}
	n, check := z.take(16), z.take(16)
	if n != ^check&0xffff {
		return z.corrupt(ErrData)
	}
	z.unread()
	z.stored, z.state = n, inStored
	return nil
}

// copyStored copies as much of a stored block as the input and the output allow.
func (z *Reader) copyStored() error {
	if z.stored == 0 {
		z.state = inBlocks
		return nil
	}
	if z.ip == z.il {
		if z.op > z.rp {
			return errPause
		}
		if err := z.fill(); err != nil {
			return err
		}
	}
	n := min(z.stored, z.il-z.ip, z.limit-z.op)
	copy(z.out[z.op:], z.in[z.ip:z.ip+n])
	z.op += n
	z.ip += n
	z.stored -= n
	return nil
}

// startFixed prepares the tables of a block with the fixed codes of RFC 1951.
func (z *Reader) startFixed() error {
	for i := range fixedLit {
		switch {
		case i < 144:
			z.lens[i] = 8
		case i < 256:
			z.lens[i] = 9
		case i < 280:
			z.lens[i] = 7
		default:
			z.lens[i] = 8
		}
	}
	for i := range maxDist {
		z.lens[fixedLit+i] = 5
	}
	return z.buildTables(fixedLit, maxDist)
}

// startDynamic reads the code lengths of a block and prepares its tables.
func (z *Reader) startDynamic() error {
	if err := z.need(14); err != nil {
		return err
	}
	lit, dist, pre := z.take(5)+257, z.take(5)+1, z.take(4)+4
	if lit > 286 || dist > 30 {
		return z.corrupt(ErrData)
	}
	const order = "\x10\x11\x12\x00\x08\x07\x09\x06\x0a\x05\x0b\x04\x0c\x03\x0d\x02\x0e\x01\x0f"
	var lens [len(order)]uint8
	for i := range pre {
		if err := z.need(3); err != nil {
			return err
		}
		lens[order[i]] = uint8(z.take(3))
	}
	var table [1 << preBits]entry
	if !z.builder.build(lens[:], z.symbols.pre[:], table[:], preBits) {
		return z.corrupt(ErrData)
	}
	if err := z.readLengths(&table, lit+dist); err != nil {
		return err
	}
	return z.buildTables(lit, dist)
}

// readLengths reads n code lengths, which are Huffman-coded themselves.
func (z *Reader) readLengths(table *[1 << preBits]entry, n int) error {
	for i := 0; i < n; {
		if err := z.need(preBits + 7); err != nil {
			return err
		}
		e := table[z.bits&(1<<preBits-1)]
		if e&special != 0 {
			return z.corrupt(ErrData)
		}
		z.take(e.used())
		symbol := e.value()
		if symbol < 16 {
			z.lens[i] = uint8(symbol)
			i++
			continue
		}
		var repeat int
		var value uint8
		switch symbol {
		case 16:
			if i == 0 {
				return z.corrupt(ErrData)
			}
			value, repeat = z.lens[i-1], 3+z.take(2)
		case 17:
			repeat = 3 + z.take(3)
		default:
			repeat = 11 + z.take(7)
		}
		if i+repeat > n {
			return z.corrupt(ErrData)
		}
		for ; repeat > 0; repeat-- {
			z.lens[i] = value
			i++
		}
	}
	return nil
}

// buildTables builds the tables of a block from the code lengths in z.lens. The
// symbols of the block follow.
func (z *Reader) buildTables(lit, dist int) error {
	// The table of distances comes first, because pairLiterals needs the codes of the other one.
	if !z.builder.build(z.lens[lit:lit+dist], z.symbols.dist[:], z.dist[:], distBits) ||
		!z.builder.build(z.lens[:lit], z.symbols.lit[:], z.lit[:], litBits) {
		return z.corrupt(ErrData)
	}
	pairLiterals(&z.lit, z.builder.codes[:z.builder.used])
	z.state = inSymbols
	return nil
}
