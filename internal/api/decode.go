package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"time"
)

// The service has spoken many dialects of JSON. The types below take a value in every
// form that it was seen in, and a value that is beyond them counts as absent: one odd
// field must not make an object unreadable.

// unmarshal decodes b into out. What strict JSON refuses gets a second chance without
// a byte-order mark and without commas before a closing bracket. A document that
// breaks off is an io.ErrUnexpectedEOF.
func unmarshal(b []byte, out any) error {
	err := json.Unmarshal(b, out)
	if err == nil {
		return nil
	}
	if _, ok := errors.AsType[*json.SyntaxError](err); !ok {
		return err
	}
	repaired := dropCommas(bytes.TrimPrefix(b, []byte("\ufeff")))
	if json.Valid(repaired) {
		return json.Unmarshal(repaired, out)
	}
	if len(bytes.TrimSpace(repaired)) == 0 {
		return errors.New("it is empty")
	}
	var v json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(repaired)).Decode(&v); errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return errors.New("it is not JSON")
}

// dropCommas removes commas that stand before a closing bracket, outside strings.
func dropCommas(b []byte) []byte {
	out := make([]byte, 0, len(b))
	comma := -1 // where in out a comma stands that nothing but space has followed
	for inString, i := false, 0; i < len(b); i++ {
		ch := b[i]
		switch {
		case inString:
			if ch == '\\' && i+1 < len(b) {
				out = append(out, ch)
				i++
				ch = b[i]
			} else if ch == '"' {
				inString = false
			}
		case ch == ',':
			comma = len(out)
		case ch == '}' || ch == ']':
			if comma >= 0 {
				out = append(out[:comma], out[comma+1:]...)
			}
			comma = -1
		case ch != ' ' && ch != '\t' && ch != '\r' && ch != '\n':
			comma = -1
			inString = ch == '"'
		}
		out = append(out, ch)
	}
	return out
}

// list decodes the array that an answer holds under key. It may also be the whole
// answer; null stands for nothing.
func list[T any](b []byte, key string) ([]T, error) {
	var items []T
	if err := unmarshal(b, &items); err == nil {
		return items, nil
	}
	var envelope map[string]json.RawMessage
	if err := unmarshal(b, &envelope); err != nil {
		return nil, err
	}
	raw, ok := envelope[key]
	if !ok {
		return nil, fmt.Errorf("it has no %q", key)
	}
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, fmt.Errorf("%q: %w", key, err)
	}
	return items, nil
}

// text is a string that may come as a number, as a boolean or as null. An object or an
// array is kept as JSON.
type text string

// UnmarshalJSON never fails.
func (t *text) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case string(b) == "null":
		*t = ""
	case json.Unmarshal(b, &s) == nil:
		*t = text(s)
	default:
		*t = text(b)
	}
	return nil
}

// id is a text that is a number by nature: 12345.0 is 12345.
type id string

// UnmarshalJSON never fails.
func (i *id) UnmarshalJSON(b []byte) error {
	var t text
	_ = t.UnmarshalJSON(b)
	*i = id(t)
	if whole, fraction, ok := strings.Cut(string(t), "."); ok && b[0] != '"' && strings.Trim(fraction, "0") == "" {
		*i = id(whole)
	}
	return nil
}

// An Int is an integer that the service may not know.
type Int struct {
	Value int64
	Valid bool // false: absent, null or not an integer; Value is 0
}

// UnmarshalJSON takes an integer, also as text or with an empty fraction. It never fails.
func (n *Int) UnmarshalJSON(b []byte) error {
	var t id
	_ = t.UnmarshalJSON(bytes.TrimSpace(b))
	s := strings.TrimSpace(string(t))
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil { // 1e3
		const exact = 1 << 53
		f, ferr := strconv.ParseFloat(s, 64)
		if ferr == nil && f == math.Trunc(f) && math.Abs(f) < exact {
			v, err = int64(f), nil
		}
	}
	*n = Int{Value: v, Valid: err == nil}
	if err != nil {
		n.Value = 0
	}
	return nil
}

// MarshalJSON writes null for an integer that is not known.
func (n Int) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, n.Value, 10), nil
}

// flag is a boolean that may come as text.
type flag bool

// UnmarshalJSON never fails.
func (f *flag) UnmarshalJSON(b []byte) error {
	var t text
	_ = t.UnmarshalJSON(b)
	*f = flag(strings.EqualFold(string(t), "true") || t == "1")
	return nil
}

// A Time is a moment as the service writes it. It is zero when nothing has happened
// yet, and also when the text cannot be read; Raw tells which.
type Time struct {
	time.Time
	Raw string // the service's own text; empty for null
}

// UnmarshalJSON takes every layout that the service was seen to use, and seconds since
// 1970. It never fails.
func (t *Time) UnmarshalJSON(b []byte) error {
	var raw text
	_ = raw.UnmarshalJSON(b)
	*t = ParseTime(string(raw))
	return nil
}

// MarshalJSON writes RFC 3339 in UTC, the raw text when it could not be read, or null.
func (t Time) MarshalJSON() ([]byte, error) {
	switch {
	case !t.IsZero():
		return json.Marshal(t.UTC().Format(time.RFC3339Nano))
	case t.Raw != "":
		return json.Marshal(t.Raw)
	}
	return []byte("null"), nil
}

// ParseTime reads a time as the service writes it, in UTC.
func ParseTime(s string) Time {
	t := Time{Raw: s}
	s = strings.TrimSpace(s)
	for _, layout := range []string{
		"2006-01-02 15:04:05 UTC",
		"2006-01-02 15:04:05 -0700",
		"Mon Jan _2 15:04:05 -0700 2006",
		time.RFC3339,
		"2006-01-02T15:04:05-0700",
	} {
		if parsed, err := time.Parse(layout, s); err == nil {
			t.Time = parsed.UTC()
			return t
		}
	}
	const lastSecond = 253402300799 // of the year 9999
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 && n <= lastSecond {
		t.Time = time.Unix(n, 0).UTC()
	}
	return t
}
