package jobresult

import "encoding/binary"

// A selection is an encoder that passes some of a row's values, in a given
// order, to another encoder.
type selection struct {
	encoder
	columns  int    // number of columns of the schema, 0 without one
	selected []int  // indexes of the columns to pass on
	bounds   []int  // starts of the values of the current row, and the end of the last
	packed   []byte // current row with the selected values only
}

// newSelection returns an encoder for the columns of o.Select.
func newSelection(o Options, drain drainFunc) (encoder, error) {
	inner := o
	inner.Select, inner.Columns = nil, nil
	for _, i := range o.Select {
		if i < 0 || len(o.Columns) > 0 && i >= len(o.Columns) {
			return nil, &SelectError{Column: i, Columns: len(o.Columns)}
		}
		if len(o.Columns) > 0 {
			inner.Columns = append(inner.Columns, o.Columns[i])
		}
	}
	enc, err := newEncoder(inner, drain)
	return &selection{encoder: enc, columns: len(o.Columns), selected: o.Select}, err
}

func (e *selection) row(buf, b []byte, p int) ([]byte, int, error) {
	values, p, err := readRowHead(b, p, e.columns)
	if err != nil {
		return buf, p, err
	}
	e.bounds = append(e.bounds[:0], p)
	for range values {
		start := p
		if p, err = skipValue(b, p, 0); err != nil {
			return buf, p, err
		}
		if p-start > maxCell {
			return buf, start, errBigCell
		}
		e.bounds = append(e.bounds, p)
	}
	e.packed = append(e.packed[:0], 0xdd) // array with a length of 32 bits
	e.packed = binary.BigEndian.AppendUint32(e.packed, uint32(len(e.selected)))
	for _, i := range e.selected {
		if i >= values { // the row is shorter than the schema
			e.packed = append(e.packed, 0xc0) // nil
			continue
		}
		e.packed = append(e.packed, b[e.bounds[i]:e.bounds[i+1]]...)
	}
	buf, _, err = e.encoder.row(buf, e.packed, 0)
	return buf, p, err
}
