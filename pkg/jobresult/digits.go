package jobresult

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// maxDigits is the number of bytes that putUint may write.
const maxDigits = 24

// fourDigits converts a number of at most four digits in each half of x to decimal digits, one
// per byte, the first one in the lowest byte.
func fourDigits(x uint64) uint64 {
	hundreds := x * 10486 >> 20 & 0x7f_0000_007f // x/100 for x < 10000
	x = hundreds | (x-100*hundreds)<<16
	tens := x * 103 >> 10 & 0x000f_000f_000f_000f // x/10 for x < 100
	return tens | (x-10*tens)<<8
}

// eightDigits converts n < 1e8 to decimal digits, as fourDigits does.
func eightDigits(n uint64) uint64 {
	high := n / 1e4
	return fourDigits(high | (n-1e4*high)<<32)
}

// putUint writes n in decimal to out, which must have maxDigits bytes, and returns the number
// of digits.
func putUint(out []byte, n uint64) int {
	if n >= 1e8 {
		high := n / 1e8
		w := putUint(out, high)
		binary.LittleEndian.PutUint64(out[w:], eightDigits(n-1e8*high)|'0'*ones)
		return w + 8
	}
	if n < 1e4 {
		digits := fourDigits(n)
		zeros := bits.TrailingZeros64(digits|1<<24) &^ 7
		binary.LittleEndian.PutUint32(out, uint32(digits|'0'*ones)>>(zeros&31))
		return 4 - zeros>>3
	}
	digits := eightDigits(n)
	zeros := bits.TrailingZeros64(digits|1<<56) &^ 7 // bits of leading zeros, but not of the last digit
	binary.LittleEndian.PutUint64(out, (digits|'0'*ones)>>(zeros&63))
	return 8 - zeros>>3
}

// appendUint appends n in decimal.
func appendUint(buf []byte, n uint64) []byte {
	buf = slices.Grow(buf, maxDigits)
	return buf[:len(buf)+putUint(buf[len(buf):cap(buf)], n)]
}

// appendInt appends n in decimal.
func appendInt(buf []byte, n int64) []byte {
	if n < 0 {
		return appendUint(append(buf, '-'), -uint64(n))
	}
	return appendUint(buf, uint64(n))
}

// appendThousandths appends n/1000 with one to three decimals.
func appendThousandths(buf []byte, n uint64) []byte {
	buf = slices.Grow(buf, maxDigits+8)
	out := buf[len(buf):cap(buf)]
	whole := n / 1000
	w := putUint(out, whole)
	out[w] = '.'
	decimals := fourDigits(n-1000*whole) >> 8
	binary.LittleEndian.PutUint64(out[w+1:], decimals|'0'*ones)
	return buf[:len(buf)+w+1+(bits.Len64(decimals|1)+7)>>3]
}
