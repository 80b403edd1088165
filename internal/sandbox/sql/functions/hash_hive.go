package functions

import (
	"math"
	"math/big"
	"strings"
	"time"
)

// hiveHashFunctions returns hash, which is Java's hash of the values and not specified further, and assertions. See
// https://hive.apache.org/docs/latest/language/languagemanual-udf/.
func hiveHashFunctions() []Scalar {
	return []Scalar{
		newNullScalar("h_hash", 2, -1, func(a []any) (any, error) {
			h := int32(0)
			for i := 0; i+1 < len(a); i += 2 {
				n, err := hashHive(a[i+1], parseTypeShape(toText(a[i])))
				if err != nil {
					return nil, err
				}
				h = 31*h + n
			}
			return int64(h), nil
		}),
		newNullScalar("h_assert_true", 1, 1, func(a []any) (any, error) {
			if a[0] == nil || !toBool(a[0]) {
				return nil, dataError("ASSERT_TRUE(): assertion failed.")
			}
			return nil, nil
		}),
		newNullScalar("h_assert", 1, 2, func(a []any) (any, error) {
			if a[0] != nil && toBool(a[0]) {
				return true, nil
			}
			return nil, messageError(a[1:], "ASSERT(): assertion failed")
		}),
		newNullScalar("h_raise_error", 0, 1, func(a []any) (any, error) {
			return nil, messageError(a, "raise_error()")
		}),
	}
}

// messageError returns an error with the message in a, or else, if that is blank, the default one.
func messageError(a []any, message string) error {
	if len(a) > 0 && strings.TrimSpace(toText(a[0])) != "" {
		message = clip(toText(a[0]))
	}
	return dataError("%s", message)
}

// hashHive returns the hash of a value of a type. The hash of null is 0.
func hashHive(v any, t typeShape) (int32, error) {
	if v == nil {
		return 0, nil
	}
	switch {
	case t.base == "boolean":
		return int32(oneIf(toBool(v))), nil
	case t.base == "tinyint" || t.base == "smallint" || t.base == "integer":
		n, err := toInteger(v)
		return int32(n), err
	case t.base == "bigint":
		n, err := toInteger(v)
		return foldBits(uint64(n)), err
	case t.base == "real":
		x, err := toDouble(v)
		return int32(math.Float32bits(float32(x))), err
	case t.base == "double":
		x, err := toDouble(v)
		return foldBits(math.Float64bits(x)), err
	case strings.HasPrefix(t.base, "decimal"):
		return hashDecimal(toText(v))
	case t.base == "date":
		day, err := time.Parse(time.DateOnly, toText(v))
		return int32(day.Unix() / 86400), err
	case t.base == "timestamp":
		at, err := time.Parse("2006-01-02 15:04:05", toText(v))
		return foldBits(uint64(at.Unix())<<30 | uint64(at.Nanosecond())), err
	case t.base == "array" || t.base == "map" || t.base == "row":
		return hashNested(v, t)
	case strings.HasPrefix(t.base, "interval"):
		return 0, notSupported("hash of an interval is not supported by the sandbox")
	}
	h := int32(0)
	if len(t.numbers) > 0 { // a char or a varchar with a length
		h = 1
	}
	for _, b := range []byte(toText(v)) {
		h = 31*h + int32(int8(b))
	}
	return h, nil
}

func foldBits(n uint64) int32 { return int32(uint32(n>>32) ^ uint32(n)) }

// hashDecimal returns the hash of Java's BigDecimal without trailing zeros.
func hashDecimal(s string) (int32, error) {
	whole, fraction, _ := strings.Cut(s, ".")
	fraction = strings.TrimRight(fraction, "0")
	n, ok := new(big.Int).SetString(whole+fraction, 10)
	if !ok {
		return 0, dataError("not a decimal: '%s'", clip(s))
	}
	h := int32(0)
	digits := n.Bytes()
	for len(digits)%4 != 0 {
		digits = append([]byte{0}, digits...)
	}
	for ; len(digits) > 0; digits = digits[4:] {
		word := uint32(digits[0])<<24 | uint32(digits[1])<<16 | uint32(digits[2])<<8 | uint32(digits[3])
		h = 31*h + int32(word)
	}
	if n.Sign() < 0 {
		h = -h
	}
	return 31*h + int32(len(fraction)), nil
}

// hashNested returns the hash of an array, a map or a row.
func hashNested(v any, t typeShape) (int32, error) {
	parsed := v
	if text, ok := v.(string); ok {
		var err error
		if parsed, err = ParseJSON(text); err != nil {
			return 0, err
		}
	}
	h := int32(0)
	switch x := parsed.(type) {
	case []any:
		for i, e := range x {
			element := typeShape{base: "varchar"}
			switch {
			case t.base == "array" && len(t.args) == 1:
				element = t.args[0]
			case i < len(t.args):
				element = t.args[i]
			}
			n, err := hashHive(e, element)
			if err != nil {
				return 0, err
			}
			h = 31*h + n
		}
	case Object:
		for _, m := range x {
			key, err := hashHive(m.Key, t.args[0])
			if err != nil {
				return 0, err
			}
			value, err := hashHive(m.Value, t.args[1])
			if err != nil {
				return 0, err
			}
			h += key ^ value
		}
	}
	return h, nil
}
