package gunzip

import "math/bits"

// A table is indexed by the next bits of the stream. For codes that are longer than
// the index it links to second tables in the same slice. The sizes are powers of two that
// are sufficient for any code: the worst ones need 1334 and 592 entries.
const (
	litBits  = 10
	litSize  = 2048
	distBits = 9
	distSize = 1024
	preBits  = 7

	preSymbols = 19 // code lengths and their repetitions
	fixedLit   = 288
	maxLit     = 288
	maxDist    = 32
	maxCode    = 15
)

// An entry describes a code:
//
//	bits 0-5    length of the code with its extra bits
//	bits 6-7    number of literals: 0, 1 or 2
//	bits 8-11   length of the code without its extra bits; index bits of the second table for a link
//	bits 12-14  special, link, end
//	bits 16-31  literals; or base value of a length or distance; start of the second table for a link
type entry uint32

const (
	oneLiteral  entry = 1 << 6
	twoLiterals entry = 2 << 6
	literals    entry = 3 << 6
	special     entry = 1 << 12 // link, end or invalid; neither literal nor length nor distance
	link        entry = 1 << 13
	end         entry = 1 << 14
)

func (e entry) used() uint { return uint(e & 63) }
func (e entry) value() int { return int(e >> 16) }

// sum returns the value plus the extra bits in b, which starts with the code.
func (e entry) sum(b uint64) int {
	return int(e>>16) + int(b&(1<<(e&63)-1)>>(e>>8&15))
}

// linked returns the index in the second table. The bits b start after the index bits of the
// first table.
func (e entry) linked(b uint64) uint {
	return uint(e>>16) + uint(b&(1<<(e>>8&15)-1))
}

// preEntry, litEntry and distEntry return the entry of a symbol without the length of
// its code.
func preEntry(symbol int) entry { return entry(symbol) << 16 }

func litEntry(symbol int) entry {
	switch {
	case symbol < 256:
		return entry(symbol)<<16 | oneLiteral
	case symbol == 256:
		return special | end
	case symbol < 265:
		return entry(symbol-257+3) << 16
	case symbol < 285: // four symbols per number of extra bits
		extra := (symbol - 261) / 4
		return entry((4+(symbol-261)%4)<<extra+3)<<16 | entry(extra)
	case symbol == 285:
		return 258 << 16
	}
	return special
}

func distEntry(symbol int) entry {
	switch {
	case symbol < 4:
		return entry(symbol+1) << 16
	case symbol < 30: // two symbols per number of extra bits
		extra := symbol/2 - 1
		return entry((2+symbol%2)<<extra+1)<<16 | entry(extra)
	}
	return special
}

// symbolEntries are the entries of all symbols without the lengths of their codes.
type symbolEntries struct {
	pre  [preSymbols]entry
	lit  [maxLit]entry
	dist [maxDist]entry
}

func newSymbolEntries() *symbolEntries {
	s := &symbolEntries{}
	for i := range s.pre {
		s.pre[i] = preEntry(i)
	}
	for i := range s.lit {
		s.lit[i] = litEntry(i)
	}
	for i := range s.dist {
		s.dist[i] = distEntry(i)
	}
	return s
}

// A code is the Huffman code of a symbol.
type code struct {
	symbol uint16
	bits   uint16 // the first bit is the lowest
	length uint8
}

// A builder builds tables.
type builder struct {
	codes [maxLit]code // codes of the current table, shortest first
	used  int

	second int  // start of the current second table
	prefix uint // index bits that lead to the current second table
	linked bool // there is a second table
}

