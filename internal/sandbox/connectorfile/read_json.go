package connectorfile

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"strings"

	"github.com/td-cli/td/internal/sandbox/engine"
)

// jsonRecords returns the objects of a JSON stream. Arrays in the stream are
// flattened.
func jsonRecords(r io.Reader) iter.Seq2[engine.Record, error] {
	return func(yield func(engine.Record, error) bool) {
		d := json.NewDecoder(r)
		d.UseNumber()
		for {
			v, err := decodeJSON(d)
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(nil, err)
				return
			}
			list, ok := v.([]any)
			if !ok {
				list = []any{v}
			}
			for _, element := range list {
				r, err := jsonRecord(element)
				if !yield(r, err) {
					return
				}
			}
		}
	}
}

func jsonRecord(v any) (engine.Record, error) {
	m, ok := v.(engine.Map)
	if !ok {
		return nil, fmt.Errorf("%w: not a JSON object", errRecord)
	}
	r := make(engine.Record, len(m))
	for i, entry := range m {
		r[i] = field{entry.Key.(string), entry.Value}
	}
	return r, nil
}

// decodeJSON reads a value. Objects are read as an engine.Map, which keeps the
// order of the keys.
func decodeJSON(d *json.Decoder) (any, error) {
	token, err := d.Token()
	if err != nil {
		return nil, err
	}
	switch t := token.(type) {
	case json.Number:
		return number(t), nil
	case json.Delim:
		if t == '[' {
			list := []any{}
			for d.More() {
				v, err := decodeInner(d)
				if err != nil {
					return nil, err
				}
				list = append(list, v)
			}
			_, err := d.Token()
			return list, err
		}
		m := engine.Map{}
		for d.More() {
			key, err := d.Token()
			if err != nil {
				return nil, err
			}
			v, err := decodeInner(d)
			if err != nil {
				return nil, err
			}
			m = append(m, struct{ Key, Value any }{key, v})
		}
		_, err := d.Token()
		return m, err
	default:
		return token, nil
	}
}

// decodeInner reads a value of an array or object.
func decodeInner(d *json.Decoder) (any, error) {
	v, err := decodeJSON(d)
	if errors.Is(err, io.EOF) {
		err = io.ErrUnexpectedEOF
	}
	return v, err
}

// number returns an int64, a string for numbers outside the range of int64 and
// float64, or a float64.
func number(n json.Number) any {
	if i, err := n.Int64(); err == nil {
		return i
	}
	if !strings.ContainsAny(string(n), ".eE") {
		return string(n)
	}
	f, err := n.Float64()
	if err != nil || math.IsInf(f, 0) {
		return string(n)
	}
	return f
}
