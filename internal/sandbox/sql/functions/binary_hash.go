package functions

import (
	"encoding/binary"
	"math"
	"math/bits"
	"strconv"
	"strings"
)

// The multipliers of XXH64.
const (
	xxPrime1 uint64 = 0x9e3779b185ebca87
	xxPrime2 uint64 = 0xc2b2ae3d27d4eb4f
	xxPrime3 uint64 = 0x165667b19e3779f9
	xxPrime4 uint64 = 0x85ebca77c2b2ae63
	xxPrime5 uint64 = 0x27d4eb2f165667c5
)

func xxRound(acc, input uint64) uint64 {
	return bits.RotateLeft64(acc+input*xxPrime2, 31) * xxPrime1
}

// hashXX64 returns XXH64 with seed 0. See
// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md.
func hashXX64(b []byte) uint64 {
	n := uint64(len(b))
	var h uint64
	if len(b) >= 32 {
		p1 := xxPrime1 // a variable: the sums below wrap around
		v := [4]uint64{p1 + xxPrime2, xxPrime2, 0, -p1}
		for ; len(b) >= 32; b = b[32:] {
			for i := range v {
				v[i] = xxRound(v[i], binary.LittleEndian.Uint64(b[8*i:]))
			}
		}
		h = bits.RotateLeft64(v[0], 1) + bits.RotateLeft64(v[1], 7) + bits.RotateLeft64(v[2], 12) + bits.RotateLeft64(v[3], 18)
		for _, x := range v {
			h = (h^xxRound(0, x))*xxPrime1 + xxPrime4
		}
	} else {
		h = xxPrime5
	}
	h += n
	for ; len(b) >= 8; b = b[8:] {
		h = bits.RotateLeft64(h^xxRound(0, binary.LittleEndian.Uint64(b)), 27)*xxPrime1 + xxPrime4
	}
	if len(b) >= 4 {
		h = bits.RotateLeft64(h^uint64(binary.LittleEndian.Uint32(b))*xxPrime1, 23)*xxPrime2 + xxPrime3
		b = b[4:]
	}
	for _, c := range b {
		h = bits.RotateLeft64(h^uint64(c)*xxPrime5, 11) * xxPrime1
	}
	h = (h ^ h>>33) * xxPrime2
	h = (h ^ h>>29) * xxPrime3
	return h ^ h>>32
}

// hashMurmur3 returns MurmurHash3_x64_128 with seed 0, both halves in little-endian order. See
// https://github.com/aappleby/smhasher/wiki/MurmurHash3.
func hashMurmur3(b []byte) []byte {
	const (
		c1 = 0x87c37b91114253d5
		c2 = 0x4cf5ad432745937f
	)
	n := uint64(len(b))
	var h1, h2 uint64
	mix1 := func(k uint64) uint64 { return bits.RotateLeft64(k*c1, 31) * c2 }
	mix2 := func(k uint64) uint64 { return bits.RotateLeft64(k*c2, 33) * c1 }
	for ; len(b) >= 16; b = b[16:] {
		h1 ^= mix1(binary.LittleEndian.Uint64(b))
		h1 = (bits.RotateLeft64(h1, 27)+h2)*5 + 0x52dce729
		h2 ^= mix2(binary.LittleEndian.Uint64(b[8:]))
		h2 = (bits.RotateLeft64(h2, 31)+h1)*5 + 0x38495ab5
	}
	var tail [16]byte
	copy(tail[:], b)
	if len(b) > 8 {
		h2 ^= mix2(binary.LittleEndian.Uint64(tail[8:]))
	}
	if len(b) > 0 {
		h1 ^= mix1(binary.LittleEndian.Uint64(tail[:]))
	}
	finish := func(k uint64) uint64 {
		k = (k ^ k>>33) * 0xff51afd7ed558ccd
		k = (k ^ k>>33) * 0xc4ceb9fe1a85ec53
		return k ^ k>>33
	}
	h1 ^= n
	h2 ^= n
	h1 += h2
	h2 += h1
	h1, h2 = finish(h1), finish(h2)
	h1 += h2
	h2 += h1
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, h1), h2)
}

// numberEncodings returns the conversions between numbers and their binary representation. See
// https://trino.io/docs/current/functions/binary.html.
func numberEncodings() []Scalar {
	decode := func(name string, size int, what string, f func([]byte) any) Scalar {
		return newScalar(name, 1, 1, func(a []any) (any, error) {
			b := []byte(toText(a[0]))
			if len(b) != size {
				return nil, dataError("%s", strings.Replace(what, "%d", strconv.Itoa(len(b)), 1))
			}
			return f(b), nil
		})
	}
	encode := func(name string, f func(int64) []byte) Scalar {
		return newScalar(name, 1, 1, func(a []any) (any, error) {
			n, err := toInteger(a[0])
			return f(n), err
		})
	}
	encodeDouble := func(name string, f func(float64) []byte) Scalar {
		return newScalar(name, 1, 1, func(a []any) (any, error) {
			x, err := toDouble(a[0])
			return f(x), err
		})
	}
	return []Scalar{
		encode("f_to_big_endian_64", func(n int64) []byte { return binary.BigEndian.AppendUint64(nil, uint64(n)) }),
		encode("f_to_big_endian_32", func(n int64) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }),
		encodeDouble("f_to_ieee754_64", func(x float64) []byte { return binary.BigEndian.AppendUint64(nil, doubleBits(x)) }),
		encodeDouble("f_to_ieee754_32", func(x float64) []byte { return binary.BigEndian.AppendUint32(nil, math.Float32bits(float32(x))) }),
		decode("f_from_big_endian_64", 8, "expected 8-byte input, but got instead: %d", func(b []byte) any { return int64(binary.BigEndian.Uint64(b)) }),
		decode("f_from_big_endian_32", 4, "expected 4-byte input, but got instead: %d", func(b []byte) any { return int64(int32(binary.BigEndian.Uint32(b))) }),
		decode("f_from_ieee754_64", 8, "Input floating-point value must be exactly 8 bytes long", func(b []byte) any {
			return math.Float64frombits(binary.BigEndian.Uint64(b))
		}),
		decode("f_from_ieee754_32", 4, "Input floating-point value must be exactly 4 bytes long", func(b []byte) any {
			return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
		}),
		newTextScalar("f_xxhash64", func(s string) any { return binary.BigEndian.AppendUint64(nil, hashXX64([]byte(s))) }),
		newTextScalar("f_spooky_hash_v2_64", func(s string) any { return binary.BigEndian.AppendUint64(nil, hashSpooky([]byte(s))) }),
		newTextScalar("f_spooky_hash_v2_32", func(s string) any { return binary.BigEndian.AppendUint32(nil, uint32(hashSpooky([]byte(s)))) }),
		newTextScalar("f_murmur3", func(s string) any { return hashMurmur3([]byte(s)) }),
	}
}

// doubleBits returns the IEEE 754 representation of x; all NaNs have the same.
func doubleBits(x float64) uint64 {
	if math.IsNaN(x) {
		return 0x7ff8000000000000
	}
	return math.Float64bits(x)
}
