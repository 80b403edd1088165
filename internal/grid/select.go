package grid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// Select returns the list with these columns alone, in this order: by their titles, in any letter case, or
// for JSONL by the names of the objects' fields.
func (l List) Select(names []string, f Format) (List, error) {
	if f == JSONL {
		return l.selectFields(names)
	}
	var chosen []int
	picked := List{}
	for _, name := range names {
		i := slices.IndexFunc(l.Columns, func(c string) bool { return strings.EqualFold(c, name) })
		if i < 0 {
			return l, fmt.Errorf("there is no column %q; there are %s", name, strings.Join(l.Columns, ", "))
		}
		chosen = append(chosen, i)
		picked.Columns = append(picked.Columns, l.Columns[i])
	}
	for _, r := range l.Rows {
		cells := make([]any, len(chosen))
		for i, from := range chosen {
			cells[i] = r.Cells[from]
		}
		picked.Rows = append(picked.Rows, Row{Cells: cells, Raw: r.Raw})
	}
	return picked, nil
}

// selectFields cuts the objects of jsonl down to some of their fields.
func (l List) selectFields(names []string) (List, error) {
	rows := make([]Row, len(l.Rows))
	for i, r := range l.Rows {
		b, err := Marshal(r.Raw)
		if err != nil {
			return l, err
		}
		var fields map[string]json.RawMessage
		if err := json.Unmarshal(b, &fields); err != nil {
			return l, err
		}
		var object bytes.Buffer
		for _, name := range names {
			value, ok := fields[name]
			if !ok {
				return l, fmt.Errorf("there is no field %q; there are %s", name, strings.Join(fieldNames(b), ", "))
			}
			key, err := Marshal(name)
			if err != nil {
				return l, err
			}
			fmt.Fprintf(&object, ",%s:%s", key, value)
		}
		rows[i] = Row{Raw: rawObject("{" + strings.TrimPrefix(object.String(), ",") + "}")}
	}
	return List{Columns: l.Columns, Rows: rows}, nil
}

// rawObject is JSON already.
type rawObject string

// MarshalJSON implements json.Marshaler.
func (o rawObject) MarshalJSON() ([]byte, error) { return []byte(o), nil }

// fieldNames returns the names of an object's fields in their order.
func fieldNames(object []byte) (names []string) {
	dec := json.NewDecoder(bytes.NewReader(object))
	depth := 0
	for {
		t, err := dec.Token()
		if err != nil {
			return names
		}
		switch delim, _ := t.(json.Delim); delim {
		case '{', '[':
			depth++
			continue
		case '}', ']':
			depth--
			continue
		}
		if depth != 1 {
			continue
		}
		if name, ok := t.(string); ok {
			names = append(names, name)
			var value json.RawMessage
			if dec.Decode(&value) != nil {
				return names
			}
		}
	}
}
