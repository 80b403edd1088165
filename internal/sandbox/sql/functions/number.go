package functions

import (
	"crypto/rand"
	"encoding/hex"
	"math"
	mathrand "math/rand/v2"
	"strconv"
)

// newDoubleScalar returns a Scalar with one double argument.
func newDoubleScalar(name string, f func(float64) float64) Scalar {
	return newScalar(name, 1, 1, func(a []any) (any, error) {
		x, err := toDouble(a[0])
		if err != nil {
			return nil, err
		}
		return f(x), nil
	})
}

// newNumberScalar returns a Scalar with one number argument: whole handles integers, f all others.
func newNumberScalar(name string, whole func(int64) (any, error), f func(float64) float64) Scalar {
	return newScalar(name, 1, 1, func(a []any) (any, error) {
		if n, ok := a[0].(int64); ok {
			return whole(n)
		}
		x, err := toDouble(a[0])
		if err != nil {
			return nil, err
		}
		return f(x), nil
	})
}

func newConstant(name string, v any) Scalar {
	return newScalar(name, 0, 0, func([]any) (any, error) { return v, nil })
}

// numberFunctions returns the mathematical functions. See
// https://trino.io/docs/current/functions/math.html.
func numberFunctions() []Scalar {
	itself := func(n int64) (any, error) { return n, nil }
	list := []Scalar{
		newNumberScalar("f_abs", func(n int64) (any, error) {
			if n == math.MinInt64 {
				return nil, dataError("Value -9223372036854775808 is out of range for abs(bigint)")
			}
			return max(n, -n), nil
		}, math.Abs),
		newNumberScalar("f_sign", func(n int64) (any, error) { return sign(n), nil }, func(x float64) float64 {
			if x == 0 || math.IsNaN(x) {
				return x
			}
			return math.Copysign(1, x)
		}),
		newNumberScalar("f_ceil", itself, math.Ceil),
		newNumberScalar("f_floor", itself, math.Floor),
		newScalar("f_abs_integer", 2, 2, func(a []any) (any, error) {
			n, name := mustInteger(a[0]), toText(a[1])
			if n == -integerLimit(name)-1 {
				return nil, dataError("Value %d is out of range for abs(%s)", n, name)
			}
			return max(n, -n), nil
		}),
		newScalar("f_round", 1, 2, roundNumber),
		newScalar("f_round_integer", 3, 3, func(a []any) (any, error) {
			places, err := toCount(a[2])
			if err != nil {
				return nil, err
			}
			n, limit := mustInteger(a[0]), integerLimit(toText(a[1]))
			v, err := roundInteger(n, places, false)
			if rounded, ok := v.(int64); ok && (rounded > limit || rounded < -limit-1) {
				return nil, dataError("numerical overflow: %d", n)
			}
			return v, err
		}),
		newDoubleScalar("f_truncate", math.Trunc),
		newScalar("f_power", 2, 2, applyDoubles(math.Pow)),
		newScalar("f_atan2", 2, 2, applyDoubles(math.Atan2)),
		newScalar("f_log", 2, 2, applyDoubles(func(b, x float64) float64 { return logarithm(x) / logarithm(b) })),
		newConstant("f_pi", math.Pi), newConstant("f_e", math.E),
		newConstant("f_nan", math.NaN()), newConstant("f_infinity", math.Inf(1)),
		newNullScalar("f_is_nan", 1, 1, func(a []any) (any, error) {
			f, ok := a[0].(float64)
			if a[0] == nil {
				return nil, nil
			}
			return ok && math.IsNaN(f), nil
		}),
		newScalar("f_is_finite", 1, 1, func(a []any) (any, error) {
			f, err := toDouble(a[0])
			return !math.IsInf(f, 0) && !math.IsNaN(f), err
		}),
		newScalar("f_is_infinite", 1, 1, func(a []any) (any, error) {
			f, err := toDouble(a[0])
			return math.IsInf(f, 0), err
		}),
		{Name: "f_rand", Min: 0, Max: 2, Volatile: true, Call: randomNumber},
		{Name: "f_uuid", Volatile: true, Call: func([]any) (any, error) { return newUUID(), nil }},
		newScalar("f_width_bucket", 2, 4, findBucket),
		newScalar("f_to_base", 2, 2, toBase),
		newScalar("f_from_base", 2, 2, fromBase),
	}
	for name, f := range map[string]func(float64) float64{
		"sqrt": math.Sqrt, "cbrt": math.Cbrt, "exp": math.Exp, "ln": logarithm, "log2": logarithm2, "log10": logarithm10,
		"sin": math.Sin, "cos": math.Cos, "tan": math.Tan, "asin": math.Asin, "acos": math.Acos, "atan": math.Atan,
		"sinh": math.Sinh, "cosh": math.Cosh, "tanh": math.Tanh,
		"degrees": func(x float64) float64 { return x * 180 / math.Pi },
		"radians": func(x float64) float64 { return x * (math.Pi / 180) },
	} {
		list = append(list, newDoubleScalar("f_"+name, f))
	}
	return list
}