// build fills the table for the canonical codes with the given lengths, 0 for unused
// symbols. It returns false for invalid lengths: the code must be complete, or have
// no symbol, or one symbol with a code of one bit.
func (b *builder) build(lens []uint8, symbols, table []entry, indexBits uint) bool {
	var counts [maxCode + 1]int
	for _, n := range lens {
		counts[n&15]++
	}
	counts[0] = 0
	var next [maxCode + 2]int // index in codes for the next symbol of each length
	left := 1
	for n := 1; n <= maxCode; n++ {
		if left = left<<1 - counts[n]; left < 0 {
			return false
		}
		next[n+1] = next[n] + counts[n]
	}
	b.used = 0
	if left > 0 {
		return buildIncomplete(lens, next[maxCode+1], counts[1], symbols, table[:1<<indexBits])
	}
	b.used = next[maxCode+1]
	for symbol, n := range lens {
		if n != 0 {
			b.codes[next[n&15]] = code{symbol: uint16(symbol), length: n}
			next[n&15]++
		}
	}
	b.assign(symbols, table, indexBits, &counts)
	return true
}

// buildIncomplete fills the table for no symbol, or for one whose code is the bit 0.
func buildIncomplete(lens []uint8, total, oneBit int, symbols, table []entry) bool {
	if total > 1 || total != oneBit {
		return false
	}
	for i := range table {
		table[i] = special | 1
	}
	for symbol, n := range lens {
		if n == 1 {
			for i := 0; i < len(table); i += 2 {
				table[i] = symbols[symbol] + (1 | 1<<8)
			}
		}
	}
	return true
}

// assign assigns the canonical codes and adds them to the table. The slice counts has the number
// of codes of each length.
func (b *builder) assign(symbols, table []entry, indexBits uint, counts *[maxCode + 1]int) {
	b.linked = false
	next := uint(0)
	size := 1 // used entries
	lengthen := func(length int) {
		for ; size < 1<<length; size *= 2 {
			copy(table[size:2*size], table[:size])
		}
	}
	for i := range b.codes[:b.used] {
		c := &b.codes[i]
		n := uint(c.length)
		if size < 1<<indexBits {
			lengthen(min(int(n), int(indexBits)))
		}
		c.bits = uint16(next)
		e := symbols[c.symbol]
		if n <= indexBits {
			table[next] = e + entry(n|n<<8)
		} else {
			size = b.addLong(e, next, n, table, size, indexBits, counts)
			counts[n]--
		}
		// The next canonical code is this one plus one, with the first bit as the most
		// significant: clear the ones at the end and set the zero before them.
		if zeros := ^next & (1<<n - 1); zeros != 0 {
			bit := uint(1) << (bits.Len(zeros) - 1)
			next = next&(bit-1) | bit
		}
	}
	lengthen(int(indexBits))
}

// addLong adds a code of n bits to a second table and returns the new size of the table. For the
// first code with the same index bits it starts a second table that is large enough for all of
// them, according to the numbers of remaining codes for each length.
func (b *builder) addLong(e entry, code, n uint, table []entry, size int, indexBits uint, counts *[maxCode + 1]int) int {
	mask := uint(1)<<indexBits - 1
	if !b.linked || code&mask != b.prefix {
		b.linked, b.prefix, b.second = true, code&mask, size
		width := n - indexBits
		for room := counts[n]; room < 1<<width && indexBits+width < maxCode; {
			width++
			room = room<<1 + counts[indexBits+width]
		}
		size += 1 << width
		table[b.prefix] = special | link | entry(b.second)<<16 | entry(width<<8|indexBits)
	}
	length := n - indexBits
	for i := b.second + int(code>>indexBits); i < size; i += 1 << length {
		table[i] = e + entry(length|length<<8)
	}
	return size
}

// pairLiterals combines two literals in one entry if both codes fit in the index.
func pairLiterals(table *[litSize]entry, codes []code) {
	var literals [256]code
	n := 0
	for _, c := range codes {
		if c.length >= litBits {
			break
		}
		if c.symbol < 256 {
			literals[n] = c
			n++
		}
	}
	for _, first := range literals[:n] {
		for _, second := range literals[:n] {
			used := first.length + second.length
			if used > litBits {
				break
			}
			e := entry(first.symbol)<<16 | entry(second.symbol)<<24 | twoLiterals | entry(used)
			for i := int(first.bits) | int(second.bits)<<first.length; i < 1<<litBits; i += 1 << used {
				table[i] = e
			}
		}
	}
}
