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

// The service's JSON differs between versions and endpoints (see README.md). The types below accept a value in every
// form that is known. Any other value counts as absent, so that one unexpected field does not make an object
// unreadable.

// unmarshal decodes b into out. If b is not valid JSON, it tries again without a byte order mark and without commas
// before closing brackets. A truncated document is an io.ErrUnexpectedEOF.
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
		return errors.New("the body is empty")
	}
	var v json.RawMessage
	if err := json.NewDecoder(bytes.NewReader(repaired)).Decode(&v); errors.Is(err, io.ErrUnexpectedEOF) {
		return io.ErrUnexpectedEOF
	}
	return errors.New("not JSON")
}

// dropCommas removes commas before closing brackets, except in strings.
func dropCommas(b []byte) []byte {
	out := make([]byte, 0, len(b))
	comma := -1 // index in out of a comma that is followed by nothing but space so far
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

// decodeList decodes the array under key. The response may also be the array itself; null is an empty list.
func decodeList[T any](b []byte, key string) ([]T, error) {
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
		return nil, fmt.Errorf("no %q", key)
	}
	if err := json.Unmarshal(raw, &items); err != nil {
		return nil, fmt.Errorf("%q: %w", key, err)
	}
	return items, nil
}

// looseString is a string that may also be sent as a number, a boolean or null. Objects and arrays are kept as JSON.
type looseString string

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (t *looseString) UnmarshalJSON(b []byte) error {
	var s string
	switch {
	case string(b) == "null":
		*t = ""
	case json.Unmarshal(b, &s) == nil:
		*t = looseString(s)
	default:
		*t = looseString(b)
	}
	return nil
}

// looseID is a looseString for IDs: 12345.0 becomes 12345.
type looseID string

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (i *looseID) UnmarshalJSON(b []byte) error {
	var t looseString
	_ = t.UnmarshalJSON(b)
	*i = looseID(t)
	if whole, fraction, ok := strings.Cut(string(t), "."); ok && b[0] != '"' && strings.Trim(fraction, "0") == "" {
		*i = looseID(whole)
	}
	return nil
}

// An Int is an optional integer.
type Int struct {
	Value int64
	Valid bool // false if the value is absent, null or not an integer; Value is 0 then
}

// UnmarshalJSON implements json.Unmarshaler. It also accepts strings and integral floats such as 1e3. It never
// fails.
func (n *Int) UnmarshalJSON(b []byte) error {
	var t looseID
	_ = t.UnmarshalJSON(bytes.TrimSpace(b))
	s := strings.TrimSpace(string(t))
	v, err := strconv.ParseInt(s, 10, 64)
	if err != nil { // an integral float
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

// MarshalJSON implements json.Marshaler. An invalid Int is null.
func (n Int) MarshalJSON() ([]byte, error) {
	if !n.Valid {
		return []byte("null"), nil
	}
	return strconv.AppendInt(nil, n.Value, 10), nil
}

// looseBool is a boolean that may also be sent as a string.
type looseBool bool

// UnmarshalJSON implements json.Unmarshaler. It never fails.
func (f *looseBool) UnmarshalJSON(b []byte) error {
	var t looseString
	_ = t.UnmarshalJSON(b)
	*f = looseBool(strings.EqualFold(string(t), "true") || t == "1")
	return nil
}

// A Time is a time in one of the service's layouts. It is zero if it is absent or cannot be parsed; Raw
// distinguishes the two.
type Time struct {
	time.Time
	Raw string // the text as received; empty for null
}

// UnmarshalJSON implements json.Unmarshaler. It never fails. See [ParseTime] for the layouts.
func (t *Time) UnmarshalJSON(b []byte) error {
	var raw looseString
	_ = raw.UnmarshalJSON(b)
	*t = ParseTime(string(raw))
	return nil
}

// MarshalJSON implements json.Marshaler. The result is RFC 3339 in UTC, the raw text if that could not be parsed, or
// null.
func (t Time) MarshalJSON() ([]byte, error) {
	switch {
	case !t.IsZero():
		return json.Marshal(t.UTC().Format(time.RFC3339Nano))
	case t.Raw != "":
		return json.Marshal(t.Raw)
	}
	return []byte("null"), nil
}

// ParseTime parses a time in one of the service's layouts, or in seconds since 1970, and returns it in UTC.
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
	const lastSecond = 253402300799 // 9999-12-31 23:59:59
	if n, err := strconv.ParseInt(s, 10, 64); err == nil && n >= 0 && n <= lastSecond {
		t.Time = time.Unix(n, 0).UTC()
	}
	return t
}