func sign(n int64) int64 {
	switch {
	case n > 0:
		return 1
	case n < 0:
		return -1
	}
	return 0
}

func applyDoubles(f func(a, b float64) float64) func([]any) (any, error) {
	return func(a []any) (any, error) {
		x, err := toDouble(a[0])
		if err != nil {
			return nil, err
		}
		y, err := toDouble(a[1])
		if err != nil {
			return nil, err
		}
		return f(x, y), nil
	}
}

// roundHalfUp rounds to the nearest integer, half away from zero.
func roundHalfUp(x float64) float64 { return math.Round(x) }

// roundNumber implements Trino's round: the nearest multiple of 10^-places, computed in doubles.
// Integers stay integers.
func roundNumber(a []any) (any, error) {
	places := 0
	if len(a) == 2 {
		var err error
		if places, err = toCount(a[1]); err != nil {
			return nil, err
		}
	}
	if n, ok := a[0].(int64); ok {
		return roundInteger(n, places, false)
	}
	x, err := toDouble(a[0])
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return x, err
	}
	factor := math.Pow(10, float64(places))
	if factor == 0 {
		return math.Copysign(0, x), nil
	}
	if scaled := x * factor; !math.IsInf(scaled, 0) && !math.IsInf(factor, 0) && math.Abs(scaled) < 1<<63 {
		return roundHalfUp(scaled) / factor, nil
	}
	return x, nil
}

// roundInteger rounds to a power of ten if places is negative, half away from zero or half to even.
func roundInteger(n int64, places int, halfEven bool) (any, error) {
	if places >= 0 {
		return n, nil
	}
	if places < -18 {
		return nil, dataError("numerical overflow: %d", n)
	}
	unit := int64(math.Pow10(-places))
	rest := n % unit
	n -= rest
	half := magnitude(rest) * 2
	if half > uint64(unit) || half == uint64(unit) && (!halfEven || n/unit%2 != 0) {
		if rest < 0 {
			unit = -unit
		}
		if rounded := n + unit; (rounded > n) == (unit > 0) {
			return rounded, nil
		}
		return nil, dataError("numerical overflow: %d", n+rest)
	}
	return n, nil
}

// roundDecimally rounds the shortest decimal representation of x to n places.
func roundDecimally(x float64, places int, round func(d decimal, scale int) decimal) float64 {
	d, ok := parseDecimal(strconv.FormatFloat(x, 'f', -1, 64))
	if !ok || places >= d.scale {
		return x
	}
	if places < -maxDigits {
		return 0
	}
	if d = round(d, places); places < 0 {
		d = decimal{d.unscaled.Mul(d.unscaled, pow10(-places)), 0}
	}
	f, _ := strconv.ParseFloat(d.String(), 64)
	return f
}

// roundHive implements Hive's round and bround, which round the decimal representation of a double.
func roundHive(a []any, halfEven bool) (any, error) {
	places := 0
	if len(a) == 2 {
		var err error
		if places, err = toCount(a[1]); err != nil {
			return nil, err
		}
	}
	if n, ok := a[0].(int64); ok {
		return nullOnError(roundInteger(n, places, halfEven))
	}
	x, err := toDouble(a[0])
	if err != nil || math.IsInf(x, 0) || math.IsNaN(x) {
		return x, err
	}
	return roundDecimally(x, places, func(d decimal, scale int) decimal {
		if halfEven {
			return d.roundHalfEven(scale)
		}
		return d.round(scale)
	}), nil
}

