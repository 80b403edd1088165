package jobresult

import (
	"math"
	"strconv"
	"time"
)

// appendFloat appends f like Ruby's Float#to_s: the shortest digits that read
// back as f, always with a point; fixed notation from 1e-4 up to 1e15 and for
// all numbers with a fraction, otherwise d.ddde+XX. NaN and infinities are NaN,
// Infinity and -Infinity.
func appendFloat(buf []byte, f float64) []byte {
	a := math.Abs(f)
	switch {
	case a >= 1e-3 && a < 1e11:
		// Most prices and rates are n/1000 for an integer n. The digits of n, at
		// most 15, are then the shortest, because different decimals of up to 15
		// digits are different doubles.
		if n := uint64(a*1000 + 0.5); float64(n)/1000 == a {
			if f < 0 {
				buf = append(buf, '-')
			}
			return appendThousandths(buf, n)
		}
		return strconv.AppendFloat(buf, f, 'f', -1, 64)
	case f == 0:
		if math.Signbit(f) {
			buf = append(buf, '-')
		}
		return append(buf, "0.0"...)
	case a >= 1e-4 && a < 1e15 || a < 1<<53 && f != math.Trunc(f) && a > 1:
		buf = strconv.AppendFloat(buf, f, 'f', -1, 64)
		if f == math.Trunc(f) {
			buf = append(buf, ".0"...)
		}
		return buf
	case f != f:
		return append(buf, "NaN"...)
	case f > math.MaxFloat64:
		return append(buf, "Infinity"...)
	case f < -math.MaxFloat64:
		return append(buf, "-Infinity"...)
	}
	mark := len(buf)
	buf = strconv.AppendFloat(buf, f, 'e', -1, 64)
	point := mark + 1
	if f < 0 {
		point++
	}
	if buf[point] == 'e' { // 1e+15: Ruby writes 1.0e+15
		buf = append(buf, 0, 0)
		copy(buf[point+2:], buf[point:])
		copy(buf[point:], ".0")
	}
	return buf
}

// finite reports whether f is neither NaN nor infinite.
func finite(f float64) bool { return f-f == 0 }

// timestampExt is the type of MessagePack's timestamp extension.
const timestampExt = -1

// parseTimestamp decodes the data of a timestamp extension
// (https://github.com/msgpack/msgpack/blob/master/spec.md#timestamp-extension-type).
// It returns false for data that is not a time between the years 0 and 9999.
func parseTimestamp(data []byte) (time.Time, bool) {
	var seconds, nanos int64
	switch len(data) {
	case 4:
		seconds = int64(bigEndian(data))
	case 8:
		n := bigEndian(data)
		seconds, nanos = int64(n&(1<<34-1)), int64(n>>34)
	case 12:
		nanos, seconds = int64(bigEndian(data[:4])), int64(bigEndian(data[4:]))
	default:
		return time.Time{}, false
	}
	const minSeconds, maxSeconds = -62167219200, 253402300799
	if nanos > 999_999_999 || seconds < minSeconds || seconds > maxSeconds {
		return time.Time{}, false
	}
	return time.Unix(seconds, nanos).UTC(), true
}
