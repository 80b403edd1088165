package functions

import (
	"encoding/base64"
	"encoding/binary"
	"math"
	"math/big"
	"net/netip"
	"slices"
	"strings"
)

// orderFunctions returns the functions that order nested values. Their last argument is the type of the values.
func (r *Registry) orderFunctions() []Scalar {
	key := func(name string, settings keyWriter) Scalar {
		return newScalar(name, 2, 2, func(a []any) (any, error) {
			t := parseTypeShape(toText(a[1]))
			v, err := t.parse(a[0])
			if err != nil {
				return nil, err
			}
			k := settings
			k.registry = r
			k.write(t, v)
			return k.key, k.err
		})
	}
	extreme := func(name string, direction int) Scalar {
		return newScalar(name, 2, -1, func(a []any) (any, error) {
			last := len(a) - 1
			best := a[0]
			order := nestedOrder{registry: r, leastNaN: direction > 0}
			for _, v := range a[1:last] {
				c, err := order.compare(v, best, toText(a[last]))
				if err != nil {
					return nil, err
				}
				if c*direction > 0 {
					best = v
				}
			}
			return best, nil
		})
	}
	return []Scalar{
		key("f_order_key", keyWriter{}),
		key("f_max_key", keyWriter{leastNaN: true}),
		key("f_key", keyWriter{nulls: true}),
		newScalar("f_map_key", 2, 2, func(a []any) (any, error) {
			t := parseTypeShape(toText(a[1]))
			v, err := t.parse(a[0])
			if err != nil {
				return nil, err
			}
			return r.makeMapKey(t, v)
		}),
		newScalar("f_map_key_text", 1, 1, func(a []any) (any, error) { return KeyText(toText(a[0])), nil }),
		extreme("f_greatest_nested", 1),
		extreme("f_least_nested", -1),
		newScalar("f_nested_cmp", 3, 3, func(a []any) (any, error) {
			c, err := nestedOrder{registry: r}.compare(a[0], a[1], toText(a[2]))
			return int64(c), err
		}),
		newScalar("f_array_sort_nested", 2, 2, func(a []any) (any, error) {
			list, err := toArray(a[0])
			if err != nil {
				return nil, err
			}
			if list, err = (nestedOrder{registry: r}).sort(list, parseTypeShape(toText(a[1]))); err != nil {
				return nil, err
			}
			return JSON(list), nil
		}),
		r.newExtremeElement("f_array_max_nested", 1),
		r.newExtremeElement("f_array_min_nested", -1),
	}
}

// newExtremeElement returns array_max or array_min of nested elements. The result is NULL if an element is.
func (r *Registry) newExtremeElement(name string, direction int) Scalar {
	return newScalar(name, 2, 2, func(a []any) (any, error) {
		list, err := toArray(a[0])
		if err != nil || len(list) == 0 || slices.Contains(kindsOf(list), 0) {
			return nil, err
		}
		sorted, err := nestedOrder{registry: r, leastNaN: direction > 0}.sort(list, parseTypeShape(toText(a[1])))
		if err != nil {
			return nil, err
		}
		if direction > 0 {
			return fromElement(sorted[len(sorted)-1]), nil
		}
		return fromElement(sorted[0]), nil
	})
}

// kindsOf returns the kinds of values.
func kindsOf(list []any) []int {
	kinds := make([]int, len(list))
	for i, v := range list {
		kinds[i] = rankKind(v)
	}
	return kinds
}

// A nestedOrder orders values by their type. NaN is the greatest value, or the least one, so that it is never the result of
// a function that looks for the greatest value unless all values are NaN.
type nestedOrder struct {
	registry *Registry
	leastNaN bool
}

// sort sorts elements of an array of type t. NULL is last.
func (o nestedOrder) sort(list []any, t typeShape) ([]any, error) {
	element := t.argument(0)
	var failed error
	sorted := slices.Clone(list)
	slices.SortStableFunc(sorted, func(a, b any) int {
		if a == nil || b == nil {
			return compareNulls(a, b)
		}
		c, err := o.compareParsed(a, b, element)
		if err != nil {
			failed = err
		}
		return c
	})
	return sorted, failed
}

// compare orders two values of a type. It fails if the order depends on an element that is NULL.
func (o nestedOrder) compare(a, b any, kind string) (int, error) {
	t := parseTypeShape(kind)
	x, err := t.parse(a)
	if err != nil {
		return 0, err
	}
	y, err := t.parse(b)
	if err != nil {
		return 0, err
	}
	return o.compareParsed(x, y, t)
}

// parse returns the elements of an SQL value of type t, if it has any.
func (t typeShape) parse(v any) (any, error) {
	if t.base != "array" && t.base != "row" && t.base != "map" {
		return v, nil
	}
	parsed, err := ParseJSON(toText(v))
	if err != nil {
		return nil, newCastError(v, t.base)
	}
	return parsed, nil
}

func (o nestedOrder) compareParsed(a, b any, t typeShape) (int, error) {
	x, okX := a.([]any)
	y, okY := b.([]any)
	if !okX || !okY {
		left, right := keyWriter{registry: o.registry, leastNaN: o.leastNaN}, keyWriter{registry: o.registry, leastNaN: o.leastNaN}
		left.write(t, a)
		right.write(t, b)
		if left.err != nil {
			return 0, left.err
		}
		return strings.Compare(string(left.key), string(right.key)), right.err
	}
	for i := range min(len(x), len(y)) {
		if x[i] == nil || y[i] == nil {
			return 0, newIndeterminateError(t.base)
		}
		if c, err := o.compareParsed(x[i], y[i], t.argument(i)); c != 0 || err != nil {
			return c, err
		}
	}
	return len(x) - len(y), nil
}

