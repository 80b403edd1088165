package jobresult

import (
	"math"
	"strconv"
	"time"
)

// appendFloat appends f as Ruby prints it: the shortest digits that read back as f, always with a point; fixed from 1e-4 up to 1e15 and
// wherever digits are left behind the point, otherwise d.ddde+XX. Not a number and infinity are NaN, Infinity and -Infinity.
func appendFloat(o []byte, f float64) []byte {
	a := math.Abs(f)
	switch {
	case a >= 1e-3 && a < 1e11:
		// Prices and rates are n/1000 for some whole n. Its digits, at most 15 with trailing zeros cut, are the shortest then,
		// because no two decimals of up to 15 digits are the same double.
		if n := uint64(a*1000 + 0.5); float64(n)/1000 == a {
			return appendThousandths(o, n, f < 0)
		}
		return strconv.AppendFloat(o, f, 'f', -1, 64)
	case f == 0:
		if math.Signbit(f) {
			o = append(o, '-')
		}
		return append(o, "0.0"...)
	case a >= 1e-4 && a < 1e15 || a < 1<<53 && f != math.Trunc(f) && a > 1:
		o = strconv.AppendFloat(o, f, 'f', -1, 64)
		if f == math.Trunc(f) {
			o = append(o, ".0"...)
		}
		return o
	case f != f:
		return append(o, "NaN"...)
	case f > math.MaxFloat64:
		return append(o, "Infinity"...)
	case f < -math.MaxFloat64:
		return append(o, "-Infinity"...)
	}
	mark := len(o)
	o = strconv.AppendFloat(o, f, 'e', -1, 64)
	point := mark + 1
	if f < 0 {
		point++
	}
	if o[point] == 'e' { // 1e+15: Ruby writes 1.0e+15
		o = append(o, 0, 0)
		copy(o[point+2:], o[point:])
		copy(o[point:], ".0")
	}
	return o
}

// appendThousandths appends n/1000 with one to three decimals.
func appendThousandths(o []byte, n uint64, negative bool) []byte {
	if negative {
		o = append(o, '-')
	}
	o = strconv.AppendUint(o, n/1000, 10)
	part := n % 1000
	tenths, hundredths, thousandths := byte(part/100), byte(part/10%10), byte(part%10)
	o = append(o, '.', '0'+tenths)
	if hundredths|thousandths != 0 {
		o = append(o, '0'+hundredths)
	}
	if thousandths != 0 {
		o = append(o, '0'+thousandths)
	}
	return o
}

// finite says that f is a number that JSON can hold.
func finite(f float64) bool { return f-f == 0 }

// timestampExt is MessagePack's extension type for points in time.
const timestampExt = -1

// timestamp decodes the data of an extension -1. It reports false for data that is not a time which RFC 3339 can show.
func timestamp(data []byte) (time.Time, bool) {
	var seconds, nanos int64
	switch len(data) {
	case 4:
		seconds = int64(number(data))
	case 8:
		n := number(data)
		seconds, nanos = int64(n&(1<<34-1)), int64(n>>34)
	case 12:
		nanos, seconds = int64(number(data[:4])), int64(number(data[4:]))
	default:
		return time.Time{}, false
	}
	const firstYear0, lastYear9999 = -62167219200, 253402300799
	if nanos > 999_999_999 || seconds < firstYear0 || seconds > lastYear9999 {
		return time.Time{}, false
	}
	return time.Unix(seconds, nanos).UTC(), true
}
