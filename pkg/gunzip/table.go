package gunzip

import "math/bits"

// A table is indexed by the next bits of the stream. Codes that are longer than its index lead to a second table behind it. The sizes are the
// next powers of two above what the worst codes need (1334 and 592 entries).
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

// An entry says what a code stands for:
//
//	bits 0-5    how many bits it takes, with its extra bits
//	bits 6-7    how many literals it stands for: 0, 1 or 2
//	bits 8-11   how many of its bits are before the extra bits; of a link, how many bits index the second table
//	bits 12-14  special, link, end
//	bits 16-31  literals; or what the extra bits are added to; of a link, where the second table begins
type entry uint32

const (
	oneLiteral  entry = 1 << 6
	twoLiterals entry = 2 << 6
	literals    entry = 3 << 6
	special     entry = 1 << 12 // not a literal, a length or a distance: a link, the end, or else invalid
	link        entry = 1 << 13
	end         entry = 1 << 14
)

func (e entry) used() uint { return uint(e & 63) }
func (e entry) value() int { return int(e >> 16) }

// sum returns the value with the extra bits from b, which begins with the code.
func (e entry) sum(b uint64) int {
	return int(e>>16) + int(b&(1<<(e&63)-1)>>(e>>8&15))
}

// linked returns the index in the second table, given what follows the first table's bits.
func (e entry) linked(b uint64) uint {
	return uint(e>>16) + uint(b&(1<<(e>>8&15)-1))
}

// preEntry, litEntry and distEntry return what a symbol stands for, without its code.
func preEntry(symbol int) entry { return entry(symbol) << 16 }

func litEntry(symbol int) entry {
	switch {
	case symbol < 256:
		return entry(symbol)<<16 | oneLiteral
	case symbol == 256:
		return special | end
	case symbol < 265:
		return entry(symbol-257+3) << 16
	case symbol < 285: // four lengths for each number of extra bits
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
	case symbol < 30: // two distances for each number of extra bits
		extra := symbol/2 - 1
		return entry((2+symbol%2)<<extra+1)<<16 | entry(extra)
	}
	return special
}

// build fills the table for canonical codes of the given lengths; 0 is a symbol without a code. It reports false for lengths that are not a
// code: every sequence of bits must be decodable, except that there may be no symbol at all, or one, with a code of one bit.
func build(lens []uint8, symbolEntry func(int) entry, table []entry, indexBits uint) bool {
	var counts [maxCode + 1]int
	for _, n := range lens {
		counts[n]++
	}
	counts[0] = 0
	var next [maxCode + 2]int // where the symbols of a length are in sorted
	left := 1
	for n := 1; n <= maxCode; n++ {
		if left = left<<1 - counts[n]; left < 0 {
			return false
		}
		next[n+1] = next[n] + counts[n]
	}
	total := next[maxCode+1]
	if left > 0 {
		return incomplete(lens, total, counts[1], symbolEntry, table[:1<<indexBits])
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

// incomplete fills the table for no symbol, or for one whose code is the bit 0.
func incomplete(lens []uint8, total, ofOneBit int, symbolEntry func(int) entry, table []entry) bool {
	if total > 1 || total != ofOneBit {
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

// A builder adds codes to a table, shorter ones first.
type builder struct {
	table     []entry
	indexBits uint
	code      uint // the next code, its first bit lowest
	size      int  // entries in use
	second    int  // where the second table in hand begins, and
	prefix    uint // the bits that lead to it; its entries are in use from size-second on
	linked    bool // there is one
}

// double makes the index one bit longer.
func (b *builder) double() {
	copy(b.table[b.size:2*b.size], b.table[:b.size])
	b.size *= 2
}

// add gives the next code, of n bits, to e. Of counts it uses the number of codes that each length still has.
func (b *builder) add(e entry, n uint, counts []int) {
	if n <= b.indexBits {
		b.table[b.code] = e + entry(n|n<<8)
	} else {
		b.addLong(e, n, counts)
	}
	counts[n]--
	// The next canonical code is this one plus one, read from the first bit: clear the ones at its end, set the zero before them.
	if zeros := ^b.code & (1<<n - 1); zeros != 0 {
		bit := uint(1) << (bits.Len(zeros) - 1)
		b.code = b.code&(bit-1) | bit
	}
}

// addLong puts a code in a second table, which it begins if need be, as large as the codes with the same first bits ask for.
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
	own := n - b.indexBits
	for i := b.second + int(b.code>>b.indexBits); i < b.size; i += 1 << own {
		b.table[i] = e + entry(own|own<<8)
	}
}

// pair joins two literals to one entry wherever both codes fit the index.
func pair(table *[litSize]entry) {
	for i := uint(1<<litBits - 1); i > 0; i-- {
		first := table[i]
		second := table[i>>first.used()&(1<<litBits-1)]
		used := first.used() + second.used()
		if first&literals == oneLiteral && second&literals == oneLiteral && used <= litBits {
			table[i] = first&(0xff<<16) | second&(0xff<<16)<<8 | twoLiterals | entry(used)
		}
	}
}
