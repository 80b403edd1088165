package grid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/td-cli/td/pkg/jobresult"
)

// Select returns the list with the named columns only, in this order. Names are
// titles, ignoring case, or for JSONL the field names of the raw objects.
func (l List) Select(names []string, f jobresult.Format) (List, error) {
	if f == jobresult.JSONL {
		return l.selectFields(names)
	}
	var indexes []int
	selected := List{}
	for _, name := range names {
		i := slices.IndexFunc(l.Columns, func(c string) bool { return strings.EqualFold(c, name) })
		if i < 0 {
			return l, fmt.Errorf("no column %q (available: %s)", name, strings.Join(l.Columns, ", "))
		}
		indexes = append(indexes, i)
		selected.Columns = append(selected.Columns, l.Columns[i])
	}
	for _, r := range l.Rows {
		cells := make([]any, len(indexes))
		for i, from := range indexes {
			cells[i] = r.Cells[from]
		}
		selected.Rows = append(selected.Rows, Row{Cells: cells, Raw: r.Raw})
	}
	return selected, nil
}

// selectFields reduces the raw objects to the named fields.
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
				return l, fmt.Errorf("no field %q (available: %s)", name, strings.Join(fieldNames(b), ", "))
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

// rawObject is an object in JSON.
type rawObject string

// MarshalJSON implements json.Marshaler.
func (o rawObject) MarshalJSON() ([]byte, error) { return []byte(o), nil }

// fieldNames returns the field names of an object in their order.
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
