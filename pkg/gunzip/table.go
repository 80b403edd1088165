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

	fixedLit = 288
	maxLit   = 288
	maxDist  = 32
	maxCode  = 15
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

// build fills the table for the canonical codes with the given lengths, 0 for unused
// symbols. It returns false for invalid lengths: the code must be complete, or have
// no symbol, or one symbol with a code of one bit.
func build(lens []uint8, symbolEntry func(int) entry, table []entry, indexBits uint) bool {
	var counts [maxCode + 1]int
	for _, n := range lens {
		counts[n]++
	}
	counts[0] = 0
	var next [maxCode + 2]int // index in sorted for the next symbol of each length
	left := 1
	for n := 1; n <= maxCode; n++ {
		if left = left<<1 - counts[n]; left < 0 {
			return false
		}
		next[n+1] = next[n] + counts[n]
	}
	total := next[maxCode+1]
	if left > 0 {
		return buildIncomplete(lens, total, counts[1], symbolEntry, table[:1<<indexBits])
	}
	var sorted [maxLit]uint16
	for symbol, n := range lens {
		if n != 0 {
			sorted[next[n]] = uint16(symbol)
			next[n]++
		}
	}
	b := builder{table: table, indexBits: indexBits, size: 1}
	k := 0
	for n := uint(1); n <= maxCode; n++ {
		if n <= indexBits {
			b.double()
		}
		for range counts[n] {
			b.add(symbolEntry(int(sorted[k])), n, counts[:])
			k++
		}
	}
	return true
}

// buildIncomplete fills the table for no symbol, or for one whose code is the bit 0.
func buildIncomplete(lens []uint8, total, oneBit int, symbolEntry func(int) entry, table []entry) bool {
	if total > 1 || total != oneBit {
		return false
	}
	for i := range table {
		table[i] = special | 1
	}
	for symbol, n := range lens {
		if n == 1 {
			for i := 0; i < len(table); i += 2 {
				table[i] = symbolEntry(symbol) + (1 | 1<<8)
			}
		}
	}
	return true
}

// A builder adds codes to a table in the order of their lengths.
type builder struct {
	table     []entry
	indexBits uint
	code      uint // next code; its first bit is the lowest
	size      int  // used entries
	second    int  // start of the current second table
	prefix    uint // index bits that lead to the current second table
	linked    bool // there is a second table
}

// double lengthens the index by one bit.
func (b *builder) double() {
	copy(b.table[b.size:2*b.size], b.table[:b.size])
	b.size *= 2
}

// add assigns the next code, which has n bits, to e. The slice counts has the numbers of
// remaining codes for each length.
func (b *builder) add(e entry, n uint, counts []int) {
	if n <= b.indexBits {
		b.table[b.code] = e + entry(n|n<<8)
	} else {
		b.addLong(e, n, counts)
	}
	counts[n]--
	// The next canonical code is this one plus one, with the first bit as the most
	// significant: clear the ones at the end and set the zero before them.
	if zeros := ^b.code & (1<<n - 1); zeros != 0 {
		bit := uint(1) << (bits.Len(zeros) - 1)
		b.code = b.code&(bit-1) | bit
	}
}

// addLong adds a code to a second table. For the first code with the same index bits
// it starts a table that is large enough for all of them.
func (b *builder) addLong(e entry, n uint, counts []int) {
	mask := uint(1)<<b.indexBits - 1
	if !b.linked || b.code&mask != b.prefix {
		b.linked, b.prefix, b.second = true, b.code&mask, b.size
		width := n - b.indexBits
		for room := counts[n]; room < 1<<width && b.indexBits+width < maxCode; {
			width++
			room = room<<1 + counts[b.indexBits+width]
		}
		b.size += 1 << width
		b.table[b.prefix] = special | link | entry(b.second)<<16 | entry(width<<8|b.indexBits)
	}
	length := n - b.indexBits
	for i := b.second + int(b.code>>b.indexBits); i < b.size; i += 1 << length {
		b.table[i] = e + entry(length|length<<8)
	}
}

// pairLiterals combines two literals in one entry if both codes fit in the index.
func pairLiterals(table *[litSize]entry) {
	for i := uint(1<<litBits - 1); i > 0; i-- {
		first := table[i]
		second := table[i>>first.used()&(1<<litBits-1)]
		used := first.used() + second.used()
		if first&literals == oneLiteral && second&literals == oneLiteral && used <= litBits {
			table[i] = first&(0xff<<16) | second&(0xff<<16)<<8 | twoLiterals | entry(used)
		}
	}
}