func randomNumber(a []any) (any, error) {
	if len(a) == 0 {
		return mathrand.Float64(), nil
	}
	low, high := int64(0), int64(0)
	var err error
	if high, err = toInteger(a[len(a)-1]); err != nil {
		return nil, err
	}
	if len(a) == 2 {
		if low, err = toInteger(a[0]); err != nil {
			return nil, err
		}
	}
	if high <= low || high-low <= 0 {
		return nil, dataError("bound must be positive")
	}
	return low + mathrand.Int64N(high-low), nil
}

// newUUID returns a random UUID (version 4). See https://www.rfc-editor.org/rfc/rfc9562.
func newUUID() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // crypto/rand never returns an error
	b[6], b[8] = b[6]&0x0f|0x40, b[8]&0x3f|0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}

func findBucket(a []any) (any, error) {
	x, err := toDouble(a[0])
	if err != nil {
		return nil, err
	}
	if len(a) == 2 {
		return findBin(x, a[1])
	}
	if len(a) != 4 {
		return nil, dataError("Unexpected parameters for function width_bucket")
	}
	low, err := toDouble(a[1])
	if err != nil {
		return nil, err
	}
	high, err := toDouble(a[2])
	if err != nil {
		return nil, err
	}
	n, err := toInteger(a[3])
	switch {
	case err != nil:
		return nil, err
	case n <= 0:
		return nil, dataError("bucketCount must be greater than 0")
	case low == high || math.IsNaN(low+high+x) || math.IsInf(low, 0) || math.IsInf(high, 0):
		return nil, dataError("bounds cannot equal each other")
	}
	bucket := int64(0)
	switch lower, upper := min(low, high), max(low, high); {
	case x < lower:
	case x >= upper:
		if n == math.MaxInt64 {
			return nil, dataError("Bucket for value %s is out of range", FormatDouble(x))
		}
		bucket = n + 1
	default:
		bucket = min(int64(float64(n)*((x-lower)/(upper-lower))), n-1) + 1
	}
	if low > high {
		bucket = n + 1 - bucket
	}
	return bucket, nil
}

// findBin returns the number of bins whose lower bounds, which ascend, are at most x.
func findBin(x float64, list any) (any, error) {
	bins, err := toArray(list)
	switch {
	case err != nil:
		return nil, err
	case len(bins) == 0:
		return nil, dataError("Bins cannot be an empty array")
	case math.IsNaN(x):
		return nil, dataError("Operand cannot be NaN")
	}
	low, high := 0, len(bins)
	for low < high { // as in the service, the order of bins that the search does not visit is not checked
		if compare(bins[low], bins[high-1]) > 0 {
			return nil, dataError("Bin values are not sorted in ascending order")
		}
		middle := (low + high) / 2
		bound, err := toDouble(bins[middle])
		if err != nil {
			return nil, dataError("Bin value must be finite, got %s", toText(bins[middle]))
		}
		switch {
		case math.IsNaN(bound) || math.IsInf(bound, 0):
			return nil, dataError("Bin value must be finite, got %s", FormatDouble(bound))
		case x < bound:
			high = middle
		default:
			low = middle + 1
		}
	}
	return int64(low), nil
}

func toBase(a []any) (any, error) {
	n, err := toInteger(a[0])
	if err != nil {
		return nil, err
	}
	radix, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	if radix < 2 || radix > 36 {
		return nil, dataError("Radix must be between 2 and 36")
	}
	return strconv.FormatInt(n, radix), nil
}

func fromBase(a []any) (any, error) {
	radix, err := toCount(a[1])
	if err != nil {
		return nil, err
	}
	if radix < 2 || radix > 36 {
		return nil, dataError("Radix must be between 2 and 36")
	}
	n, err := strconv.ParseInt(toText(a[0]), radix, 64)
	if err != nil {
		return nil, dataError("Not a valid base-%d number: %s", radix, clip(toText(a[0])))
	}
	return n, nil
}

// logarithm is math.Log, also for denormal numbers: the assembly of some platforms treats their
// exponent as that of the least normal number.
func logarithm(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log(x*0x1p52) - 52*math.Ln2
	}
	return math.Log(x)
}

func logarithm2(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return math.Log2(x*0x1p52) - 52
	}
	return math.Log2(x)
}

func logarithm10(x float64) float64 {
	if x > 0 && x < 0x1p-1022 {
		return logarithm(x) / math.Ln10
	}
	return math.Log10(x)
}