// newIndeterminateError returns the error for ordering an array or a row that contains NULL.
func newIndeterminateError(base string) error {
	if base == "row" {
		return dataError("ROW comparison not supported for fields with null elements")
	}
	return dataError("ARRAY comparison not supported for arrays with null elements")
}

// A keyWriter writes a value as bytes that are ordered like the values of its type. Equal values, such as maps with another
// order of keys, have equal keys.
type keyWriter struct {
	registry *Registry
	nulls    bool // NULL is the least value; otherwise it is an error
	leastNaN bool // NaN is the least double; otherwise it is the greatest
	key      []byte
	err      error
}

// Markers before an element. The end of an array is less than any element.
const (
	keyEnd   = 0
	keyNull  = 1
	keyValue = 2
)

// write appends a value of type t that is not NULL.
func (k *keyWriter) write(t typeShape, v any) {
	switch x := v.(type) {
	case []any:
		for i, e := range x {
			k.writeElement(t, i, e)
		}
		k.key = append(k.key, keyEnd)
		return
	case Object:
		if t.base == "map" {
			k.writeMap(t, x)
			return
		}
	}
	k.writeScalar(t, v)
}

func (k *keyWriter) writeElement(t typeShape, i int, v any) {
	if v != nil {
		k.key = append(k.key, keyValue)
		k.write(t.argument(i), v)
		return
	}
	k.key = append(k.key, keyNull)
	if !k.nulls {
		k.err = newIndeterminateError(t.base)
	}
}

// writeMap appends the entries in the order of their keys.
func (k *keyWriter) writeMap(t typeShape, o Object) {
	entries := make([]string, len(o))
	for i, m := range o {
		entry := keyWriter{registry: k.registry, nulls: k.nulls, leastNaN: k.leastNaN}
		entry.writeText(keyIdentity(m.Key))
		entry.writeElement(t, 1, m.Value)
		if entry.err != nil {
			k.err = entry.err
		}
		entries[i] = string(entry.key)
	}
	slices.Sort(entries)
	for _, e := range entries {
		k.key = append(append(k.key, keyValue), e...)
	}
	k.key = append(k.key, keyEnd)
}

func (k *keyWriter) writeScalar(t typeShape, v any) {
	switch {
	case strings.HasPrefix(t.base, "decimal"):
		if d, ok := parseDecimal(toText(v)); ok {
			k.writeDecimal(d)
			return
		}
	case t.base == "double" || t.base == "real":
		if f, err := toDouble(v); err == nil {
			k.writeDouble(f)
			return
		}
	case strings.HasSuffix(t.base, "with time zone"):
		m, err := k.registry.parseDatetime(v)
		if err != nil {
			k.err = err
			return
		}
		m = m.instant()
		k.writeInteger(m.Unix())
		k.writeInteger(int64(m.fraction()))
		return
	case t.base == "varbinary":
		if b, err := base64.StdEncoding.DecodeString(toText(v)); err == nil {
			k.writeText(string(b))
			return
		}
	case t.base == "ipaddress":
		if ip, err := netip.ParseAddr(toText(v)); err == nil {
			b := ip.As16()
			k.key = append(k.key, b[:]...)
			return
		}
	}
	switch x := v.(type) {
	case float64:
		k.writeDouble(x)
	case bool, int64, Number:
		n, err := toInteger(fromElement(x))
		if err != nil {
			k.err = err
		}
		k.writeInteger(n)
	case Object:
		k.writeText(JSON(sortMembers(x)))
	default:
		k.writeText(toText(v))
	}
}

func (k *keyWriter) writeInteger(n int64) {
	k.key = binary.BigEndian.AppendUint64(k.key, uint64(n)^1<<63)
}

// writeDouble appends a double. Zero has no sign.
func (k *keyWriter) writeDouble(f float64) {
	bits := math.Float64bits(f)
	switch {
	case math.IsNaN(f) && k.leastNaN:
		bits = 0
	case math.IsNaN(f):
		bits = math.MaxUint64
	case f == 0:
		bits = 1 << 63
	case f < 0:
		bits = ^bits
	default:
		bits |= 1 << 63
	}
	k.key = binary.BigEndian.AppendUint64(k.key, bits)
}

// writeDecimal appends a decimal with the greatest scale, so that the scale has no influence.
func (k *keyWriter) writeDecimal(d decimal) {
	const greatestScale = 38
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(max(0, greatestScale-d.scale))), nil)
	n := new(big.Int).Mul(d.unscaled, scale)
	digits := n.Bytes()
	sign := byte(1)
	if n.Sign() < 0 {
		sign = 0
	}
	at := len(k.key)
	k.key = append(append(k.key, byte(len(digits))), digits...)
	if sign == 0 { // the greater the digits, the less the value
		for i := range k.key[at:] {
			k.key[at+i] = ^k.key[at+i]
		}
	}
	k.key = slices.Insert(k.key, at, sign)
}

// writeText appends text with an end that is less than any other byte.
func (k *keyWriter) writeText(s string) {
	k.key = append(k.key, strings.ReplaceAll(s, "\x00", "\x00\xff")...)
	k.key = append(k.key, 0, 0)
}
