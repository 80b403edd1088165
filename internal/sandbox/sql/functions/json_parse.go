package functions

import (
	"errors"
	"math"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// Object is a JSON object with its members in order.
type Object []Member

// Member is one entry of an Object.
type Member struct {
	Key   string
	Value any
}

// Number is a JSON number that neither int64 nor float64 represents exactly.
type Number string

// maxDepth limits the nesting of documents, so that no input exhausts the stack.
const maxDepth = 1000

var errJSON = errors.New("not a JSON document")

// ParseJSON parses one JSON document (https://www.rfc-editor.org/rfc/rfc8259). The result
// consists of nil, bool, int64, float64, Number, string, []any and Object. Integers beyond int64
// are Numbers; numbers with a fraction or an exponent are float64.
func ParseJSON(text string) (any, error) {
	r := jsonReader{text: text}
	v, ok := r.scanValue(0)
	if !ok {
		return nil, errJSON
	}
	if r.skipSpace(); r.at != len(text) {
		return nil, errJSON
	}
	return v, nil
}

type jsonReader struct {
	text  string
	at    int
	exact bool // return numbers with a fraction or an exponent as Number
}

func (r *jsonReader) skipSpace() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

// accept skips white space and consumes c if it is next.
func (r *jsonReader) accept(c byte) bool {
	r.skipSpace()
	if r.at < len(r.text) && r.text[r.at] == c {
		r.at++
		return true
	}
	return false
}

func (r *jsonReader) scanWord(w string, v any) (any, bool) {
	if len(r.text)-r.at < len(w) || r.text[r.at:r.at+len(w)] != w {
		return nil, false
	}
	r.at += len(w)
	return v, true
}

func (r *jsonReader) scanValue(depth int) (any, bool) {
	r.skipSpace()
	if r.at == len(r.text) || depth > maxDepth {
		return nil, false
	}
	switch r.text[r.at] {
	case '{':
		return r.scanObject(depth)
	case '[':
		return r.scanArray(depth)
	case '"':
		s, ok := r.scanString()
		if s == notANumber {
			return math.NaN(), ok
		}
		return s, ok
	case 't':
		return r.scanWord("true", true)
	case 'f':
		return r.scanWord("false", false)
	case 'n':
		return r.scanWord("null", nil)
	}
	return r.scanNumber()
}

func (r *jsonReader) scanObject(depth int) (any, bool) {
	r.at++
	o := Object{}
	if r.accept('}') {
		return o, true
	}
	for {
		if r.skipSpace(); r.at == len(r.text) || r.text[r.at] != '"' {
			return nil, false
		}
		key, ok := r.scanString()
		if !ok || !r.accept(':') {
			return nil, false
		}
		v, ok := r.scanValue(depth + 1)
		if !ok {
			return nil, false
		}
		o = append(o, Member{key.(string), v})
		if r.accept('}') {
			return o, true
		}
		if !r.accept(',') {
			return nil, false
		}
	}
}

func (r *jsonReader) scanArray(depth int) (any, bool) {
	r.at++
	a := []any{}
	if r.accept(']') {
		return a, true
	}
	for {
		v, ok := r.scanValue(depth + 1)
		if !ok {
			return nil, false
		}
		a = append(a, v)
		if r.accept(']') {
			return a, true
		}
		if !r.accept(',') {
			return nil, false
		}
	}
}

// scanString reads a string. A string without escapes is a slice of the document.
func (r *jsonReader) scanString() (any, bool) {
	r.at++
	start := r.at
	for ; r.at < len(r.text); r.at++ {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			return r.text[start : r.at-1], true
		case c == '\\':
			return r.scanEscapedString(start)
		case c < ' ':
			return nil, false
		}
	}
	return nil, false
}

// scanEscapedString continues at the first backslash of a string; start is the offset after the
// opening quote.
func (r *jsonReader) scanEscapedString(start int) (any, bool) {
	b := []byte(r.text[start:r.at])
	for r.at < len(r.text) {
		c := r.text[r.at]
		r.at++
		switch {
		case c == '"':
			return string(b), true
		case c < ' ':
			return nil, false
		case c != '\\':
			b = append(b, c)
			continue
		}
		if r.at == len(r.text) {
			return nil, false
		}
		c = r.text[r.at]
		r.at++
		switch c {
		case '"', '\\', '/':
			b = append(b, c)
		case 'b':
			b = append(b, '\b')
		case 'f':
			b = append(b, '\f')
		case 'n':
			b = append(b, '\n')
		case 'r':
			b = append(b, '\r')
		case 't':
			b = append(b, '\t')
		case 'u':
			c, ok := r.scanHex4()
			if !ok {
				return nil, false
			}
			if utf16.IsSurrogate(c) && len(r.text)-r.at >= 6 && r.text[r.at] == '\\' && r.text[r.at+1] == 'u' {
				back := r.at
				r.at += 2
				low, ok := r.scanHex4()
				if pair := utf16.DecodeRune(c, low); ok && pair != utf8.RuneError {
					c = pair
				} else {
					r.at = back
				}
			}
			b = utf8.AppendRune(b, c)
		default:
			return nil, false
		}
	}
	return nil, false
}

func (r *jsonReader) scanHex4() (rune, bool) {
	if len(r.text)-r.at < 4 {
		return 0, false
	}
	n, err := strconv.ParseUint(r.text[r.at:r.at+4], 16, 32)
	r.at += 4
	return rune(n), err == nil
}

func (r *jsonReader) scanNumber() (any, bool) {
	start, whole := r.at, true
	if r.at < len(r.text) && r.text[r.at] == '-' {
		r.at++
	}
	first := r.at
	if !r.scanDigits() || r.text[first] == '0' && r.at > first+1 {
		return nil, false
	}
	if r.at < len(r.text) && r.text[r.at] == '.' {
		r.at++
		whole = false
		if !r.scanDigits() {
			return nil, false
		}
	}
	if r.at < len(r.text) && (r.text[r.at] == 'e' || r.text[r.at] == 'E') {
		r.at++
		whole = false
		if r.at < len(r.text) && (r.text[r.at] == '+' || r.text[r.at] == '-') {
			r.at++
		}
		if !r.scanDigits() {
			return nil, false
		}
	}
	s := r.text[start:r.at]
	if whole {
		if n, err := strconv.ParseInt(s, 10, 64); err == nil && (n != 0 || !r.exact) {
			return n, true
		}
		return Number(s), true
	}
	if r.exact {
		return Number(s), true
	}
	f, _ := strconv.ParseFloat(s, 64) // an infinity if it is out of range
	return f, true
}

func (r *jsonReader) scanDigits() bool {
	start := r.at
	for r.at < len(r.text) && r.text[r.at] >= '0' && r.text[r.at] <= '9' {
		r.at++
	}
	return r.at > start
}
