package gunzip

import "encoding/binary"

// margin is the number of input bytes that one iteration of decodeFast may access.
const margin = 16

// decodeSymbols decodes a Huffman-coded block until it ends, out is full or there is
// no more input.
func (z *Reader) decodeSymbols() error {
	if z.il-z.ip >= margin {
		if err := z.decodeFast(); err != nil || z.state != inSymbols || z.op >= z.limit {
			return err
		}
	}
	if done, err := z.decodeCarefully(); err != nil || done {
		return err
	}
	if z.op > z.rp {
		return errPause
	}
	return z.fill()
}

// decodeCarefully decodes the symbols that are complete in the input. It reports
// whether it reached the end of the block or of out.
func (z *Reader) decodeCarefully() (bool, error) {
	z.unread()
	for z.op < z.limit {
		for z.count <= 56 && z.ip < z.il {
			z.bits |= uint64(z.in[z.ip]) << z.count
			z.ip++
			z.count += 8
		}
		b, n := z.bits, z.count // assigned to z after the symbol
		e, ok := lookUp(z.lit[:], litBits, &b, &n)
		switch {
		case !ok:
			z.unread()
			return false, nil
		case e&literals != 0:
			binary.LittleEndian.PutUint16(z.out[z.op:], uint16(e>>16))
			z.op += int(e & literals >> 6)
			b >>= e.used()
			n -= e.used()
		case e&end != 0:
			z.bits, z.count = b>>e.used(), n-e.used()
			z.unread()
			z.state = inBlocks
			return true, nil
		case e&special != 0:
			z.bits, z.count = b, n
			return false, z.corrupt(ErrData)
		default:
			length := e.sum(b)
			b >>= e.used()
			n -= e.used()
			if e, ok = lookUp(z.dist[:], distBits, &b, &n); !ok {
				z.unread()
				return false, nil
			}
			from := z.op - e.sum(b)
			if e&special != 0 || from < z.low {
				z.bits, z.count = b, n
				return false, z.corrupt(ErrData)
			}
			b >>= e.used()
			n -= e.used()
			for range length {
				z.out[z.op] = z.out[from]
				z.op++
				from++
			}
		}
		z.bits, z.count = b, n
	}
	z.unread()
	return true, nil
}

// lookUp returns the entry of the next code in b, which has n bits. If the code is in
// a second table, it consumes the bits of the first one. It returns false if the code or
// its extra bits are incomplete.
func lookUp(table []entry, indexBits uint, b *uint64, n *uint) (entry, bool) {
	e := table[*b&(1<<indexBits-1)]
	if e&link != 0 {
		if *n < indexBits {
			return 0, false
		}
		*b >>= indexBits
		*n -= indexBits
		e = table[e.linked(*b)]
	}
	return e, *n >= e.used()
}

// decodeFast decodes symbols while there are margin bytes of input per iteration and
// out is not full.
func (z *Reader) decodeFast() error {
	in, out := z.in[:z.il], z.out
	ip, op, low, limit := z.ip, z.op, z.low, z.limit
	b, n := z.bits, z.count
	lit, dist := &z.lit, &z.dist
	last := z.il - margin
	var err error
	for op < limit && ip <= last {
		// At least 56 bits. At most 20 are for literals, and 20 for a length.
		b |= binary.LittleEndian.Uint64(in[ip:]) << (n & 63)
		ip += int((63 - n) >> 3)
		n |= 56
		e := lit[b&(1<<litBits-1)]
		if e&literals != 0 {
			binary.LittleEndian.PutUint16(out[op:], uint16(e>>16))
			op += int(e & literals >> 6)
			b >>= e & 63
			n -= uint(e & 63)
			e = lit[b&(1<<litBits-1)]
			if e&literals != 0 {
				binary.LittleEndian.PutUint16(out[op:], uint16(e>>16))
				op += int(e & literals >> 6)
				b >>= e & 63
				n -= uint(e & 63)
				e = lit[b&(1<<litBits-1)]
				if e&literals != 0 {
					binary.LittleEndian.PutUint16(out[op:], uint16(e>>16))
					op += int(e & literals >> 6)
					b >>= e & 63
					n -= uint(e & 63)
					continue
				}
			}
		}
		if e&special != 0 {
			if e&link != 0 {
				b >>= litBits
				n -= litBits
				e = lit[e.linked(b)&(litSize-1)]
				if e&literals != 0 {
					out[op] = byte(e >> 16)
					op++
					b >>= e & 63
					n -= uint(e & 63)
					continue
				}
			}
			if e&end != 0 {
				b >>= e & 63
				n -= uint(e & 63)
				z.state = inBlocks
				break
			}
			if e&special != 0 {
				err = ErrData
				break
			}
		}
		length := e.sum(b)
		b >>= e & 63
		n -= uint(e & 63)

		b |= binary.LittleEndian.Uint64(in[ip:]) << (n & 63)
		ip += int((63 - n) >> 3)
		n |= 56
		e = dist[b&(1<<distBits-1)]
		if e&link != 0 {
			b >>= distBits
			n -= distBits
			e = dist[e.linked(b)&(distSize-1)]
		}
		from := op - e.sum(b)
		if e&special != 0 || from < low {
			err = ErrData
			break
		}
		b >>= e & 63
		n -= uint(e & 63)
		if length <= 16 && op-from >= 8 {
			binary.LittleEndian.PutUint64(out[op:], binary.LittleEndian.Uint64(out[from:]))
			binary.LittleEndian.PutUint64(out[op+8:], binary.LittleEndian.Uint64(out[from+8:]))
			op += length
		} else {
			op = copyMatch(out, op, from, length)
		}
	}
	z.ip, z.op, z.bits, z.count = ip, op, b, n
	if err != nil {
		return z.corrupt(err)
	}
	return nil
}

// copyMatch copies length bytes within out, from from to op, and returns their end.
// It may write up to 31 bytes after the end.
func copyMatch(out []byte, op, from, length int) int {
	stop := op + length
	switch distance := op - from; {
	case distance >= 32:
		for ; op < stop; op, from = op+32, from+32 {
			to, src := out[op:op+32], out[from:from+32]
			binary.LittleEndian.PutUint64(to[:8], binary.LittleEndian.Uint64(src[:8]))
			binary.LittleEndian.PutUint64(to[8:16], binary.LittleEndian.Uint64(src[8:16]))
			binary.LittleEndian.PutUint64(to[16:24], binary.LittleEndian.Uint64(src[16:24]))
			binary.LittleEndian.PutUint64(to[24:], binary.LittleEndian.Uint64(src[24:]))
		}
	case distance >= 8:
		for ; op < stop; op, from = op+8, from+8 {
			binary.LittleEndian.PutUint64(out[op:], binary.LittleEndian.Uint64(out[from:]))
		}
	case distance == 1:
		same := uint64(out[from]) * 0x0101010101010101
		for ; op < stop; op += 8 {
			binary.LittleEndian.PutUint64(out[op:], same)
		}
	default:
		for ; op < stop; op, from = op+1, from+1 {
			out[op] = out[from]
		}
	}
	return stop
}
