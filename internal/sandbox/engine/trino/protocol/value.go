package protocol

import (
	"encoding/base64"
	"math"
	"strconv"

	"github.com/td-cli/td/internal/sandbox/engine"
	"github.com/td-cli/td/internal/sandbox/engine/schema"
)

// A decoder consumes a value of a column and converts it to a value of engine.Sink.
type decoder func(*scanner) any

// newDecoder returns the decoder of a type in Trino's spelling. In JSON, the server writes arrays and rows as arrays,
// maps as objects, varbinary in base64, NaN and the infinities as strings, and most other types as text.
func newDecoder(typ string) decoder { return decoderOf(schema.ParseType(typ)) }

func decoderOf(t schema.Type) decoder {
	var decode decoder
	switch t.Base {
	case "boolean":
		decode = decodeBoolean
	case "bigint", "integer", "smallint", "tinyint":
		decode = decodeInteger
	case "double":
		decode = func(s *scanner) any { return s.float(64) }
	case "real":
		decode = func(s *scanner) any { return s.float(32) }
	case "varbinary":
		decode = decodeBinary
	case "array":
		element := decoderOf(t.Argument(0))
		decode = decodeList(func(int) decoder { return element })
	case "row":
		fields := make([]decoder, len(t.Args))
		for i, field := range t.Args {
			fields[i] = decoderOf(field)
		}
		other := decoderOf(schema.Type{})
		decode = decodeList(func(i int) decoder {
			if i < len(fields) {
				return fields[i]
			}
			return other
		})
	case "map":
		decode = decodeMap(t)
	default:
		decode = func(s *scanner) any { return s.text() }
	}
	return func(s *scanner) any {
		if s.null() {
			return nil
		}
		return decode(s)
	}
}

func decodeBoolean(s *scanner) any { return s.boolean() }

func decodeInteger(s *scanner) any { return s.integer() }

// boolean consumes a boolean.
func (s *scanner) boolean() bool {
	s.peek()
	switch string(s.word()) {
	case "true":
		return true
	case "false":
		return false
	}
	s.fail("a boolean expected")
	return false
}

// integer consumes an integer.
func (s *scanner) integer() int64 {
	s.peek()
	if mantissa, decimals, negative, ok := s.decimal(); ok && decimals == 0 {
		if negative {
			return -mantissa
		}
		return mantissa
	}
	n, err := strconv.ParseInt(string(s.word()), 10, 64)
	if err != nil {
		s.fail("an integer expected")
	}
	return n
}

// decimal consumes a number of at most 18 digits without an exponent: mantissa / 10^decimals. It consumes nothing if the
// next value is something else.
func (s *scanner) decimal() (mantissa int64, decimals int, negative, ok bool) {
	i, point, digits := s.i, -1, 0
	if i < len(s.data) && s.data[i] == '-' {
		negative = true
		i++
	}
	for ; i < len(s.data); i++ {
		c := s.data[i]
		switch {
		case c-'0' <= 9:
			mantissa = mantissa*10 + int64(c-'0')
			digits++
			continue
		case c == '.' && point < 0 && digits > 0:
			point = digits
			continue
		}
		if point >= 0 {
			decimals = digits - point
		}
		if c != ',' && c != ']' || digits == 0 || digits > 18 || point == digits {
			break
		}
		s.i = i
		return mantissa, decimals, negative, true
	}
	return 0, 0, false, false
}

// exactFloat consumes a number that is the quotient of two numbers that float64 represents exactly. It consumes nothing
// if the next value is something else.
func (s *scanner) exactFloat() (f float64, ok bool) {
	const maxDecimals = 22 // larger powers of 10 are not exact
	start := s.i
	mantissa, decimals, negative, ok := s.decimal()
	if !ok || mantissa > 1<<53 || decimals > maxDecimals {
		s.i = start
		return 0, false
	}
	power := 1.0
	for range decimals {
		power *= 10
	}
	f = float64(mantissa) / power
	if negative {
		f = -f
	}
	return f, true
}

// float consumes a number with 32 or 64 bits, or the string for one that JSON does not have. A number with 32 bits keeps
// its value when it is converted, like in the sandbox's own engine: 0.1 is 0.10000000149011612.
func (s *scanner) float(bits int) float64 {
	var text []byte
	if s.peek() == '"' {
		text = s.quoted()
	} else {
		if bits == 64 {
			if f, ok := s.exactFloat(); ok {
				return f
			}
		}
		text = s.word()
	}
	switch string(text) {
	case "NaN":
		return math.NaN()
	case "Infinity":
		return math.Inf(1)
	case "-Infinity":
		return math.Inf(-1)
	}
	f, err := strconv.ParseFloat(string(text), bits)
	if err != nil {
		s.fail("a number expected")
	}
	return f
}

// A copier consumes a value of a column that is not null and adds it to the current row.
type copier func(*scanner, engine.RowWriter)

// newCopier returns the copier of a type whose values decode decodes.
func newCopier(typ string, decode decoder) copier {
	switch schema.ParseType(typ).Base {
	case "boolean":
		return func(s *scanner, w engine.RowWriter) { w.AddBool(s.boolean()) }
	case "bigint", "integer", "smallint", "tinyint":
		return func(s *scanner, w engine.RowWriter) { w.AddInt(s.integer()) }
	case "double":
		return func(s *scanner, w engine.RowWriter) { w.AddFloat(s.float(64)) }
	case "real":
		return func(s *scanner, w engine.RowWriter) { w.AddFloat(s.float(32)) }
	case "varbinary", "array", "row", "map":
		return func(s *scanner, w engine.RowWriter) { w.AddValue(decode(s)) }
	}
	return func(s *scanner, w engine.RowWriter) { w.AddText(s.textBytes()) }
}

func decodeBinary(s *scanner) any {
	data, err := base64.StdEncoding.DecodeString(s.text())
	if err != nil {
		s.fail("base64 expected")
	}
	return data
}

// decodeList returns the decoder of an array or a row whose elements have the given decoders.
func decodeList(element func(i int) decoder) decoder {
	return func(s *scanner) any {
		list := []any{}
		s.array(func(i int) { list = append(list, element(i)(s)) })
		return list
	}
}

// decodeMap returns the decoder of a map. The keys are text in JSON; keys that are arrays, rows or maps remain text.
func decodeMap(t schema.Type) decoder {
	value := decoderOf(t.Argument(1))
	key := func(text string, _ *scanner) any { return text }
	switch base := t.Argument(0).Base; base {
	case "boolean", "bigint", "integer", "smallint", "tinyint", "double", "real", "varbinary":
		decode := decoderOf(t.Argument(0))
		key = func(text string, s *scanner) any {
			if base == "varbinary" {
				text = strconv.Quote(text)
			}
			k := &scanner{data: []byte(text)}
			v := decode(k)
			if k.err != nil {
				s.fail("a key of type " + base + " expected")
			}
			return v
		}
	}
	return func(s *scanner) any {
		m := engine.Map{}
		s.object(func(text string) {
			k := key(text, s)
			m = append(m, engine.Entry{Key: k, Value: value(s)})
		})
		return m
	}
}
